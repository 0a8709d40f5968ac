"""Rows of several entities in time, and the rows that came before them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from patchbay_sdk import Table

if TYPE_CHECKING:
    import polars as pl

ROW = "\0row"
"""Column for the row number; no table has a column of this name."""


def in_time(table: Table, time: str, by: Sequence[str], columns: Sequence[str]) -> pl.DataFrame:
    """Row number, entity, time and numbers of every row that has a time, in order of time; NaN is missing."""
    import polars as pl

    zone = getattr(table.polars().schema[time], "time_zone", None)
    return (
        table.polars()
        .select([*by, time, *columns])
        .with_row_index(ROW)
        .with_columns(pl.col(time).cast(pl.Datetime("us", zone)), pl.col(list(columns)).cast(pl.Float64).fill_nan(None))
        .filter(pl.col(time).is_not_null())
        .sort(time, maintain_order=True)
    )


def with_past(rows: pl.DataFrame, past: pl.DataFrame, time: str, by: Sequence[str]) -> pl.DataFrame:
    """`rows`, preceded by those rows of the past that lie before the entity's first row; these have no row number.

    On the rows from which the past was taken this adds nothing; on later ones it gives them their history.
    """
    import polars as pl

    past = past.with_columns(pl.col(name).cast(rows.schema[name]) for name in (*by, time))
    first = "\0first"
    if by:
        starts = rows.group_by(list(by), maintain_order=True).agg(pl.col(time).min().alias(first))
        past = past.join(starts, on=list(by), nulls_equal=True, maintain_order="left")
    else:
        past = past.with_columns(pl.lit(rows[time].min(), dtype=rows.schema[time]).alias(first))
    earlier = past.filter(pl.col(time) < pl.col(first)).with_columns(pl.lit(None, dtype=rows.schema[ROW]).alias(ROW))
    return pl.concat([earlier.select(rows.columns), rows])
