"""Flow params: values that a flow asks for, put in where node params say ``{"$param": name}``."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from patchbay_server.errors import FlowParamError
from patchbay_server.graph.document import UNSET, FlowDocument, Node
from patchbay_server.graph.problem import Problem, did_you_mean, error_of, shown

REFERENCE = "$param"

_PYTHON_TYPES: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
}
_BOOLEANS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


def bind(document: FlowDocument, overrides: Mapping[str, Any]) -> FlowDocument:
    """The document with its flow params put into its nodes; `overrides` may hold texts from a command line.

    A text is converted by the param's declared type (an array: JSON, or words between commas). The result's
    params keep the values used as their defaults. Bodies keep their own params, given by the node that holds them.
    A param without value leaves its references in place; `validate` reports them.

    Raises:
        FlowParamError: an override names no param of the flow, or has a value of another type.
    """
    params = dict(document.params)
    problems: list[Problem] = []
    for name, given in overrides.items():
        if name not in params:
            known = ", ".join(params) or "none"
            message = f"{name!r} is not a param of this flow; it has: {known}.{did_you_mean(name, params)}"
            problems.append(Problem("flow_param_unknown", message, None, f"params.{name}", given, list(params)))
            continue
        value, complaint = convert(given, params[name].type, from_text=isinstance(given, str))
        if complaint:
            message, allowed = f"Flow param {name!r}: {complaint}", params[name].type
            problems.append(Problem("flow_param_type", message, None, f"params.{name}", given, allowed))
            continue
        params[name] = replace(params[name], default=value)
    if problems:
        raise error_of(FlowParamError, problems)
    values = {name: param.default for name, param in params.items() if param.default is not UNSET}
    return replace(document, params=params, nodes=tuple(_bound(node, values) for node in document.nodes))


def body_of(node: Node, item: Any = UNSET) -> FlowDocument:
    """The body of a map, loop or flow node with its params bound to those of the node.

    `item`: what a map over a param runs with; without it, the first of its values.
    Values that do not fit stay out: `validate` reports them.
    """
    assert node.body is not None, f"node {node.id!r} of kind {node.kind} has no body"
    given: dict[str, Any] = {}
    for name, param in node.body.params.items():
        value = node.params.get(name, UNSET)
        if node.kind == "map" and name == node.over and isinstance(value, list):
            value = item if item is not UNSET else value[0] if value else UNSET
        if value is not UNSET and not convert(value, param.type)[1]:
            given[name] = value
    return bind(node.body, given)


def references(value: Any) -> Iterator[Mapping[str, Any]]:
    """Every object within `value` that has the key ``$param``."""
    if isinstance(value, dict) and REFERENCE in value:
        yield value
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            if isinstance(item, dict | list):  # spares a call for each of a thousand column names
                yield from references(item)


def convert(value: Any, type: str, from_text: bool = False) -> tuple[Any, str | None]:
    """(the value as that type, None), or (the value, why it is not one)."""
    if from_text:
        try:
            return _FROM_TEXT[type](value), None
        except (ValueError, KeyError):
            return value, _complaint(value, type)
    fits = isinstance(value, _PYTHON_TYPES[type]) and isinstance(value, bool) == (type == "boolean")
    if fits and not (isinstance(value, float) and not math.isfinite(value)):
        return value, None
    return value, _complaint(value, type)


def _complaint(value: Any, type: str) -> str:
    return f"{shown(value)} is not of type {type}; {_EXAMPLES[type]}."


def _bound(node: Node, values: Mapping[str, Any]) -> Node:
    if not any(references(node.params)):
        return node
    return replace(node, params=_substituted(node.params, values))


def _substituted(value: Any, values: Mapping[str, Any]) -> Any:
    """`value` with references replaced, those without value left as they are."""
    if isinstance(value, dict):
        if REFERENCE in value:
            return values.get(value[REFERENCE], value)
        return {name: _substituted(item, values) for name, item in value.items()}
    if isinstance(value, list):
        return [_substituted(item, values) for item in value]
    return value


def _boolean(text: str) -> bool:
    return _BOOLEANS[text.strip().lower()]


def _number(text: str) -> int | float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("JSON has no such number")
    try:
        return int(text)
    except ValueError:
        return number


def _array(text: str) -> list[Any]:
    if text.lstrip().startswith("["):
        return list(json.loads(text))
    return [word.strip() for word in text.split(",")] if text.strip() else []


def _object(text: str) -> dict[str, Any]:
    value = json.loads(text)
    if not isinstance(value, dict):
        raise ValueError("not an object")
    return value


_FROM_TEXT: Mapping[str, Callable[[str], Any]] = {
    "string": str,
    "integer": int,
    "number": _number,
    "boolean": _boolean,
    "array": _array,
    "object": _object,
}
_EXAMPLES = {
    "string": 'write a text, such as "data.csv"',
    "integer": "write a whole number, such as 42",
    "number": "write a finite number, such as 0.5",
    "boolean": f"write one of {', '.join(_BOOLEANS)}",
    "array": 'write words between commas, or JSON such as ["a", "b"]',
    "object": 'write JSON such as {"a": 1}',
}
