"""Whether migrations lead to the version that a spec describes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from patchbay_server.services.publishing.lint.places import Path
from patchbay_server.services.publishing.lint.schema import Finding, did_you_mean
from patchbay_server.services.publishing.lint.sketch import Sketch


def migration_findings(spec: Sketch) -> Iterator[Finding]:
    """Where they start, and what params they end with."""
    here = _number(spec.raw.get("version"))
    known = [(n, m) for n, m in enumerate(spec.listed("migrations")) if isinstance(m, dict) and "from" in m]
    introduced: dict[str, Path] = {}
    for number, migration in sorted(known, key=lambda pair: _number(pair[1]["from"]) or ()):
        start = _number(migration["from"])
        if start is None:
            yield Finding(("migrations", number, "from"), f"{migration['from']!r} is not a version such as 1.0.0.")
        elif here is not None and start[:2] >= here[:2]:
            message = (
                f"A migration from {migration['from']} does not lead to {spec.raw['version']}: it starts from an older "
            )
            yield Finding(("migrations", number, "from"), message + "version (a patch release changes no params).")
        steps = migration.get("steps")
        for position, step in enumerate(steps if isinstance(steps, list) else ()):
            if isinstance(step, dict):
                _follow(step, ("migrations", number, "steps", position), introduced)
    for name, path in introduced.items():
        if not spec.has_param(name):
            message = f"The migration ends with {name!r}, which is not a param of this version"
            yield Finding(path, f"{message}; {did_you_mean(name, spec.fields)}", True)


def _follow(step: Mapping[str, Any], path: Path, introduced: dict[str, Path]) -> None:
    """Note what params a step makes, and forget those that it takes away."""
    renames = step.get("rename")
    for old, new in renames.items() if isinstance(renames, dict) else ():
        introduced.pop(old, None)
        introduced[str(new)] = (*path, "rename", old)
    defaults = step.get("default")
    for name in defaults if isinstance(defaults, dict) else ():
        introduced[name] = (*path, "default", name)
    drops = step.get("drop")
    for name in drops if isinstance(drops, list) else ():
        introduced.pop(str(name), None)


def _number(version: Any) -> tuple[int, ...] | None:
    if not isinstance(version, str) or not re.fullmatch(r"\d{1,6}\.\d{1,6}\.\d{1,6}", version):
        return None
    return tuple(int(part) for part in version.split("."))
