"""Everything that is wrong with a spec file, each with its line and column."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from patchbay_sdk.spec import spec_validator
from patchbay_server.services.publishing.lint import places
from patchbay_server.services.publishing.lint.examples import example_findings
from patchbay_server.services.publishing.lint.fields import field_findings
from patchbay_server.services.publishing.lint.hazards import hazard_findings
from patchbay_server.services.publishing.lint.history import migration_findings
from patchbay_server.services.publishing.lint.names import name_findings, output_findings
from patchbay_server.services.publishing.lint.schema import Finding, schema_findings
from patchbay_server.services.publishing.lint.sketch import Sketch
from patchbay_server.services.publishing.lint.texts import text_findings

MOST_BYTES = 1 << 20
"""Size of a spec file."""


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing that is wrong: ``file:line:column: message``. Line and column count from 1."""

    file: str
    line: int
    column: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.message}"


def problems_of(path: Path, shown: str | None = None) -> list[Problem]:
    """Every problem of a spec file, in the order of the lines; `shown`: its name in the messages."""
    name = shown or str(path)
    try:
        content = path.read_bytes()
        if len(content) > MOST_BYTES:
            return [Problem(name, 1, 1, f"The file has {len(content)} bytes; a spec has at most {MOST_BYTES}.")]
        raw, where = places.parsed(content.decode("utf-8"))
    except OSError as error:
        return [Problem(name, 1, 1, f"The file cannot be read: {error.strerror}.")]
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        return [Problem(name, line, 1, "The file is not UTF-8 text.")]
    except json.JSONDecodeError as error:
        return [Problem(name, error.lineno, error.colno, f"This is not JSON: {error.msg}.")]
    except RecursionError:
        return [Problem(name, 1, 1, "The file is nested too deeply.")]
    found = {Problem(name, *place, message) for place, message in _findings(raw, where)}
    return sorted(found)


def _findings(raw: Any, where: places.Places) -> Iterator[tuple[places.Place, str]]:
    for path, place in where.duplicates:
        yield place, f"{path[-1]!r} is there twice; only the last one counts."
    for path, message, at_key in _all(raw):
        yield where.key(path) if at_key else where.value(path), message


def _all(raw: Any) -> Iterator[Finding]:
    if found := list(hazard_findings(raw)):
        yield from found
        return
    found = list(schema_findings(spec_validator(), raw))
    if isinstance(raw, dict):
        if isinstance(raw.get("params"), dict):
            meta = Draft202012Validator(Draft202012Validator.META_SCHEMA)
            found += schema_findings(meta, raw["params"], ("params",))
        spec = Sketch(raw)
        for rule in (name_findings, field_findings, output_findings, text_findings, migration_findings):
            found += rule(spec)
        if not found:
            found += example_findings(raw)
    yield from found
