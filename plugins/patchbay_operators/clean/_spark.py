"""Cleaning on Spark."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from patchbay_operators.spark import ROW, known, nan_as_null, sf, window
from patchbay_sdk import Table
from patchbay_sdk.spark import column, typed

if TYPE_CHECKING:
    import polars as pl
    from pyspark.sql import Column, DataFrame

ALL_BEFORE = -(2**63)
"""Where a window of all rows before begins (Window.unboundedPreceding)."""


def without_duplicates(session: Any, table: Table, names: Sequence[str], keep: str) -> DataFrame:
    """Of rows that are equal in some columns the first, the last or none; gaps equal gaps."""
    frame = table.spark(session, ROW)
    types = {c.name: c.type for c in table.schema}
    equal = window([known(column(name), types[name]) for name in names])
    order = column(ROW).desc() if keep == "last" else column(ROW)
    number = sf().count(sf().lit(1)).over(equal) if keep == "none" else sf().row_number().over(equal.orderBy(order))
    stays = frame.withColumn("\0n", number).filter(column("\0n") == 1)
    return stays.select(*(column(name) for name in table.columns))


def statistics(session: Any, table: Table, names: Sequence[str], strategy: str, by: Sequence[str] = ()) -> pl.DataFrame:
    """What columns are filled with (exactly), in their own types; one row per group of `by`, NaN left out."""
    import polars as pl

    frame = nan_as_null(table.spark(session), table, [*names, *by])
    empty = table.empty()
    values = [_statistic(column(name), empty.schema[name], strategy).alias(f"v{n}") for n, name in enumerate(names)]
    grouped = frame.groupBy(*(column(name).alias(f"k{n}") for n, name in enumerate(by)))
    found = Table(grouped.agg(*values, sf().count(sf().lit(1)).alias("rows"))).polars()
    keys = [pl.col(f"k{n}").cast(empty.schema[name]).alias(name) for n, name in enumerate(by)]
    fills = [_in_own_type(pl.col(f"v{n}"), empty.schema[name], strategy).alias(name) for n, name in enumerate(names)]
    return found.sort([f"k{n}" for n in range(len(by))] or ["rows"], nulls_last=True).select(*keys, *fills)


def _statistic(value: Column, dtype: pl.DataType, strategy: str) -> Column:
    if strategy == "most_frequent":
        return sf().mode(value, deterministic=True)
    number = _as_number(value, dtype)
    return sf().avg(number) if strategy == "mean" else sf().percentile(number, sf().lit(0.5))


def _as_number(value: Column, dtype: pl.DataType) -> Column:
    import polars as pl

    if dtype == pl.Date:
        return sf().unix_date(value).cast("double")
    if isinstance(dtype, pl.Datetime):
        return sf().unix_micros(value.cast("timestamp")).cast("double")
    return value.cast("double")


def _in_own_type(value: pl.Expr, dtype: pl.DataType, strategy: str) -> pl.Expr:
    import polars as pl

    if strategy == "most_frequent":
        return value.cast(dtype)
    if isinstance(dtype, pl.Datetime):
        return value.floor().cast(pl.Int64).cast(pl.Datetime("us", dtype.time_zone)).cast(dtype)
    if dtype == pl.Date:
        return value.floor().cast(pl.Int32).cast(pl.Date)
    return (value.round() if dtype.is_integer() else value).cast(dtype)


def forward_filled(session: Any, table: Table, names: Sequence[str], by: Sequence[str]) -> DataFrame:
    """Gaps filled with the last value before, within the groups of `by`."""
    frame = nan_as_null(table.spark(session, ROW), table, [*names, *by])
    before = window([column(name) for name in by]).orderBy(column(ROW))
    before = before.rowsBetween(ALL_BEFORE, 0)
    metadata = {field.name: field.metadata or {} for field in frame.schema}
    return frame.select(
        *(
            sf().last(column(name), ignorenulls=True).over(before).alias(name, metadata=metadata[name])
            if name in names
            else column(name)
            for name in table.columns
        )
    )


def filled(session: Any, table: Table, state: Mapping[str, Any]) -> DataFrame:
    """Gaps filled with the learned value of the row's group, and where there is none with that of all rows."""
    names, by = state["columns"], state["by"]
    frame = nan_as_null(table.spark(session), table, [*names, *by])
    fills = {name: [_literal(state["overall"].polars()[name])] for name in names}
    if "groups" in state:
        marks = {name: f"\0{name}" for name in [*names, *by]}
        groups = state["groups"].spark(session).withColumnsRenamed(marks)
        same = sf().lit(True)
        for name in by:
            same = same & column(name).eqNullSafe(column(marks[name]))
        frame = frame.join(sf().broadcast(groups), same, "left")
        fills = {name: [column(marks[name]), *fills[name]] for name in names}
    types = table.arrow_schema
    return frame.select(
        *(
            typed(sf().coalesce(column(name), *fills[name]), name, types.field(name).type)
            if name in names
            else column(name)
            for name in table.columns
        )
    )


def _literal(value: pl.Series) -> Column:
    """The one value of a column of learned values, for Spark."""
    import polars as pl

    from patchbay_sdk.spark import spark_type_of

    found = spark_type_of(value.to_arrow().type)
    assert found is not None
    if isinstance(value.dtype, pl.Datetime):
        micros = value.dt.timestamp("us").item()
        zoned = sf().timestamp_micros(sf().lit(micros).cast("long"))
        return zoned.cast(found.json)
    return sf().lit(value.item()).cast(found.json)
