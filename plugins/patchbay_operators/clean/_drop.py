"""Steps that learn which columns to drop.

Which ones go is known only after a run. So their specs declare no more than is sure: the columns to keep, and openly
further ones; pickers of later steps show the columns to keep, and take the name of any other.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from patchbay_operators.advice import Text
from patchbay_sdk import Context, DataError, Learner, Table

SHOWN = 10
"""Dropped columns that the log names."""


class ColumnDropper(Learner):
    """Drops the columns in ``state["dropped"]``; a table that lacks some of them is fine."""

    def reads(self, state: Mapping[str, Any]) -> list[str]:
        """Nothing: what is dropped need not be there."""
        return []

    def apply(self, state: Mapping[str, Any], table: Table) -> Table:
        """The table without the dropped columns."""
        return table.replace(table.polars().drop(state["dropped"], strict=False))


def dropping(context: Context, table: Table, reasons: Mapping[str, str]) -> dict[str, Any]:
    """The state of a `ColumnDropper`; `reasons` says for each column why it goes.

    Raises:
        DataError: no column would be left.
    """
    if len(reasons) == len(table.columns):
        name, reason = next(iter(reasons.items()), ("", "there is none"))
        raise DataError(
            Text(
                f"No column would be left: {name!r} {reason}, and so on. Check the table, or name columns to keep.",
                "所有列都会被删除，没有剩下任何列。请检查表格，或指定要保留的列。",
            ).as_json()
        )
    context.log(f"Dropped {len(reasons):,} of {len(table.columns):,} columns.")
    for name, reason in list(reasons.items())[:SHOWN]:
        context.log(f"{name!r} {reason}")
    if len(reasons) > SHOWN:
        context.log(f"... and {len(reasons) - SHOWN:,} more; the fitted step lists them all.")
    return {"dropped": list(reasons), "reasons": dict(reasons)}
