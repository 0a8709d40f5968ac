"""Starts programs, starts again what dies, ends all of them together."""

from __future__ import annotations

import select
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from patchbay_server.process_tree.tied import end, kill_group, start_tied

FIRST_DELAY, LONGEST_DELAY = 0.2, 30.0
SETTLED = 10.0
"""Seconds after which a program counts as started well: its next restart does not wait."""


@dataclass(frozen=True, slots=True)
class Program:
    """One program of the tree."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    log: Path
    pass_fds: tuple[int, ...] = ()
    on_parent_death: signal.Signals = signal.SIGTERM
    ends_last: bool = False
    """The others need it until they have ended."""


@dataclass(slots=True)
class _Child:
    program: Program
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    delay: float = 0.0
    """Seconds that the next start waits."""
    due: float = field(default=0.0)
    """When that start is due; only while there is no process."""


class Supervisor:
    """Runs programs until SIGINT, SIGTERM or SIGHUP. Used from the main thread only, one at a time."""

    def __init__(self, programs: Sequence[Program], *, grace: float, report: Callable[[str], None]) -> None:
        self._children = [_Child(program) for program in programs]
        self._grace = grace
        self._report = report
        self._stopping = False
        self._wake, self._waker = socket.socketpair()

    def start(self, name: str) -> None:
        """Start one program before `run` starts the rest."""
        self._start(next(child for child in self._children if child.program.name == name))

    def run(self, on_started: Callable[[], None]) -> None:
        """Start everything that does not run yet, call `on_started` once, restart what dies; end all on a signal."""
        for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD):
            signal.signal(signum, self._on_signal)
        self._waker.setblocking(False)
        signal.set_wakeup_fd(self._waker.fileno(), warn_on_full_buffer=False)
        try:
            self._start_due()
            on_started()
            while not self._stopping:
                self._wait()
                self._notice_ended()
                self._start_due()
        finally:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            self.end_all()

    def end_all(self) -> None:
        """End every program; those that the others need come last."""
        for last in (False, True):
            processes = [c.process for c in self._children if c.process and c.program.ends_last is last]
            end(processes, self._grace)
        self._wake.close()
        self._waker.close()

    def _on_signal(self, signum: int, _frame: FrameType | None) -> None:
        if signum != signal.SIGCHLD:
            self._stopping = True

    def _wait(self) -> None:
        """Until a signal arrives or the next restart is due."""
        due = [child.due for child in self._children if child.process is None]
        timeout = max(0.0, min(due) - time.monotonic()) if due else None
        if select.select([self._wake], [], [], timeout)[0]:
            self._wake.recv(4096)

    def _notice_ended(self) -> None:
        now = time.monotonic()
        for child in self._children:
            if child.process is None or child.process.poll() is None:
                continue
            status = child.process.returncode
            kill_group(child.process)  # what it may have left behind
            child.process = None
            settled = now - child.started > SETTLED
            child.delay = FIRST_DELAY if settled or not child.delay else min(2 * child.delay, LONGEST_DELAY)
            child.due = now + child.delay
            ended = f"was killed by {signal.Signals(-status).name}" if status < 0 else f"ended with status {status}"
            self._report(f"{child.program.name} {ended}; starting it again. Its log: {child.program.log}")

    def _start_due(self) -> None:
        for child in self._children:
            if child.process is None and child.due <= time.monotonic():
                self._start(child)

    def _start(self, child: _Child) -> None:
        program = child.program
        child.process = start_tied(
            program.command,
            environment=program.environment,
            log=program.log,
            pass_fds=program.pass_fds,
            on_parent_death=program.on_parent_death,
        )
        child.started = time.monotonic()
