"""The guard: starts one program that runs the code of others, and ends everything of it.

``python -m patchbay_runners.guard <control fd> <channel fd> <limits as JSON> <command>...``. The program inherits the
channel; its output comes here, where only the last of it is kept. The guard says JSON lines on the control socket:

    {"started": pid}    or {"failed": why} when the command cannot be started
    {"ended": wait status, "said": last words}    when the program has ended, and nothing of it is left

It ends the program when the other side of the control socket closes, for whatever reason. Whoever forks away from the
program comes back to the guard, which is a subreaper. The guard itself runs no code but ours.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

from patchbay_runners.processes import (
    adopt_orphans,
    die_with_parent,
    kill_children,
    signal_group,
    volunteer_for_oom_killer,
)

LAST_WORDS = 2000
"""Bytes of the program's output that are kept."""

_CHUNK = 1 << 16


class Guard:
    """One program and its end. `control`: the socket to whoever asks the program."""

    def __init__(self, control: socket.socket) -> None:
        self._control = control
        self._said = b""
        self._output, self._write_output = os.pipe()
        self._wakeup, wake = os.pipe()
        for descriptor in (self._output, self._wakeup, wake):
            os.set_blocking(descriptor, False)
        signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda number, frame: None)

    def run(self, channel: int, limits: Mapping[str, int], command: list[str]) -> None:
        """Start the program, and return when nothing of it is left."""
        parent = os.getpid()

        def prepare() -> None:
            die_with_parent(parent)
            with contextlib.suppress(OSError):
                volunteer_for_oom_killer()
            set_limits(limits)

        try:
            program = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=self._write_output,
                stderr=self._write_output,
                pass_fds=[channel],
                cwd="/",
                start_new_session=True,
                preexec_fn=prepare,
            )
        except (OSError, subprocess.SubprocessError) as error:
            self._say({"failed": str(error)})
            return
        os.close(channel)
        os.close(self._write_output)
        self._say({"started": program.pid})
        self._watch(program.pid)
        status = _bury(program.pid)
        self._listen()
        self._say({"ended": status, "said": self._said.decode("utf-8", "replace")})

    def _watch(self, program: int) -> None:
        """Until the program has ended or is to be ended."""
        sources = [self._control.fileno(), self._wakeup, self._output]
        while not _has_ended(program):
            readable, _, _ = select.select(sources, [], [])
            if self._control.fileno() in readable:
                return
            if self._wakeup in readable:
                with contextlib.suppress(BlockingIOError):
                    os.read(self._wakeup, 512)
            if self._output in readable and not self._listen():
                sources.remove(self._output)

    def _listen(self) -> bool:
        """Take in what the program has printed; whether more may come."""
        with contextlib.suppress(BlockingIOError):
            chunk = os.read(self._output, _CHUNK)
            self._said = (self._said + chunk)[-LAST_WORDS:]
            return bool(chunk)
        return True

    def _say(self, message: dict[str, Any]) -> None:
        with contextlib.suppress(OSError):  # nobody listens any more
            self._control.sendall(json.dumps(message).encode() + b"\n")


def set_limits(limits: Mapping[str, int]) -> None:
    """Limit this process and all that it starts: ``{"DATA": bytes}`` for RLIMIT_DATA; no core files.

    A limit that the machine does not know, or that is above the one in force, is left as it is.
    """
    for name, value in {**limits, "CORE": 0}.items():
        with contextlib.suppress(AttributeError, ValueError, OSError):
            resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), (value, value))


def _has_ended(program: int) -> bool:
    """Whether the program has ended; orphans of its own that have are taken off the kernel's list meanwhile."""
    while (ended := os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)) is not None:
        if ended.si_pid == program:
            return True
        os.waitpid(ended.si_pid, 0)
    return False


def _bury(program: int) -> int:
    """Kill the program and whatever it has started; its wait status."""
    signal_group(program, signal.SIGKILL)
    _, status = os.waitpid(program, 0)
    kill_children(keep=set())
    return status


def main() -> None:
    """Run as a program; see above."""
    control, channel, limits, *command = sys.argv[1:]
    adopt_orphans()
    socket_to_caller = socket.socket(fileno=int(control))
    socket_to_caller.set_inheritable(False)
    Guard(socket_to_caller).run(int(channel), json.loads(limits), command)


if __name__ == "__main__":
    main()
