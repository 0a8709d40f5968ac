"""The system calls that Python has no name for."""

from __future__ import annotations

import ctypes
import os

PR_SET_NO_NEW_PRIVS = 38

_libc = ctypes.CDLL(None, use_errno=True)


def checked(result: int, what: str) -> int:
    """The result of a C function; OSError when it is -1."""
    if result == -1:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
    return result


def syscall(number: int, *arguments: object, what: str) -> int:
    """A system call by its number. Raises OSError."""
    converted = [ctypes.c_long(each) if isinstance(each, int) else each for each in arguments]
    return checked(_libc.syscall(ctypes.c_long(number), *converted), what)


def prctl(option: int, *arguments: object) -> None:
    """Raises OSError."""
    padded = [*arguments, *[0] * (4 - len(arguments))]
    converted = [ctypes.c_ulong(each) if isinstance(each, int) else each for each in padded]
    checked(_libc.prctl(option, *converted), "prctl")


def unshare(flags: int) -> None:
    """Leave namespaces. Raises OSError."""
    checked(_libc.unshare(flags), "unshare")


def mount(source: str, target: str, type: str = "", flags: int = 0, data: str = "") -> None:
    """Raises OSError."""
    arguments = [text.encode() or None for text in (source, target, type)]
    checked(_libc.mount(*arguments, ctypes.c_ulong(flags), data.encode() or None), f"mount on {target}")


def no_new_privileges() -> None:
    """From here on no program that this process starts has more rights than it has itself. Raises OSError."""
    prctl(PR_SET_NO_NEW_PRIVS, 1)


class _Header(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


class _Capabilities(ctypes.Structure):
    _fields_ = (("effective", ctypes.c_uint32), ("permitted", ctypes.c_uint32), ("inheritable", ctypes.c_uint32))


_CAPABILITY_VERSION = 0x20080522


def drop_capabilities() -> None:
    """Give up root's special rights; what its user id alone allows stays. Raises OSError."""
    header, none = _Header(_CAPABILITY_VERSION, 0), (_Capabilities * 2)()
    checked(_libc.capset(ctypes.byref(header), none), "capset")
