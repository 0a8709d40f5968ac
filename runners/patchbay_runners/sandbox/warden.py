"""The warden: starts a command confined, watches it from outside, ends it with all that it has started.

``python -m patchbay_runners.sandbox.warden <fd>``: reads one JSON line from that socket, the request of
`run_confined`; answers with one, ``{"status", "ended", "protections", "seconds", "peak_memory"}`` or ``{"error"}``.
When the socket closes before, it ends the command and itself: so nothing outlives a platform that was killed.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import socket
import sys
import time
import traceback
from collections.abc import Mapping
from typing import Any, NoReturn

from patchbay_runners.processes import adopt_orphans, kill_children, signal_group
from patchbay_runners.sandbox.confine import confine
from patchbay_runners.sandbox.rules import Rules, SandboxError
from patchbay_runners.sandbox.usage import descendants, disk_use, memory_of

WATCH = 0.1
"""Seconds between two looks at memory and processes."""
DISK_WATCH = 1.0
"""Seconds between two looks at the disk, which take longer."""
_NOTHING = b'{"error": "The process ended before it was confined."}'


class Warden:
    """Watches over one confined command; `control` is the socket to who asked for it."""

    def __init__(self, control: socket.socket, request: Mapping[str, Any]) -> None:
        self._control = control
        self._rules = Rules.from_json(request["rules"])
        self._seconds: float = request["seconds"]
        self._peak = 0
        self._disk_looked = 0.0
        self._wakeup, wake = os.pipe()
        os.set_blocking(self._wakeup, False)
        os.set_blocking(wake, False)
        signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda number, frame: None)
        self._started = time.monotonic()
        self._pid, self._confined = _start(request, self._rules, control)

    def serve(self) -> dict[str, Any]:
        """Wait for the command's end, or bring it about; returns the answer."""
        try:
            ended = self._watch()
        finally:
            status, peak = self._bury()
        with os.fdopen(self._confined, "rb") as report:
            said: dict[str, Any] = json.loads((report.readlines() or [_NOTHING])[-1])
        if "error" in said:
            return said
        seconds = time.monotonic() - self._started
        return {**said, "status": status, "ended": ended, "seconds": seconds, "peak_memory": max(peak, self._peak)}

    def _watch(self) -> str:
        """Why the command was ended; empty when it ended by itself."""
        deadline = self._started + self._seconds
        while os.waitid(os.P_PID, self._pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
            left = deadline - time.monotonic()
            if left <= 0:
                return f"it took longer than {self._seconds:g} s"
            readable, _, _ = select.select([self._control.fileno(), self._wakeup], [], [], min(WATCH, left))
            if self._control.fileno() in readable:  # nothing is ever said after the request: it has closed
                return "it was given up"
            with contextlib.suppress(BlockingIOError):
                os.read(self._wakeup, 512)
            if excess := self._excess():
                return excess
        return ""

    def _excess(self) -> str:
        processes = descendants()
        used = memory_of(processes)
        self._peak = max(self._peak, used)
        if used > self._rules.memory:
            return f"it used more than {self._rules.memory >> 20} MiB of memory"
        if len(processes) > self._rules.processes:
            return f"it started more than {self._rules.processes} processes"
        if time.monotonic() - self._disk_looked > DISK_WATCH:
            if disk_use(self._rules.writable) > self._rules.disk:
                return f"it wrote more than {self._rules.disk >> 20} MiB to the disk"
            self._disk_looked = time.monotonic()
        return ""

    def _bury(self) -> tuple[int, int]:
        """End what is left; the command's wait status, and the memory in bytes that it had at its largest."""
        signal_group(self._pid, signal.SIGKILL)
        os.kill(self._pid, signal.SIGKILL)  # it may have been forked a moment ago, and have no group yet
        _, status, used = os.wait4(self._pid, 0)
        kill_children(keep=set())
        return status, used.ru_maxrss * 1024


def _start(request: Mapping[str, Any], rules: Rules, control: socket.socket) -> tuple[int, int]:
    """The process id, and a pipe with what became of the walls, which closes when the command starts."""
    report, confined = os.pipe()
    pid = os.fork()
    if pid == 0:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        control.close()
        _become(request, rules, confined)
    os.close(confined)
    return pid, report


def _become(request: Mapping[str, Any], rules: Rules, confined: int) -> NoReturn:
    """Turn the forked child into the command; never returns into the warden."""
    command: list[str] = request["command"]
    try:
        _say(confined, {"protections": confine(rules).to_json()})
        os.chdir(request["cwd"])
        os.execve(command[0], command, request["env"])
    except SandboxError as error:
        _say(confined, {"error": error.message})
    except OSError as error:
        _say(confined, {"error": f"{command[0]} cannot be started in {request['cwd']}: {error.strerror}."})
    except BaseException:  # noqa: BLE001 whatever happens, the child must not go on as a second warden
        _say(confined, {"error": traceback.format_exc()})
    finally:
        os._exit(1)


def _say(confined: int, what: Mapping[str, Any]) -> None:
    os.write(confined, json.dumps(what).encode() + b"\n")


def main() -> None:
    """See the module."""
    adopt_orphans()
    control = socket.socket(fileno=int(sys.argv[1]))
    control.set_inheritable(False)
    with control.makefile("rb") as lines:
        request = json.loads(lines.readline())
    answer = Warden(control, request).serve()
    with contextlib.suppress(BrokenPipeError):
        control.sendall(json.dumps(answer).encode() + b"\n")


if __name__ == "__main__":
    main()
