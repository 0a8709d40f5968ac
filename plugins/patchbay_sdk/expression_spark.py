"""Translates a checked expression tree to Spark, so that it means what `expression_polars` makes of it.

Every node is asked which type polars gives it on the table's columns; where the engines differ (division by zero,
rounding, text of numbers, white space, zones of time), the translation says it in other words of Spark. What cannot be
made equal is refused by name. One difference stays: where whole numbers leave their type's range polars goes round,
Spark stops with an error.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from patchbay_sdk import expression_spark_numbers as numbers
from patchbay_sdk import expression_spark_text as texts
from patchbay_sdk.errors import ExpressionError
from patchbay_sdk.expression_polars import to_polars
from patchbay_sdk.expression_spark_base import (
    Builder,
    Translation,
    arguments,
    comparable,
    compared,
    cut,
    refused,
    sf,
    shown,
    truth,
)

if TYPE_CHECKING:
    import polars as pl
    from pyspark.sql import Column


def to_spark(tree: exp.Expression, empty: pl.DataFrame) -> tuple[Column, Any]:
    """The Spark column of a checked tree, and its polars type. `empty`: the table without its rows.

    Raises:
        ExpressionError: it does not fit the columns' types, or Spark would not give the same.
    """
    return Translation(empty, BUILDERS).typed(tree)


def _column(t: Translation, node: exp.Column) -> Any:
    from patchbay_sdk.spark_frames import column

    return column(node.name)


def _literal(t: Translation, node: exp.Literal) -> Any:
    value = node.this if node.is_string else int(node.this) if node.this.isdigit() else float(node.this)
    lit = sf().lit(value)
    return lit.cast("long") if isinstance(value, int) and abs(value) < 2**63 else lit


def _logic(combine: Callable[[Any, Any], Any]) -> Builder:
    def build(t: Translation, node: Any) -> Any:
        return combine(truth(t, node.this), truth(t, node.expression))

    return build


def _is(t: Translation, node: exp.Is) -> Any:
    if isinstance(node.expression, exp.Null):
        return t.of(node.this).isNull()
    return t.of(node.this).eqNullSafe(t.of(node.expression))


def _in(t: Translation, node: exp.In) -> Any:
    tests = [compared(lambda a, b: a == b)(t, exp.EQ(this=node.this, expression=item)) for item in node.expressions]
    result = tests[0]
    for test in tests[1:]:
        result = result | test
    return result


def _between(t: Translation, node: exp.Between) -> Any:
    value, low = comparable(t, node.this, node.args["low"])
    same, high = comparable(t, node.this, node.args["high"])
    return (value >= low) & (same <= high)


def _case(t: Translation, node: exp.Case) -> Any:
    chain: Any = sf()
    dtype = t.dtype(node)
    for branch in node.args["ifs"]:
        if node.this is None:
            test = truth(t, branch.this)
        else:
            test = compared(lambda a, b: a == b)(t, exp.EQ(this=node.this, expression=branch.this))
        chain = chain.when(test, t.cast(t.of(branch.args["true"]), dtype))
    default = node.args.get("default")
    return chain if default is None else chain.otherwise(t.cast(t.of(default), dtype))


def _if(t: Translation, node: exp.If) -> Any:
    dtype = t.dtype(node)
    chain = sf().when(truth(t, node.this), t.cast(t.of(node.args["true"]), dtype))
    otherwise = node.args.get("false")
    return chain if otherwise is None else chain.otherwise(t.cast(t.of(otherwise), dtype))


def _cast(t: Translation, node: exp.Cast) -> Any:
    import polars as pl

    source, target = t.dtype(node.this), t.dtype(node)
    value, strict = t.of(node.this), not isinstance(node, exp.TryCast)
    if target == pl.String:
        return texts.text(t, node.this)
    if isinstance(node.this, exp.Literal) and node.this.is_string and target.is_temporal():
        try:
            return sf().lit(pl.select(to_polars(node)).item()).cast("date" if target == pl.Date else "timestamp_ntz")
        except pl.exceptions.PolarsError as error:
            raise ExpressionError(
                {
                    "en": f"{shown(node)} is no such time: {str(error).splitlines()[0]}.",
                    "zh-CN": f"“{cut(node)}”不是有效的时间。",
                }
            ) from error
    if source.is_temporal():
        if {source, target} <= {pl.Date, pl.Datetime("us")}:
            return t.cast(value, target)
        raise refused(node, f"{source} as {target} is not the same there", f"{source} 转换为 {target} 的结果在那里不同")
    if source == pl.String and target.is_numeric():
        return texts.number_of(value, target.is_integer(), strict, node)
    return t.cast(value, target) if strict else t.cast(value, target, attempt=True)


def _nullif(t: Translation, node: exp.Nullif) -> Any:
    value, other = comparable(t, node.this, node.expression)
    return sf().when(value == other, sf().lit(None)).otherwise(t.of(node.this))


def _coalesce(t: Translation, node: exp.Coalesce) -> Any:
    dtype = t.dtype(node)
    return sf().coalesce(*(t.cast(t.of(part), dtype) for part in arguments(node)))


def _extreme(name: str) -> Builder:
    """The largest or smallest; NaN only where there is nothing else."""

    def build(t: Translation, node: Any) -> Any:
        dtype = t.dtype(node)
        values = [t.cast(t.of(part), dtype) for part in arguments(node)]
        if len(values) == 1:
            return values[0]
        choose = getattr(sf(), name)
        if not dtype.is_float():
            return choose(*values)
        return sf().coalesce(choose(*(sf().when(~sf().isnan(value), value) for value in values)), *values)

    return build


def _part(name: str, offset: int = 0) -> Builder:
    """A part of a date; of a time with a zone, as clocks show it there."""

    def build(t: Translation, node: Any) -> Any:
        value, zone = t.of(node.this), getattr(t.dtype(node.this), "time_zone", None)
        if zone is not None:
            value = sf().from_utc_timestamp(value, sf().lit(zone))
        return getattr(sf(), name)(value).cast("long") - offset

    return build


def _method(name: str) -> Builder:
    return lambda t, node: getattr(t.of(node.this), name)(t.of(node.expression))


BUILDERS: Mapping[type[exp.Expression], Builder] = {
    exp.Column: _column,
    exp.Literal: _literal,
    exp.Boolean: lambda t, node: sf().lit(node.this),
    exp.Null: lambda t, node: sf().lit(None),
    exp.Paren: lambda t, node: t.of(node.this),
    exp.Not: lambda t, node: ~truth(t, node.this),
    exp.Neg: numbers.on_number(lambda a: -a, lambda a: -a.cast("long")),
    exp.And: _logic(lambda a, b: a & b),
    exp.Or: _logic(lambda a, b: a | b),
    exp.EQ: compared(lambda a, b: a == b),
    exp.NEQ: compared(lambda a, b: a != b),
    exp.GT: compared(lambda a, b: a > b),
    exp.GTE: compared(lambda a, b: a >= b),
    exp.LT: compared(lambda a, b: a < b),
    exp.LTE: compared(lambda a, b: a <= b),
    exp.Add: numbers.arithmetic(lambda a, b: a + b),
    exp.Sub: numbers.arithmetic(lambda a, b: a - b),
    exp.Mul: numbers.arithmetic(lambda a, b: a * b),
    exp.Div: numbers.divide,
    exp.IntDiv: numbers.int_div,
    exp.Mod: numbers.mod,
    exp.Pow: numbers.power,
    exp.DPipe: lambda t, node: sf().concat(texts.text(t, node.this), texts.text(t, node.expression)),
    exp.Is: _is,
    exp.In: _in,
    exp.Between: _between,
    exp.Like: texts.like,
    exp.ILike: texts.like,
    exp.RegexpLike: texts.regexp,
    exp.Case: _case,
    exp.If: _if,
    exp.Cast: _cast,
    exp.TryCast: _cast,
    exp.Abs: numbers.on_number(lambda a: sf().abs(a), lambda a: sf().abs(a)),
    exp.Ceil: numbers.on_number(numbers.ceil, lambda a: a),
    exp.Floor: numbers.on_number(numbers.floor, lambda a: a),
    exp.Sqrt: numbers.on_number(lambda a: sf().sqrt(a)),
    exp.Exp: numbers.on_number(lambda a: sf().exp(a)),
    exp.Ln: numbers.on_number(numbers.ln),
    exp.Log: numbers.log,
    exp.Sign: numbers.on_number(lambda a: sf().signum(a)),
    exp.Round: numbers.rounded,
    exp.IsNan: numbers.is_nan,
    exp.Nullif: _nullif,
    exp.Coalesce: _coalesce,
    exp.Greatest: _extreme("greatest"),
    exp.Least: _extreme("least"),
    exp.Lower: lambda t, node: sf().lower(t.of(node.this)),
    exp.Upper: lambda t, node: sf().upper(t.of(node.this)),
    exp.Trim: lambda t, node: texts.trimmed(t.of(node.this)),
    exp.Length: texts.char_length_of,
    exp.Concat: texts.concat,
    exp.Contains: _method("contains"),
    exp.StartsWith: _method("startswith"),
    exp.EndsWith: _method("endswith"),
    exp.Substring: texts.substring,
    exp.Replace: texts.replace,
    exp.Year: _part("year"),
    exp.Quarter: _part("quarter"),
    exp.Month: _part("month"),
    exp.Day: _part("day"),
    exp.DayOfWeek: _part("dayofweek", 1),
    exp.Hour: _part("hour"),
    exp.Minute: _part("minute"),
}
"""Every node that has the same meaning on Spark."""
