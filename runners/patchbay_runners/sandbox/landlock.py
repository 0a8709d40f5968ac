"""Landlock: a process gives up, for itself and its children, files, TCP, and signals to others.

https://docs.kernel.org/userspace-api/landlock.html
"""

from __future__ import annotations

import ctypes
import os
import stat
import sys
from collections.abc import Iterable
from pathlib import Path

from patchbay_runners.sandbox.kernel import syscall

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446  # the same numbers on every architecture
_VERSION = 1
_PATH_BENEATH = 1

_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_MAKE_CHAR, _MAKE_DIR, _MAKE_REG, _MAKE_BLOCK = 1 << 6, 1 << 7, 1 << 8, 1 << 11
_REFER, _TRUNCATE, _IOCTL_DEV = 1 << 13, 1 << 14, 1 << 15
_FILE_RIGHTS = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE | _IOCTL_DEV
_READ = _EXECUTE | _READ_FILE | _READ_DIR
_FILES_BY_VERSION = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 4: (1 << 15) - 1}
_FILES_SINCE_5 = (1 << 16) - 1
_TCP = 0b11
_ABSTRACT_SOCKETS_AND_SIGNALS = 0b11


class _Ruleset(ctypes.Structure):
    _fields_ = (("files", ctypes.c_uint64), ("network", ctypes.c_uint64), ("scoped", ctypes.c_uint64))


class _PathBeneath(ctypes.Structure):
    _pack_ = 1
    _layout_ = "ms"
    _fields_ = (("allowed", ctypes.c_uint64), ("folder", ctypes.c_int32))


def version() -> int:
    """What the kernel offers: 0 nothing, 1 to 3 files, 4 TCP too, 6 signals and abstract sockets too."""
    if sys.platform != "linux":
        return 0
    try:
        return syscall(_CREATE_RULESET, None, 0, _VERSION, what="landlock")
    except OSError:
        return 0


def restrict(readable: Iterable[Path], writable: Iterable[Path], *, moves: bool = False, network: bool) -> int:
    """Give up everything but these paths; the process must have no new privileges. Returns the version that holds.

    Version 1 lets nobody move files between folders, so with `moves` it is not used.

    Raises:
        OSError: the kernel has Landlock and refused this use of it.
    """
    available = version()
    if available < (2 if moves else 1):
        return 0
    files = _FILES_BY_VERSION.get(available, _FILES_SINCE_5)
    rules = _Ruleset(files, 0 if network or available < 4 else _TCP, _ABSTRACT_SOCKETS_AND_SIGNALS)
    size = 8 if available < 4 else 16 if available < 6 else 24
    ruleset = syscall(_CREATE_RULESET, ctypes.byref(rules), size, 0, what="landlock ruleset")
    try:
        for path in readable:
            _allow(ruleset, path, files & _READ)
        for path in writable:
            _allow(ruleset, path, files & ~(_MAKE_CHAR | _MAKE_BLOCK))
        syscall(_RESTRICT_SELF, ruleset, 0, what="landlock restriction")
    finally:
        os.close(ruleset)
    return available


def _allow(ruleset: int, path: Path, rights: int) -> None:
    try:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return  # what is not there, or closed to the process anyway, needs no rule
    try:
        if not stat.S_ISDIR(os.fstat(descriptor).st_mode):
            rights &= _FILE_RIGHTS
        rule = _PathBeneath(rights, descriptor)
        syscall(_ADD_RULE, ruleset, _PATH_BENEATH, ctypes.byref(rule), 0, what=f"landlock rule for {path}")
    finally:
        os.close(descriptor)
