"""Own namespaces, for root: no network interface, no other user's processes, and only the folders that are needed.

A process with a user of its own cannot pass through the folders of others, and Python, the package or the folder for
temporary files may lie in one (``/root``). So in the process's own view such a closed folder becomes an empty one that
holds just what is needed, at the same place.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from patchbay_runners.sandbox.kernel import mount, unshare

_NEWNS, _NEWIPC, _NEWNET = 0x00020000, 0x08000000, 0x40000000
_NOSUID, _NODEV, _NOEXEC, _BIND, _RECURSIVE, _PRIVATE = 2, 4, 8, 4096, 16384, 1 << 18
SHARED_MEMORY = Path("/dev/shm")
_OTHERS_MAY_PASS = 0o001


def enter(*, network: bool) -> bool:
    """Leave the namespaces of the platform; False where this process may not."""
    try:
        unshare(_NEWNS | _NEWIPC | (0 if network else _NEWNET))
    except OSError:
        return False
    mount("none", "/", flags=_RECURSIVE | _PRIVATE)
    for target, type, data in (("/proc", "proc", "hidepid=2"), (str(SHARED_MEMORY), "tmpfs", "size=64m,mode=1777")):
        try:
            mount(type, target, type, _NOSUID | _NODEV | _NOEXEC, data)
        except OSError:  # a container may not allow it; the process sees the names of others then, nothing more
            continue
    return True


def closed_folders(paths: Iterable[Path]) -> dict[Path, list[Path]]:
    """Topmost folder through which others may not pass -> the paths below it, links resolved and as they are named."""
    closed: dict[Path, list[Path]] = defaultdict(list)
    for path in paths:
        for form in dict.fromkeys((path.absolute(), path.resolve())):
            folder = next((each for each in reversed(form.parents) if not _passable(each)), None)
            if folder is not None:
                closed[folder].append(form)
    return closed


def _passable(folder: Path) -> bool:
    return bool(folder.stat().st_mode & _OTHERS_MAY_PASS)


def open_up(closed: dict[Path, list[Path]]) -> None:
    """Put an empty folder over each closed one, in this mount namespace only, with the paths in it.

    Raises:
        OSError: a mount failed; the process must not go on.
    """
    previous = os.umask(0o022)
    try:
        for folder, paths in closed.items():
            descriptors = {path: os.open(path, os.O_PATH) for path in sorted(paths)}
            mount("tmpfs", str(folder), "tmpfs", _NOSUID | _NODEV, "size=1m,mode=755")
            for path, descriptor in descriptors.items():
                if not path.exists():  # it may lie in one that is there already
                    _bind(descriptor, path)
                os.close(descriptor)
    finally:
        os.umask(previous)


def _bind(descriptor: int, path: Path) -> None:
    source = f"/proc/self/fd/{descriptor}"
    if os.path.isdir(source):
        path.mkdir(parents=True)
    else:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    mount(source, str(path), flags=_BIND | _RECURSIVE)
