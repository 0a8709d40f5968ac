"""What variants for Spark share. Importing it needs no Spark."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from patchbay_sdk import Table
from patchbay_sdk.spark import column

if TYPE_CHECKING:
    import polars as pl
    from pyspark.sql import Column, DataFrame

ROW = "\0row"
"""Column for the number of the row; no table has a column of this name."""


def sf() -> Any:
    """Spark's functions."""
    from pyspark.sql.connect import functions

    return functions


def window(by: Sequence[Column]) -> Any:
    """Windows over the rows that are equal in `by`; without any, over all rows, which then pass through one task."""
    from pyspark.sql.connect.window import Window

    return Window.partitionBy(*by or [sf().lit(True)])


def known(value: Column, type: str) -> Column:
    """A value of a logical type with null for NaN."""
    return sf().when(~sf().isnan(value), value) if type == "float" else value


def columns(names: Sequence[str]) -> list[Column]:
    """Columns by their exact names."""
    return [column(name) for name in names]


def nan_as_null(frame: DataFrame, table: Table, names: Sequence[str] | None = None) -> DataFrame:
    """The frame of a table with null for NaN, in all columns or in these; further columns stay."""
    types = {c.name: c.type for c in table.schema if names is None or c.name in names}
    return frame.select(
        *(
            known(column(name), "float").alias(name) if types.get(name) == "float" else column(name)
            for name in frame.columns
        )
    )


def value_counts(session: Any, table: Table, name: str) -> pl.DataFrame:
    """The different values of a column (NaN is a missing one), and how many rows have each: two columns."""
    found = table.schema.get(name)
    value = known(column(name), found.type if found else "other").alias("value")
    counted = table.spark(session).groupBy(value).agg(sf().count(sf().lit(1)).alias("rows"))
    return Table(counted).polars()
