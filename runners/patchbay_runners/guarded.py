"""A program that runs the code of others, asked one question at a time by a process that must stay well."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from patchbay_runners.processes import OUT_OF_MEMORY, signal_group
from patchbay_sdk.errors import PatchbayError

START_SECONDS = 60.0
"""How long a program may take until it is ready, on a busy machine."""

END_SECONDS = 10.0
"""How long its guard may take to end all of it."""

_CHUNK = 1 << 18

Kind = Literal["crash", "time", "memory", "protocol", "start", "busy"]


class ProcessFault(PatchbayError):
    """No answer. The message continues the name of whoever was asked: ``took longer than 1 s to answer``.

    `kind`: ``crash``, ``time``, ``memory`` and ``protocol`` are the fault of the code that was asked; at ``start`` the
    program does not start, ``busy``: earlier questions took too long.
    """

    code = "process_failed"

    def __init__(self, kind: Kind, message: str) -> None:
        super().__init__(message)
        self.kind = kind


class GuardedProcess:
    """One program behind a guard; it starts at the first question, and again after a fault. Safe between threads.

    Args:
        command: the program; the number of its channel is appended. See `patchbay_runners.answering`.
        environment: its environment, complete.
        limits: resource limits, such as ``{"DATA": bytes}``.
        largest: bytes that an answer may have.
        idle: seconds without a question after which the program is ended.
    """

    def __init__(
        self,
        command: Sequence[str],
        environment: Mapping[str, str],
        *,
        limits: Mapping[str, int],
        largest: int,
        idle: float = 300.0,
    ) -> None:
        self._command = command
        self._environment = environment
        self._limits = limits
        self._largest = largest
        self._idle = idle
        self._lock = threading.Lock()
        self._program: _Program | None = None
        self.used = 0.0
        """When it last answered (monotonic seconds)."""

    @property
    def running(self) -> bool:
        """Whether its program runs."""
        return self._program is not None

    def ask(self, question: Mapping[str, Any], seconds: float, *, once: bool = False) -> dict[str, Any]:
        """The program's answer, which has to come within `seconds`; questions of several threads wait their turn.

        A fault of a program that has answered before may be the work of an earlier question: a new one is asked then.
        So nobody is blamed for others. `once`: do not ask again, since asking has an effect.

        Raises:
            ProcessFault: it gives none; the program and everything it has started are gone then.
        """
        try:
            return self._ask_in_turn(question, seconds, alone=False)
        except _MaybeOfOthers as fault:
            if once:
                raise fault.fault from None
        return self._ask_in_turn(question, seconds, alone=True)

    def _ask_in_turn(self, question: Mapping[str, Any], seconds: float, *, alone: bool) -> dict[str, Any]:
        if not self._lock.acquire(timeout=seconds + START_SECONDS):
            raise ProcessFault("busy", "could not be asked: those asked before it take too long. Try again.")
        try:
            return self._ask(question, seconds, alone=alone)
        except BaseException:
            self._end()
            raise
        finally:
            self.used = time.monotonic()
            self._lock.release()

    def end_if_idle(self) -> None:
        """End the program, unless it has a question to answer."""
        if self._lock.acquire(blocking=False):
            try:
                self._end()
            finally:
                self._lock.release()

    def close(self) -> None:
        """End the program at once; whoever waits for an answer gets none."""
        program = self._program
        if program is not None:
            program.hang_up()
        with self._lock:
            self._end()

    def end(self) -> None:
        """End the program as soon as it has answered; the next question goes to a new one."""
        with self._lock:
            self._end()

    def _ask(self, question: Mapping[str, Any], seconds: float, *, alone: bool) -> dict[str, Any]:
        if self._program is not None and (alone or self._program.has_something_to_say()):  # has ended, or babbles
            self._end()
        if self._program is None:
            self._program = _Program(self._command, self._environment, self._limits)
            self._program.wait_until_ready()
            self._end_when_idle(self._program)
        program = self._program
        try:
            answer, last = program.ask(question, seconds, self._largest)
        except ProcessFault as fault:
            if program.answered and not alone:
                raise _MaybeOfOthers(fault) from None
            raise
        program.answered += 1
        if last:
            self._end()
        return answer

    def _end(self) -> None:
        program, self._program = self._program, None
        if program is not None:
            program.end()

    def _end_when_idle(self, program: _Program) -> None:
        def watch() -> None:
            while not program.ended.wait(max(0.0, self.used + self._idle - time.monotonic())):
                with self._lock:
                    if self._program is program and time.monotonic() - self.used >= self._idle:
                        self._end()

        self.used = time.monotonic()
        threading.Thread(target=watch, daemon=True).start()


class _MaybeOfOthers(Exception):
    """A fault of a program that earlier questions may have harmed."""

    def __init__(self, fault: ProcessFault) -> None:
        super().__init__(fault.message)
        self.fault = fault


class _Program:
    """A running program and its guard. `answered`: how many questions."""

    _numbers = itertools.count(1)
    answered = 0

    def __init__(self, command: Sequence[str], environment: Mapping[str, str], limits: Mapping[str, int]) -> None:
        self.ended = threading.Event()
        self._heard: dict[str, Any] = {}
        self._control, control = socket.socketpair()
        self._channel, channel = socket.socketpair()
        with control, channel:
            descriptors = [control.fileno(), channel.fileno()]
            guard = [sys.executable, "-P", "-m", "patchbay_runners.guard", *map(str, descriptors), json.dumps(limits)]
            self._guard = subprocess.Popen(
                [*guard, *command, str(channel.fileno())],
                env=dict(environment),
                pass_fds=descriptors,
                stdin=subprocess.DEVNULL,
                cwd="/",
                start_new_session=True,
            )

    def wait_until_ready(self) -> None:
        """Raises ProcessFault when the program does not start."""
        try:
            self._read_line(time.monotonic() + START_SECONDS, largest=1000)
        except (TimeoutError, ProcessFault):
            self.end()
            why = self._heard.get("failed") or _last_line(self._heard.get("said", "")) or "it does not answer"
            raise ProcessFault("start", f"cannot be asked: its program does not start: {why}.") from None

    def ask(self, question: Mapping[str, Any], seconds: float, largest: int) -> tuple[dict[str, Any], bool]:
        """The answer, and whether the program ends after it. Raises ProcessFault."""
        number = next(self._numbers)
        deadline = time.monotonic() + seconds
        try:
            self._channel.settimeout(seconds)
            self._channel.sendall(json.dumps({"number": number, "question": question}).encode() + b"\n")
            line = self._read_line(deadline, largest)
        except TimeoutError:
            raise ProcessFault("time", f"took longer than {seconds:g} s to answer.") from None
        except OSError:
            raise self._fault_of_the_end() from None
        return _checked(line, number)

    def has_something_to_say(self) -> bool:
        """Whether it has ended or written something, unasked."""
        return bool(select.select([self._channel], [], [], 0)[0])

    def hang_up(self) -> None:
        """Let whoever waits for an answer see that none will come."""
        with contextlib.suppress(OSError):
            self._channel.shutdown(socket.SHUT_RDWR)

    def end(self) -> None:
        """End the program and everything it has started."""
        if self.ended.is_set():
            return
        self.ended.set()
        self._control.shutdown(socket.SHUT_WR)
        self._hear(END_SECONDS)
        if "ended" not in self._heard:  # the guard itself is gone, or hangs
            self._guard.kill()
            if "started" in self._heard:
                signal_group(self._heard["started"], signal.SIGKILL)
        self._guard.wait()
        self._channel.close()
        self._control.close()

    def _read_line(self, deadline: float, largest: int) -> bytes:
        """The next line. Raises TimeoutError, and ProcessFault when there is none, or more than one."""
        received = bytearray()
        while not received.endswith(b"\n"):
            self._channel.settimeout(max(0.001, deadline - time.monotonic()))
            chunk = self._channel.recv(_CHUNK)
            if not chunk:
                raise self._fault_of_the_end()
            received += chunk
            if len(received) > largest:
                raise ProcessFault("protocol", f"gave an answer of more than {largest >> 20} MiB.")
        return bytes(received)

    def _fault_of_the_end(self) -> ProcessFault:
        """Why the program says nothing any more."""
        self._hear(1.0)
        if "ended" not in self._heard:
            return ProcessFault("protocol", "closed the channel on which it has to answer.")
        said, code = self._heard["said"], os.waitstatus_to_exitcode(self._heard["ended"])
        how = f"exit code {code}" if code >= 0 else signal.Signals(-code).name
        if code == -signal.SIGKILL or any(words in said for words in OUT_OF_MEMORY):
            return ProcessFault("memory", f"ended its process ({how}), probably because it needed too much memory.")
        return ProcessFault("crash", f"ended its process ({how}).")

    def _hear(self, seconds: float) -> None:
        """What the guard says until it has ended, for so long."""
        deadline = time.monotonic() + seconds
        received = b""
        with contextlib.suppress(OSError):
            while "ended" not in self._heard:
                self._control.settimeout(max(0.001, deadline - time.monotonic()))
                chunk = self._control.recv(_CHUNK)
                if not chunk:
                    return
                *lines, received = (received + chunk).split(b"\n")
                for line in lines:
                    self._heard |= json.loads(line)


def _checked(line: bytes, number: int) -> tuple[dict[str, Any], bool]:
    """The answer to question `number` in a line that anybody may have written. Raises ProcessFault."""
    try:
        message = json.loads(line)
        if message["number"] != number or not isinstance(message["answer"], dict):
            raise ValueError
        if message.get("fault") == "memory":
            raise ProcessFault("memory", "needed too much memory.")
        return message["answer"], bool(message["last"])
    except (ValueError, KeyError, TypeError, RecursionError):
        raise ProcessFault("protocol", "wrote into the channel on which it has to answer.") from None


def _last_line(text: str) -> str:
    return text.strip().rpartition("\n")[2]
