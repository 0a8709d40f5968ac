"""What lies in an artifact store and nobody needs; removing it. When that may be done is not this module's business."""

from __future__ import annotations

import os
import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from patchbay_runners.artifacts import ArtifactStore
from patchbay_runners.manifest import Layout
from patchbay_runners.scratch import remove_tree
from patchbay_sdk.errors import ArtifactError

BATCH_SECONDS = 0.05
"""How long `remove` goes on at once: others wait for it."""


@dataclass(frozen=True, slots=True)
class Garbage:
    """Files that nobody needs: manifests by artifact id, blobs (and copies of tables for Spark), staging folders of
    attempts that do not run."""

    manifests: dict[str, Path] = field(default_factory=dict)
    blobs: list[Path] = field(default_factory=list)
    staging: list[Path] = field(default_factory=list)


def find(store: ArtifactStore, needed: Iterable[str], running: Collection[str], before: float) -> Garbage:
    """What neither these artifacts nor what they name needs, and was made or wanted last `before` that moment.

    `running`: tokens of the attempts that run now. `before`: seconds since 1970.
    """
    layout = Layout(store.root)
    artifacts, blobs = closure(store, needed)
    found = Garbage()
    for path in _files(layout.root / "manifests"):
        if path.stem not in artifacts and _is_older(path, before):
            found.manifests[path.stem] = path
    found.blobs.extend(
        path for path in _files(layout.root / "cas") if path.name not in blobs and _is_older(path, before)
    )
    found.blobs.extend(
        path for path in _files(layout.root / "replicas") if path.stem not in artifacts and _is_older(path, before)
    )
    found.staging.extend(
        path
        for path in _entries(layout.root / "staging")
        if path.name not in running and path.is_dir() and _is_older(path, before)
    )
    return found


def closure(store: ArtifactStore, ids: Iterable[str]) -> tuple[set[str], set[str]]:
    """Artifacts with the steps of their lineage, and the hashes of all their files; what is gone names nothing."""
    artifacts: set[str] = set()
    blobs: set[str] = set()
    waiting = list(ids)
    while waiting:
        id = waiting.pop()
        if id in artifacts:
            continue
        artifacts.add(id)
        try:
            manifest = store.manifest(id)
        except ArtifactError:
            continue
        blobs.update(file.hash for file in manifest.files)
        waiting += manifest.lineage
    return artifacts, blobs


class Removed(NamedTuple):
    """How many files were looked at, how many of them removed, and the bytes freed."""

    looked_at: int
    files: int
    bytes: int


def remove(paths: Sequence[Path], before: float) -> Removed:
    """Remove files that nobody wanted since `before`, for `BATCH_SECONDS`.

    Time is looked at before each file: a process that was frozen meanwhile removes nothing more.
    """
    until, files, freed = time.monotonic() + BATCH_SECONDS, 0, 0
    for number, path in enumerate(paths):
        if time.monotonic() > until:
            return Removed(number, files, freed)
        try:
            found = path.stat()
            if found.st_mtime < before:
                path.unlink()
                files, freed = files + 1, freed + found.st_size
        except FileNotFoundError:
            continue
    return Removed(len(paths), files, freed)


def remove_staging(folders: Sequence[Path]) -> Removed:
    """Remove what attempts left behind, a folder counted as a file; what cannot be removed is left for next time."""
    removed, freed = 0, 0
    for folder in folders:
        size = size_of(folder)
        try:
            remove_tree(str(folder))
        except OSError:
            continue
        removed, freed = removed + 1, freed + size
    return Removed(len(folders), removed, freed)


def size_of(path: Path) -> int:
    """Bytes of a file, or of all files in a folder; 0 when it is gone."""
    try:
        if not path.is_dir():
            return path.stat().st_size
        return sum(each.lstat().st_size for each in path.rglob("*") if each.is_file())
    except OSError:
        return 0


def is_wanted(path: Path, since: float) -> bool:
    """Whether a file was made or wanted since that moment, or is gone."""
    return not _is_older(path, since)


def _is_older(path: Path, before: float) -> bool:
    try:
        return path.stat().st_mtime < before
    except FileNotFoundError:
        return False


def _files(root: Path) -> Iterator[Path]:
    for folder in _entries(root):
        yield from _entries(folder)


def _entries(folder: Path) -> Iterator[Path]:
    try:
        with os.scandir(folder) as entries:
            yield from [Path(entry.path) for entry in entries]
    except (FileNotFoundError, NotADirectoryError):
        return
