"""What breaks a JSON Schema, in words for the author of a spec."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError, best_match

from patchbay_server.services.publishing.lint.places import Path

OURS = ("x-widget", "x-source", "x-values-of", "x-when", "x-required", "x-unit", "x-enum-titles", "x-search")
"""What a field may say beside the words of JSON Schema."""

_LONGEST = 80


class Finding(NamedTuple):
    """A problem, the path of the value that has it, and whether its key is meant."""

    path: Path
    message: str
    at_key: bool = False


def schema_findings(validator: Draft202012Validator, value: Any, at: Path = ()) -> Iterator[Finding]:
    """Every violation; `at`: the path of the value in its document."""
    for error in validator.iter_errors(value):
        yield from _of(error, at)


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """`` did you mean ...?``, or what there is."""
    known = list(known)
    alike = difflib.get_close_matches(name, known, n=1)
    if alike:
        return f"did you mean {alike[0]!r}?"
    return f"there are: {', '.join(known)}." if known else "there are none."


def _of(error: ValidationError, at: Path) -> Iterator[Finding]:
    path = (*at, *error.absolute_path)
    instance: Any = error.instance
    limit: Any = error.validator_value
    match error.validator:
        case "required":
            for name in limit:
                if name not in instance and name in error.message.split("'"):
                    yield Finding(path, f"{name!r} is missing here.")
        case "additionalProperties" if limit is False:
            known = error.schema.get("properties", {}) if isinstance(error.schema, dict) else {}
            for name in instance:
                if name not in known:
                    yield Finding((*path, name), f"{name!r} is not known here; {did_you_mean(name, known)}", True)
        case "propertyNames" | "pattern" if isinstance(error.parent, ValidationError) or _names_key(error, instance):
            yield Finding((*path, str(instance)), _name_message(str(instance)), True)
        case "enum":
            yield Finding(path, f"{_shown(instance)} is not allowed; {did_you_mean(str(instance), map(str, limit))}")
        case "anyOf" | "oneOf" if error.context:
            yield from _best(error, at)
        case "type":
            wanted = limit if isinstance(limit, str) else " or ".join(limit)
            yield Finding(path, f"{_shown(instance)} must be of type {wanted}.")
        case "pattern":
            yield Finding(path, f"{_shown(instance)} is not of the form {limit}{_described(error)}.")
        case "minItems" | "minProperties" | "minLength":
            yield Finding(path, "This must not be empty.")
        case _:
            yield Finding(path, f"{_shortened(error.message)}.")


def _best(error: ValidationError, at: Path) -> Iterator[Finding]:
    """Of alternatives, what is wrong with the one that comes nearest."""
    missing = [child for child in error.context or () if child.validator == "required"]
    if missing and len(missing) == len(error.context or ()):
        wanted: list[Any] = [child.validator_value for child in missing]
        names = " or ".join(repr(names[0]) for names in wanted)
        yield Finding((*at, *error.absolute_path), f"{names} is missing here.")
        return
    best = best_match([error])
    if best is None or best is error:
        yield Finding((*at, *error.absolute_path), f"{_shortened(error.message)}.")
    else:
        yield from _of(best, at)


def _names_key(error: ValidationError, instance: Any) -> bool:
    return "propertyNames" in error.absolute_schema_path and isinstance(instance, str)


def _name_message(name: str) -> str:
    if name.startswith("x-"):
        return f"{name!r} is not known here; {did_you_mean(name, OURS)}"
    return f"The name {name!r} is not allowed: use a-z, 0-9 and '_', beginning with a letter."


def _described(error: ValidationError) -> str:
    text = error.schema.get("description") if isinstance(error.schema, dict) else None
    return f" ({text})" if text else ""


def _shown(value: Any) -> str:
    return _shortened(repr(value))


def _shortened(text: str) -> str:
    text = re.sub(r"\s+", " ", text)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 3] + "..."
