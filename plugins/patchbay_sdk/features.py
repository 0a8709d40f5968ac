"""From a table to the matrix that an estimator takes, and back to the columns that a raw table needs for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from patchbay_sdk.errors import DataError
from patchbay_sdk.schema import Column, Schema
from patchbay_sdk.table import Table
from patchbay_sdk.texts import quoted
from patchbay_sdk.transform import Transform

if TYPE_CHECKING:
    import numpy as np

MOST = 10
"""Columns that a message names."""


def feature_matrix(table: Table, features: Sequence[str], estimator: Any = None) -> np.ndarray[Any, Any]:
    """Columns as a float64 matrix (rows x features), null as NaN.

    Raises:
        DataError: a feature is missing, is neither a number nor a boolean, or holds values that the scikit-learn
            `estimator`, if given, cannot take: the columns are named.
    """
    import polars as pl

    table.require(*features)
    schema = table.schema
    wrong = [n for n in features if (c := schema.get(n)) is not None and c.kind not in ("number", "boolean")]
    if wrong:
        raise DataError(
            {
                "en": f"Features must be numbers: {_names(wrong)} are not. "
                "Encode text columns (step “Encode categories”), take date parts (step “Date parts”), "
                "or leave them out.",
                "zh-CN": f"特征列必须是数值，而{quoted(wrong, MOST)}不是。请对文本列编码（步骤“类别编码”），"
                "从日期中提取部分（步骤“日期拆分”），或去掉这些列。",
            },
            columns=wrong,
        )
    matrix = table.polars().select(pl.col(list(features)).cast(pl.Float64)).to_numpy(order="c", writable=True)
    if estimator is not None:
        _check_finite(matrix, features, estimator)
    return matrix


def _check_finite(matrix: np.ndarray[Any, Any], features: Sequence[str], estimator: Any) -> None:
    import numpy as np

    infinite = [name for name, bad in zip(features, np.isinf(matrix).any(axis=0), strict=True) if bad]
    missing = [name for name, bad in zip(features, np.isnan(matrix).any(axis=0), strict=True) if bad]
    refuse_values(infinite, missing, estimator)


def refuse_values(infinite: Sequence[str], missing: Sequence[str], estimator: Any) -> None:
    """Raise DataError when columns with infinite or missing values are features that the estimator cannot take."""
    if infinite:
        raise DataError(
            {
                "en": f"Infinite values in {_names(infinite)}. Replace them (step “Derive column”), or drop those rows "
                "(step “Filter rows”).",
                "zh-CN": f"{quoted(infinite, MOST)}列中有无穷大的值。请替换它们（步骤“计算新列”），"
                "或删除这些行（步骤“筛选行”）。",
            },
            columns=infinite,
        )
    if missing and not _takes_missing(estimator):
        who = getattr(estimator, "title", type(estimator).__name__)
        raise DataError(
            {
                "en": f"Missing values in {_names(missing)}, which {who} cannot take. Fill them before "
                "(step “Fill missing values”), or use a model that takes them, such as “Gradient boosting”.",
                "zh-CN": f"{quoted(missing, MOST)}列中有缺失值，{who} 无法处理。请先填充（步骤“填充缺失值”），"
                "或改用能处理缺失值的模型，例如“梯度提升树”。",
            },
            columns=missing,
        )


def _takes_missing(estimator: Any) -> bool:
    from sklearn.utils import get_tags

    if hasattr(estimator, "takes_missing"):
        return bool(estimator.takes_missing)
    tags = get_tags(estimator)
    return bool(tags.input_tags.allow_nan or tags.no_validation)


def _names(columns: Sequence[str]) -> str:
    shown = ", ".join(map(repr, columns[:MOST]))
    return shown if len(columns) <= MOST else f"{shown} and {len(columns) - MOST} more columns"


def required_schema(schema: Schema, transforms: Sequence[Transform], features: Sequence[str]) -> Schema:
    """Columns that a raw table needs so that `transforms` can make `features` of it.

    Walks the steps backwards: what a step creates is not needed before it, what it reads is, unless all it does is to
    create columns that nobody needs (a derived target).
    """
    needed = dict.fromkeys(features)
    types = {column.name: column for column in schema}
    for step in reversed(transforms):
        created = [column.name for column in step.output_schema if column.name not in step.input_schema]
        if not created or any(name in needed for name in created):
            needed.update(dict.fromkeys(step.reads))
        for name in created:
            needed.pop(name, None)
        types.update({column.name: column for column in step.input_schema})
    return Schema(tuple(types.get(name, Column(name, "other")) for name in needed))
