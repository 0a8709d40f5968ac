"""The preloader: imports what tasks need once, then forks task processes that have it already.

Started by `LocalRunner` with a scrubbed environment, it never computes: a child forked after polars or torch was
*used* hangs, after a mere import it does not. It answers one request at a time on its control socket (fd given as
the only argument), JSON lines:

    {"fork": true} + the task process's socket and output file   ->  {"forked": pid}
    {"stop": pid}: SIGTERM to it, and no more                    ->  {"stopped": pid}
    {"end": pid, "grace": seconds}                               ->  {"ended": pid}
    unasked: {"exited": pid, "status": wait status}; {"complete": true} once every module is imported

and ends with everything it has started when that socket closes.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import select
import signal
import socket
import sys
import threading
import time
import traceback
from collections.abc import Sequence
from typing import Any

from patchbay_runners.processes import adopt_orphans, die_with_parent, kill_children, signal_group
from patchbay_runners.task_process import TaskProcess


class Preloader:
    """The loop around imports and forks. `control`: the socket to the runner."""

    def __init__(self, control: socket.socket) -> None:
        self._control = control
        self._tasks: set[int] = set()
        self._wakeup, wake = os.pipe()
        os.set_blocking(self._wakeup, False)
        os.set_blocking(wake, False)
        signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda number, frame: None)

    def run(self, modules: Sequence[str]) -> None:
        """Import the modules, answering requests in between, then go on answering."""
        for module in modules:
            self._serve(timeout=0)
            _import(module)
        gc.collect()
        gc.freeze()  # what is there already is never garbage: children need not look at it, nor copy its pages
        self._send({"complete": True})
        while True:
            self._serve(timeout=None)

    def _serve(self, timeout: float | None) -> None:
        readable, _, _ = select.select([self._control.fileno(), self._wakeup], [], [], timeout)
        if self._wakeup in readable:
            self._drain_wakeup()
            self._report_exits()
        if self._control.fileno() in readable:
            self._answer()

    def _answer(self) -> None:
        data, descriptors = self._receive()
        if not data:
            for pid in list(self._tasks):
                self._end(pid, grace=0)
            raise SystemExit
        request = json.loads(data)
        if "fork" in request:
            self._fork(*descriptors)
        elif "stop" in request:
            if request["stop"] in self._tasks:
                os.kill(request["stop"], signal.SIGTERM)
            self._send({"stopped": request["stop"]})
        else:
            self._end(request["end"], request["grace"])
            self._send({"ended": request["end"]})

    def _receive(self) -> tuple[bytes, list[int]]:
        try:
            data, descriptors, _, _ = socket.recv_fds(self._control, 4096, 2)
        except ConnectionResetError:  # the runner is gone, and had not read our last message
            return b"", []
        return data, descriptors

    def _fork(self, channel: int, output: int) -> None:
        parent = os.getpid()
        pid = os.fork()
        if pid == 0:
            _become_task_process(channel, output, parent, self._control)
        os.close(channel)
        os.close(output)
        self._tasks.add(pid)
        self._send({"forked": pid})

    def _end(self, pid: int, grace: float) -> None:
        """End a task process and everything it has started; return when nothing of it is left."""
        if pid not in self._tasks:
            return
        if grace > 0:
            signal_group(pid, signal.SIGTERM)
            deadline = time.monotonic() + grace
            while not _has_exited(pid) and (left := deadline - time.monotonic()) > 0:
                select.select([self._wakeup], [], [], left)
                self._drain_wakeup()
        self._bury(pid)

    def _bury(self, pid: int) -> int:
        signal_group(pid, signal.SIGKILL)
        os.kill(pid, signal.SIGKILL)  # it may have been forked a moment ago, and have no group yet
        _, status = os.waitpid(pid, 0)
        self._tasks.discard(pid)
        kill_children(keep=self._tasks)
        return status

    def _report_exits(self) -> None:
        for pid in [pid for pid in self._tasks if _has_exited(pid)]:
            self._send({"exited": pid, "status": self._bury(pid)})

    def _drain_wakeup(self) -> None:
        try:
            while os.read(self._wakeup, 512):
                pass
        except BlockingIOError:
            pass

    def _send(self, message: dict[str, Any]) -> None:
        self._control.sendall(json.dumps(message).encode() + b"\n")


def _import(module: str) -> None:
    threads = threading.active_count()
    try:
        importlib.import_module(module)
    except (Exception, SystemExit):  # noqa: BLE001 a task that needs this module will say so; the others can run
        sys.stderr.write(f"Cannot preload {module}:\n{traceback.format_exc()}")
    if threading.active_count() > threads:
        sys.stderr.write(f"{module} starts a thread when it is imported: tasks that need that thread will hang.\n")


def _has_exited(pid: int) -> bool:
    return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def _become_task_process(channel: int, output: int, parent: int, control: socket.socket) -> None:
    """Turn the forked child into a task process; never returns into the preloader's loop."""
    code = 1
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        control.close()
        os.setsid()
        die_with_parent(parent)
        adopt_orphans()
        TaskProcess(socket.socket(fileno=channel), output).serve()
        code = 0
    except BaseException:  # noqa: BLE001 whatever happens, the child must not go on as a second preloader
        traceback.print_exc()
    finally:
        os._exit(code)


def main() -> None:
    """``python -m patchbay_runners.preloader <fd> <module>...``"""
    adopt_orphans()
    control = socket.socket(fileno=int(sys.argv[1]))
    control.set_inheritable(False)
    with contextlib.suppress(BrokenPipeError):  # the runner is gone; the kernel ends the task processes with us
        Preloader(control).run(sys.argv[2:])


if __name__ == "__main__":
    main()
