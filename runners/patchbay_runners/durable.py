"""Files on disk: hashing, syncing, and errors that say what to do."""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from blake3 import blake3

from patchbay_sdk.errors import ArtifactError

LARGE = 1 << 20
"""Bytes from which on a file is hashed through a memory map, on all cores."""

FRESH = 600.0
"""Seconds for which a file counts as just made or wanted: so those that many use are not marked all the time."""

_ADVICE = {
    errno.ENOSPC: "the disk is full: free space on it or move the data folder to a larger one",
    errno.EDQUOT: "the disk quota is used up: free space or ask for more",
    errno.EFBIG: "the file is larger than the process or the file system allows: write less or raise the limit",
    errno.EACCES: "permission is denied: give the user that runs Patchbay write access to it",
    errno.EPERM: "permission is denied: give the user that runs Patchbay write access to it",
    errno.EROFS: "the file system is read-only: mount it writable or move the data folder",
    errno.EMFILE: "too many files are open: raise the limit (ulimit -n)",
}


@contextmanager
def storage_errors(action: str) -> Iterator[None]:
    """Turn an OSError into an ArtifactError that says what failed and what to do."""
    try:
        yield
    except OSError as error:
        advice = _ADVICE.get(error.errno or 0, error.strerror or str(error))
        raise ArtifactError(f"Cannot {action}: {advice}.", errno=error.errno, path=error.filename) from error


def hash_file(path: Path) -> str:
    """BLAKE3 of a file in hex, read by memory map on all cores when it is large."""
    if path.stat().st_size < LARGE:
        return blake3(path.read_bytes()).hexdigest()
    return blake3(max_threads=blake3.AUTO).update_mmap(path).hexdigest()


def mark_wanted(path: Path) -> float:
    """Note that a file of a store is wanted: it was modified now, unless that is less than `FRESH` seconds ago.

    Returns its age before, in seconds. (The time of the last access will not do: reading changes it, or does not.)

    Raises:
        FileNotFoundError: it is not there.
        PermissionError: it belongs to somebody else.
    """
    age = time.time() - path.stat().st_mtime
    if age > FRESH:
        os.utime(path)
    return age


def sync(path: Path) -> None:
    """fsync a file, or a folder (which makes the names in it durable)."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
