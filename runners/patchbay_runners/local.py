"""The local runner: tasks in warm processes on this machine. The reference for every other runner."""

from __future__ import annotations

import contextlib
import os
import selectors
import shutil
import signal
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import wait as wait_for
from pathlib import Path
from types import TracebackType
from typing import Any

from patchbay_runners.artifacts import ArtifactStore
from patchbay_runners.attempt_log import COPY_INTERVAL, TaskOutput
from patchbay_runners.mask import Mask
from patchbay_runners.preloader_client import PreloaderClient, TaskProcessHandle
from patchbay_runners.processes import (
    OUT_OF_MEMORY,
    PROCESS_DIED,
    PROCESS_KILLED,
    describe_exit,
    out_of_memory,
    out_of_memory_kills,
)
from patchbay_runners.protocol import Finish, TaskEvent, TaskRequest
from patchbay_runners.runner import Status
from patchbay_runners.sandbox.usage import descendants
from patchbay_runners.scratch import empty_folder
from patchbay_runners.takeover import take_over
from patchbay_sdk.errors import PatchbayError

GIGABYTE = 1 << 30
_LAST_WORDS = 4096
"""Bytes at the end of a log in which native code may have said why it gave up."""
MOST_PROCESSES = 500
"""Processes that a confined attempt may have at once. The kernel's own limit counts no process of root."""


class LocalRunner:
    """Runs one attempt at a time in a warm task process, which is used again while it is in good condition.

    An attempt with secrets has a process of its own: no code that ran there before can be waiting for them, and
    nothing of them is left for code that runs later. A confined attempt ends with its process, and its outputs are
    taken over then (`takeover.py`). For use by one thread.

    Args:
        store: folder of the artifact store.
        preload: modules that task processes should have imported, most needed first.
        grace: seconds between SIGTERM and SIGKILL.
        max_tasks: a task process is replaced after this many tasks.
        max_growth: a task process is replaced when its own memory has grown by more bytes than this.
        env: environment variables for task processes, beside the harmless ones passed on from this process.
        python: the interpreter of the environment that tasks run in; None: this one.
        memory: bytes that a task process may take, beside files that it maps; None: no limit.
    """

    def __init__(
        self,
        store: str | Path,
        preload: Sequence[str] = (),
        grace: float = 5.0,
        max_tasks: int = 500,
        max_growth: int = GIGABYTE,
        env: Mapping[str, str] | None = None,
        python: Path | None = None,
        memory: int | None = None,
    ) -> None:
        self._store = ArtifactStore(store)
        self._preload = list(preload)
        self._grace = grace
        self._max_tasks, self._max_growth = max_tasks, max_growth
        self._env = dict(env or {})
        self._python, self._memory = python, memory
        self._preloader: PreloaderClient | None = None
        self._process: TaskProcessHandle | None = None
        self._request: TaskRequest | None = None
        self._out_of_memory_kills = 0  # when its process was forked
        self._mask = Mask()
        self._status: Status = "idle"
        self._outputs: dict[str, str] = {}
        self._selector = selectors.DefaultSelector()
        self._taking: Future[dict[str, Any]] | None = None
        self._taker = ThreadPoolExecutor(1, thread_name_prefix="takeover")

    def __enter__(self) -> LocalRunner:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def start(self) -> None:
        """Start the preloader; returns at once, while it imports."""
        if self._preloader is None:
            self._preloader = PreloaderClient(self._preload, self._env, self._python, self._memory)
            self._selector.register(self._preloader, selectors.EVENT_READ)

    def close(self) -> None:
        """End the attempt, if one runs, and every process; remove the temporary folder."""
        self.cancel()
        self._drop_preloader()
        self._taker.shutdown()
        self._selector.close()
        if self._request is not None:
            shutil.rmtree(self._request.temp_dir, ignore_errors=True)

    def submit(self, request: TaskRequest) -> str:
        """Start an attempt; returns its token.

        Raises:
            RuntimeError: another attempt runs.
            RunnerError, ArtifactError: no task process can be started.
        """
        if self._status == "running":
            raise RuntimeError("A local runner runs one attempt at a time: wait for it or cancel it first.")
        self._request, self._outputs, self._mask = request, {}, Mask(request.secrets.values())
        try:
            self._send(request)
        except OSError:  # the process died while it was idle
            self._drop_process()
            self._send(request)
        self._status = "running"
        return request.token

    def external_id(self, request: TaskRequest) -> str | None:
        """None: a task process ends with its worker."""
        return None

    def end_external(self, external_id: str) -> None:
        """Nothing: see `external_id`."""

    def status(self) -> Status:
        """Whether an attempt runs."""
        return self._status

    def fileno(self) -> int:
        """A descriptor, always the same, that is readable when `wait` has something to do."""
        return self._selector.fileno()

    def wait(self, timeout: float | None) -> list[TaskEvent]:
        """Events since the last call, after at most `timeout` seconds (None: as long as it takes); none when idle."""
        deadline = None if timeout is None else time.monotonic() + timeout
        while self._status == "running":
            left = COPY_INTERVAL if deadline is None else max(0.0, deadline - time.monotonic())
            events = self._next_events(min(left, COPY_INTERVAL))
            self._copy_log()
            if events or left == 0:
                return events
        return []

    def inputs(self, request: TaskRequest) -> None:
        """Make sure that every input is in the store. Raises ArtifactError naming what is missing."""
        for ids in request.inputs.values():
            for id in ids:
                self._store.open(id)

    def outputs(self) -> dict[str, str]:
        """Output port -> artifact id of the attempt that finished last."""
        return dict(self._outputs)

    def stop(self) -> None:
        """Ask the attempt to end: SIGTERM to its first process only, so that those it works with can help it save."""
        if self._status == "running" and self._process is not None and self._preloader is not None:
            self._process.tasks = self._max_tasks  # another attempt gets another process
            self._preloader.stop(self._process.pid)

    def finish(self) -> None:
        """Ask the attempt for the best result so far: a line that its process reads when its operator looks."""
        if self._status == "running" and self._process is not None and self._request is not None:
            with contextlib.suppress(OSError):  # the process has died, which `wait` tells
                self._process.channel.stream.sendall(Finish(self._request.token).to_line().encode() + b"\n")

    def cancel(self) -> None:
        """End the attempt; returns when no process of it is left. It gives no further events."""
        if self._status == "running":
            self._status = "idle"
            self._end_process(self._grace)
            if self._taking is not None:
                wait_for([self._taking])
                self._taking = None

    def logs(self, start: int = 0) -> str:
        """The attempt's log from byte `start` on; empty while there is none."""
        self._copy_log()
        if self._request is None:
            return ""
        try:
            with open(self._request.log_path, "rb") as file:
                file.seek(start)
                return file.read().decode("utf-8", "replace")
        except FileNotFoundError:
            return ""

    def clean_up(self) -> None:
        """Empty the attempt's temporary folder and its staging folder; its log stays."""
        if self._request is not None:
            with contextlib.suppress(OSError):  # the next attempt empties it too, and says what is wrong
                empty_folder(self._request.temp_dir)
            self._store.clean_staging(self._request.token)

    @property
    def process_id(self) -> int | None:
        """Process id, and process group, of the task process; None while there is none."""
        return self._process.pid if self._process else None

    def _ready_process(self) -> TaskProcessHandle:
        """A task process for the next attempt: the warm one, unless it died or lacks modules preloaded meanwhile."""
        if self._preloader is not None:
            self._preloader.poll()
            if not self._preloader.alive:
                self._drop_preloader()
        self.start()
        assert self._preloader is not None
        if self._process and self._preloader.exit_status(self._process.pid) is not None:
            self._drop_process()
        if self._process and self._preloader.complete and not self._process.complete:
            self._end_process(0)
        if self._mask and self._process and self._process.tasks:
            self._end_process(0)
        if self._process is None:
            self._out_of_memory_kills = out_of_memory_kills()
            self._process = self._preloader.fork(TaskOutput(self._store.root))
            self._selector.register(self._process.channel, selectors.EVENT_READ)
        return self._process

    def _send(self, request: TaskRequest) -> None:
        process = self._ready_process()
        process.output.start(request.log_path, self._mask)
        process.channel.stream.sendall(request.to_line().encode() + b"\n")
        process.tasks += 1

    def _copy_log(self) -> None:
        if self._process is not None and self._status == "running":
            self._process.output.copy()

    def _next_events(self, timeout: float) -> list[TaskEvent]:
        if self._taking is not None:
            wait_for([self._taking], timeout)
            return [self._taken_over(self._taking)] if self._taking.done() else []
        ready = self._selector.select(timeout)
        if self._request and self._request.confined and len(descendants()) > MOST_PROCESSES:
            return [self._process_died(f"was ended: it started more than {MOST_PROCESSES} processes")]
        return self._events() if ready else []

    def _events(self) -> list[TaskEvent]:
        """Whole events that have arrived; the last one ends the attempt."""
        assert self._process is not None and self._preloader is not None and self._request is not None
        events: list[TaskEvent] = []
        try:
            for line in self._process.channel.read():
                events.append(self._mask.event(TaskEvent.from_line(line)))
                if events[-1].kind in ("finished", "failed"):
                    return events if self._attempt_ended(events[-1]) else events[:-1]
        except (KeyError, TypeError, ValueError, AttributeError, RecursionError):
            return [*events, self._process_died("said something that the platform does not understand")]
        self._preloader.poll()
        if self._process.channel.closed or not self._preloader.alive:
            events.append(self._process_died())
        return events

    def _attempt_ended(self, event: TaskEvent) -> bool:
        """False when its outputs have yet to be taken over."""
        assert self._process is not None and self._request is not None
        self._process.output.copy()
        condition: dict[str, Any] = event.data.pop("process")
        worn_out = self._process.tasks >= self._max_tasks or condition["grown"] > self._max_growth
        if worn_out or condition["leftovers"] or self._mask or self._request.confined:
            self._end_process(0)
        if self._request.confined and event.kind == "finished":
            self._taking = self._taker.submit(take_over, self._store, self._request, event.data)
            return False
        self._status = "idle"
        self._outputs = event.data.get("outputs", {})
        return True

    def _taken_over(self, taking: Future[dict[str, Any]]) -> TaskEvent:
        self._taking, self._status = None, "idle"
        try:
            event = TaskEvent("finished", taking.result())
        except PatchbayError as error:
            return _failed(error.code, error.message, error.details)
        self._outputs = event.data["outputs"]
        return event

    def _process_died(self, how: str = "") -> TaskEvent:
        assert self._process is not None and self._preloader is not None
        self._status = "idle"
        status = None if how else self._preloader.exit_status(self._process.pid, timeout=1.0)
        code = PROCESS_DIED if self._preloader.alive else PROCESS_KILLED
        if status is None:
            self._end_process(0)
            lost = "closed its connection to the platform" if self._preloader.alive else "lost the one that forked it"
            return _failed(code, f"The task's process {how or lost}.", {})
        self._drop_process()
        ended_by = -os.waitstatus_to_exitcode(status)
        if ended_by == signal.SIGABRT and self._said_out_of_memory():
            return _failed(**out_of_memory(self._memory))
        if ended_by == signal.SIGKILL:
            if out_of_memory_kills() > self._out_of_memory_kills:
                return _failed(**out_of_memory(None))
            code = PROCESS_KILLED
        return _failed(code, f"The task's process {describe_exit(status)}.", {})

    def _said_out_of_memory(self) -> bool:
        """Whether native code said so before it gave up."""
        assert self._request is not None
        with contextlib.suppress(OSError), open(self._request.log_path, "rb") as file:
            file.seek(max(0, os.fstat(file.fileno()).st_size - _LAST_WORDS))
            said = file.read().decode(errors="replace")
            return any(words in said for words in OUT_OF_MEMORY)
        return False

    def _end_process(self, grace: float) -> None:
        if self._process is not None and self._preloader is not None:
            self._preloader.end(self._process.pid, grace)
            self._drop_process()

    def _drop_process(self) -> None:
        if self._process is not None:
            self._selector.unregister(self._process.channel)
            self._process.output.copy(last=True)
            self._process.close()
            self._process = None

    def _drop_preloader(self) -> None:
        self._drop_process()
        if self._preloader is not None:
            self._selector.unregister(self._preloader)
            self._preloader.close()
            self._preloader = None


def _failed(code: str, message: str, details: Mapping[str, Any]) -> TaskEvent:
    error = {"code": code, "message": message, "details": dict(details), "traceback": "", "user": False}
    return TaskEvent("failed", {"error": error})
