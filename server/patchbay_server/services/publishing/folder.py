"""The folder of published operators, which all hosts of a platform share."""

from __future__ import annotations

import fcntl
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from patchbay_server.config import INDEX
from patchbay_server.services.publishing.errors import PublishingBusy

RETRY_AFTER = 10
"""Seconds after which to try again while somebody else publishes."""
_PAUSE = 0.1


class OperatorsFolder:
    """Where things lie.

    ::

        index.json                    what is visible now (patchbay_sdk.published)
        releases/<name>/<version>/    a package, unpacked: its import root
        environments/<digest>/        a virtual environment, shared by releases with the same lock
        drafts/                       what is not finished; empty while nobody publishes
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    @property
    def index(self) -> Path:
        """The index file; there is none until something is published."""
        return self.root / INDEX

    def release(self, name: str, version: str) -> Path:
        """The import root of a release."""
        return self.root / "releases" / name / version

    def environment(self, digest: str) -> Path:
        """The environment of a lock."""
        return self.root / "environments" / digest

    @contextmanager
    def draft(self) -> Iterator[Path]:
        """A new empty folder, removed at the end unless it was moved into place."""
        folder = self.root / "drafts" / uuid4().hex
        folder.mkdir(parents=True)
        (self.root / "environments").mkdir(exist_ok=True)
        try:
            yield folder
        finally:
            remove(folder)

    @contextmanager
    def held(self, wait: float = 0.0) -> Iterator[None]:
        """Publish: one at a time, and what a publisher that was killed has left behind is removed first.

        Raises:
            PublishingBusy: somebody else publishes, and still did after `wait` seconds.
        """
        self.root.mkdir(parents=True, exist_ok=True)
        with (self.root / "publishing.lock").open("a") as lock:
            deadline = time.monotonic() + wait
            while not _lock(lock.fileno()):
                if time.monotonic() >= deadline:
                    raise PublishingBusy(
                        "Somebody else publishes an operator package at this moment; try again in a little while.",
                        seconds=RETRY_AFTER,
                    )
                time.sleep(_PAUSE)
            remove(self.root / "drafts")
            yield


def _lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def make_read_only(folder: Path) -> None:
    """Take away everybody's right to write into the files of a folder; people can still remove it."""
    for parent, _, files in os.walk(folder):
        for name in files:
            os.chmod(os.path.join(parent, name), 0o444)


def remove(folder: Path) -> None:
    """Remove a folder, which may not exist."""
    shutil.rmtree(folder, ignore_errors=True)
