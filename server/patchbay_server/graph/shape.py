"""Does raw JSON have the shape of a flow document? Checked against flow.schema.json, told in terms of nodes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from itertools import islice
from typing import Any

import jsonschema_rs
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from patchbay_server.graph.canonical import canonical_json
from patchbay_server.graph.problem import MOST_ERRORS, Problem, did_you_mean, shown

FLOW_SCHEMA: dict[str, Any] = json.loads(files(__package__).joinpath("flow.schema.json").read_text(encoding="utf-8"))


@cache
def _quick_validator() -> jsonschema_rs.Validator:
    return jsonschema_rs.validator_for(FLOW_SCHEMA)


def shape_problems(raw: Any) -> list[Problem]:
    """Everything in which `raw` differs from flow.schema.json, in document order; empty: it can be read.

    One library says yes or no, fifty times faster than the other, which can explain a no.
    """
    try:
        if _quick_validator().is_valid(raw):
            return []
    except ValueError:  # something within is not JSON; what that is, is told by who reads the document
        pass
    first = islice(Draft202012Validator(FLOW_SCHEMA).iter_errors(raw), MOST_ERRORS)
    errors = sorted(first, key=lambda error: _order(error.absolute_path))
    return [problem for error in errors for problem in _problems(raw, error)] or _unexplained(raw)


def _unexplained(raw: Any) -> list[Problem]:
    """The one thing that only the quick library sees: a line break at the end of a name, which `$` lets pass."""
    try:
        canonical_json(raw)
    except (TypeError, ValueError):
        return []
    return [Problem("shape", "A name ends with a line break; remove it.")]


def _order(path: Iterable[str | int]) -> list[tuple[bool, int, str]]:
    """Sorts numbers as numbers among names."""
    return [(True, 0, part) if isinstance(part, str) else (False, part, "") for part in path]


def _problems(raw: Any, error: ValidationError) -> Iterator[Problem]:
    node, field = _place(raw, list(error.absolute_path))
    for name, message, value, allowed in _explain(error):
        place = ".".join(part for part in (field, name) if part)
        yield Problem("shape", f"{place or 'the document'} {message}", node, place or None, value, allowed)


def _place(raw: Any, path: Sequence[str | int]) -> tuple[str | None, str]:
    """Where an error is: the path of the innermost node that it is in, and the field within that node."""
    nodes: list[str] = []
    field: list[str] = []
    value = raw
    for position, part in enumerate(path):
        value = value[part]
        if isinstance(part, int) and path[position - 1] == "nodes":
            name = value.get("id") if isinstance(value, Mapping) else None
            nodes.append(name if isinstance(name, str) else f"#{part + 1}")
            field = []
        else:
            field.append(str(part))
    return "/".join(nodes) or None, ".".join(field)


def _explain(error: ValidationError) -> Iterator[tuple[str, str, Any, Any]]:
    """(name of the member, what about it, value, what is allowed) for each thing that one schema error says."""
    value: Any = error.instance
    rule: Any = error.validator_value
    schema: Any = error.schema
    expected = schema.get("description")
    match error.validator:
        case "additionalProperties":
            known = sorted(schema["properties"])
            for name in value:
                if name not in known:
                    message = f"is not a known field; there are: {', '.join(known)}.{did_you_mean(name, known)}"
                    yield name, message, value[name], known
        case "required":
            for name in rule:
                if error.message.startswith(repr(name)):
                    yield name, "is missing.", None, None
        case "enum":
            yield "", f"is {shown(value)}; allowed: {', '.join(map(repr, rule))}.", value, rule
        case "not":
            yield "", "is not used by a node of this kind; remove it.", value, None
        case "const":
            yield "", f"is {shown(value)}; it must be {rule!r}.", value, [rule]
        case "type":
            types = [rule] if isinstance(rule, str) else list(rule)
            yield "", f"is {shown(value)}; it must be {expected or ' or '.join(types)}.", value, types
        case _:
            yield (
                "",
                f"is {shown(value)}; it must be {expected or _LIMITS[str(error.validator)].format(rule)}.",
                value,
                rule,
            )


_LIMITS = {
    "minimum": "at least {}",
    "maximum": "at most {}",
    "exclusiveMinimum": "greater than {}",
    "minLength": "at least {} character(s) long",
    "maxLength": "at most {} characters long",
    "minItems": "at least {} item(s) long",
    "maxItems": "at most {} items long",
    "minProperties": "an object of at least {} field(s)",
}
