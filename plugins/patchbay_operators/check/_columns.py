"""Columns as the checks see them: NaN is a missing value, an infinite number is not a measurement."""

from __future__ import annotations

from typing import TYPE_CHECKING

from patchbay_operators.advice import Text
from patchbay_sdk import DataError, Table

if TYPE_CHECKING:
    import polars as pl

FEW_VALUES = 20
"""Up to so many different whole numbers are taken for classes, more for a quantity."""


def nan_as_null(table: Table) -> pl.DataFrame:
    """The table with null for NaN. Raises DataError when it has no columns."""
    import polars as pl

    require_columns(table)
    frame = table.polars()
    return frame.with_columns(pl.col(n).fill_nan(None) for n, t in frame.schema.items() if t.is_float())


def require_columns(table: Table) -> None:
    """Raise DataError when a table has no columns."""
    if not table.columns:
        nothing = Text("The table has no columns, so there is nothing to check.", "表格没有任何列，没有可检查的内容。")
        raise DataError(nothing.as_json())


def is_classes(column: pl.Series) -> bool:
    """Whether a target holds classes: text, booleans, or at most `FEW_VALUES` different whole numbers."""
    import polars as pl

    if not column.dtype.is_numeric():
        return not column.dtype.is_temporal()
    distinct = column.drop_nulls().unique()
    return len(distinct) <= FEW_VALUES and bool((distinct.cast(pl.Float64) % 1 == 0).all())


def count_values(column: pl.Series) -> pl.DataFrame:
    """The different values of a column without the missing ones: `value`, `rows`, the most frequent first."""
    counts = column.drop_nulls().rename("value").to_frame().group_by("value", maintain_order=True).len("rows")
    return counts.sort("rows", descending=True, maintain_order=True)
