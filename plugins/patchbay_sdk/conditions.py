"""Compiles ``x-when`` and ``x-required`` into plain JSON Schema 2020-12.

A field with ``"x-when": {"strategy": {"const": "constant"}}`` exists only while `strategy` is visible and matches;
a list of such objects means: any of them. An absent value counts as its default. ``"x-required": true`` makes a
field required while it exists. A field that does not exist must not be given.

The compiled schema says the same in ``allOf`` / ``if`` / ``then`` and ``unevaluatedProperties: false``, so that any
validator, here or in the browser, comes to the same verdict; `operator_specs/vectors/*.json` holds the proof.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import jsonschema_rs

from patchbay_sdk.errors import SpecError

JsonSchema = Mapping[str, Any]


def compile_schema(schema: JsonSchema) -> dict[str, Any]:
    """A plain JSON Schema that accepts the same values. Nested objects and list items are compiled too.

    Raises:
        SpecError: a condition names a field that does not exist, or conditions form a circle.
    """
    plain = {key: value for key, value in schema.items() if not key.startswith("x-")}
    if isinstance(schema.get("items"), Mapping):
        plain["items"] = compile_schema(schema["items"])
    for word in ("oneOf", "anyOf"):
        if word in schema:
            plain[word] = [compile_schema(option) for option in schema[word]]
    if "properties" not in schema:
        return plain
    fields = schema["properties"]
    always = {name: compile_schema(field) for name, field in fields.items() if "x-when" not in field}
    required = list(schema.get("required", []))
    required += [n for n in always if fields[n].get("x-required") and n not in required]
    conditional = [
        {"if": condition_of(name, fields), "then": _then(name, field)}
        for name, field in fields.items()
        if "x-when" in field
    ]
    plain |= {"properties": always, "required": required, "unevaluatedProperties": False}
    if conditional:
        plain["allOf"] = conditional
    return plain


def _then(name: str, field: JsonSchema) -> dict[str, Any]:
    then: dict[str, Any] = {"properties": {name: compile_schema(field)}}
    if field.get("x-required"):
        then["required"] = [name]
    return then


def condition_of(name: str, fields: Mapping[str, JsonSchema], above: tuple[str, ...] = ()) -> dict[str, Any]:
    """The condition under which a field exists, as a schema of the object that holds it.

    Raises:
        SpecError: it names an unknown field, or depends on itself.
    """
    if name in above:
        raise SpecError(f"x-when forms a circle: {' -> '.join([*above, name])}.")
    when = fields[name].get("x-when")
    if when is None:
        return {}
    alternatives = [when] if isinstance(when, Mapping) else when
    schemas = [_all_of(alternative, fields, (*above, name)) for alternative in alternatives]
    return schemas[0] if len(schemas) == 1 else {"anyOf": schemas}


def _all_of(
    alternative: Mapping[str, JsonSchema], fields: Mapping[str, JsonSchema], above: tuple[str, ...]
) -> dict[str, Any]:
    unknown = [other for other in alternative if other not in fields]
    if unknown:
        raise SpecError(f"x-when of {above[-1]!r} names unknown field {unknown[0]!r}; there are: {', '.join(fields)}.")
    required = [other for other, schema in alternative.items() if not _default_matches(fields[other], schema)]
    own: dict[str, Any] = {"properties": dict(alternative)}
    if required:
        own["required"] = required
    outer = [condition_of(other, fields, above) for other in alternative]
    outer = [condition for condition in outer if condition]
    return {"allOf": [*outer, own]} if outer else own


def _default_matches(field: JsonSchema, schema: JsonSchema) -> bool:
    try:
        return "default" in field and jsonschema_rs.is_valid(dict(schema), field["default"])
    except ValueError:  # no JSON Schema, which is told when the compiled schema is checked
        return False


def conditions_of(schema: JsonSchema) -> dict[str, jsonschema_rs.Validator]:
    """The compiled condition of each field that has one."""
    fields = schema["properties"]
    return {
        name: jsonschema_rs.validator_for(condition_of(name, fields))
        for name, field in fields.items()
        if "x-when" in field
    }


def accepts(validator: jsonschema_rs.Validator, value: Any) -> bool:
    """Whether a value is valid; what is not JSON is not."""
    try:
        return validator.is_valid(value)
    except ValueError:
        return False


def visible_fields(
    schema: JsonSchema, values: Mapping[str, Any], conditions: Mapping[str, jsonschema_rs.Validator] | None = None
) -> list[str]:
    """Names of the fields that exist for these values, in the schema's order; `conditions`: compiled before."""
    conditions = conditions_of(schema) if conditions is None else conditions
    return [name for name in schema["properties"] if name not in conditions or accepts(conditions[name], values)]
