"""Which columns a step works on, as numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from patchbay_operators.advice import Text
from patchbay_sdk import DataError, Schema, Table, feature_matrix

if TYPE_CHECKING:
    import numpy as np


def chosen_columns(schema: Schema, columns: Sequence[str], exclude: Sequence[str]) -> list[str]:
    """The columns as chosen; without a choice all number columns but those left out."""
    return list(columns) or [name for name in schema.of_kind("number") if name not in exclude]


def numbers(table: Table, columns: Sequence[str]) -> np.ndarray[Any, Any]:
    """Columns to learn from as a float64 matrix (rows x columns), missing as NaN.

    Raises:
        DataError: there are no columns, no rows, a column is no number, or holds infinite values.
    """
    import numpy as np

    require_something(columns, table.num_rows)
    matrix = feature_matrix(table, columns)
    refuse_infinite([name for name, bad in zip(columns, np.isinf(matrix).any(axis=0), strict=True) if bad])
    return matrix


def require_something(columns: Sequence[str], rows: int) -> None:
    """Raise DataError when there are no columns or no rows."""
    if not columns:
        none = Text(
            "There is no number column to work on; choose columns, or make numbers of text first.",
            "没有可用的数值列；请选择列，或先把文本转换为数字。",
        )
        raise DataError(none.as_json())
    if not rows:
        raise DataError(Text("The table has no rows to learn from.", "表格没有任何行，没有可学习的内容。").as_json())


def refuse_infinite(columns: Sequence[str]) -> None:
    """Raise DataError, naming the columns that hold infinite values."""
    if columns:
        raise DataError(
            Text(
                f"Infinite values in {', '.join(map(repr, columns[:10]))}; remove those rows (step “Filter rows”) "
                "or clip them (step “Clip outliers”).",
                f"“{'”、“'.join(columns[:10])}”中有无穷大的值；请去掉这些行（筛选行），或处理离群值。",
            ).as_json(),
            columns=columns,
        )


def require_complete(matrix: np.ndarray[Any, Any], columns: Sequence[str]) -> None:
    """Raise DataError, naming the columns, when values are missing."""
    import numpy as np

    missing = [name for name, bad in zip(columns, np.isnan(matrix).any(axis=0), strict=True) if bad]
    if missing:
        raise DataError(
            Text(
                f"Missing values in {', '.join(map(repr, missing[:10]))}; fill them first "
                "(step “Fill missing values”).",
                f"“{'”、“'.join(missing[:10])}”中有缺失值；请先填充缺失值。",
            ).as_json(),
            columns=missing,
        )


def require_new(names: Sequence[str], existing: Sequence[str]) -> None:
    """Raise DataError when a column to be made already exists."""
    if clash := [name for name in names if name in set(existing)]:
        taken = Text(
            f"The table already has a column {clash[0]!r}; rename it first (step “Rename columns”).",
            f"表格中已有列“{clash[0]}”；请先重命名该列。",
        )
        raise DataError(taken.as_json())
