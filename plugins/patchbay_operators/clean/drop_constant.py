"""Drop columns that hold one value."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from patchbay_operators.clean._columns import nan_as_null, require_rows
from patchbay_operators.clean._drop import ColumnDropper, dropping
from patchbay_sdk import Context, Table


class DropConstant(ColumnDropper):
    """Learns which columns hold one value (or almost only one) in the training rows, and drops them."""

    def fit(
        self,
        context: Context,
        table: Table,
        limit: float = 1,
        gaps_count: bool = False,
        keep: Sequence[str] = (),
    ) -> dict[str, Any]:
        """The columns whose most frequent value makes up a share of `limit` or more.

        Raises:
            DataError: the table has no rows, or no column would be left.
        """
        require_rows(table, "constant columns")
        frame = nan_as_null(table.polars())
        reasons = {}
        for column in frame:
            values = column if gaps_count else column.drop_nulls()
            most = values.unique_counts().max() if len(values) else 0
            if column.name not in keep and most >= limit * len(values):  # type: ignore[operator]
                share = f"one value in {most / len(values):.1%} of the rows" if len(values) else "no value"  # type: ignore[operator]
                reasons[column.name] = f"holds {share}"
        return dropping(context, table, reasons)
