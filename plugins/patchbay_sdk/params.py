"""Checks a node's params against an operator's spec and the schemas of its inputs; fills in defaults."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import jsonschema_rs
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from patchbay_sdk.conditions import JsonSchema, accepts, compile_schema, visible_fields
from patchbay_sdk.errors import ExpressionError
from patchbay_sdk.explain import ExplainingValidator
from patchbay_sdk.schema import Schema


@dataclass(frozen=True, slots=True)
class ParamProblem:
    """What is wrong with one field.

    `field`: its path (``columns.2``). `code`: invalid, missing, hidden, unknown, column_missing, column_kind or
    expression. `message` is complete by itself but for the node's name. `allowed`: what would be right, where that
    can be listed. `texts`: what is wrong, without the field, by language; only of an expression, since of all else
    code, value and what is allowed say it.
    """

    field: str
    value: Any
    code: str
    message: str
    allowed: Any = None
    texts: Mapping[str, str] | None = None


def check_params(
    schema: JsonSchema,
    validator: Draft202012Validator,
    params: Mapping[str, Any],
    schemas: Mapping[str, Schema | None],
    quick: jsonschema_rs.Validator | None = None,
) -> list[ParamProblem]:
    """Every problem of `params`; `validator` holds the compiled `schema`, `schemas` those of the input ports.

    `quick` says yes or no to the compiled schema; only its no is explained by `validator`, which is slow.
    """
    problems: list[ParamProblem] = []
    if quick is None or not accepts(quick, params):
        for error in validator.iter_errors(params):
            problems += _problems_of(error, schema)
    wrong = {problem.field.partition(".")[0] for problem in problems}
    for field, name, value in _leaves(schema, params, "", _depends_on_inputs):
        if field.partition(".")[0] not in wrong:
            problems += _check_against_inputs(field, name, value, schemas)
    return problems


def _problems_of(error: ValidationError, schema: JsonSchema) -> Iterator[ParamProblem]:
    path = [str(part) for part in error.absolute_path]
    if error.validator == "required":
        required: Any = error.validator_value
        given: Any = error.instance
        for name in required:
            if name not in given:
                yield ParamProblem(".".join([*path, name]), None, "missing", f"{name} is required.")
        return
    if error.validator == "unevaluatedProperties":
        yield from _not_expected(error, path, schema)
        return
    field = ".".join(path)
    allowed = _allowed(error)
    yield ParamProblem(
        field, error.instance, "invalid", f"{field} is {_show(error.instance)}; {_expected(error)}.", allowed
    )


def _not_expected(error: ValidationError, path: list[str], schema: JsonSchema) -> Iterator[ParamProblem]:
    here = _schema_at(schema, list(error.absolute_path))
    given: Any = error.instance
    visible = visible_fields(here, given)
    for name, value in given.items():
        field = ".".join([*path, name])
        if name not in here["properties"]:
            alike = difflib.get_close_matches(name, here["properties"], n=1)
            hint = f"did you mean {alike[0]}?" if alike else f"there are: {', '.join(here['properties'])}."
            yield ParamProblem(field, value, "unknown", f"{field} is not a param; {hint}", tuple(here["properties"]))
        elif name not in visible:
            reason = _when_text(here["properties"][name]["x-when"])
            yield ParamProblem(field, value, "hidden", f"{field} is given but only applies when {reason}; remove it.")


def _schema_at(schema: JsonSchema, path: Sequence[str | int]) -> JsonSchema:
    for part in path:
        schema = schema["items"] if isinstance(part, int) else schema["properties"][part]
    return schema


def _when_text(when: Any) -> str:
    alternatives = [when] if isinstance(when, Mapping) else when
    return " or ".join(
        " and ".join(f"{name} {_schema_text(condition)}" for name, condition in alternative.items())
        for alternative in alternatives
    )


def _schema_text(condition: JsonSchema) -> str:
    if "const" in condition:
        return f"is {_show(condition['const'])}"
    if "enum" in condition:
        return "is one of " + ", ".join(map(_show, condition["enum"]))
    if "not" in condition:
        return f"is not: {_schema_text(condition['not'])}"
    return "matches " + ", ".join(f"{key} {_show(value)}" for key, value in condition.items())


def _expected(error: ValidationError) -> str:
    limit: Any = error.validator_value
    match error.validator:
        case "enum":
            return "allowed: " + ", ".join(map(_show, limit))
        case "const":
            return f"it must be {_show(limit)}"
        case "type":
            return "it must be of type " + (limit if isinstance(limit, str) else " or ".join(limit))
        case "minimum":
            return f"it must be at least {limit}"
        case "maximum":
            return f"it must be at most {limit}"
        case "exclusiveMinimum":
            return f"it must be greater than {limit}"
        case "exclusiveMaximum":
            return f"it must be less than {limit}"
        case "minItems":
            return f"it needs at least {limit} item(s)"
        case "maxItems":
            return f"it may have at most {limit} item(s)"
        case "minLength":
            return "it must not be empty" if limit == 1 else f"it needs at least {limit} characters"
        case "uniqueItems":
            return "its items must differ"
        case "pattern":
            return f"it must match {limit}"
    return error.message


def _allowed(error: ValidationError) -> Any:
    return error.validator_value if isinstance(error.validator_value, list | str | int | float) else None


def _show(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 80 else text[:77] + "..."


def named_secrets(schema: JsonSchema, params: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(path of the field, name) of every secret that these params name; hidden ones are to be left out before."""
    found = _leaves(schema, params, "", lambda field: field.get("x-widget") == "secret")
    values = ((field, value if isinstance(value, list) else [value]) for field, _, value in found)
    return [(field, name) for field, names in values for name in names if isinstance(name, str) and name]


def _depends_on_inputs(field: JsonSchema) -> bool:
    """Column pickers and expressions."""
    return "x-source" in field or field.get("x-widget") == "expression"


def _leaves(
    schema: JsonSchema, values: Any, field: str, wanted: Callable[[JsonSchema], bool]
) -> Iterator[tuple[str, JsonSchema, Any]]:
    """(path, field schema, value) of every field that is `wanted`."""
    if wanted(schema):
        yield field, schema, values
    elif isinstance(values, Mapping) and "properties" in schema:
        for name, value in values.items():
            if name in schema["properties"]:
                yield from _leaves(schema["properties"][name], value, f"{field}.{name}" if field else name, wanted)
    elif isinstance(values, list) and isinstance(schema.get("items"), Mapping):
        for position, value in enumerate(values):
            yield from _leaves(schema["items"], value, f"{field}.{position}", wanted)


def _check_against_inputs(
    field: str, schema: JsonSchema, value: Any, schemas: Mapping[str, Schema | None]
) -> Iterator[ParamProblem]:
    source = schema.get("x-source", {})
    known = schemas.get(source.get("input", "table"))
    if schema.get("x-widget") == "expression":
        yield from _check_expression(field, value, known)
        return
    if known is None or known.open or value is None:
        return
    columns = {column.name: column for column in known}
    for name in _column_names(value):
        column = columns.get(name)
        if column is None:
            alike = difflib.get_close_matches(name, known.names, n=1)
            hint = f"did you mean {alike[0]!r}?" if alike else f"there are: {', '.join(known.names[:20])}."
            message = f"{field}: column {name!r} is not in input {source['input']!r}; {hint}"
            yield ParamProblem(field, name, "column_missing", message, tuple(known.names))
        elif "kinds" in source and column.kind not in source["kinds"]:
            fitting = tuple(known.of_kind(*source["kinds"]))
            message = (
                f"{field}: column {name!r} is of type {column.type}; allowed: {', '.join(source['kinds'])} columns."
            )
            yield ParamProblem(field, name, "column_kind", message, fitting)


def _column_names(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value] if value else []
    return [name for name in value if isinstance(name, str)]


def _check_expression(field: str, value: Any, known: Schema | None) -> Iterator[ParamProblem]:
    from patchbay_sdk.expressions import parse

    if not isinstance(value, str):
        return
    try:
        parse(value, None if known is None or known.open else known)
    except ExpressionError as error:
        texts = error.details.get("texts")
        yield ParamProblem(field, value, "expression", f"{field}: {error.message}", texts=texts)


def field_verdicts(schema: JsonSchema, values: Mapping[str, Any]) -> dict[str, str]:
    """One word per field, as the vectors in ``operator_specs/vectors`` have it.

    ``ok`` (given, or its default holds), ``absent`` (not given, not needed), ``missing``, ``invalid``, ``hidden``,
    ``unknown``. A field with a problem inside stands under the problem's path (``steps.0.q``).
    """
    problems = check_params(schema, ExplainingValidator(compile_schema(schema)), values, {})
    verdicts = {problem.field: problem.code for problem in problems}
    visible = visible_fields(schema, values)
    for name, field in schema["properties"].items():
        if not any(path == name or path.startswith(f"{name}.") for path in verdicts):
            given = name in values or (name in visible and "default" in field)
            verdicts[name] = "ok" if given else "absent"
    return verdicts


def fill_params(
    schema: JsonSchema, params: Mapping[str, Any], conditions: Mapping[str, jsonschema_rs.Validator] | None = None
) -> dict[str, Any]:
    """The params with defaults filled in for every visible field; hidden ones are left out."""
    filled: dict[str, Any] = {}
    for name in visible_fields(schema, params, conditions):
        field = schema["properties"][name]
        if name in params:
            filled[name] = _fill_nested(field, params[name])
        elif "default" in field:
            filled[name] = field["default"]
    return filled


def _fill_nested(field: JsonSchema, value: Any) -> Any:
    if isinstance(value, Mapping) and "properties" in field:
        return fill_params(field, value)
    items = field.get("items")
    if isinstance(value, list) and isinstance(items, Mapping) and "properties" in items:
        return [fill_params(items, item) if isinstance(item, Mapping) else item for item in value]
    return value
