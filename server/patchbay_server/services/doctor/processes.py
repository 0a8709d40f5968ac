"""Processes of this data folder that belong to no platform any more (Linux: found in /proc)."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from patchbay_server import data_folder
from patchbay_server.services.doctor.finding import Finding
from patchbay_server.services.platform import Platform
from patchbay_server.store.statement import Statement

PROC = Path("/proc")
OURS = ("web", "reconciler", "worker")
"""Commands of `patchbay` that `patchbay up` starts."""
KEEPER = "patchbay_runners.engines.keeper"

WORKER_PIDS = Statement("SELECT pid FROM worker WHERE host = :host")


@dataclass(frozen=True, slots=True)
class Process:
    """A process of this user. `home`: its PATCHBAY_HOME, if any; `folder`: where it works."""

    pid: int
    parent: int
    command: tuple[str, ...]
    home: str
    folder: Path

    def belongs_to(self, data_dir: Path) -> bool:
        """Whether the platform of this data folder has started it: one of its own, a task, or what a task started."""
        if self.folder.is_relative_to(data_dir / "tmp"):
            return True
        if self.is_keeper:
            return any(Path(part).is_relative_to(data_dir) for part in self.command[3:])
        if not self.home or Path(self.home).resolve() != data_dir:
            return False
        name = os.path.basename(self.command[0]).partition(" ")[0] if self.command else ""
        return name == "redis-server" or self.is_command

    @property
    def is_command(self) -> bool:
        """Whether it is ``patchbay web``, ``reconciler`` or ``worker``."""
        return any(
            part == "patchbay_server.cli" or os.path.basename(part) == "patchbay" for part in self.command[:-1]
        ) and any(part in OURS for part in self.command)

    @property
    def is_keeper(self) -> bool:
        """Whether it keeps an engine running for all workers: it outlives the one that has started it."""
        return KEEPER in self.command


def examine(platform: Platform) -> Iterator[Finding]:
    """One finding for each orphan."""
    if not PROC.exists():
        yield Finding("processes", "ok", "not looked at: this system has no /proc")
        return
    running = data_folder.running(platform.settings.data_dir)
    with platform.database.read() as transaction:
        workers = {row[0] for row in transaction.all(WORKER_PIDS, {"host": socket.gethostname()})}
    found = {process.pid: process for process in _processes()}
    roots = {pid for pid in workers if pid in found and found[pid].is_command}
    if running:
        roots |= {running.pid} | {pid for pid, process in found.items() if process.is_keeper}
    data_dir = platform.settings.data_dir.resolve()
    orphans = [
        process
        for process in found.values()
        if process.belongs_to(data_dir) and not roots.intersection(_line(process, found))
    ]
    for process in orphans:
        what = " ".join(process.command)[:80]
        message = f"{what!r} belongs to no platform that runs: end it with `kill {process.pid}`"
        yield Finding(f"process {process.pid}", "failed", message)
    if not orphans:
        yield Finding("processes", "ok", "none is left of a platform that has ended")


def _line(process: Process, found: dict[int, Process]) -> Iterator[int]:
    """A process and those that it descends from."""
    pid = process.pid
    while pid in found:
        yield pid
        pid = found[pid].parent


def _processes() -> Iterator[Process]:
    for entry in PROC.iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                yield _read(entry)
            except (OSError, ValueError, IndexError):  # it has ended, or is somebody else's
                continue


def _read(entry: Path) -> Process:
    state, parent = (entry / "stat").read_text().rpartition(")")[2].split()[:2]
    if state == "Z":
        raise ValueError("it has ended")
    environment = (entry / "environ").read_bytes().split(b"\0")
    homes = [each.partition(b"=")[2] for each in environment if each.startswith(b"PATCHBAY_HOME=")]
    command = (entry / "cmdline").read_bytes().rstrip(b"\0").split(b"\0")
    return Process(
        int(entry.name),
        int(parent),
        tuple(part.decode(errors="replace") for part in command),
        homes[0].decode(errors="replace") if homes else "",
        Path(os.readlink(entry / "cwd")),
    )
