"""Drop rows that occur more than once."""

from __future__ import annotations

from collections.abc import Sequence

from patchbay_operators.clean._columns import nan_as_null, require_columns
from patchbay_operators.clean._rows import rows_dropped
from patchbay_operators.clean._spark import without_duplicates
from patchbay_sdk import Context, Operator, Outputs, Table


class Deduplicate(Operator):
    """Of rows that are equal in some columns, keeps the first, the last or none; gaps equal gaps."""

    def run(self, context: Context, table: Table, columns: Sequence[str] = (), keep: str = "first") -> Outputs:
        """The rows that stay, in order, and how many went."""
        require_columns(table)
        frame = table.polars()
        chosen = list(columns) or frame.columns
        keys = nan_as_null(frame.select(chosen)).with_row_index("row\0")
        stays = keys.unique(chosen, keep="last" if keep == "last" else "none" if keep == "none" else "first")["row\0"]
        return rows_dropped(context, table, table.replace(frame[stays.sort()]), _same(columns))

    def run_spark(self, context: Context, table: Table, columns: Sequence[str] = (), keep: str = "first") -> Outputs:
        """The rows that stay, in no order."""
        require_columns(table)
        left = without_duplicates(context.spark, table, list(columns) or table.columns, keep)
        return rows_dropped(context, table, table.replace(left), _same(columns))


def _same(columns: Sequence[str]) -> str:
    return f"the same {', '.join(map(repr, columns))}" if columns else "equal in all columns"
