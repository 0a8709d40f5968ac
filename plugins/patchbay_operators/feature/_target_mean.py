"""Means of a target per category."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from patchbay_operators.advice import Text
from patchbay_operators.labels import label_texts
from patchbay_sdk import DataError, ParamError, Table

if TYPE_CHECKING:
    import numpy as np
    import polars as pl

    Numbers = np.ndarray[Any, Any]


def category_means(codes: pl.Series, values: Numbers, smoothing: float) -> Numbers:
    """Per category (code 0, 1, ...) (sum + smoothing * overall mean) / (rows + smoothing)."""
    return _means(codes.to_numpy(), values, codes.n_unique(), smoothing)


def out_of_fold_means(codes: pl.Series, values: Numbers, smoothing: float, folds: int, seed: int) -> Numbers:
    """Per row the mean of its category over the rows of the other folds, as scikit-learn's TargetEncoder does it.

    https://scikit-learn.org/stable/modules/preprocessing.html#target-encoder
    """
    import numpy as np
    from sklearn.model_selection import KFold, StratifiedKFold

    splitter = (StratifiedKFold if _is_binary(values) else KFold)(folds, shuffle=True, random_state=seed)
    categories, rows, result = codes.n_unique(), codes.to_numpy(), np.empty(len(values))
    for others, own in splitter.split(rows, values):
        result[own] = _means(rows[others], values[others], categories, smoothing)[rows[own]]
    return result


def target_values(table: Table, target: str, folds: int) -> Numbers:
    """The target as numbers; of two classes the later one is 1.

    Raises:
        DataError: targets are missing, or there are more than two classes that are no numbers.
        ParamError: there are fewer rows than folds.
    """
    import polars as pl

    table.require(target)
    values = table.polars()[target]
    labels = label_texts(values)
    if labels.null_count():
        missing = Text(
            f"The target {target!r} is missing in {labels.null_count()} row(s); drop them first.",
            f"目标列“{target}”有 {labels.null_count()} 行缺失；请先删除这些行。",
        )
        raise DataError(missing.as_json())
    counts = labels.alias("value").value_counts(sort=True)
    if counts.height == 2:
        rarest = int(counts["count"][1])
        if rarest < folds:
            rare = Text(
                f"folds is {folds}, but the rarer class of {target!r} has only {rarest} row(s).",
                f"折数是 {folds}，但“{target}”较少的那一类只有 {rarest} 行。请减小折数，或补充这类行。",
            )
            raise ParamError(rare.as_json())
        ordered = values if values.dtype.is_numeric() else labels
        return ordered.rank("dense").to_numpy() - 1.0
    if not values.dtype.is_numeric():
        classes = Text(
            f"The target {target!r} has {counts.height} classes; target means need two, or a number.",
            f"目标列“{target}”有 {counts.height} 个类别；计算目标均值需要两个类别，或数字。",
        )
        raise DataError(classes.as_json())
    if len(values) < folds:
        few = Text(
            f"folds is {folds}, but the table has only {len(values)} row(s).",
            f"折数是 {folds}，但表格只有 {len(values)} 行。请减小折数。",
        )
        raise ParamError(few.as_json())
    return values.cast(pl.Float64).to_numpy()


def _is_binary(values: Numbers) -> bool:
    import numpy as np

    return bool(np.isin(values, (0.0, 1.0)).all())


def _means(codes: Numbers, values: Numbers, categories: int, smoothing: float) -> Numbers:
    import numpy as np

    overall = values.mean()
    sums = np.bincount(codes, weights=values, minlength=categories) + smoothing * overall
    rows = np.bincount(codes, minlength=categories) + smoothing
    means: Numbers = np.divide(sums, rows, out=np.full(categories, overall), where=rows > 0)
    return means
