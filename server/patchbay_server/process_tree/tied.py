"""Processes that cannot outlive the one that started them."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def start_tied(
    command: Sequence[str],
    *,
    environment: Mapping[str, str],
    log: Path | None,
    pass_fds: Sequence[int] = (),
    on_parent_death: signal.Signals = signal.SIGTERM,
) -> subprocess.Popen[bytes]:
    """Start a process in a session of its own that gets a signal when this one dies, even by SIGKILL.

    Its output is appended to `log`; None discards it. Must be called from the main thread: Linux ties the child to
    the thread that started it. Elsewhere than on Linux a SIGKILL of this process leaves the child running.
    """
    parent = os.getpid()

    def tie() -> None:
        if _libc is None:
            return
        _libc.prctl(PR_SET_PDEATHSIG, on_parent_death)
        if os.getppid() != parent:  # the parent died before the tie held
            os._exit(1)

    output = log.open("ab") if log else None
    try:
        return subprocess.Popen(
            command,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=output or subprocess.DEVNULL,
            stderr=subprocess.STDOUT,
            pass_fds=tuple(pass_fds),
            start_new_session=True,
            preexec_fn=tie,
        )
    finally:
        if output:
            output.close()


def end(processes: Sequence[subprocess.Popen[bytes]], grace: float) -> None:
    """SIGTERM to all, at most `grace` seconds for all together, then SIGKILL to whatever is left of their groups."""
    for process in processes:
        if process.poll() is None:
            process.terminate()
    deadline = time.monotonic() + grace
    for process in processes:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=max(0.0, deadline - time.monotonic()))
        kill_group(process)


def kill_group(process: subprocess.Popen[bytes]) -> None:
    """SIGKILL to the process and everything in its group, then reap it."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
