"""Encoding on Spark: numbers are joined to the values that they stand for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from patchbay_operators.spark import known, value_counts
from patchbay_sdk import Table
from patchbay_sdk.spark import column

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import polars as pl
    from pyspark.sql import DataFrame

VALUE = "\0value"
"""Column for the value that numbers stand for."""


def with_numbers(
    session: Any, table: Table, names: Sequence[str], numbers: Callable[[pl.Series], list[pl.Series]]
) -> DataFrame:
    """The frame and, at its end, what `numbers` gives for the different values of each of these columns."""
    frame = table.spark(session)
    types = {c.name: c.type for c in table.schema}
    for name in names:
        values = value_counts(session, table, name)["value"]
        found = Table(values.to_frame().hstack(numbers(values.alias(name)))).spark(session)
        same = known(column(name), types[name]).eqNullSafe(column(VALUE))
        frame = frame.join(found.withColumnRenamed("value", VALUE), same, "left").drop(VALUE)
    return frame
