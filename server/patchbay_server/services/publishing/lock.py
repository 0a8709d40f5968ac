"""Which dependencies need an environment of their own, and exactly which files that environment consists of."""

from __future__ import annotations

import hashlib
import json
import platform
import sys
import sysconfig
import tempfile
from collections.abc import Iterable, Sequence
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from patchbay_server.services.publishing.errors import EnvironmentFailed, ReleaseRefused
from patchbay_server.services.publishing.pip import OPTIONS, pip

OURS = "patchbay"
IN_TASK_PROCESSES = ("blake3", "polars")
"""What the artifact store and the tables of examples need beside the SDK's own dependencies."""
RESOLVE_TIMEOUT = 300.0


def own_requirements(dependencies: Iterable[str]) -> list[Requirement]:
    """What must be installed for a package beside the platform; empty: the platform's environment runs it.

    That is so when every dependency is one that operators may count on (the SDK's own, and those of the extra
    ``operators``), in a version that is installed here.

    Raises:
        ReleaseRefused: a dependency cannot be read, names an address, or asks for another version of Patchbay.
    """
    found, reasons = _parsed(dependencies)
    ours = [requirement for requirement in found if canonicalize_name(requirement.name) == OURS]
    others = [requirement for requirement in found if canonicalize_name(requirement.name) != OURS]
    reasons += [
        f"It needs {requirement}, and this is Patchbay {version(OURS)}."
        for requirement in ours
        if not requirement.specifier.contains(version(OURS), prereleases=True)
    ]
    reasons += [f"Dependency {r} names an address: name a version instead." for r in others if r.url]
    if reasons:
        raise ReleaseRefused(reasons)
    if all(_is_here(requirement) for requirement in others):
        return []
    extras = {extra for requirement in ours for extra in requirement.extras}
    return [*others, *_required_by_us(extras), *map(Requirement, IN_TASK_PROCESSES)]


def _parsed(dependencies: Iterable[str]) -> tuple[list[Requirement], list[str]]:
    found, reasons = [], []
    for text in dependencies:
        try:
            requirement = Requirement(text)
        except InvalidRequirement as error:
            reasons.append(f"Dependency {text!r} cannot be read: {error}.")
            continue
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            requirement.marker = None
            found.append(requirement)
    return found, reasons


def _is_here(requirement: Requirement) -> bool:
    offered = {canonicalize_name(each.name) for each in _required_by_us({"operators"})}
    if canonicalize_name(requirement.name) not in offered or requirement.extras:
        return False
    try:
        return requirement.specifier.contains(version(requirement.name), prereleases=True)
    except PackageNotFoundError:
        return False


def _required_by_us(extras: Iterable[str]) -> list[Requirement]:
    """What this version of Patchbay needs: its base, and these of its extras."""
    found = []
    for requirement in map(Requirement, requires(OURS) or ()):
        marker, requirement.marker = requirement.marker, None
        if marker is None or any(marker.evaluate({"extra": extra}) for extra in ("", *extras)):
            found.append(requirement)
    return found


def resolve(requirements: Sequence[Requirement]) -> str:
    """A lock: the exact version and the hash of every wheel that these requirements come to on this machine.

    Raises:
        EnvironmentFailed: there is no solution, no wheel, or no package index.
    """
    with tempfile.TemporaryDirectory(prefix="patchbay-resolve-") as folder:
        report = Path(folder) / "report.json"
        arguments = ("install", *OPTIONS, "--dry-run", "--ignore-installed", "--report", str(report), "--")
        pip((*arguments, *map(str, requirements)), action="resolve the dependencies", timeout=RESOLVE_TIMEOUT)
        found = json.loads(report.read_text(encoding="utf-8"))["install"]
    lines = []
    for item in found:
        name, number = canonicalize_name(item["metadata"]["name"]), item["metadata"]["version"]
        sha256 = item["download_info"].get("archive_info", {}).get("hashes", {}).get("sha256")
        if not sha256:
            raise EnvironmentFailed(f"The package index gives no hash for {name} {number}, so it cannot be pinned.")
        if name == OURS:
            raise EnvironmentFailed("A dependency needs Patchbay itself: operators cannot depend on other operators.")
        lines.append(f"{name}=={number} --hash=sha256:{sha256}")
    return "\n".join([_header(), *sorted(lines)]) + "\n"


def lock_digest(lock: str) -> str:
    """SHA-256 of a lock: the name of its environment."""
    return hashlib.sha256(lock.encode()).hexdigest()


def _header() -> str:
    python = f"{platform.python_implementation()} {sys.version_info.major}.{sys.version_info.minor}"
    return f"# {python} on {sysconfig.get_platform()}"
