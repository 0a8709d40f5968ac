"""Translates a checked expression tree to Spark, so that it means what `expression_polars` makes of it.

Every node is asked which type polars gives it on the table's columns; where the engines differ (division by zero,
rounding, text of numbers, white space, zones of time), the translation says it in other words of Spark. What cannot be
made equal is refused by name. One difference stays: where whole numbers leave their type's range polars goes round,
Spark stops with an error.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from patchbay_sdk.errors import ExpressionError
from patchbay_sdk.expression_polars import to_polars
from patchbay_sdk.expression_text_spark import like_pattern, number_of, regular_expression, text_of, trimmed

if TYPE_CHECKING:
    import polars as pl
    from pyspark.sql.connect.column import Column

EXACT = 2**52
"""From here on a decimal number has no places behind the point."""


def to_spark(tree: exp.Expression, empty: pl.DataFrame) -> tuple[Column, Any]:
    """The Spark column of a checked tree, and its polars type. `empty`: the table without its rows.

    Raises:
        ExpressionError: it does not fit the columns' types, or Spark would not give the same.
    """
    return Translation(empty).typed(tree)


class Translation:
    """One expression on one table's columns."""

    def __init__(self, empty: pl.DataFrame) -> None:
        self._empty = empty

    def typed(self, tree: exp.Expression) -> tuple[Column, Any]:
        """The column, cast to the type that polars gives it, and that type."""
        dtype = self.dtype(tree)
        return self.cast(self.of(tree), dtype), dtype

    def of(self, node: exp.Expression) -> Column:
        """The Spark column of a node. Raises ExpressionError."""
        builder = BUILDERS.get(type(node))
        if builder is None:
            raise refused(node, "Spark has nothing that means exactly the same")
        return builder(self, node)

    def dtype(self, node: exp.Expression) -> Any:
        """The polars type of a node. Raises ExpressionError when it does not fit the columns."""
        import polars as pl

        try:
            return self._empty.select(to_polars(node).alias("result")).schema["result"]
        except pl.exceptions.PolarsError as error:
            reason = str(error).strip().splitlines()[0].rstrip(".")
            raise ExpressionError(f"{shown(node)} does not fit the columns' types: {reason}.") from error

    def cast(self, value: Column, dtype: Any, *, attempt: bool = False) -> Column:
        """The value in Spark's type for a polars type; what does not fit is an error, or null (`attempt`)."""
        import polars as pl

        from patchbay_sdk.spark_types import spark_type_of

        if dtype == pl.Null:
            return value
        found = spark_type_of(pl.Series([], dtype=dtype).to_arrow().type)
        if found is None or not isinstance(found.json, str):
            raise ExpressionError(f"Spark has no type for {dtype}; run this step locally.")
        return value.try_cast(found.json) if attempt else value.cast(found.json)

    def number(self, node: exp.Expression) -> Column:
        """A number as a decimal one (double). Raises ExpressionError for what is none."""
        dtype = self.dtype(node)
        if dtype.is_decimal() or dtype.is_temporal():
            raise refused(node, f"it is {dtype}; cast it to DOUBLE first")
        return self.of(node).cast("double")

    def is_whole(self, node: exp.Expression) -> bool:
        """Whether polars computes a node as whole numbers."""
        return bool(self.dtype(node).is_integer())

    def text(self, node: exp.Expression) -> Column:
        """A value as polars writes it. Raises ExpressionError where Spark would write it differently."""
        return text_of(self.of(node), self.dtype(node), node)


Builder = Callable[[Translation, Any], Any]


def shown(node: exp.Expression) -> str:
    """A part of an expression for a message."""
    text = node.sql(dialect="duckdb")
    return repr(text if len(text) <= 80 else text[:77] + "...")


def refused(node: exp.Expression, why: str) -> ExpressionError:
    """The error for what Spark would not compute as the local engine does."""
    return ExpressionError(f"{shown(node)} cannot be computed on Spark: {why}. Or run this step locally.")


def _sf() -> Any:
    from pyspark.sql.connect import functions

    return functions


def _column(t: Translation, node: exp.Column) -> Any:
    from patchbay_sdk.spark_frames import column

    return column(node.name)


def _literal(t: Translation, node: exp.Literal) -> Any:
    value = node.this if node.is_string else int(node.this) if node.this.isdigit() else float(node.this)
    lit = _sf().lit(value)
    return lit.cast("long") if isinstance(value, int) and abs(value) < 2**63 else lit


def _logic(combine: Callable[[Any, Any], Any]) -> Builder:
    def build(t: Translation, node: Any) -> Any:
        return combine(_truth(t, node.this), _truth(t, node.expression))

    return build


def _truth(t: Translation, node: exp.Expression) -> Any:
    import polars as pl

    if t.dtype(node) not in (pl.Boolean, pl.Null):
        raise refused(node, "it is neither true nor false; compare it with a value")
    return t.of(node).cast("boolean")


def _compared(compare: Callable[[Any, Any], Any]) -> Builder:
    return lambda t, node: compare(*_comparable(t, node.this, node.expression))


def _comparable(t: Translation, *nodes: exp.Expression) -> list[Any]:
    """Values in one type, as polars brings them to one."""
    types = [t.dtype(node) for node in nodes]
    if any(type.is_numeric() for type in types) and not all(type.is_integer() for type in types):
        pairs = zip(nodes, types, strict=True)
        return [t.of(node).cast("double") if type.is_numeric() else t.of(node) for node, type in pairs]
    return [t.of(node) for node in nodes]


def _arithmetic(compute: Callable[[Any, Any], Any]) -> Builder:
    def build(t: Translation, node: Any) -> Any:
        import polars as pl

        dtype = t.dtype(node)
        if dtype == pl.String and isinstance(node, exp.Add):
            return _sf().concat(t.text(node.this), t.text(node.expression))
        if dtype.is_temporal():
            kinds = [t.dtype(part) for part in (node.this, node.expression)]
            if not all(kind.is_temporal() for kind in kinds):
                raise refused(node, "of times only differences and sums with durations are the same")
            result = compute(t.of(node.this), t.of(node.expression))
            return result.cast("interval day to second") if isinstance(dtype, pl.Duration) else result
        if dtype.is_decimal():
            raise refused(node, f"it is {dtype}; cast it to DOUBLE first")
        if dtype.is_integer():
            return compute(t.of(node.this).cast("long"), t.of(node.expression).cast("long"))
        return compute(t.number(node.this), t.number(node.expression))

    return build


def ieee_quotient(a: Any, b: Any) -> Any:
    """a / b of decimal numbers, infinite or NaN where b is 0."""
    sf = _sf()
    return sf.when(b == 0, a * sf.pow(b, sf.lit(-1.0))).otherwise(sf.try_divide(a, b))


def _divide(t: Translation, node: exp.Div) -> Any:
    return ieee_quotient(t.number(node.this), t.number(node.expression))


def floor(value: Any) -> Any:
    """The whole number below a decimal one, as a decimal one: Spark's own gives a BIGINT, which overflows."""
    sf = _sf()
    return sf.when(sf.abs(value) < EXACT, sf.floor(value).cast("double")).otherwise(value)


def _ceil(value: Any) -> Any:
    sf = _sf()
    return sf.when(sf.abs(value) < EXACT, sf.ceil(value).cast("double")).otherwise(value)


def _remainder(a: Any, b: Any) -> Any:
    """The remainder of whole numbers with the sign of b; null where b is 0."""
    sf = _sf()
    rest = sf.try_mod(a, b)
    return sf.when((rest != 0) & ((rest < 0) != (b < 0)), rest + b).otherwise(rest)


def _int_div(t: Translation, node: exp.IntDiv) -> Any:
    sf = _sf()
    if t.is_whole(node):
        a, b = (t.of(part).cast("long") for part in (node.this, node.expression))
        return sf.call_function("div", a - _remainder(a, b), sf.when(b != 0, b))
    return floor(ieee_quotient(t.number(node.this), t.number(node.expression)))


def _mod(t: Translation, node: exp.Mod) -> Any:
    if t.is_whole(node):
        return _remainder(*(t.of(part).cast("long") for part in (node.this, node.expression)))
    a, b = t.number(node.this), t.number(node.expression)
    return a - floor(ieee_quotient(a, b)) * b


def _power(t: Translation, node: exp.Pow) -> Any:
    sf = _sf()
    if t.is_whole(node):
        exponent = node.expression
        if not isinstance(exponent, exp.Literal) or int(exponent.this) > 62:
            raise refused(node, "a whole number can only be raised to a small number written out; cast it to DOUBLE")
        result = sf.when(t.of(node.this).isNotNull(), sf.lit(1).cast("long"))
        for _ in range(int(exponent.this)):
            result = result * t.of(node.this).cast("long")
        return result
    a, b = t.number(node.this), t.number(node.expression)
    one = b.isNotNull() & ((a == 1) | ((a == -1) & (sf.abs(b) == math.inf)))
    return sf.when(one, sf.lit(1.0)).otherwise(sf.pow(a, b))


def _is(t: Translation, node: exp.Is) -> Any:
    if isinstance(node.expression, exp.Null):
        return t.of(node.this).isNull()
    return t.of(node.this).eqNullSafe(t.of(node.expression))


def _in(t: Translation, node: exp.In) -> Any:
    tests = [_compared(lambda a, b: a == b)(t, exp.EQ(this=node.this, expression=item)) for item in node.expressions]
    result = tests[0]
    for test in tests[1:]:
        result = result | test
    return result


def _between(t: Translation, node: exp.Between) -> Any:
    value, low = _comparable(t, node.this, node.args["low"])
    same, high = _comparable(t, node.this, node.args["high"])
    return (value >= low) & (same <= high)


def _like(t: Translation, node: exp.Like | exp.ILike) -> Any:
    return t.of(node.this).rlike(like_pattern(node.expression.this, isinstance(node, exp.ILike)))


def _regexp(t: Translation, node: exp.RegexpLike) -> Any:
    pattern = regular_expression(node.expression.this)
    if pattern is None:
        raise refused(node, "its pattern uses a construct that the two engines read differently")
    return t.of(node.this).rlike(pattern)


def _case(t: Translation, node: exp.Case) -> Any:
    chain: Any = _sf()
    dtype = t.dtype(node)
    for branch in node.args["ifs"]:
        if node.this is None:
            test = _truth(t, branch.this)
        else:
            test = _compared(lambda a, b: a == b)(t, exp.EQ(this=node.this, expression=branch.this))
        chain = chain.when(test, t.cast(t.of(branch.args["true"]), dtype))
    default = node.args.get("default")
    return chain if default is None else chain.otherwise(t.cast(t.of(default), dtype))


def _if(t: Translation, node: exp.If) -> Any:
    dtype = t.dtype(node)
    chain = _sf().when(_truth(t, node.this), t.cast(t.of(node.args["true"]), dtype))
    otherwise = node.args.get("false")
    return chain if otherwise is None else chain.otherwise(t.cast(t.of(otherwise), dtype))


def _cast(t: Translation, node: exp.Cast) -> Any:
    import polars as pl

    sf = _sf()
    source, target = t.dtype(node.this), t.dtype(node)
    value, strict = t.of(node.this), not isinstance(node, exp.TryCast)
    if target == pl.String:
        return t.text(node.this)
    if isinstance(node.this, exp.Literal) and node.this.is_string and target.is_temporal():
        try:
            return sf.lit(pl.select(to_polars(node)).item()).cast("date" if target == pl.Date else "timestamp_ntz")
        except pl.exceptions.PolarsError as error:
            raise ExpressionError(f"{shown(node)} is no such time: {str(error).splitlines()[0]}.") from error
    if source.is_temporal():
        if {source, target} <= {pl.Date, pl.Datetime("us")}:
            return t.cast(value, target)
        raise refused(node, f"{source} as {target} is not the same there")
    if source == pl.String and target.is_numeric():
        return number_of(value, target.is_integer(), strict, node)
    return t.cast(value, target) if strict else t.cast(value, target, attempt=True)


def _on_number(compute: Callable[[Any], Any], whole: Callable[[Any], Any] | None = None) -> Builder:
    """A function of decimal numbers; `whole`: what it is on whole numbers, where that differs."""

    def build(t: Translation, node: Any) -> Any:
        if whole is not None and t.dtype(node.this).is_integer():
            return whole(t.of(node.this))
        return compute(t.number(node.this))

    return build


def _ln(value: Any) -> Any:
    sf = _sf()
    return sf.when(value > 0, sf.ln(value)).when(value == 0, sf.lit(-math.inf)).when(value < 0, sf.lit(math.nan))


def _log(t: Translation, node: exp.Log) -> Any:
    return ieee_quotient(_ln(t.number(node.expression)), _ln(t.number(node.this)))


def _round(t: Translation, node: exp.Round) -> Any:
    """Half to even, by scaling, as polars does it."""
    if t.dtype(node.this).is_integer():
        return t.of(node.this)
    sf, decimals = _sf(), node.args.get("decimals")
    scale = 10.0 ** (int(decimals.this) if isinstance(decimals, exp.Literal) else 0)
    value = t.number(node.this)
    return sf.when(sf.abs(value) < EXACT, sf.rint(value * scale) / scale).otherwise(value)


def _is_nan(t: Translation, node: exp.IsNan) -> Any:
    value = t.number(node.this)
    return _sf().when(value.isNotNull(), _sf().isnan(value))


def _nullif(t: Translation, node: exp.Nullif) -> Any:
    value, other = _comparable(t, node.this, node.expression)
    return _sf().when(value == other, _sf().lit(None)).otherwise(t.of(node.this))


def _all(t: Translation, node: Any) -> list[exp.Expression]:
    first = [node.this] if node.args.get("this") is not None else []
    return [*first, *node.expressions]


def _coalesce(t: Translation, node: exp.Coalesce) -> Any:
    dtype = t.dtype(node)
    return _sf().coalesce(*(t.cast(t.of(part), dtype) for part in _all(t, node)))


def _extreme(name: str) -> Builder:
    """The largest or smallest; NaN only where there is nothing else."""

    def build(t: Translation, node: Any) -> Any:
        sf, dtype = _sf(), t.dtype(node)
        values = [t.cast(t.of(part), dtype) for part in _all(t, node)]
        if len(values) == 1:
            return values[0]
        choose = getattr(sf, name)
        if not dtype.is_float():
            return choose(*values)
        return sf.coalesce(choose(*(sf.when(~sf.isnan(value), value) for value in values)), *values)

    return build


def _length(t: Translation, node: exp.Length) -> Any:
    return _sf().char_length(t.of(node.this))


def _concat(t: Translation, node: exp.Concat) -> Any:
    sf = _sf()
    return sf.concat(*(sf.coalesce(t.text(part), sf.lit("")) for part in _all(t, node)))


def _substring(t: Translation, node: exp.Substring) -> Any:
    """From `start` (1 is the first character); 0 and less count from the end."""
    sf = _sf()
    value = t.of(node.this)
    length = sf.char_length(value).cast("long")
    start = t.of(node.args["start"]).cast("long") - 1 if "start" in node.args else sf.lit(0).cast("long")
    begin = sf.when(start < 0, start + length).otherwise(start)
    size = node.args.get("length")
    end = length if size is None else sf.least(begin + t.of(size).cast("long"), length)
    first = sf.greatest(begin, sf.lit(0).cast("long"))
    count = sf.greatest(end - first, sf.lit(0).cast("long"))
    known = value.isNotNull() & start.isNotNull()
    return sf.when(known, sf.substr(value, (first + 1).cast("int"), count.cast("int")))


def _replace(t: Translation, node: exp.Replace) -> Any:
    """Replaced by nothing known, a text stays as it is."""
    searched = node.expression
    if not isinstance(searched, exp.Literal) or not searched.this:
        raise refused(node, "what is replaced must be a text written out, and not empty")
    value = t.of(node.this)
    return _sf().coalesce(_sf().replace(value, t.of(searched), t.of(node.args["replacement"])), value)


def _part(name: str, offset: int = 0) -> Builder:
    """A part of a date; of a time with a zone, as clocks show it there."""

    def build(t: Translation, node: Any) -> Any:
        sf = _sf()
        value, zone = t.of(node.this), getattr(t.dtype(node.this), "time_zone", None)
        if zone is not None:
            value = sf.from_utc_timestamp(value, sf.lit(zone))
        return getattr(sf, name)(value).cast("long") - offset

    return build


def _method(name: str) -> Builder:
    return lambda t, node: getattr(t.of(node.this), name)(t.of(node.expression))


BUILDERS: Mapping[type[exp.Expression], Builder] = {
    exp.Column: _column,
    exp.Literal: _literal,
    exp.Boolean: lambda t, node: _sf().lit(node.this),
    exp.Null: lambda t, node: _sf().lit(None),
    exp.Paren: lambda t, node: t.of(node.this),
    exp.Not: lambda t, node: ~_truth(t, node.this),
    exp.Neg: _on_number(lambda a: -a, lambda a: -a.cast("long")),
    exp.And: _logic(lambda a, b: a & b),
    exp.Or: _logic(lambda a, b: a | b),
    exp.EQ: _compared(lambda a, b: a == b),
    exp.NEQ: _compared(lambda a, b: a != b),
    exp.GT: _compared(lambda a, b: a > b),
    exp.GTE: _compared(lambda a, b: a >= b),
    exp.LT: _compared(lambda a, b: a < b),
    exp.LTE: _compared(lambda a, b: a <= b),
    exp.Add: _arithmetic(lambda a, b: a + b),
    exp.Sub: _arithmetic(lambda a, b: a - b),
    exp.Mul: _arithmetic(lambda a, b: a * b),
    exp.Div: _divide,
    exp.IntDiv: _int_div,
    exp.Mod: _mod,
    exp.Pow: _power,
    exp.DPipe: lambda t, node: _sf().concat(t.text(node.this), t.text(node.expression)),
    exp.Is: _is,
    exp.In: _in,
    exp.Between: _between,
    exp.Like: _like,
    exp.ILike: _like,
    exp.RegexpLike: _regexp,
    exp.Case: _case,
    exp.If: _if,
    exp.Cast: _cast,
    exp.TryCast: _cast,
    exp.Abs: _on_number(lambda a: _sf().abs(a), lambda a: _sf().abs(a)),
    exp.Ceil: _on_number(_ceil, lambda a: a),
    exp.Floor: _on_number(floor, lambda a: a),
    exp.Sqrt: _on_number(lambda a: _sf().sqrt(a)),
    exp.Exp: _on_number(lambda a: _sf().exp(a)),
    exp.Ln: _on_number(_ln),
    exp.Log: _log,
    exp.Sign: _on_number(lambda a: _sf().signum(a)),
    exp.Round: _round,
    exp.IsNan: _is_nan,
    exp.Nullif: _nullif,
    exp.Coalesce: _coalesce,
    exp.Greatest: _extreme("greatest"),
    exp.Least: _extreme("least"),
    exp.Lower: lambda t, node: _sf().lower(t.of(node.this)),
    exp.Upper: lambda t, node: _sf().upper(t.of(node.this)),
    exp.Trim: lambda t, node: trimmed(t.of(node.this)),
    exp.Length: _length,
    exp.Concat: _concat,
    exp.Contains: _method("contains"),
    exp.StartsWith: _method("startswith"),
    exp.EndsWith: _method("endswith"),
    exp.Substring: _substring,
    exp.Replace: _replace,
    exp.Year: _part("year"),
    exp.Quarter: _part("quarter"),
    exp.Month: _part("month"),
    exp.Day: _part("day"),
    exp.DayOfWeek: _part("dayofweek", 1),
    exp.Hour: _part("hour"),
    exp.Minute: _part("minute"),
}
"""Every node that has the same meaning on Spark."""
