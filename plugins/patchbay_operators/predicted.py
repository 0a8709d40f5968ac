"""A table with predictions, read for scoring."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from patchbay_operators.advice import Text
from patchbay_operators.labels import choose_positive, label_text, label_texts
from patchbay_operators.scores import Scores, binary_scores, multi_class_scores
from patchbay_sdk import Context, DataError, Model, Table

if TYPE_CHECKING:
    import numpy as np
    import polars as pl

    Array = np.ndarray[Any, Any]

PREFIXES = ("probability_", "score_")
"""Names of the columns with one number per class, as `Model.predict` gives them, start so."""


@dataclass(frozen=True)
class Classified:
    """Truth and prediction per row, as label texts; `positive` is None for more than two classes.

    `score`: of the positive class. `per_class`: class -> probability or score, for more than two classes.
    `rows`: the rows with a target and a prediction.
    """

    rows: pl.DataFrame
    truth: Array
    called: Array
    positive: str | None
    score: Array | None
    per_class: Mapping[str, Array]

    @cached_property
    def is_positive(self) -> Array:
        """Whether each row is of the positive class."""
        positive: Array = self.truth == self.positive
        return positive

    def scores(self, where: Any = slice(None)) -> Scores:
        """Metrics of the rows in `where` (a mask, positions, or all)."""
        truth, called = self.truth[where], self.called[where]
        if self.positive is not None:
            score = None if self.score is None else self.score[where]
            return binary_scores(truth == self.positive, called == self.positive, score)
        return multi_class_scores(truth, called, {name: values[where] for name, values in self.per_class.items()})


def read_classified(
    context: Context,
    table: Table,
    model: Model | None,
    target: str,
    prediction: str,
    score: str,
    positive: str,
) -> Classified:
    """Read a predicted table.

    The positive class is the one given, else the model's, else, of two classes, the rarer one. With one given, several
    classes become two: it and the rest.

    Raises:
        DataError: a column is missing, or the score is no number or has gaps.
        ParamError: no row is or could be of the class `positive`.
    """
    table.require(target, prediction)
    rows = known_rows(context, table, target, prediction)
    truth, called = _texts(rows[target], rows[prediction])
    counts = dict(sorted(truth.alias("value").value_counts().rows()))
    for label in sorted({*called, *(map(label_text, model.classes) if model else ())}):
        counts.setdefault(label, 0)
    if not positive and model is not None and model.positive is not None:
        positive = label_text(model.positive)
    chosen = choose_positive(counts, positive) if positive or 0 < len(counts) <= 2 else None
    if chosen is not None and not positive:
        context.log(f"Positive class: {target} = {chosen}, the rarer one. Name it, or connect the model, to be sure.")
    names = {
        p: [n for n in rows.columns if n.startswith(p) and (model is None or n.removeprefix(p) in counts)]
        for p in PREFIXES
    }
    prefix = next((p for p in PREFIXES if names[p]), PREFIXES[0])
    per_class = {name.removeprefix(prefix): _numbers(rows, name) for name in names[prefix]}
    of_positive = _numbers(rows, score) if score in rows.columns else per_class.get(chosen or "")
    return Classified(rows, truth.to_numpy(), called.to_numpy(), chosen, of_positive, per_class)


def known_rows(context: Context, table: Table, target: str, prediction: str) -> pl.DataFrame:
    """The rows in which both are known; the others are counted in a warning."""
    import polars as pl

    frame, names = table.polars(), list(dict.fromkeys((target, prediction)))
    known = pl.lit(True)
    for name in names:
        known &= pl.col(name).is_not_null()
        if frame.schema[name].is_float():
            known &= pl.col(name).is_not_nan()
    rows = frame.filter(known)
    if rows.height < frame.height:
        left_out = frame.height - rows.height
        lacking = Text(
            f"{left_out:,} of {frame.height:,} rows lack {' or '.join(map(repr, names))} and are left out.",
            f"{frame.height:,} 行中有 {left_out:,} 行缺少{'或'.join(f'“{name}”' for name in names)}，已去掉。",
        )
        context.warn(lacking.as_json())
    return rows


def _texts(truth: pl.Series, called: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Both as label texts; a yes/no prediction (an anomaly) also answers a target of 0 and 1."""
    import polars as pl

    truth_texts = label_texts(truth)
    if called.dtype == pl.Boolean and set(truth_texts) <= {"0", "1"}:
        called = called.cast(pl.Int8)
    return truth_texts, label_texts(called)


def _numbers(rows: pl.DataFrame, name: str) -> Array:
    import polars as pl

    column = rows[name]
    if not column.dtype.is_numeric():
        other = Text(
            f"score: column {name!r} is {column.dtype}; it must be a number.",
            f"得分列“{name}”的类型是 {column.dtype}；必须是数值。请另选一列，或先转换类型。",
        )
        raise DataError(other.as_json(), column=name)
    column = column.cast(pl.Float64).fill_nan(None)
    if gaps := column.null_count():
        empty = Text(
            f"score: column {name!r} is empty in {gaps} of {rows.height} rows.",
            f"得分列“{name}”在 {rows.height} 行中有 {gaps} 行为空。请先去掉这些行。",
        )
        raise DataError(empty.as_json(), column=name)
    return column.to_numpy()


def read_numbers(context: Context, table: Table, target: str, prediction: str) -> tuple[pl.DataFrame, Array, Array]:
    """The rows with both columns, and both as floats.

    Raises:
        DataError: a column is missing, is no number, or holds infinite values.
    """
    import numpy as np
    import polars as pl

    table.require(target, prediction)
    for name in (target, prediction):
        column = table.schema.get(name)
        if column is None or column.kind != "number":
            type_zh = f"的类型是 {column.type}" if column else "不存在"
            other = Text(
                f"Column {name!r} is {column.type if column else 'missing'}; regression needs numbers.",
                f"列“{name}”{type_zh}；回归需要数值。请另选一列，或先转换类型。",
            )
            raise DataError(other.as_json())
    rows = known_rows(context, table, target, prediction)
    truth, predicted = (rows[name].cast(pl.Float64).to_numpy() for name in (target, prediction))
    for name, values in ((target, truth), (prediction, predicted)):
        if not np.isfinite(values).all():
            endless = Text(
                f"Column {name!r} holds infinite values; drop those rows (step “Filter rows”).",
                f"列“{name}”中有无穷大的值；请先去掉这些行（步骤“筛选行”）。",
            )
            raise DataError(endless.as_json())
    return rows, truth, predicted
