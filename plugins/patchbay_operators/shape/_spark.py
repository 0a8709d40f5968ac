"""Rows, columns and expressions on Spark."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce
from typing import TYPE_CHECKING, Any

from patchbay_operators.advice import Text
from patchbay_operators.shape._spark_draw import drawn
from patchbay_operators.spark import ROW, known, sf
from patchbay_sdk import ExpressionError, Table
from patchbay_sdk.expressions import parse
from patchbay_sdk.spark import column, typed

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import DataFrame


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
    return ExpressionError(
        Text(
            f"{expression!r} is neither true nor false but {dtype}; compare it with a value.",
            f"“{expression}”的结果是 {dtype}，不是真或假；请让它与一个值比较。",
        ).as_json()
    )


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


def stacked(session: Any, tables: Sequence[Table], types: pa.Schema) -> DataFrame:
    """The rows of all tables, in columns of these types."""
    frames = []
    for table in tables:
        frame, has = table.spark(session), set(table.columns)
        values = (column(field.name) if field.name in has else sf().lit(None) for field in types)
        frames.append(frame.select(*(typed(v, f.name, f.type) for v, f in zip(values, types, strict=True))))
    return reduce(lambda one, two: one.unionAll(two), frames)


def sorted_rows(session: Any, table: Table, by: Sequence[Mapping[str, str]]) -> DataFrame:
    """Rows in order; missing values and NaN come last, equal rows keep their order."""
    keys = []
    for key in by:
        found = table.schema.get(key["column"])
        value = known(column(key["column"]), found.type if found else "other")
        keys.append(value.desc_nulls_last() if key["order"] == "descending" else value.asc_nulls_last())
    return table.spark(session, ROW).orderBy(*keys, column(ROW)).drop(ROW)


def sampled(session: Any, table: Table, method: str, n: int, step: int, stratify: str | None, seed: int) -> DataFrame:
    """`n` rows from the start, from the end or drawn at random, or every `step`th row."""
    frame, row = table.spark(session, ROW), column(ROW)
    match method:
        case "every_nth":
            chosen = frame.filter(row % step == 0)
        case "first":
            chosen = frame.filter(row < n)
        case "last":
            chosen = frame.filter(row >= table.num_rows - n)
        case _:
            chosen = drawn(frame, n, table.num_rows, stratify, seed)
    return chosen.drop(ROW)
