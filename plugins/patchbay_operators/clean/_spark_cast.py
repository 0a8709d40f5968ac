"""Conversions on Spark: the local conversion, on some rows at a time in Spark's Python processes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from patchbay_operators.clean._cast import converted, lost_rows
from patchbay_operators.spark import ROW
from patchbay_sdk import Table
from patchbay_sdk.spark import by_batches, column

if TYPE_CHECKING:
    import polars as pl
    import pyarrow as pa
    from pyspark.sql import DataFrame


def cast(session: Any, table: Table, names: Sequence[str], how: Mapping[str, Any], after: pa.Schema) -> DataFrame:
    """The frame with columns converted; what does not fit becomes a gap."""
    return by_batches(table.spark(session), partial(_converted, list(names), dict(how)), table.arrow_schema, after)


def _converted(names: Sequence[str], how: Mapping[str, Any], rows: pa.Table) -> pa.Table:
    import polars as pl

    frame = pl.DataFrame(rows)
    return frame.with_columns(converted(frame[name], **how) for name in names).to_arrow()


def lost_values(session: Any, table: Table, name: str, how: Mapping[str, Any], most: int) -> tuple[int, pl.DataFrame]:
    """How many values of a column do not fit, and the first of them with their rows, counted from 1."""
    import pyarrow as pa

    value = table.arrow_schema.field(name).type
    before = pa.schema([(name, value), ("row", pa.int64())])
    frame = table.spark(session, ROW).select(column(name), column(ROW).alias("row"))
    lost = by_batches(frame, partial(_lost, dict(how)), before, pa.schema([("row", pa.int64()), ("value", value)]))
    count = lost.count()
    found = Table(lost.orderBy("row").limit(most)).polars() if count else table.empty().select(value=name)
    return count, found


def _lost(how: Mapping[str, Any], rows: pa.Table) -> pa.Table:
    import polars as pl

    frame = pl.DataFrame(rows)
    before = frame.to_series(0)
    places = lost_rows(before, converted(before, **how))["row"].cast(pl.Int64) - 1
    return frame[places].select(pl.col("row") + 1, pl.nth(0).alias("value")).to_arrow()
