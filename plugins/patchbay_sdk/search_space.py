"""From an operator's spec to the space of its params that is worth searching; nothing else has to be written for it.

A param is searched when its spec says enough: a number, an integer, a boolean, or an enum of plain values. What names
columns, files or texts, and the enum that says which problem is solved (classification, regression, ...), belongs to
the data and is given. Limits that a spec declares say what is allowed, not what is worth trying, so a range lies within
both them and what is usual around the default (see `_range`). The word ``x-search`` of a field overrides that:
``false``, or any of ``{"minimum", "maximum", "log"}``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from patchbay_sdk.conditions import JsonSchema, visible_fields
from patchbay_sdk.errors import ParamError
from patchbay_sdk.model import TASKS
from patchbay_sdk.spec import OperatorSpec
from patchbay_sdk.texts import quoted

LOG_SPAN = 100.0
"""A range whose ends are this many times apart, or more, is searched on a logarithmic scale."""
AROUND_INTEGER, AROUND_NUMBER = 10, 100.0
"""An integer is tried from a tenth of its default to ten times it, a number from a hundredth to a hundred times it."""
ABOVE_ZERO = 1e-3
"""A range that begins beyond 0 without touching it begins at this share of its end."""

Choose = Callable[["Dimension"], Any]
"""Picks a value of a dimension."""


@dataclass(frozen=True, slots=True)
class Dimension:
    """One searched param.

    `kind`: float or int (`low` <= value <= `high`, on a logarithmic scale with `log`, in steps of `step` from `low`
    where it is not None), or choice (one of `choices`).
    `optional`: it may also be left out, because the spec requires it nowhere and has no default.
    """

    name: str
    kind: Literal["float", "int", "choice"]
    low: float = 0.0
    high: float = 0.0
    log: bool = False
    step: float | None = None
    choices: tuple[Any, ...] = ()
    optional: bool = False


@dataclass(frozen=True)
class SearchSpace:
    """What can be searched of one operator.

    `dimensions`: in an order in which a param comes after those that its condition names.
    `given`: params that are fixed. `not_searched`: every other param -> why it is not searched.
    """

    params: JsonSchema = field(repr=False)
    dimensions: tuple[Dimension, ...]
    given: Mapping[str, Any]
    not_searched: Mapping[str, str]

    def propose(self, choose: Choose) -> dict[str, Any]:
        """Params to try: what is given, and a choice for each dimension that exists beside what was chosen before.

        An optional dimension is preceded by the choice ``NAME?`` between false (left out) and true.
        """
        params = dict(self.given)
        for dimension in self.dimensions:
            if dimension.name not in visible_fields(self.params, params):
                continue
            if dimension.optional and not choose(Dimension(f"{dimension.name}?", "choice", choices=(False, True))):
                continue
            params[dimension.name] = choose(dimension)
        return params


def search_space(spec: OperatorSpec, given: Mapping[str, Any] | None = None, only: Sequence[str] = ()) -> SearchSpace:
    """The space of an operator's params.

    Args:
        spec: of the operator to tune.
        given: params that are fixed; they are not searched.
        only: names of the params to search; empty: all that can be.

    Raises:
        ParamError: a name in `only` is no param, is given, or cannot be searched; the message says why.
    """
    given = dict(given or {})
    fields: Mapping[str, JsonSchema] = spec.params["properties"]
    required = set(spec.params.get("required", ()))
    dimensions, not_searched = [], {}
    for name in _conditions_first(fields):
        found = "it is given" if name in given else _dimension(name, fields[name], name in required)
        if isinstance(found, Dimension) and only and name not in only:
            found = "it is not among those to search"
        if isinstance(found, Dimension):
            dimensions.append(found)
        elif name not in given:
            not_searched[name] = found
        if isinstance(found, str) and name in only:
            raise ParamError(
                {
                    "en": f"{name} of {spec.key} cannot be searched: {found}.",
                    "zh-CN": f"无法搜索“{spec.key}”的参数“{name}”：只能搜索尚未给定、且有范围或选项的参数。",
                },
                field=name,
            )
    if unknown := [name for name in only if name not in fields]:
        raise ParamError(
            {
                "en": f"{spec.key} has no param {unknown[0]!r}; it has: {', '.join(fields)}.",
                "zh-CN": f"“{spec.key}”没有参数“{unknown[0]}”；它的参数有：{quoted([*fields])}。",
            },
            field=unknown[0],
        )
    return SearchSpace(spec.params, tuple(dimensions), given, not_searched)


def _conditions_first(fields: Mapping[str, JsonSchema]) -> list[str]:
    """The names of the fields, those that a condition names before those that it is about."""
    ordered: dict[str, None] = {}

    def add(name: str) -> None:
        when = fields[name].get("x-when", {})
        for alternative in [when] if isinstance(when, Mapping) else when:
            for other in alternative:
                add(other)
        ordered[name] = None

    for name in fields:
        add(name)
    return list(ordered)


def _dimension(name: str, schema: JsonSchema, required: bool) -> Dimension | str:
    """The dimension of a field, or why there is none."""
    wish = schema.get("x-search", {})
    if wish is False:
        return "its spec says so"
    optional = "default" not in schema and not required and not schema.get("x-required", False)
    if "enum" in schema or schema.get("type") == "boolean":
        return _choice(name, schema.get("enum", (False, True)), optional)
    if schema.get("type") not in ("number", "integer"):
        return "it is neither a number nor a choice"
    span = _range(schema, wish)
    if span is None:
        return "its spec gives neither limits nor a default to search around"
    low, high = span
    if low >= high:
        return "there is only one value"
    step = schema.get("multipleOf")
    if step:
        low, high = math.ceil(low / step) * step, math.floor(high / step) * step
    log = wish.get("log", low > 0 and high / low >= LOG_SPAN) and not step
    kind: Literal["int", "float"] = "int" if schema["type"] == "integer" else "float"
    return Dimension(name, kind, low, high, log, step, optional=optional)


def _choice(name: str, values: Sequence[Any], optional: bool) -> Dimension | str:
    if set(map(str, values)) <= set(TASKS):
        return "it says which problem is solved"
    plain = tuple(value for value in values if isinstance(value, str | bool | int | float))
    if len(plain) < 2:
        return "there is only one value"
    return Dimension(name, "choice", choices=plain, optional=optional)


def _range(schema: JsonSchema, wish: Mapping[str, Any]) -> tuple[float, float] | None:
    """From where to where a number is tried, both included; None: its spec does not say enough.

    The declared limits, narrowed to what is usual around the default: from a tenth of it to ten times it (integers),
    a hundredth to a hundred times (numbers), 0 to 1 around a default of 0. A wish of the spec replaces either end.
    """
    integer = schema["type"] == "integer"
    least, most = _limits(schema, integer)
    default = schema.get("default")
    if default is not None:
        usual_low, usual_high = _around(default, integer)
        least = usual_low if least is None else max(least, usual_low)
        most = usual_high if most is None else min(most, usual_high)
    least, most = wish.get("minimum", least), wish.get("maximum", most)
    if least is None or most is None:
        return None
    if "exclusiveMinimum" in schema and least == schema["exclusiveMinimum"]:
        least = most * ABOVE_ZERO if least == 0 else least + (most - least) * ABOVE_ZERO
    if "exclusiveMaximum" in schema and most == schema["exclusiveMaximum"]:
        most -= (most - least) * ABOVE_ZERO
    return (math.ceil(least), math.floor(most)) if integer else (float(least), float(most))


def _limits(schema: JsonSchema, integer: bool) -> tuple[float | None, float | None]:
    """The declared limits; for an integer an exclusive one is the next inclusive one."""
    beyond = 1 if integer else 0
    least = [schema["minimum"]] if "minimum" in schema else []
    least += [schema["exclusiveMinimum"] + beyond] if "exclusiveMinimum" in schema else []
    most = [schema["maximum"]] if "maximum" in schema else []
    most += [schema["exclusiveMaximum"] - beyond] if "exclusiveMaximum" in schema else []
    return max(least, default=None), min(most, default=None)


def _around(default: float, integer: bool) -> tuple[float, float]:
    if default == 0:
        return (0, AROUND_INTEGER) if integer else (0.0, 1.0)
    factor = AROUND_INTEGER if integer else AROUND_NUMBER
    ends = (default / factor, default * factor)
    return (min(ends), max(ends))
