"""The task process: runs one task after another for its runner, and answers on a socket.

It holds no database session and no keys. SIGTERM raises `Cancelled` in the operator, and whatever error the attempt
ends in after that, it was cancelled; every other way out of the operator's code ends in a ``failed`` event, too. The
process ends when its socket closes.
"""

from __future__ import annotations

import contextlib
import faulthandler
import json
import os
import select
import signal
import socket
import sys
import tempfile
import threading
import time
import traceback
from collections import deque
from typing import Any

from patchbay_runners.attempt import Attempt
from patchbay_runners.attempt_log import StandardStreams
from patchbay_runners.confinement import confine_task
from patchbay_runners.durable import storage_errors
from patchbay_runners.kill_points import arm_task_process
from patchbay_runners.lines import LineSocket
from patchbay_runners.processes import MemoryGauge, has_children, memory_limit, out_of_memory, volunteer_for_oom_killer
from patchbay_runners.protocol import Finish, TaskRequest
from patchbay_runners.scratch import empty_folder
from patchbay_sdk.errors import Cancelled, PatchbayError

PROGRESS_INTERVAL = 0.05
"""Seconds between progress events; more frequent ones are dropped."""

CANCELLED = "The run was cancelled."

_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=str)


class TaskProcess:
    """Serves `TaskRequest` lines from a socket until it closes; prints into the file `output`."""

    def __init__(self, channel: socket.socket, output: int) -> None:
        self._channel = channel
        self._incoming = LineSocket(channel)
        self._lines: deque[bytes] = deque()
        self._reading, self._sending = threading.Lock(), threading.Lock()
        self._token, self._finish = "", False
        self._cancelled = False
        self._working = False
        self._last_progress = 0.0
        self._streams = StandardStreams(output)
        self._environment = dict(os.environ)
        self._import_path = list(sys.path)
        self._gauge = MemoryGauge()
        self._memory_at_start = self._gauge.read()

    def serve(self) -> None:
        """Run tasks until the runner closes the socket, or one is cancelled."""
        arm_task_process()
        faulthandler.enable(2)
        with contextlib.suppress(OSError):
            volunteer_for_oom_killer()
        os.register_at_fork(before=_hold_sigterm, after_in_parent=_take_sigterm, after_in_child=self._become_child)
        while not self._cancelled and (line := self._next_line()) is not None:
            if Finish.from_line(line) is None:  # else of an attempt that has ended meanwhile
                self._serve_one(line)

    def _next_line(self) -> bytes | None:
        """The next line, however long that takes; None: there will be none."""
        while not self._lines:
            if self._incoming.closed:
                return None
            select.select([self._incoming], [], [])
            self._lines += self._incoming.read()
        return self._lines.popleft()

    def _serve_one(self, line: bytes) -> None:
        try:
            request = TaskRequest.from_line(line)
            self._prepare(request)
            if request.confined:
                confine_task(request)
            with contextlib.suppress(ImportError):
                import numpy  # noqa: F401  # so that its global generator is there to be seeded
            kind, data = self._run(request)
            self._streams.flush()
        except PatchbayError as error:
            kind, data = "failed", {"error": describe(error)}
        self._send(kind, {**data, "process": self._condition()})

    def _run(self, request: TaskRequest) -> tuple[str, dict[str, Any]]:
        self._working = True
        try:
            return "finished", Attempt(request, self._emit, lambda: self._cancelled, self._finish_requested).run()
        except BaseException as error:  # noqa: BLE001 whatever the operator raises ends the attempt, not the process
            failure = describe(error)
            self._streams.write(failure["traceback"] or f"error: {failure['message']}\n")
            if self._cancelled:  # libraries catch what stops them, and raise errors of their own
                failure = describe(Cancelled(CANCELLED))
            return "failed", {"error": failure}
        finally:
            self._working = False

    def _prepare(self, request: TaskRequest) -> None:
        """Undo what an earlier task may have changed in this process."""
        signal.signal(signal.SIGTERM, self._on_terminate)
        if os.environ != self._environment:
            os.environ.clear()
            os.environ.update(self._environment)
        sys.path[:] = self._import_path
        self._streams.restore()
        with storage_errors("make and empty the folder for temporary files"):
            empty_folder(request.temp_dir)
            os.chdir(request.temp_dir)
        tempfile.tempdir = request.temp_dir
        self._last_progress = 0.0
        self._token, self._finish = request.token, False

    def _finish_requested(self) -> bool:
        """Whether the runner has asked for the best result so far; looks at the socket, never waits."""
        with self._reading:
            self._lines += self._incoming.read()
            while self._lines and (finish := Finish.from_line(self._lines[0])) is not None:
                self._lines.popleft()
                self._finish = self._finish or finish.token == self._token
        return self._finish

    def _on_terminate(self, number: int, frame: object) -> None:
        already, self._cancelled = self._cancelled, True
        if not self._working:
            os._exit(0)
        if not already:
            raise Cancelled(CANCELLED)

    def _condition(self) -> dict[str, Any]:
        """For the runner, which decides whether this process is used again."""
        return {
            "grown": self._gauge.read() - self._memory_at_start,
            "leftovers": has_children() or threading.active_count() > 1,
        }

    def _emit(self, kind: str, data: dict[str, Any]) -> None:
        if not self._working:
            return
        if kind == "progress":
            now = time.monotonic()
            if now - self._last_progress < PROGRESS_INTERVAL and data["fraction"] < 1:
                return
            self._last_progress = now
        self._send(kind, data)

    def _send(self, kind: str, data: dict[str, Any]) -> None:
        line = _ENCODER.encode({"kind": kind, "data": data}).encode("utf-8", "backslashreplace") + b"\n"
        with self._sending:
            self._channel.sendall(line)

    def _become_child(self) -> None:
        """In a process that the operator forks: it neither answers for us nor keeps our socket, and SIGTERM ends it."""
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        _take_sigterm()
        self._working = False
        self._incoming.closed = True
        self._reading, self._sending = threading.Lock(), threading.Lock()
        with contextlib.suppress(OSError):  # a child of such a child has none to close
            os.close(self._channel.detach())


def _hold_sigterm() -> None:
    """Keep SIGTERM waiting during a fork: a new child would lose one that comes before it has its own handler."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})


def _take_sigterm() -> None:
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})


def describe(error: BaseException) -> dict[str, Any]:
    """An error as the ``failed`` event carries it."""
    if isinstance(error, PatchbayError):
        return {
            "code": error.code,
            "message": error.message,
            "details": error.details,
            "traceback": "",
            "user": True,
        }
    trace = "".join(traceback.format_exception(error))
    if isinstance(error, MemoryError):
        return {**out_of_memory(memory_limit()), "traceback": trace, "user": True}
    name = type(error).__name__
    try:
        text = str(error)
    except Exception:  # noqa: BLE001 an operator's exception class may be broken itself
        text = ""
    return {
        "code": "operator_failed",
        "message": f"{name}: {text}" if text else name,
        "details": {},
        "traceback": trace,
        "user": False,
    }
