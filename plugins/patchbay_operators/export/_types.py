"""What formats of text and databases can hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from patchbay_sdk import DataError, Table

if TYPE_CHECKING:
    import polars as pl


def flat_frame(table: Table, format: str) -> pl.DataFrame:
    """The table's frame, decimals as float. Raises DataError for lists, durations and what else no cell can hold."""
    import polars as pl

    require_flat(table, format)
    return table.polars().with_columns(pl.col(pl.Decimal).cast(pl.Float64))


def require_flat(table: Table, format: str) -> None:
    """Raise DataError for lists, durations and what else no cell can hold."""
    if not table.columns:
        raise DataError("The table has no columns; there is nothing to write.")
    for column in table.schema:
        if column.type in ("list", "duration", "other"):
            raise DataError(
                f"Column {column.name!r} is of type {column.type}, which {format} cannot hold; cast it or leave it out."
            )
