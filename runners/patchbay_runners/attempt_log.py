"""Everything that a task prints, from Python or native code, goes into its attempt's log file as it happens."""

from __future__ import annotations

import contextlib
import ctypes
import os
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TextIO

_LIBC = ctypes.CDLL(None)


def open_attempt_log(path: Path) -> AbstractContextManager[None]:
    """Send file descriptors 1 and 2, and `sys.stdout` and `sys.stderr` above them, to the end of a file.

    After the block they still point there: what a task left running prints into that task's log, not the next's.

    Raises:
        OSError: the file cannot be opened.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o644)
    os.dup2(descriptor, 1)
    os.dup2(descriptor, 2)
    os.close(descriptor)
    sys.stdout, sys.stderr = _line_buffered(1), _line_buffered(2)
    return _flushed_at_the_end()


@contextlib.contextmanager
def _flushed_at_the_end() -> Iterator[None]:
    try:
        yield
    finally:
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError, ValueError):  # the disk is full, or the task closed the stream
                stream.flush()
        _LIBC.fflush(None)  # what native code wrote with printf waits in C's own buffer


def _line_buffered(descriptor: int) -> TextIO:
    return open(descriptor, "w", buffering=1, encoding="utf-8", errors="backslashreplace", closefd=False)
