"""Does raw JSON have the shape of a flow document? Checked against flow.schema.json, told in terms of nodes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from patchbay_server.graph.problem import Problem, did_you_mean

FLOW_SCHEMA: dict[str, Any] = json.loads(files(__package__).joinpath("flow.schema.json").read_text(encoding="utf-8"))


@cache
def _validator() -> Draft202012Validator:
    return Draft202012Validator(FLOW_SCHEMA)


def shape_problems(raw: object) -> list[Problem]:
    """Everything in which `raw` differs from flow.schema.json, in document order; empty: it can be read."""
    errors = sorted(_validator().iter_errors(raw), key=lambda error: [str(part) for part in error.absolute_path])
    return [problem for error in errors for problem in _problems(raw, error)]


def _problems(raw: object, error: ValidationError) -> Iterator[Problem]:
    node, field = _place(raw, list(error.absolute_path))
    for name, message, value, allowed in _explain(error):
        place = ".".join(part for part in (field, name) if part) or None
        yield Problem("error", "shape", message, node, place, value, allowed)


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
    """(name of the member, message, value, what is allowed) for each thing that one schema error says."""
    value, schema, rule = error.instance, error.schema, error.validator_value
    if schema is False:
        yield "", "is not used by a node of this kind; remove it", value, None
        return
    expected = schema.get("description")
    match error.validator:
        case "additionalProperties":
            known = sorted(schema["properties"])
            for name in value:
                if name not in known:
                    message = f"unknown field; fields here are {', '.join(known)}.{did_you_mean(name, known)}"
                    yield name, message, value[name], known
        case "required":
            for name in rule:
                if name not in value and error.message.startswith(repr(name)):
                    yield name, "is missing", None, None
        case "enum" | "const":
            allowed = rule if error.validator == "enum" else [rule]
            yield "", f"{value!r} is not allowed; allowed: {', '.join(map(repr, allowed))}", value, allowed
        case "type":
            types = [rule] if isinstance(rule, str) else list(rule)
            yield "", f"{value!r} is not allowed; expected {expected or ' or '.join(types)}", value, types
        case _:
            yield "", f"{value!r} is not allowed; expected {expected or f'{error.validator} {rule!r}'}", value, rule
