"""Everything that a task prints, from Python or native code, goes into its attempt's log file as it happens."""

from __future__ import annotations

import contextlib
import ctypes
import os
import sys
from typing import TextIO

_LIBC = ctypes.CDLL(None)


class AttemptLog:
    """File descriptors 1 and 2 of this process, and `sys.stdout` and `sys.stderr` above them."""

    def __init__(self) -> None:
        self._open_streams()

    def start(self, path: str) -> None:
        """Send everything that is printed from now on to the end of a file.

        It stays so after the task: what a task left running prints into that task's log, not the next's.

        Raises:
            OSError: the file cannot be opened.
        """
        descriptor = _open_for_append(path)
        os.dup2(descriptor, 1)
        os.dup2(descriptor, 2)
        os.close(descriptor)
        if self._stdout.closed or self._stderr.closed:
            self._open_streams()
        sys.stdout, sys.stderr = self._stdout, self._stderr

    def flush(self) -> None:
        """Write out what Python and C still hold in buffers."""
        for stream in (self._stdout, self._stderr):
            with contextlib.suppress(OSError, ValueError):  # the disk is full, or the task closed the stream
                stream.flush()
        _LIBC.fflush(None)

    def _open_streams(self) -> None:
        self._stdout, self._stderr = _line_buffered(1), _line_buffered(2)


def _open_for_append(path: str) -> int:
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC
    try:
        return os.open(path, flags, 0o644)
    except FileNotFoundError:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        return os.open(path, flags, 0o644)


def _line_buffered(descriptor: int) -> TextIO:
    return open(descriptor, "w", buffering=1, encoding="utf-8", errors="backslashreplace", closefd=False)
