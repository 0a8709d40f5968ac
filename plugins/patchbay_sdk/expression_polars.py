"""Translates a checked expression tree to polars: a table from each node of the tree to what it means.

What is not in `BUILDERS` does not pass `expressions.parse`. polars itself is imported when something is translated:
a server checks expressions without it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import TYPE_CHECKING, Any

from sqlglot import exp
from sqlglot.expressions import DType

if TYPE_CHECKING:
    import polars

CAST_TYPES: Mapping[Any, str] = {
    DType.INT: "Int64",
    DType.BIGINT: "Int64",
    DType.FLOAT: "Float64",
    DType.DOUBLE: "Float64",
    DType.TEXT: "String",
    DType.VARCHAR: "String",
    DType.BOOLEAN: "Boolean",
    DType.DATE: "Date",
    DType.TIMESTAMP: "Datetime",
    DType.TIMESTAMPNTZ: "Datetime",
}
"""Types that ``CAST`` knows, and their names in polars."""

PARTS = (exp.Identifier, exp.DataType, exp.Var)
"""Nodes without a meaning of their own: the node above reads them."""

PATTERNS = (exp.Like, exp.ILike, exp.RegexpLike)
"""Nodes whose right side must be a literal, since polars compiles it once."""


def _pl() -> ModuleType:
    import polars

    return polars


def to_polars(node: exp.Expression) -> polars.Expr:
    """The polars expression of a checked tree."""
    return BUILDERS[type(node)](node)


def _this(node: exp.Expression) -> polars.Expr:
    return to_polars(node.this)


def _pair(function: Callable[[polars.Expr, polars.Expr], polars.Expr]) -> Callable[[Any], polars.Expr]:
    return lambda node: function(to_polars(node.this), to_polars(node.expression))


def _unary(function: Callable[[polars.Expr], polars.Expr]) -> Callable[[Any], polars.Expr]:
    return lambda node: function(to_polars(node.this))


def _all(node: exp.Expression) -> list[polars.Expr]:
    first = [node.this] if node.args.get("this") is not None else []
    return [to_polars(part) for part in [*first, *node.expressions]]


def _literal(node: exp.Literal) -> polars.Expr:
    import polars as pl

    if node.is_string:
        return pl.lit(node.this)
    return pl.lit(int(node.this) if node.this.isdigit() else float(node.this))


def _cast(node: exp.Cast) -> polars.Expr:
    import polars as pl

    name = CAST_TYPES[node.to.this]
    target = pl.Datetime("us") if name == "Datetime" else getattr(pl, name)
    strict = not isinstance(node, exp.TryCast)
    if name in ("Date", "Datetime") and isinstance(node.this, exp.Literal) and node.this.is_string:
        return pl.lit(node.this.this).str.to_datetime(time_unit="us", strict=strict).cast(target)
    return _this(node).cast(target, strict=strict)


def _case(node: exp.Case) -> polars.Expr:
    import polars as pl

    subject = None if node.this is None else to_polars(node.this)
    chain: Any = pl
    for branch in node.args["ifs"]:
        test = to_polars(branch.this)
        chain = chain.when(test if subject is None else subject == test).then(to_polars(branch.args["true"]))
    default = node.args.get("default")
    result: polars.Expr = chain.otherwise(None if default is None else to_polars(default))
    return result


def _if(node: exp.If) -> polars.Expr:
    import polars as pl

    otherwise = node.args.get("false")
    return (
        pl.when(to_polars(node.this))
        .then(to_polars(node.args["true"]))
        .otherwise(None if otherwise is None else to_polars(otherwise))
    )


def _is(node: exp.Is) -> polars.Expr:
    if isinstance(node.expression, exp.Null):
        return _this(node).is_null()
    return _this(node).eq_missing(to_polars(node.expression))


def _like(node: exp.Like | exp.ILike) -> polars.Expr:
    pattern = "".join({"%": ".*", "_": "."}.get(c, re.escape(c)) for c in node.expression.this)
    flags = "(?is)" if isinstance(node, exp.ILike) else "(?s)"
    return _this(node).str.contains(f"{flags}^{pattern}$")


def _in(node: exp.In) -> polars.Expr:
    import polars as pl

    value = _this(node)
    tests = [value == to_polars(item) for item in node.expressions]
    return pl.any_horizontal(tests)


def _between(node: exp.Between) -> polars.Expr:
    return _this(node).is_between(to_polars(node.args["low"]), to_polars(node.args["high"]))


def _log(node: exp.Log) -> polars.Expr:
    return to_polars(node.expression).log() / to_polars(node.this).log()


def _round(node: exp.Round) -> polars.Expr:
    decimals = node.args.get("decimals")
    return _this(node).round(int(decimals.this) if isinstance(decimals, exp.Literal) else 0)


def _substring(node: exp.Substring) -> polars.Expr:
    import polars as pl

    start = to_polars(node.args["start"]) - 1 if "start" in node.args else pl.lit(0)
    length = node.args.get("length")
    return _this(node).str.slice(start, None if length is None else to_polars(length))


def _replace(node: exp.Replace) -> polars.Expr:
    return _this(node).str.replace_all(to_polars(node.expression), to_polars(node.args["replacement"]), literal=True)


def _nullif(node: exp.Nullif) -> polars.Expr:
    import polars as pl

    value = _this(node)
    return pl.when(value == to_polars(node.expression)).then(None).otherwise(value)


BUILDERS: Mapping[type[exp.Expression], Callable[[Any], polars.Expr]] = {
    exp.Column: lambda node: _pl().col(node.name),
    exp.Literal: _literal,
    exp.Boolean: lambda node: _pl().lit(node.this),
    exp.Null: lambda node: _pl().lit(None),
    exp.Paren: _this,
    exp.Not: _unary(lambda a: a.not_()),
    exp.Neg: _unary(lambda a: -a),
    exp.And: _pair(lambda a, b: a & b),
    exp.Or: _pair(lambda a, b: a | b),
    exp.EQ: _pair(lambda a, b: a == b),
    exp.NEQ: _pair(lambda a, b: a != b),
    exp.GT: _pair(lambda a, b: a > b),
    exp.GTE: _pair(lambda a, b: a >= b),
    exp.LT: _pair(lambda a, b: a < b),
    exp.LTE: _pair(lambda a, b: a <= b),
    exp.Add: _pair(lambda a, b: a + b),
    exp.Sub: _pair(lambda a, b: a - b),
    exp.Mul: _pair(lambda a, b: a * b),
    exp.Div: _pair(lambda a, b: a / b),
    exp.IntDiv: _pair(lambda a, b: a // b),
    exp.Mod: _pair(lambda a, b: a % b),
    exp.Pow: _pair(lambda a, b: a.pow(b)),
    exp.DPipe: _pair(lambda a, b: _pl().concat_str([a, b])),
    exp.Is: _is,
    exp.In: _in,
    exp.Between: _between,
    exp.Like: _like,
    exp.ILike: _like,
    exp.RegexpLike: lambda node: _this(node).str.contains(node.expression.this),
    exp.Case: _case,
    exp.If: _if,
    exp.Cast: _cast,
    exp.TryCast: _cast,
    exp.Abs: _unary(lambda a: a.abs()),
    exp.Ceil: _unary(lambda a: a.ceil()),
    exp.Floor: _unary(lambda a: a.floor()),
    exp.Sqrt: _unary(lambda a: a.sqrt()),
    exp.Exp: _unary(lambda a: a.exp()),
    exp.Ln: _unary(lambda a: a.log()),
    exp.Log: _log,
    exp.Sign: _unary(lambda a: a.sign()),
    exp.Round: _round,
    exp.IsNan: _unary(lambda a: a.is_nan()),
    exp.Nullif: _nullif,
    exp.Coalesce: lambda node: _pl().coalesce(_all(node)),
    exp.Greatest: lambda node: _pl().max_horizontal(_all(node)),
    exp.Least: lambda node: _pl().min_horizontal(_all(node)),
    exp.Lower: _unary(lambda a: a.str.to_lowercase()),
    exp.Upper: _unary(lambda a: a.str.to_uppercase()),
    exp.Trim: _unary(lambda a: a.str.strip_chars()),
    exp.Length: _unary(lambda a: a.str.len_chars().cast(_pl().Int64)),
    exp.Concat: lambda node: _pl().concat_str(_all(node), ignore_nulls=True),
    exp.Contains: _pair(lambda a, b: a.str.contains(b, literal=True)),
    exp.StartsWith: _pair(lambda a, b: a.str.starts_with(b)),
    exp.EndsWith: _pair(lambda a, b: a.str.ends_with(b)),
    exp.Substring: _substring,
    exp.Replace: _replace,
    exp.Year: _unary(lambda a: a.dt.year().cast(_pl().Int64)),
    exp.Quarter: _unary(lambda a: a.dt.quarter().cast(_pl().Int64)),
    exp.Month: _unary(lambda a: a.dt.month().cast(_pl().Int64)),
    exp.Day: _unary(lambda a: a.dt.day().cast(_pl().Int64)),
    exp.DayOfWeek: _unary(lambda a: (a.dt.weekday() % 7).cast(_pl().Int64)),
    exp.Hour: _unary(lambda a: a.dt.hour().cast(_pl().Int64)),
    exp.Minute: _unary(lambda a: a.dt.minute().cast(_pl().Int64)),
}
"""Every node that an expression may hold, and its meaning."""
