"""Conversions on Spark: the local conversion, on some rows at a time in Spark's Python processes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from patchbay_operators.clean._cast import converted, lost_rows
from patchbay_operators.spark import ROW
from patchbay_sdk import Table
from patchbay_sdk.spark import column, restored

if TYPE_CHECKING:
    import polars as pl
    import pyarrow as pa


def lost_values(session: Any, table: Table, name: str, how: Mapping[str, Any], most: int) -> tuple[int, pl.DataFrame]:
    """How many values of a column do not fit, and the first of them with their rows, counted from 1."""
    import pyarrow as pa

    schema = pa.schema([table.arrow_schema.field(name), pa.field("row", pa.int64())])
    frame = table.spark(session, ROW).select(column(name), column(ROW).alias("row"))
    kind = frame.schema[0].dataType.simpleString()
    lost = frame.mapInArrow(partial(_lost, dict(how), schema), f"row bigint, value {kind}")
    count = lost.count()
    found = Table(lost.orderBy("row").limit(most)).polars() if count else table.empty().select(value=name)
    return count, found


def _lost(how: Mapping[str, Any], schema: pa.Schema, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    import polars as pl
    import pyarrow as pa

    for batch in batches:
        frame = Table(restored(pa.Table.from_batches([batch]), schema)).polars()
        before = frame.to_series(0)
        lost = lost_rows(before, converted(before, **how))["row"].cast(pl.Int64) - 1
        rows = pa.array(frame["row"].to_numpy()[lost.to_numpy()] + 1, pa.int64())
        values = batch.column(0).take(pa.array(lost.to_numpy()))
        yield pa.RecordBatch.from_arrays([rows, values], ["row", "value"])
