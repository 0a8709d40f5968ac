"""Rows, columns and expressions on Spark."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from patchbay_operators.spark import sf
from patchbay_sdk import ExpressionError, Table
from patchbay_sdk.expressions import parse
from patchbay_sdk.spark_frames import column, typed

if TYPE_CHECKING:
    from pyspark.sql.connect.dataframe import DataFrame


def filtered(session: Any, table: Table, expression: str) -> tuple[DataFrame, DataFrame]:
    """Rows for which an expression is true, and all others.

    Raises:
        ExpressionError: it is neither true nor false, or Spark would give something else than the local engine.
    """
    import polars as pl

    value, dtype = parse(expression, table.schema).spark(table.empty())
    if dtype not in (pl.Boolean, pl.Null):
        raise not_a_condition(expression, dtype)
    true = sf().coalesce(value.cast("boolean"), sf().lit(False))
    frame = table.spark(session)
    return frame.filter(true), frame.filter(~true)


def not_a_condition(expression: str, dtype: Any) -> ExpressionError:
    """The error for an expression that rows cannot be filtered by."""
    return ExpressionError(f"{expression!r} is neither true nor false but {dtype}; compare it with a value.")


def derived(session: Any, table: Table, name: str, expression: str) -> DataFrame:
    """The frame with a column computed, in place or at the end."""
    import polars as pl

    value, dtype = parse(expression, table.schema).spark(table.empty())
    new = typed(value, name, pl.Series([], dtype=dtype).to_arrow().type)
    frame = table.spark(session)
    if name in frame.columns:
        return frame.select(*(new if other == name else column(other) for other in frame.columns))
    return frame.select(*(column(other) for other in frame.columns), new)


def selected(frame: DataFrame, chosen: Sequence[str], keep: bool) -> DataFrame:
    """The frame with some columns, in their order, or without them."""
    names = chosen if keep else [name for name in frame.columns if name not in chosen]
    return frame.select(*(column(name) for name in names))


def renamed(frame: DataFrame, names: Mapping[str, str]) -> DataFrame:
    """The frame with other names."""
    return frame.select(*(column(name).alias(names.get(name, name)) for name in frame.columns))
