"""Forks a process per part of the report, and ends what it leaves behind."""

from __future__ import annotations

import ctypes
import os
import select
import signal
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

_PR_SET_DUMPABLE, _PR_SET_CHILD_SUBREAPER = 4, 36
MOST_PRINTED = 2000
"""Bytes of what a process printed that may be told: the last ones."""


@dataclass(frozen=True)
class Ended:
    """How a forked process ended. `failure`: empty when it ended well. `peak_memory`: bytes."""

    failure: str
    peak_memory: int


def guard_against_children() -> None:
    """Keep forked processes from looking into this one or its files, and become the parent of those they leave."""
    if sys.platform == "linux":
        libc = ctypes.CDLL(None)
        libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
        libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def forked(action: Callable[[], None], folder: Path, *, closing: int, seconds: float) -> Ended:
    """Run an action in a forked process that has not got the descriptor `closing`, and prints into a file of `folder`.

    When it takes longer than `seconds` it is ended, and so is whatever it has started.
    """
    folder.mkdir(parents=True, exist_ok=True)
    printed = folder / "printed"
    pid = os.fork()
    if pid == 0:
        _become(action, printed, closing)
    timed_out = not _wait(pid, seconds)
    if timed_out:
        os.kill(pid, signal.SIGKILL)
    _, status, used = os.wait4(pid, 0)
    left_behind = _end_children()
    return Ended(_failure(status, timed_out, left_behind, seconds, printed), used.ru_maxrss * _MAXRSS_UNIT)


_MAXRSS_UNIT = 1 if sys.platform == "darwin" else 1024


def _become(action: Callable[[], None], printed: Path, closing: int) -> None:
    code = 1
    try:
        os.close(closing)
        output = os.open(printed, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.dup2(output, 1)
        os.dup2(output, 2)
        action()
        code = 0
    except BaseException:  # noqa: BLE001 whatever happens, the child must not go on as the report
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _wait(pid: int, seconds: float) -> bool:
    """Whether a child has ended within the time."""
    deadline = time.monotonic() + seconds
    while os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
        left = deadline - time.monotonic()
        if left <= 0:
            return False
        if hasattr(os, "pidfd_open"):
            descriptor = os.pidfd_open(pid)
            select.select([descriptor], [], [], left)
            os.close(descriptor)
        else:
            time.sleep(0.01)
    return True


def _end_children() -> int:
    """End what the process has left behind; how many there were."""
    ended = 0
    while children := _children():
        ended += len(children)
        for pid in children:
            os.kill(pid, signal.SIGKILL)
        for pid in children:
            os.waitpid(pid, 0)
    return ended


def _children() -> set[int]:
    lists = [path.read_text() for path in Path("/proc/self/task").glob("*/children")]
    return {int(pid) for pids in lists for pid in pids.split()}


def _failure(status: int, timed_out: bool, left_behind: int, seconds: float, printed: Path) -> str:
    if timed_out:
        return f"It took longer than {seconds:g} s."
    code = os.waitstatus_to_exitcode(status)
    if code < 0:
        name = signal.Signals(-code).name
        return f"Its process was ended by {name}. {_last_words(printed)}".rstrip()
    if code > 0:
        return f"Its process exited with code {code}. {_last_words(printed)}".rstrip()
    if left_behind:
        return f"It left {left_behind} process(es) behind: an operator ends what it starts before it returns."
    return ""


def _last_words(printed: Path) -> str:
    try:
        with printed.open("rb") as file:
            file.seek(max(0, printed.stat().st_size - MOST_PRINTED))
            text = file.read(MOST_PRINTED).decode("utf-8", "replace").strip()
    except OSError:
        return ""
    return f"It printed last: {text}" if text else ""
