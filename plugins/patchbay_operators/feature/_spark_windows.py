"""Time windows on Spark."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from patchbay_operators.spark import ROW, columns, known, sf, window
from patchbay_sdk import Table
from patchbay_sdk.spark import column

if TYPE_CHECKING:
    import polars as pl
    from pyspark.sql import Column, DataFrame

TIME = "\0time"
"""Column for the time in microseconds; null where a row has none."""


def recent(
    session: Any, table: Table, time: str, by: Sequence[str], names: Sequence[str], period: int, schema: pl.Schema
) -> pl.DataFrame:
    """Each entity's rows of the last `period` microseconds, in order of time, in the types of `schema`."""
    import polars as pl

    rows = _in_time(session, table, time).filter(column(TIME).isNotNull())
    end = sf().max(column(TIME)).over(window(columns(by)))
    rows = rows.withColumn("\0end", end).filter(column(TIME) >= column("\0end") - period)
    values = [_number(name).alias(f"v{n}") for n, name in enumerate(names)]
    keys = [column(name).alias(f"k{n}") for n, name in enumerate(by)]
    found = Table(rows.select(*keys, column(TIME).alias("t"), column(ROW).alias("row"), *values)).polars()
    found = (
        found.sort("t", "row")
        .drop("row")
        .rename(dict(zip([c for c in found.columns if c != "row"], schema, strict=True)))
    )
    return found.with_columns(pl.col(name).cast(type) for name, type in schema.items())


def with_windows(
    session: Any, table: Table, state: Mapping[str, Any], windows: Mapping[str, tuple[str, str, int]]
) -> DataFrame:
    """The frame with further columns: name -> column, function and length of the window in microseconds."""
    by, time = columns(state["by"]), state["time"]
    frame = _in_time(session, table, time)
    start = sf().min(column(TIME)).over(window(by))
    frame = frame.withColumn("\0hours", (column(TIME) - start) / 3_600_000_000)
    of_entity = window(by).orderBy(column(TIME))
    added = []
    for name, (value, function, period) in windows.items():
        first, last = (1 - period, 0) if state["include_current"] else (-period, -1)
        over = of_entity.rangeBetween(first, last)
        found = _aggregate(_number(value), function, over)
        if function == "count":
            found = sf().when(column(TIME).isNotNull(), found).otherwise(0).cast("long")
        else:
            found = sf().when(column(TIME).isNotNull(), found)
        added.append(found.alias(name))
    return frame.select(*(column(name) for name in table.columns if name not in windows), *added)


def _in_time(session: Any, table: Table, time: str) -> DataFrame:
    import polars as pl

    value = column(time).cast("timestamp") if isinstance(table.empty().schema[time], pl.Datetime) else column(time)
    micros = sf().unix_micros(value.cast("timestamp"))
    return table.spark(session, ROW).withColumn(TIME, micros)


def _number(name: str) -> Column:
    return known(column(name).cast("double"), "float")


def _aggregate(value: Column, function: str, over: Any) -> Column:
    present = value.isNotNull()
    match function:
        case "count":
            return sf().count(value).over(over)
        case "std":
            return sf().stddev_samp(value).over(over)
        case "last":
            return sf().max_by(value, sf().when(present, sf().struct(column(TIME), column(ROW)))).over(over)
        case "slope":
            hours = sf().when(present, column("\0hours"))
            several = sf().min(hours).over(over) < sf().max(hours).over(over)
            slope = sf().covar_samp(hours, value).over(over) / sf().var_samp(hours).over(over)
            return sf().when(several, slope)
    found: Column = {"mean": sf().avg, "min": sf().min, "max": sf().max}[function](value).over(over)
    return found
