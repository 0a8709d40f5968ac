"""The runner's side of the preloader: starts it, has it fork and end task processes, hears of their exits."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from patchbay_runners.attempt_log import TaskOutput
from patchbay_runners.lines import LineSocket
from patchbay_runners.processes import limit_memory, signal_group
from patchbay_sdk.errors import PatchbayError

FORK_TIMEOUT = 120.0
"""Seconds that a fork may take: the preloader may be in the middle of a slow import on a busy machine."""

END_MARGIN = 10.0
"""Seconds beyond the grace period after which a preloader that does not answer is itself killed."""

_NEEDED = ("PATH", "PYTHONPATH", "VIRTUAL_ENV", "LD_LIBRARY_PATH", "JAVA_HOME", "HOME", "USER", "TMPDIR")
_LANGUAGE = ("LANG", "LANGUAGE", "TZ")
_THREADS = (
    "OMP_NUM_THREADS",
    "OMP_WAIT_POLICY",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "POLARS_MAX_THREADS",
    "CUDA_VISIBLE_DEVICES",
)
_OF_THIS_PYTHON = ("PYTHONPATH", "VIRTUAL_ENV")
PASSED_ON = frozenset((*_NEEDED, *_LANGUAGE, *_THREADS))
"""Environment variables that reach task processes, with LC_*; everything else may be a secret and stays behind."""


class RunnerError(PatchbayError):
    """The machinery that runs tasks failed, not the task."""

    code = "runner_failed"


@dataclass(slots=True)
class TaskProcessHandle:
    """A forked task process: what it prints, whether it has all preloaded modules, how many tasks it ran."""

    pid: int
    channel: LineSocket
    output: TaskOutput
    complete: bool
    tasks: int = 0

    def close(self) -> None:
        """Let go of the process's files."""
        self.channel.close()
        self.output.close()


class PreloaderClient:
    """Starts the preloader at once; it imports `modules` in order while the caller goes on.

    Args:
        modules: modules to import, most needed first.
        environment: variables for task processes beside the passed-on ones.
        python: the interpreter of another environment, which has its own import path; None: this one.
        memory: bytes that each task process may take, beside files that it maps; None: no limit.
    """

    def __init__(
        self,
        modules: Sequence[str],
        environment: Mapping[str, str],
        python: Path | None = None,
        memory: int | None = None,
    ) -> None:
        ours, theirs = socket.socketpair()
        passed_on = scrubbed(os.environ)
        if python is not None:
            passed_on = {name: value for name, value in passed_on.items() if name not in _OF_THIS_PYTHON}
        with theirs:
            self._process = subprocess.Popen(
                [python or sys.executable, "-P", "-m", "patchbay_runners.preloader", str(theirs.fileno()), *modules],
                pass_fds=[theirs.fileno()],
                env=passed_on | dict(environment),
                stdin=subprocess.DEVNULL,
                cwd="/",
                start_new_session=True,
            )
        if memory is not None:
            limit_memory(self._process.pid, memory)
        self._control = LineSocket(ours)
        self._exits: dict[int, int] = {}
        self.complete = False
        """Whether all modules are imported."""

    def fileno(self) -> int:
        return self._control.fileno()

    @property
    def alive(self) -> bool:
        """Whether the preloader answers."""
        return not self._control.closed

    def fork(self, output: TaskOutput) -> TaskProcessHandle:
        """A new task process that prints into `output`. Raises RunnerError when the preloader is dead."""
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                request = json.dumps({"fork": True}).encode() + b"\n"
                socket.send_fds(self._control.stream, [request], [theirs.fileno(), output.fileno()])
            except OSError:
                self._control.closed = True
            answer = self._await("forked", time.monotonic() + FORK_TIMEOUT)
        if answer is None:
            ours.close()
            output.close()
            self._finish()
            code = self._process.returncode
            raise RunnerError(
                f"The preloader gives no answer (python -m patchbay_runners.preloader, exit code {code})."
            )
        return TaskProcessHandle(answer["forked"], LineSocket(ours), output, self.complete)

    def stop(self, pid: int) -> None:
        """SIGTERM to a task process, which goes on to its end; to none that it has started."""
        with contextlib.suppress(OSError):
            self._control.stream.sendall(json.dumps({"stop": pid}).encode() + b"\n")
        self._await("stopped", time.monotonic() + END_MARGIN)

    def end(self, pid: int, grace: float) -> None:
        """End a task process and all it has started; returns when nothing of it is left.

        SIGTERM to its process group, SIGKILL after `grace` seconds (0: at once).
        """
        with contextlib.suppress(OSError):
            self._control.stream.sendall(json.dumps({"end": pid, "grace": grace}).encode() + b"\n")
        answer = self._await("ended", time.monotonic() + grace + END_MARGIN)
        if answer is None:
            self._process.kill()  # the kernel ends its task processes with it
            self._finish()
            signal_group(pid, signal.SIGKILL)
        self._exits.pop(pid, None)

    def exit_status(self, pid: int, timeout: float = 0) -> int | None:
        """The wait status of a task process that has exited by itself; None while it has not."""
        deadline = time.monotonic() + timeout
        self.poll()
        while pid not in self._exits and self.alive and self._wait_readable(deadline):
            self.poll()
        return self._exits.pop(pid, None)

    def poll(self) -> None:
        """Take in what the preloader has said."""
        for line in self._control.read():
            self._hear(json.loads(line))

    def close(self) -> None:
        """End the preloader and every task process."""
        self._finish()

    def _finish(self) -> None:
        self._control.close()
        try:
            self._process.wait(END_MARGIN)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _await(self, key: str, deadline: float) -> dict[str, Any] | None:
        while self.alive and self._wait_readable(deadline):
            found: dict[str, Any] | None = None
            for line in self._control.read():
                message: dict[str, Any] = json.loads(line)
                self._hear(message)
                if key in message:
                    found = message
            if found is not None:
                return found
        return None

    def _hear(self, message: Mapping[str, Any]) -> None:
        if "exited" in message:
            self._exits[message["exited"]] = message["status"]
        self.complete = self.complete or "complete" in message

    def _wait_readable(self, deadline: float) -> bool:
        readable, _, _ = select.select([self._control], [], [], max(0.0, deadline - time.monotonic()))
        return bool(readable)


def scrubbed(environment: Mapping[str, str]) -> dict[str, str]:
    """The variables that user code may see, and those that make it print UTF-8 and hash strings alike everywhere.

    Threads of OpenMP that wait for each other sleep, unless the machine says otherwise: spinning, as they do by
    default, makes training ten times slower as soon as other tasks want the same CPUs.
    """
    kept = {name: value for name, value in environment.items() if name in PASSED_ON or name.startswith("LC_")}
    return {"OMP_WAIT_POLICY": "PASSIVE"} | kept | {"PYTHONUTF8": "1", "PYTHONHASHSEED": "0"}
