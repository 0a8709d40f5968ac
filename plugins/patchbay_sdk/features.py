"""From a table to the matrix that an estimator takes, and back to the columns that a raw table needs for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from patchbay_sdk.errors import DataError
from patchbay_sdk.schema import Column, Schema
from patchbay_sdk.table import Table
from patchbay_sdk.transform import Transform

if TYPE_CHECKING:
    import numpy as np


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
            f"Features must be numbers: {_names(wrong)} are not. "
            "Encode text columns (feature.encode), take date parts (feature.date_parts), or leave them out.",
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
            f"Infinite values in {_names(infinite)}. Replace them (shape.derive_column), or drop those rows "
            "(shape.filter_rows).",
            columns=infinite,
        )
    if missing and not _takes_missing(estimator):
        who = getattr(estimator, "title", type(estimator).__name__)
        raise DataError(
            f"Missing values in {_names(missing)}, which {who} cannot take. Fill them before "
            "(clean.fill_missing), or use a model that takes them, such as model.hist_gradient_boosting.",
            columns=missing,
        )


def _takes_missing(estimator: Any) -> bool:
    from sklearn.utils import get_tags

    if hasattr(estimator, "takes_missing"):
        return bool(estimator.takes_missing)
    tags = get_tags(estimator)
    return bool(tags.input_tags.allow_nan or tags.no_validation)


def _names(columns: Sequence[str]) -> str:
    shown = ", ".join(map(repr, columns[:10]))
    return shown if len(columns) <= 10 else f"{shown} and {len(columns) - 10} more columns"


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
