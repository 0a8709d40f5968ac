"""What tests look up about processes, from /proc; no process is found by its name."""

import ctypes
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PR_SET_CHILD_SUBREAPER = 36


def state_and_parent(pid: int) -> tuple[str, int] | None:
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
    state, parent = text.rpartition(")")[2].split()[:2]
    return state, int(parent)


def descendants(pid: int) -> set[int]:
    """Living processes below `pid`."""
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (found := state_and_parent(int(entry.name))) and found[0] != "Z":
            parents[int(entry.name)] = found[1]
    below: set[int] = set()
    layer = {pid}
    while layer:
        layer = {child for child, parent in parents.items() if parent in layer}
        below |= layer
    return below


def command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except (FileNotFoundError, ProcessLookupError):
        return ""


@contextmanager
def leaving_nothing_behind() -> Iterator[None]:
    """Fails when a process started inside, or an orphan of one, still lives at the end.

    Orphans come to this process, however often they have forked away: it is their subreaper.
    """
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1)
    before = descendants(os.getpid())
    yield
    wait_for(lambda: not _living(before), what="every process to end", detail=lambda: _living(before))


def _living(before: set[int]) -> dict[int, str]:
    left = descendants(os.getpid()) - before
    _reap_orphans()
    return {pid: command_line(pid) for pid in left if (found := state_and_parent(pid)) and found[0] != "Z"}


def _reap_orphans() -> None:
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and state_and_parent(int(entry.name)) == ("Z", os.getpid()):
            with suppress(ChildProcessError):
                os.waitpid(int(entry.name), os.WNOHANG)


def wait_for(
    condition: Callable[[], object], *, what: str, detail: Callable[[], object] = str, seconds: float = 30
) -> None:
    """Wait until a condition holds; the limit is only there to fail instead of hanging."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited {seconds:g} s for {what}: {detail()}"
        time.sleep(0.05)
