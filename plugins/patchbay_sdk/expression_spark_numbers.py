"""Numbers on Spark as polars computes them."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from sqlglot import exp

from patchbay_sdk.expression_spark_base import Builder, Translation, refused, sf, to_cast
from patchbay_sdk.expression_spark_text import text

EXACT = 2**52
"""From here on a decimal number has no places behind the point."""


def arithmetic(compute: Callable[[Any, Any], Any]) -> Builder:
    def build(t: Translation, node: Any) -> Any:
        import polars as pl

        dtype = t.dtype(node)
        if dtype == pl.String and isinstance(node, exp.Add):
            return sf().concat(text(t, node.this), text(t, node.expression))
        if dtype.is_temporal():
            kinds = [t.dtype(part) for part in (node.this, node.expression)]
            if not all(kind.is_temporal() for kind in kinds):
                why = "of times only differences and sums with durations are the same"
                raise refused(node, why, "时间只能相减，或与时长相加减")
            result = compute(t.of(node.this), t.of(node.expression))
            return result.cast("interval day to second") if isinstance(dtype, pl.Duration) else result
        if dtype.is_decimal():
            raise to_cast(node, dtype)
        if dtype.is_integer():
            return compute(t.of(node.this).cast("long"), t.of(node.expression).cast("long"))
        return compute(t.number(node.this), t.number(node.expression))

    return build


def ieee_quotient(a: Any, b: Any) -> Any:
    """a / b of decimal numbers, infinite or NaN where b is 0."""
    return sf().when(b == 0, a * sf().pow(b, sf().lit(-1.0))).otherwise(sf().try_divide(a, b))


def divide(t: Translation, node: exp.Div) -> Any:
    return ieee_quotient(t.number(node.this), t.number(node.expression))


def floor(value: Any) -> Any:
    """The whole number below a decimal one, as a decimal one: Spark's own gives a BIGINT, which overflows."""
    return sf().when(sf().abs(value) < EXACT, sf().floor(value).cast("double")).otherwise(value)


def ceil(value: Any) -> Any:
    return sf().when(sf().abs(value) < EXACT, sf().ceil(value).cast("double")).otherwise(value)


def _remainder(a: Any, b: Any) -> Any:
    """The remainder of whole numbers with the sign of b; null where b is 0."""
    rest = sf().try_mod(a, b)
    return sf().when((rest != 0) & ((rest < 0) != (b < 0)), rest + b).otherwise(rest)


def int_div(t: Translation, node: exp.IntDiv) -> Any:
    if t.is_whole(node):
        a, b = (t.of(part).cast("long") for part in (node.this, node.expression))
        return sf().call_function("div", a - _remainder(a, b), sf().when(b != 0, b))
    return floor(ieee_quotient(t.number(node.this), t.number(node.expression)))


def mod(t: Translation, node: exp.Mod) -> Any:
    if t.is_whole(node):
        return _remainder(*(t.of(part).cast("long") for part in (node.this, node.expression)))
    a, b = t.number(node.this), t.number(node.expression)
    return a - floor(ieee_quotient(a, b)) * b


def power(t: Translation, node: exp.Pow) -> Any:
    if t.is_whole(node):
        exponent = node.expression
        if not isinstance(exponent, exp.Literal) or int(exponent.this) > 62:
            why = "a whole number can only be raised to a small number written out; cast it to DOUBLE"
            raise refused(node, why, "整数的指数只能是直接写出的较小数字；请先转换为 DOUBLE")
        result = sf().when(t.of(node.this).isNotNull(), sf().lit(1).cast("long"))
        for _ in range(int(exponent.this)):
            result = result * t.of(node.this).cast("long")
        return result
    a, b = t.number(node.this), t.number(node.expression)
    one = b.isNotNull() & ((a == 1) | ((a == -1) & (sf().abs(b) == math.inf)))
    return sf().when(one, sf().lit(1.0)).otherwise(sf().pow(a, b))


def on_number(compute: Callable[[Any], Any], whole: Callable[[Any], Any] | None = None) -> Builder:
    """A function of decimal numbers; `whole`: what it is on whole numbers, where that differs."""

    def build(t: Translation, node: Any) -> Any:
        if whole is not None and t.dtype(node.this).is_integer():
            return whole(t.of(node.this))
        return compute(t.number(node.this))

    return build


def ln(value: Any) -> Any:
    return (
        sf().when(value > 0, sf().ln(value)).when(value == 0, sf().lit(-math.inf)).when(value < 0, sf().lit(math.nan))
    )


def log(t: Translation, node: exp.Log) -> Any:
    return ieee_quotient(ln(t.number(node.expression)), ln(t.number(node.this)))


def rounded(t: Translation, node: exp.Round) -> Any:
    """Half to even, by scaling, as polars does it."""
    if t.dtype(node.this).is_integer():
        return t.of(node.this)
    decimals = node.args.get("decimals")
    scale = 10.0 ** (int(decimals.this) if isinstance(decimals, exp.Literal) else 0)
    value = t.number(node.this)
    return sf().when(sf().abs(value) < EXACT, sf().rint(value * scale) / scale).otherwise(value)


def is_nan(t: Translation, node: exp.IsNan) -> Any:
    value = t.number(node.this)
    return sf().when(value.isNotNull(), sf().isnan(value))
