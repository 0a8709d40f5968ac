"""What keeps a task's processes in hand: they die with their parent and cannot slip away from it."""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import signal
import sys
from pathlib import Path
from typing import Any

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_PAGE = os.sysconf("SC_PAGE_SIZE")
OUT_OF_MEMORY = ("MemoryError", "memory allocation of", "bad_alloc")
"""What Python, Rust and C++ print as they end for want of memory."""
PROCESS_DIED = "process_died"
"""The error code of a task whose process ended by its own doing."""
PROCESS_KILLED = "process_killed"
"""The error code of a task whose process was ended by somebody else: the task may be tried again."""
_KILLED_FIRST_WHEN_MEMORY_RUNS_OUT = "500"


def die_with_parent(parent: int) -> None:
    """Have the kernel kill this process when its parent ends (Linux; elsewhere the closed pipe has to do)."""
    if sys.platform == "linux":
        _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def adopt_orphans() -> None:
    """Become the parent of descendants whose own parent has ended, instead of init (Linux)."""
    if sys.platform == "linux":
        _prctl(_PR_SET_CHILD_SUBREAPER, 1)


def volunteer_for_oom_killer() -> None:
    """When memory runs out, let the kernel kill this process before the one that supervises it (Linux)."""
    if sys.platform == "linux":
        with open("/proc/self/oom_score_adj", "w") as file:
            file.write(_KILLED_FIRST_WHEN_MEMORY_RUNS_OUT)


def runs(pid: int) -> bool:
    """Whether a process runs: one that has ended is there until its parent has heard of it, but does not run."""
    try:
        os.kill(pid, 0)
        if sys.platform == "linux":
            return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"
    except (ProcessLookupError, FileNotFoundError):
        return False
    return True


def signal_group(leader: int, number: int) -> None:
    """Send a signal to a process group that may be gone already."""
    with contextlib.suppress(ProcessLookupError, PermissionError):  # macOS answers EPERM for a group of zombies
        os.killpg(leader, number)


def kill_children(keep: set[int]) -> None:
    """Kill this process's children but for `keep`, and theirs, which become ours as their parents end."""
    while strangers := children() - keep:
        for pid in strangers:
            os.kill(pid, signal.SIGKILL)
        for pid in strangers:
            os.waitpid(pid, 0)


def children() -> set[int]:
    """Process ids of this process's children, running or ended (Linux; elsewhere nothing is adopted)."""
    lists = [path.read_text() for path in Path("/proc/self/task").glob("*/children")]
    return {int(pid) for pids in lists for pid in pids.split()}


def limit_memory(pid: int, memory: int) -> None:
    """Limit what a process, and each that it starts from now on, may take beside files that it maps (Linux).

    A lower limit that is in force already stays.
    """
    if sys.platform == "linux":
        with contextlib.suppress(OSError, ValueError):
            resource.prlimit(pid, resource.RLIMIT_DATA, (memory, memory))


def out_of_memory(limit: int | None) -> dict[str, Any]:
    """The error of a task that asked for more memory than it may have: `limit` bytes, None: than there was."""
    most = "there was" if limit is None else f"the {limit / (1 << 30):.3g} GiB of its pool"
    message = f"The task needed more memory than {most}: give it less data, or the pool more memory."
    return {"code": "out_of_memory", "message": message, "details": {"limit": limit}}


def out_of_memory_kills() -> int:
    """How many processes the kernel has killed for want of memory since it started; 0 where it does not say (Linux)."""
    with contextlib.suppress(OSError):
        for line in Path("/proc/vmstat").read_text().splitlines():
            name, _, number = line.partition(" ")
            if name == "oom_kill":
                return int(number)
    return 0


def memory_limit() -> int | None:
    """Bytes that this process may take beside files that it maps; None: there is no limit."""
    limit, _ = resource.getrlimit(resource.RLIMIT_DATA)
    return None if limit == resource.RLIM_INFINITY else limit


def has_children() -> bool:
    """Whether this process has any child, running or ended."""
    try:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return False
    return True


class MemoryGauge:
    """Measures this process's own memory; memory-mapped files do not count."""

    def __init__(self) -> None:
        self._statm = os.open("/proc/self/statm", os.O_RDONLY) if sys.platform == "linux" else -1

    def read(self) -> int:
        """Bytes."""
        if self._statm < 0:
            return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        _, resident, shared, *_ = os.pread(self._statm, 100, 0).split()
        return (int(resident) - int(shared)) * _PAGE


def describe_exit(status: int) -> str:
    """A process's end in words, from its wait status."""
    code = os.waitstatus_to_exitcode(status)
    if code >= 0:
        return f"exited with code {code} before the operator returned"
    name = signal.Signals(-code).name
    if -code == signal.SIGKILL:
        return f"was killed from outside ({name})"
    if -code in (signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS, signal.SIGILL, signal.SIGFPE):
        return f"crashed in native code ({name}); the log shows where"
    return f"was ended by {name}"


def _prctl(option: int, value: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(option, value, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl failed")
