"""Everything that a task prints, from Python or native code, goes into its attempt's log file.

A task process prints into one unnamed scratch file for as long as it lives; the runner copies from there to the log of
the attempt that runs, every `COPY_INTERVAL` seconds and at the end. So a task that prints nothing makes no file (making
one costs more than starting a task), and what a process said before it crashed is not lost with it.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import os
import sys
import tempfile
from pathlib import Path
from typing import BinaryIO, TextIO

from patchbay_runners.durable import storage_errors
from patchbay_runners.mask import Mask, MaskedStream

COPY_INTERVAL = 0.2
"""Seconds after which a log shows at the latest what was printed."""

LONGEST = 64 << 20
"""Bytes of an attempt's log; what a task prints beyond is dropped, and takes up no space."""

_CHUNK = 1 << 20
"""Bytes; more than the longest secret has in any form."""


class TaskOutput:
    """The runner's side: the scratch file of one task process, copied into the log of each attempt.

    Args:
        folder: where the scratch file takes up space.

    Raises:
        ArtifactError: it cannot be made there.
    """

    def __init__(self, folder: Path) -> None:
        with storage_errors(f"make a file for what tasks print in {folder}"):
            folder.mkdir(parents=True, exist_ok=True)
            self._scratch = tempfile.TemporaryFile(dir=folder, buffering=0)  # noqa: SIM115 `close` closes it
        fcntl.fcntl(self._scratch, fcntl.F_SETFL, os.O_APPEND)
        self._path = ""
        self._copied = 0
        self._full = False
        self._masked = MaskedStream(Mask())

    def fileno(self) -> int:
        """The descriptor that a task process prints into."""
        return self._scratch.fileno()

    def start(self, path: str, mask: Mask) -> None:
        """From now on everything belongs to the log at `path`, which never sees what `mask` hides."""
        self._path = path
        self._copied = 0
        self._full = False
        self._masked = MaskedStream(mask)
        if os.fstat(self.fileno()).st_size:
            os.ftruncate(self.fileno(), 0)

    def copy(self, *, last: bool = False) -> None:
        """Append what is new to the log; what may be the beginning of a secret waits for the rest, or for `last`."""
        if os.fstat(self.fileno()).st_size <= self._copied:
            return
        if self._full:
            os.ftruncate(self.fileno(), 0)
            return
        # A full disk costs the log, not the task.
        with contextlib.suppress(OSError), _open_for_append(self._path) as log:
            taken = 1
            while taken and (chunk := os.pread(self.fileno(), _CHUNK, self._copied)):
                text, taken = self._masked.feed(chunk, last=last and len(chunk) < _CHUNK)
                log.write(text)
                self._copied += taken
                if self._copied >= LONGEST:
                    log.write(f"\n(it printed more than {LONGEST >> 20} MiB; the rest is left out)\n".encode())
                    self._full, self._copied = True, 0
                    break
                if self._masked and not last:
                    break  # masking takes its time; meanwhile the worker has other things to look after

    def close(self) -> None:
        """Give the scratch file's space back."""
        self._scratch.close()


def _open_for_append(path: str) -> BinaryIO:
    try:
        return open(path, "ab")
    except FileNotFoundError:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        return open(path, "ab")


class StandardStreams:
    """The task process's side: file descriptors 1 and 2, and `sys.stdout` and `sys.stderr` above them.

    Args:
        descriptor: the file to print into.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._libc = ctypes.CDLL(None)
        self._open()

    def restore(self) -> None:
        """Undo what a task may have done to them."""
        os.dup2(self._descriptor, 1)
        os.dup2(self._descriptor, 2)
        if self._stdout.closed or self._stderr.closed:
            self._open()
        sys.stdout, sys.stderr = self._stdout, self._stderr

    def write(self, text: str) -> None:
        """Print, whatever a task has done to `sys.stderr`."""
        self.flush()
        with contextlib.suppress(OSError):
            os.write(self._descriptor, text.encode("utf-8", "backslashreplace"))

    def flush(self) -> None:
        """Write out what Python and C still hold in buffers."""
        for stream in (self._stdout, self._stderr):
            with contextlib.suppress(OSError, ValueError):  # the disk is full, or the task closed the stream
                stream.flush()
        self._libc.fflush(None)

    def _open(self) -> None:
        self._stdout, self._stderr = _line_buffered(1), _line_buffered(2)


def _line_buffered(descriptor: int) -> TextIO:
    return open(descriptor, "w", buffering=1, encoding="utf-8", errors="backslashreplace", closefd=False)
