"""Drop rows with missing values."""

from __future__ import annotations

from collections.abc import Sequence

from patchbay_operators.clean._columns import nan_as_null, require_columns
from patchbay_operators.clean._rows import rows_dropped
from patchbay_sdk import Context, Operator, Outputs, Table


class DropMissing(Operator):
    """Drops the rows in which any, all, or at least so many of the columns are missing (null or NaN)."""

    def run(
        self, context: Context, table: Table, columns: Sequence[str] = (), how: str = "any", count: int = 1
    ) -> Outputs:
        """The rows that stay, in order, and how many went."""
        import polars as pl

        require_columns(table)
        chosen = list(columns) or table.columns
        too_many = {"any": 1, "all": len(chosen), "at_least": count}[how]
        gaps = nan_as_null(table.polars().select(chosen)).select(pl.sum_horizontal(pl.all().is_null()))
        after = table.polars().filter(gaps.to_series() < too_many)
        return rows_dropped(context, table, table.replace(after), f"{too_many} or more values missing")
