"""A seccomp filter: refuses the system calls that an operator has no use for and an attack may have.

Without `setsid` and `setpgid` every descendant stays in the process group of its leader, so that one signal ends them
all, however quickly they fork.
"""

from __future__ import annotations

import ctypes
import errno
import platform
import struct

from patchbay_runners.sandbox.kernel import prctl

_PR_SET_SECCOMP, _MODE_FILTER = 22, 2
_ALLOW, _KILL = 0x7FFF0000, 0x80000000
_REFUSE, _UNKNOWN = 0x00050000 | errno.EPERM, 0x00050000 | errno.ENOSYS
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT = 0, 4, 16  # offsets in struct seccomp_data (little endian)
_X32 = 0x40000000
_NEW_NAMESPACES = 0x7E020000
"""CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID and NEWNET."""

_ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_CLONE = {"x86_64": 56, "aarch64": 220}
_CLONE3 = 435
_NETWORK = {"socket": (41, 198), "connect": (42, 203)}
_OTHERS = {
    "setsid": (112, 157), "setpgid": (109, 154),
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271), "pidfd_getfd": (438, 438),
    "unshare": (272, 97), "setns": (308, 268), "mount": (165, 40), "umount2": (166, 39), "pivot_root": (155, 41),
    "chroot": (161, 51), "open_tree": (428, 428), "move_mount": (429, 429), "fsopen": (430, 430),
    "io_uring_setup": (425, 425), "bpf": (321, 280), "userfaultfd": (323, 282), "perf_event_open": (298, 241),
    "add_key": (248, 217), "request_key": (249, 218), "keyctl": (250, 219),
}  # fmt: skip


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def refuse(*, network: bool) -> bool:
    """Refuse them from here on, and sockets unless `network`; False where the machine has no such filter."""
    machine = platform.machine()
    if machine not in _ARCHITECTURES:
        return False
    code = _program(machine, network)
    program = _Program(len(code) // 8, code)
    try:
        prctl(_PR_SET_SECCOMP, _MODE_FILTER, ctypes.byref(program))
    except OSError:
        return False
    return True


def _program(machine: str, network: bool) -> bytes:
    column = list(_ARCHITECTURES).index(machine)
    refused = [numbers[column] for numbers in (*_OTHERS.values(), *(() if network else _NETWORK.values()))]
    lines = [
        _line(_LOAD, _ARCHITECTURE),
        _line(_EQUAL, _ARCHITECTURES[machine], 1, 0),
        _line(_RETURN, _KILL),
        _line(_LOAD, _NUMBER),
        _line(_AT_LEAST, _X32, 0, 1),
        _line(_RETURN, _REFUSE),
        _line(_EQUAL, _CLONE3, 0, 1),  # its flags are out of a filter's sight; the C library uses clone then
        _line(_RETURN, _UNKNOWN),
    ]
    for number in refused:
        lines += [_line(_EQUAL, number, 0, 1), _line(_RETURN, _REFUSE)]
    lines += [
        _line(_EQUAL, _CLONE[machine], 0, 3),
        _line(_LOAD, _FIRST_ARGUMENT),
        _line(_ANY_BIT, _NEW_NAMESPACES, 0, 1),
        _line(_RETURN, _REFUSE),
        _line(_RETURN, _ALLOW),
    ]
    return b"".join(lines)


def _line(operation: int, value: int, then: int = 0, otherwise: int = 0) -> bytes:
    """One instruction of the classic Berkeley packet filter; jumps are relative."""
    return struct.pack("=HBBI", operation, then, otherwise, value)
