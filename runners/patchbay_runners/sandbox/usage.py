"""What the processes below this one use, seen from outside."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path


def descendants() -> set[int]:
    """Process ids of all children of this process, theirs, and so on (Linux)."""
    found: set[int] = set()
    waiting = [os.getpid()]
    while waiting:
        for child in _children(waiting.pop()) - found:
            found.add(child)
            waiting.append(child)
    return found


def memory_of(processes: Iterable[int]) -> int:
    """Bytes that these processes hold for themselves; files that are mapped do not count."""
    return sum(_memory(pid) for pid in processes)


def disk_use(folders: Iterable[Path]) -> int:
    """Bytes below these folders, 4 KiB at least for whatever has a name."""
    total = 0
    waiting = [*map(str, folders)]
    while waiting:
        try:
            entries = list(os.scandir(waiting.pop()))
        except OSError:  # it has just been removed
            continue
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                waiting.append(entry.path)
            total += _size(entry)
    return total


def _size(entry: os.DirEntry[str]) -> int:
    try:
        return max(4096, entry.stat(follow_symlinks=False).st_blocks * 512)
    except OSError:
        return 0


def _children(pid: int) -> set[int]:
    found: set[int] = set()
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found.update(map(int, path.read_text().split()))
        except OSError:
            continue
    return found


def _memory(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith(("RssAnon:", "RssShmem:"))) * 1024
