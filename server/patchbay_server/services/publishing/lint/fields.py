"""Whether each param's field can be shown and filled in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from patchbay_sdk.conditions import condition_of
from patchbay_sdk.errors import SpecError
from patchbay_sdk.explain import ExplainingValidator
from patchbay_server.services.publishing.lint.places import Path
from patchbay_server.services.publishing.lint.schema import OURS, Finding, did_you_mean
from patchbay_server.services.publishing.lint.sketch import Sketch, names_of

_STANDARD = (
    *("type", "enum", "const", "default", "title", "description", "examples", "format", "deprecated", "$comment"),
    *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minLength", "maxLength", "pattern"),
    *("items", "prefixItems", "contains", "minContains", "maxContains", "minItems", "maxItems", "uniqueItems"),
    *("properties", "required", "additionalProperties", "propertyNames"),
    *("minProperties", "maxProperties", "dependentRequired", "dependentSchemas", "unevaluatedProperties"),
    *("allOf", "anyOf", "oneOf", "not", "if", "then", "else", "readOnly", "writeOnly"),
)


def field_findings(spec: Sketch) -> Iterator[Finding]:
    """Unknown words, pickers without input, conditions on nothing, defaults that break their own field."""
    for name, field in spec.fields.items():
        path: Path = ("params", "properties", name)
        for word in field:
            if word not in _STANDARD and not word.startswith("x-"):
                hint = did_you_mean(word, (*_STANDARD, *OURS))
                hint = hint if hint.startswith("did") else "it is no word of JSON Schema."
                yield Finding((*path, word), f"{word!r} is not known here; {hint}", True)
        yield from _source(spec, field, path)
        yield from _values_of(spec, name, field, path)
        yield from _when(spec, name, field, path)
        yield from _default(field, path)
        titles, choices = field.get("x-enum-titles"), field.get("enum")
        for choice in titles if isinstance(titles, dict) and isinstance(choices, list) else ():
            if choice not in map(str, choices):
                hint = did_you_mean(choice, map(str, choices))
                yield Finding((*path, "x-enum-titles", choice), f"{choice!r} is not a choice; {hint}", True)


def _source(spec: Sketch, field: Mapping[str, Any], path: Path) -> Iterator[Finding]:
    source = field.get("x-source")
    name = source.get("input") if isinstance(source, dict) else None
    if isinstance(name, str) and name not in (tables := names_of(spec.inputs, "table")):
        hint = did_you_mean(name, tables)
        yield Finding((*path, "x-source", "input"), f"{name!r} is not an input of type table; {hint}")


def _values_of(spec: Sketch, name: str, field: Mapping[str, Any], path: Path) -> Iterator[Finding]:
    other = field.get("x-values-of")
    if isinstance(other, str) and "x-source" not in spec.fields.get(other, {}):
        columns = [each for each, known in spec.fields.items() if each != name and "x-source" in known]
        hint = did_you_mean(other, columns)
        yield Finding((*path, "x-values-of"), f"{other!r} is not a param that names a column; {hint}")


def _when(spec: Sketch, name: str, field: Mapping[str, Any], path: Path) -> Iterator[Finding]:
    when = field.get("x-when")
    unknown = False
    for number, alternative in enumerate(when if isinstance(when, list) else [when]):
        place: Path = (*path, "x-when", number) if isinstance(when, list) else (*path, "x-when")
        for other in alternative if isinstance(alternative, dict) else ():
            if not spec.has_param(other):
                unknown = True
                hint = did_you_mean(other, [each for each in spec.fields if each != name])
                yield Finding((*place, other), f"x-when names {other!r}, which is not a param; {hint}", True)
    if when is not None and not unknown:
        try:
            condition_of(name, spec.fields)
        except SpecError as error:
            yield Finding((*path, "x-when"), error.message)
        except Exception:  # noqa: BLE001 a condition that is no schema is reported where the schema is checked
            return


def _default(field: Mapping[str, Any], path: Path) -> Iterator[Finding]:
    if "default" not in field or field["default"] == []:  # nothing chosen yet
        return
    try:
        error = next(ExplainingValidator(dict(field)).iter_errors(field["default"]), None)
    except Exception:  # noqa: BLE001 a field that is no schema is reported where the schema is checked
        return
    if error is not None:
        yield Finding((*path, "default"), f"The default breaks its own field: {error.message}.")
