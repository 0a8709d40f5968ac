"""The data folder of a platform: who holds it, and how others reach the platform that runs there."""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TextIO

from patchbay_server.config import Settings
from patchbay_server.errors import ServerError

LOCK, STATE = "platform.lock", "platform.json"


class DataFolderInUse(ServerError):
    """Another platform runs on this data folder; the message names it."""

    code = "data_folder_in_use"


@dataclass(frozen=True, slots=True)
class Running:
    """What a running platform tells about itself, in a file that only its user can read."""

    pid: int
    url: str | None
    """None: it was started without the web process."""
    redis_url: str
    database_url: str
    artifacts: str
    operators: str
    secret_keys: str
    projects: str
    attempt_logs: str
    version: str
    """Of Patchbay."""

    def reached_from(self, settings: Settings) -> Settings:
        """Settings of another process of the same user, with what this platform was started with."""
        return replace(
            settings,
            redis_url=self.redis_url,
            database_url=self.database_url,
            artifacts=self.artifacts,
            operators=Path(self.operators),
            secret_keys=Path(self.secret_keys),
            projects=Path(self.projects),
            attempt_logs=Path(self.attempt_logs),
        )


def make(folder: Path) -> None:
    """Make the data folder, for its user only; one that was there before, such as a volume, is closed to others."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    status = folder.stat()
    if status.st_mode & 0o077 and status.st_uid == os.geteuid():
        folder.chmod(0o700)


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Hold the folder as its only platform.

    Raises:
        DataFolderInUse: it names the other platform's process, URL and what to do.
    """
    make(folder)
    with (folder / LOCK).open("a") as lock:
        if not _lock(lock):
            other = read_state(folder)
            who = f"process {other.pid}, {other.url or 'no web'}" if other else "it is starting or ending now"
            raise DataFolderInUse(
                f"Patchbay already runs on the data folder {folder} ({who}). "
                "Use that one, stop it, or set PATCHBAY_HOME to another folder.",
                folder=str(folder),
            )
        (folder / STATE).unlink(missing_ok=True)  # left behind by one that was killed
        try:
            yield
        finally:
            (folder / STATE).unlink(missing_ok=True)


def running(folder: Path) -> Running | None:
    """The platform that runs on this data folder, or None."""
    lock_file = folder / LOCK
    if not lock_file.exists():
        return None
    with lock_file.open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return read_state(folder)
    return None


def _lock(file: TextIO) -> bool:
    for attempt in range(5):
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except BlockingIOError:
            time.sleep(0.02 * attempt)  # `running` holds it for a moment when it looks
    return False


def read_state(folder: Path) -> Running | None:
    try:
        return Running(**json.loads((folder / STATE).read_text()))
    except (OSError, ValueError, TypeError):
        return None


def write_state(folder: Path, state: Running) -> None:
    _write_private(folder / STATE, json.dumps(asdict(state)))


def _write_private(file: Path, text: str) -> None:
    """Write a file of mode 0600 in one step: readers see the old text or the new one."""
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as stream:
        stream.write(text)
    draft.replace(file)
