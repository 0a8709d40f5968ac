"""Puts the walls around the current process."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from patchbay_runners.processes import die_with_parent, volunteer_for_oom_killer
from patchbay_runners.sandbox import kernel, landlock, limits, namespaces, system_calls
from patchbay_runners.sandbox.rules import Protections, Rules, SandboxError

SYSTEM = tuple(
    map(
        Path,
        (
            *("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/nix/store", "/proc"),
            *("/sys/devices/system", "/sys/fs/cgroup", "/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d"),
            *("/etc/localtime", "/etc/timezone", "/etc/passwd", "/etc/group", "/etc/nsswitch.conf", "/etc/os-release"),
            *("/etc/hosts", "/etc/services", "/etc/protocols", "/etc/ssl", "/etc/fonts", "/etc/mime.types"),
            *("/etc/alternatives", "/dev/random", "/dev/urandom", "/dev/zero"),
        ),
    )
)
"""What every program reads: libraries, time zones, names of users. Nothing in it is a secret."""

NETWORK = (Path("/etc/resolv.conf"), Path("/run/systemd/resolve"))

FIRST_USER = 0x70000000
"""Users of sandboxes are this number plus the process id: nobody else has one, and no two have the same."""
NOBODY = 65534


def confine(rules: Rules) -> Protections:
    """Confine this process and all it will start; there is no way back. For a child that was just forked.

    It becomes the leader of its own session, dies with its parent, and keeps the files that it has open.

    Raises:
        SandboxError: it has several threads, or a wall fell over half built: the process must end.
    """
    if len(os.listdir("/proc/self/task") if sys.platform == "linux" else [0]) > 1:
        raise SandboxError("Only a process with a single thread can be confined.")
    parent = os.getppid()
    with suppress(PermissionError):  # it leads a session already
        os.setsid()
    with suppress(OSError):
        volunteer_for_oom_killer()
    try:
        return _linux(rules, parent) if sys.platform == "linux" else _elsewhere(rules, parent)
    except (OSError, ValueError) as error:
        raise SandboxError(f"The sandbox could not be put up: {error}.") from error


def _linux(rules: Rules, parent: int) -> Protections:
    separate = os.geteuid() == 0 and namespaces.enter(network=rules.network)
    user = rules.own_user and os.geteuid() == 0 and _become_nobody_else(rules, may_mount=separate)
    with suppress(OSError):
        kernel.drop_capabilities()
    die_with_parent(parent)
    kernel.no_new_privileges()
    shared = (namespaces.SHARED_MEMORY,) if separate else ()
    readable = (*SYSTEM, *(NETWORK if rules.network else ()), *rules.readable)
    writable = (Path("/dev/null"), Path("/dev/full"), *shared, *rules.writable)
    fence = landlock.restrict(readable, writable, moves=rules.moves, network=rules.network)
    limits.limit(rules, own_user=user)
    refused = system_calls.refuse(network=rules.network)
    network = "namespace" if separate else "system calls" if refused else "landlock" if fence >= 4 else None
    return Protections(
        user=user,
        network=None if rules.network else network,
        files="landlock" if fence else None,
        processes=fence >= 6 or (user and refused),
        system_calls=refused,
        limits=True,
    )


def _elsewhere(rules: Rules, parent: int) -> Protections:
    die_with_parent(parent)
    limits.limit(rules, own_user=False)
    return Protections(limits=True)


def _become_nobody_else(rules: Rules, *, may_mount: bool) -> bool:
    """Take a user id that nobody has; False when none is free, or what must be read is closed to it."""
    user = _free_id("uid")
    group = _free_id("gid")
    if user is None or group is None or not all(_readable(path) for path in rules.readable):
        return False
    closed = namespaces.closed_folders((*rules.readable, *rules.writable))
    if closed and (not may_mount or Path("/") in closed):
        return False
    for path in rules.writable:
        os.chown(path, user, group)
    namespaces.open_up(closed)
    os.setgroups([])
    os.setresgid(group, group, group)
    os.setresuid(user, user, user)
    return True


def _readable(path: Path) -> bool:
    """Whether others may read a path, once they are there."""
    wanted = 0o005 if path.is_dir() else 0o004
    return path.stat().st_mode & wanted == wanted


def _free_id(kind: str) -> int | None:
    """An id of this process's own, among those that exist here (a container may have few)."""
    ranges = Path(f"/proc/self/{kind}_map").read_text()
    known = [(int(first), int(first) + int(count)) for first, _, count in re.findall(r"(\d+)\s+(\d+)\s+(\d+)", ranges)]
    return next((id for id in (FIRST_USER + os.getpid(), NOBODY) if _is_in(id, known)), None)


def _is_in(id: int, ranges: Iterable[tuple[int, int]]) -> bool:
    return any(first <= id < end for first, end in ranges)
