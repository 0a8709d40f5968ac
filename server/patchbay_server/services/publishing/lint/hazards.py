"""What must not even be evaluated: a spec comes from somebody else, and checking it must neither hang nor fetch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from patchbay_server.services.publishing.lint.places import Path
from patchbay_server.services.publishing.lint.schema import Finding

LARGEST_CONDITION = 500
"""Values that one field's ``x-when`` may come to, with the conditions of the fields that it names."""
_REFERENCES = frozenset({"$ref", "$dynamicRef", "$id", "$schema", "$anchor", "$dynamicAnchor", "$vocabulary"})


def hazard_findings(raw: Any) -> Iterator[Finding]:
    """Texts that cannot be stored; schemas that refer to others, or grow without end."""
    waiting: list[tuple[Path, Any]] = [((), raw)]
    while waiting:
        path, value = waiting.pop()
        if isinstance(value, str):
            yield from _text(value, path, at_key=False)
        elif isinstance(value, dict):
            for key, item in value.items():
                yield from _text(key, (*path, key), at_key=True)
                if path[:1] == ("params",) and key in _REFERENCES:
                    yield Finding((*path, key), f"{key!r} is not allowed: write the schema out where it counts.", True)
                if path[:1] == ("params",) and key == "patternProperties":
                    yield Finding((*path, key), f"{key!r} is not allowed: name the properties.", True)
                waiting.append(((*path, key), item))
        elif isinstance(value, list):
            waiting += [((*path, number), item) for number, item in enumerate(value)]
    yield from _conditions(raw)


def _text(text: str, path: Path, *, at_key: bool) -> Iterator[Finding]:
    if "\0" in text:
        yield Finding(path, "A NUL character (\\u0000) cannot be stored: take it out.", at_key)
    elif any("\ud800" <= character <= "\udfff" for character in text):
        yield Finding(path, "Half a character (\\ud800 to \\udfff) cannot be stored: take it out.", at_key)


def _conditions(raw: Any) -> Iterator[Finding]:
    """Conditions are written out in full when they are compiled: each stands once more for each field behind it."""
    params = raw.get("params") if isinstance(raw, dict) else None
    fields = params.get("properties") if isinstance(params, dict) else None
    if not isinstance(fields, dict):
        return
    sizes: dict[str, int] = {}
    for _ in fields:  # as many rounds as the longest chain has fields; a circle only grows
        grown = {name: _size(field, sizes) for name, field in fields.items()}
        if grown == sizes:
            return
        sizes = grown
        for name in (name for name, size in sizes.items() if size > LARGEST_CONDITION):
            path: Path = ("params", "properties", name, "x-when")
            yield Finding(path, "This condition depends on too many others: name fewer fields in it.")
            return


def _size(field: Any, sizes: Mapping[str, int]) -> int:
    when = field.get("x-when") if isinstance(field, dict) else None
    alternatives = when if isinstance(when, list) else [when]
    return sum(1 + sizes.get(other, 0) for each in alternatives if isinstance(each, dict) for other in each)
