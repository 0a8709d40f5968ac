"""What a package says about itself, read as data: its ``pyproject.toml``, or the metadata of its wheel."""

from __future__ import annotations

import configparser
import email.parser
import email.policy
import platform
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import InvalidName, canonicalize_name
from packaging.version import InvalidVersion, Version

from patchbay_sdk.registry import ENTRY_POINT_GROUP, PLUGIN_GROUP
from patchbay_server.services.publishing.errors import ReleaseRefused

RESERVED = frozenset(
    {"patchbay", *(f"patchbay-{part}" for part in ("sdk", "operators", "runners", "training", "server"))}
)
"""Names of the platform itself, normalized."""
MOST_BYTES = 256 << 10
"""Size of a file with metadata."""
LONGEST_VERSION = 50
"""Characters."""


@dataclass(frozen=True, slots=True)
class Metadata:
    """Name (normalized), version (normalized), what it needs, and the packages of its entry points, all as it says."""

    name: str
    version: str
    summary: str
    requires_python: str
    dependencies: tuple[str, ...]
    packages: tuple[str, ...]


def of_source(folder: Path) -> Metadata:
    """The metadata in a source folder's ``pyproject.toml``; no build backend is asked.

    Raises:
        ReleaseRefused: every reason why it cannot be published.
    """
    _refuse_large(folder / "pyproject.toml")
    try:
        document = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ReleaseRefused([f"pyproject.toml cannot be read: {error}."]) from error
    project = document.get("project")
    if not isinstance(project, dict):
        raise ReleaseRefused(["pyproject.toml has no table [project]."])
    dynamic = project.get("dynamic")
    reasons = [
        f"pyproject.toml leaves {field!r} to the build (dynamic); write it down, since nothing is built here."
        for field in ("version", "dependencies", "entry-points", "requires-python")
        if field in (dynamic if isinstance(dynamic, list) else ())
    ]
    if reasons:
        raise ReleaseRefused(reasons)
    points = project.get("entry-points", {})
    return _checked(
        name=project.get("name"),
        version=project.get("version"),
        summary=project.get("description", ""),
        requires_python=project.get("requires-python", ""),
        dependencies=project.get("dependencies", []),
        entry_points=points if isinstance(points, dict) else {},
        where="pyproject.toml",
    )


def of_wheel(info: Path) -> Metadata:
    """The metadata of a wheel, from its ``.dist-info`` folder.

    Raises:
        ReleaseRefused: every reason why it cannot be published.
    """
    for name in ("METADATA", "WHEEL", "entry_points.txt"):
        _refuse_large(info / name)
    parser = email.parser.BytesParser(policy=email.policy.compat32)
    try:
        fields = parser.parsebytes((info / "METADATA").read_bytes())
        wheel = parser.parsebytes((info / "WHEEL").read_bytes())
        points = configparser.ConfigParser(delimiters=("=",), interpolation=None)
        if (info / "entry_points.txt").is_file():
            points.read_string((info / "entry_points.txt").read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, configparser.Error) as error:
        raise ReleaseRefused([f"The wheel's {info.name} cannot be read: {error}."]) from error
    if str(wheel.get("Root-Is-Purelib")).lower() != "true":
        raise ReleaseRefused(["The wheel is built for one kind of machine; only pure Python is published."])
    needed = [text for text in fields.get_all("Requires-Dist", []) if not _is_extra(str(text))]
    return _checked(
        name=fields.get("Name"),
        version=fields.get("Version"),
        summary=fields.get("Summary", ""),
        requires_python=fields.get("Requires-Python", ""),
        dependencies=[*map(str, needed)],
        entry_points={group: dict(points[group]) for group in points.sections()},
        where=info.name,
    )


def _refuse_large(path: Path) -> None:
    if path.is_file() and path.stat().st_size > MOST_BYTES:
        raise ReleaseRefused([f"{path.name} is larger than {MOST_BYTES >> 10} KiB."])


def _is_extra(requirement: str) -> bool:
    return re.search(r";.*\bextra\s*==", requirement) is not None


def _checked(
    name: Any,
    version: Any,
    summary: Any,
    requires_python: Any,
    dependencies: Any,
    entry_points: Mapping[str, Any],
    where: str,
) -> Metadata:
    points = entry_points.get(ENTRY_POINT_GROUP) or {}
    packages = sorted({str(value).strip() for value in points.values()}) if isinstance(points, dict) else []
    dependencies = dependencies if isinstance(dependencies, list) else [dependencies]
    reasons = [
        *_objections_to_name(name, where),
        *_objections_to_version(version, where),
        *_objections_to_python(requires_python),
        *_objections_to_dependencies(dependencies),
        *_objections_to_entry_points(packages, entry_points),
    ]
    if reasons:
        raise ReleaseRefused(reasons)
    return Metadata(
        name=canonicalize_name(name),
        version=str(Version(version)),
        summary=str(summary),
        requires_python=requires_python,
        dependencies=tuple(map(str, dependencies)),
        packages=tuple(packages),
    )


def _objections_to_name(name: Any, where: str) -> Iterator[str]:
    if not isinstance(name, str):
        yield f'{where} names no package: add name = "...".'
        return
    try:
        normalized = canonicalize_name(name, validate=True)
    except InvalidName:
        yield f"The package's name {name!r} is not allowed: use letters, digits, '-', '_' and '.'."
        return
    if normalized in RESERVED:
        yield f"{name!r} is a name of the platform itself: choose another one."
    if len(name) > 100:
        yield f"The package's name has {len(name)} characters; at most 100 are allowed."


def _objections_to_version(version: Any, where: str) -> Iterator[str]:
    if not isinstance(version, str):
        yield f'{where} gives no version: add version = "1.0.0".'
        return
    if len(version) > LONGEST_VERSION:
        yield f"The version has {len(version)} characters; at most {LONGEST_VERSION} are allowed."
        return
    try:
        parsed = Version(version)
    except InvalidVersion:
        yield f"The version {version!r} cannot be read: write it as 1.0.0."
        return
    if parsed.local:
        yield f"The version {version!r} is a local one ('+{parsed.local}'): publish one without."


def _objections_to_python(text: Any) -> Iterator[str]:
    here = platform.python_version()
    try:
        fits = SpecifierSet(text if isinstance(text, str) else "?").contains(here, prereleases=True)
    except InvalidSpecifier:
        yield f'requires-python {text!r} cannot be read: write it as ">=3.11".'
        return
    if not fits:
        yield f"It needs Python {text}, and the platform has {here}."


def _objections_to_dependencies(dependencies: Sequence[Any]) -> Iterator[str]:
    for text in dependencies:
        try:
            requirement = Requirement(text if isinstance(text, str) else "?")
        except InvalidRequirement:
            yield f'The dependency {text!r} cannot be read: write it as "name>=1.0".'
            continue
        if requirement.url:
            yield f"The dependency {text!r} names an address; only names and versions are allowed."


def _objections_to_entry_points(packages: Sequence[str], entry_points: Mapping[str, Any]) -> Iterator[str]:
    if not packages:
        yield f"It brings no operators: name its package under the entry points of group {ENTRY_POINT_GROUP!r}."
    for package in packages:
        if not package.isidentifier():
            yield f"The entry point {package!r} must be the name of a package at the top, without dots."
    if PLUGIN_GROUP in entry_points:
        yield (
            f"It hooks into the platform (entry points of group {PLUGIN_GROUP!r}), which concerns everybody's tasks: "
            "such a plugin is installed by who runs the platform, not published."
        )
