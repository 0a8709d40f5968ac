"""Drop columns in which most values are missing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from patchbay_operators.clean._columns import nan_as_null, require_rows
from patchbay_operators.clean._drop import ColumnDropper, dropping
from patchbay_sdk import Context, Table


class DropMostlyMissing(ColumnDropper):
    """Learns which columns are mostly missing in the training rows, and drops them."""

    def fit(self, context: Context, table: Table, limit: float = 0.5, keep: Sequence[str] = ()) -> dict[str, Any]:
        """The columns whose share of missing values (null or NaN) is larger than `limit`, or that hold no value.

        Raises:
            DataError: the table has no rows, or no column would be left.
        """
        require_rows(table, "missing shares")
        frame = nan_as_null(table.polars())
        shares = {column.name: column.null_count() / frame.height for column in frame if column.name not in keep}
        reasons = {
            name: f"is missing in {share:.1%} of the rows"
            for name, share in shares.items()
            if share > limit or share == 1
        }
        return dropping(context, table, reasons)
