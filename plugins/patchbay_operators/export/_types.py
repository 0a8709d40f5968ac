"""What formats of text and databases can hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from patchbay_operators.advice import Text
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
    require_columns(table)
    for column in table.schema:
        if column.type in ("list", "duration", "other"):
            raise DataError(
                Text(
                    f"Column {column.name!r} is of type {column.type}, which {format} cannot hold; "
                    "cast it or leave it out.",
                    f"列“{column.name}”的类型是 {column.type}，一个单元格放不下。请先转换列类型，或去掉该列。",
                ).as_json()
            )


def require_columns(table: Table) -> None:
    """Raise DataError when there is nothing to write."""
    if not table.columns:
        nothing = Text("The table has no columns; there is nothing to write.", "表格没有任何列，没有可写入的内容。")
        raise DataError(nothing.as_json())
