"""What a confined process may do, and which of the walls around it stand."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from patchbay_sdk.errors import PatchbayError

CPUS = os.cpu_count() or 1

PROCESSES = 64 + 8 * CPUS
"""Processes and threads: polars, BLAS and OpenMP start a thread per core each."""


class SandboxError(PatchbayError):
    """The sandbox could not be put up, or the command in it not be started."""

    code = "sandbox_failed"


_FOLDERS = ("readable", "writable")


@dataclass(frozen=True, slots=True)
class Rules:
    """What a confined process may do.

    `readable`, `writable`: files and folders beside the system's libraries; with `own_user`, the `writable` ones
    are given to that user. `moves`: it moves files between folders, which the first Landlock forbids: that one is not
    used then. `network`: whether it may open sockets. `memory`: bytes; per process as address space,
    with room for what numpy, polars and pyarrow reserve and never use, and for all processes together, really used,
    while `run_confined` watches. `cpu_seconds` and `open_files` per process, `file_size` per file, `processes` with
    their threads. `disk`: bytes below the writable folders, while `run_confined` watches.
    """

    readable: tuple[Path, ...] = ()
    writable: tuple[Path, ...] = ()
    moves: bool = False
    network: bool = False
    own_user: bool = True
    memory: int = 2 << 30
    cpu_seconds: int = 600
    file_size: int = 1 << 30
    disk: int = 2 << 30
    processes: int = PROCESSES
    open_files: int = 1024

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return {**asdict(self), **{name: [*map(str, getattr(self, name))] for name in _FOLDERS}}

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Rules:
        """The inverse of `to_json`."""
        folders = {name: tuple(Path(path) for path in raw[name]) for name in _FOLDERS}
        return cls(**{**raw, **folders})


@dataclass(frozen=True, slots=True)
class Protections:
    """The walls that stand around a confined process.

    `user`: it has a user of its own. `network`: ``namespace`` (it sees no interface), ``system calls`` (it may open
    no socket), ``landlock`` (no TCP; UDP is open), or None. `files`: ``landlock``, or None: only the permissions of
    its user. `processes`: it can neither signal nor trace others. `system_calls`: those that only an attack needs are
    refused. `limits`: on CPU time, memory, file size, processes and open files.
    """

    user: bool = False
    network: str | None = None
    files: str | None = None
    processes: bool = False
    system_calls: bool = False
    limits: bool = False

    @property
    def missing(self) -> list[str]:
        """Names of the walls that this machine does not allow."""
        return [field.name for field in fields(self) if not getattr(self, field.name)]

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return asdict(self)


def _import_path() -> list[Path]:
    """Where this process imports from, but for the folder that it happens to stand in: that may be anybody's home."""
    folders = [Path(path) for path in sys.path if path]
    return [each for each in folders if each.absolute() != Path.cwd() or (each / "patchbay_runners").is_dir()]


def interpreter_folders(python: Path | None = None) -> tuple[Path, ...]:
    """The folders that a Python interpreter reads; None: this one, with everything on its import path.

    Another interpreter is not started to find out: a virtual environment says in ``pyvenv.cfg`` where its base is.
    """
    if python is None:
        found = [Path(sys.prefix), Path(sys.base_prefix), *_import_path()]
        found.append(Path(sys.executable).resolve().parents[1])
    else:
        home = python.absolute().parents[1]
        found = [home, python.resolve().parents[1]]
        settings = home / "pyvenv.cfg"
        if settings.is_file():
            pairs = (line.partition("=") for line in settings.read_text(encoding="utf-8").splitlines())
            found += [Path(value.strip()).parent for key, _, value in pairs if key.strip() == "home"]
    return tuple(dict.fromkeys(path.absolute() for path in found if path.exists()))
