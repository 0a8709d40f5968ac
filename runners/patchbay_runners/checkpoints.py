"""The folders in which long tasks keep what they need to go on: see `Context.checkpoint_dir`.

``<store>/checkpoints/<name>/<token of the attempt>``, on the disk of the artifact store, which all hosts of a platform
share. A new attempt takes over what an earlier one left by renaming its folder. So one that was taken for dead, and is
not, finds its own gone: it cannot write into what the new one reads.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from patchbay_runners.durable import storage_errors
from patchbay_runners.scratch import remove_tree

FOLDER = "checkpoints"


@dataclass(frozen=True, slots=True)
class Kept:
    """What lies there under one name. `tokens`: of attempts. `used`: when it was last written (seconds since 1970)."""

    name: str
    tokens: frozenset[str]
    used: float


def open_folder(store: Path, name: str, token: str) -> Path:
    """The folder `name` for a new attempt, with the latest of what earlier ones left there.

    Raises:
        ArtifactError: the store cannot be written.
    """
    folder, mine = store / FOLDER / name, store / FOLDER / name / token
    with storage_errors(f"keep checkpoints in the artifact store {store}"):
        folder.mkdir(parents=True, exist_ok=True)
        others = [path for path in folder.iterdir() if path != mine]
        for left in sorted(others, key=_written, reverse=True):
            with suppress(FileNotFoundError, FileExistsError, NotADirectoryError):
                if not mine.exists():
                    left.rename(mine)
        mine.mkdir(exist_ok=True)
        for path in folder.iterdir():
            if path != mine:
                remove_tree(str(path))
    return mine


def remove(store: Path, name: str) -> None:
    """Remove what is kept under a name; what cannot be removed now is left to `kept` and whoever looks there."""
    with suppress(OSError):
        remove_tree(str(store / FOLDER / name))


def kept(store: Path) -> Iterator[Kept]:
    """Everything that lies there."""
    with suppress(FileNotFoundError):
        for folder in sorted((store / FOLDER).iterdir()):
            with suppress(OSError):
                entries = list(folder.iterdir())
                used = max(map(_written, [folder, *entries]))
                yield Kept(folder.name, frozenset(entry.name for entry in entries), used)


def _written(path: Path) -> float:
    try:
        return os.lstat(path).st_mtime
    except FileNotFoundError:
        return 0.0
