"""Aggregations on Spark."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from patchbay_operators.shape._aggregate import NUMBERS_ONLY
from patchbay_operators.spark import ROW, columns, known, sf
from patchbay_sdk import Table
from patchbay_sdk.spark import column, typed

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import Column, DataFrame


def grouped(
    session: Any, table: Table, keys: Sequence[str], aggregations: Mapping[str, Mapping[str, Any]], after: pa.Schema
) -> DataFrame:
    """One row per group. `aggregations`: name -> what to compute; `after`: the types of keys and aggregations."""
    ordered = any(each["function"] in ("first", "last") for each in aggregations.values())
    frame = table.spark(session, ROW if ordered else "")
    values = [
        typed(_aggregate(table, each), name, after.field(name).type).alias(name) for name, each in aggregations.items()
    ]
    return frame.groupBy(*columns(keys)).agg(*values) if keys else frame.agg(*values)


def _aggregate(table: Table, aggregation: Mapping[str, Any]) -> Column:
    """As `_aggregate.aggregate`: missing values and NaN are left out."""
    function = aggregation["function"]
    if function == "rows":
        return sf().count(sf().lit(1))
    found = table.schema.get(aggregation["column"])
    type = found.type if found else "other"
    values = known(column(aggregation["column"]), type)
    if function == "sum":
        kind = "double" if type == "float" else "long"
        return sf().coalesce(sf().sum(values.cast(kind)), sf().lit(0).cast(kind))
    if function in NUMBERS_ONLY:
        values = values.cast("double")
    match function:
        case "mean":
            return sf().avg(values)
        case "std":
            return sf().stddev_samp(values)
        case "median" | "quantile":
            level = 0.5 if function == "median" else aggregation.get("quantile", 0.5)
            return sf().percentile(values, sf().lit(float(level)))
        case "min" | "max" | "count":
            return getattr(sf(), function)(values)
        case "n_unique":
            return sf().count_distinct(values)
    choose = sf().min_by if function == "first" else sf().max_by
    return choose(values, sf().when(values.isNotNull(), column(ROW)))
