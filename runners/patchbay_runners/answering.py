"""What every program behind a guard has: it reads a question per line from its channel, and answers with a line.

``{"number": n, "question": {...}}`` is answered by ``{"number": n, "answer": {...}, "last": false}``. `last`: the
program ends after it, since something was left behind that the next question must not meet. ``"fault": "memory"``:
the memory did not suffice. Imports nothing but the standard library and `processes`: it also runs in environments that
hold the SDK and no more.
"""

from __future__ import annotations

import contextlib
import faulthandler
import json
import os
import socket
import sys
import threading
from collections.abc import Callable
from typing import Any

from patchbay_runners.processes import adopt_orphans, has_children

LONGEST_TEXT = 2000
"""Characters of an error's text that are passed on."""

Answer = Callable[[dict[str, Any]], dict[str, Any]]


def serve(descriptor: int, answer: Answer) -> None:
    """Answer questions on a channel until it closes; what `answer` raises becomes ``{"error": text}``."""
    channel = socket.socket(fileno=descriptor)
    channel.set_inheritable(False)
    os.register_at_fork(after_in_child=lambda: _let_go(channel))
    faulthandler.enable(2)
    adopt_orphans()
    state = _State()
    channel.sendall(b'{"ready": true}\n')
    with channel.makefile("rb") as lines:
        for line in lines:
            request = json.loads(line)
            text = _answered(answer, request["number"], request["question"])
            if os.getpid() != state.pid:  # a process that the code has forked has come back from it
                os._exit(1)
            clean = state.restored()
            channel.sendall(f'{text}, "last": {"false" if clean else "true"}}}\n'.encode())
            if not clean:
                os._exit(0)


def _answered(answer: Answer, number: int, question: dict[str, Any]) -> str:
    """The line of an answer but for its end."""
    try:
        return json.dumps({"number": number, "answer": answer(question)})[:-1]
    except MemoryError:
        return json.dumps({"number": number, "fault": "memory", "answer": {}})[:-1]
    except BaseException as error:  # noqa: BLE001 - code of others may raise anything
        return json.dumps({"number": number, "answer": {"error": text_of(error)}})[:-1]


def text_of(error: BaseException) -> str:
    """Kind and text of an error, whose class may be broken itself."""
    name = type(error).__name__
    try:
        text = str(error)[:LONGEST_TEXT]
    except Exception:  # noqa: BLE001 - see above
        text = ""
    return f"{name}: {text}" if text else name


class _State:
    """What has to be the same before every question."""

    def __init__(self) -> None:
        self.pid = os.getpid()
        self._environment = dict(os.environ)
        self._import_path = list(sys.path)
        self._output = os.dup(2)
        self._threads = threading.active_count()

    def restored(self) -> bool:
        """Undo what can be undone; whether that is all."""
        try:
            if os.environ != self._environment:
                os.environ.clear()
                os.environ.update(self._environment)
            sys.path[:] = self._import_path
            os.chdir("/")
            for stream, descriptor in ((sys.__stdout__, 1), (sys.__stderr__, 2)):
                with contextlib.suppress(OSError):
                    stream.flush()  # type: ignore[union-attr]
                os.dup2(self._output, descriptor)
            sys.stdout, sys.stderr = sys.__stdout__, sys.__stderr__
            return not has_children() and threading.active_count() <= self._threads
        except Exception:  # noqa: BLE001 - whatever was broken
            return False


def _let_go(channel: socket.socket) -> None:
    """In a process that the code forks: it has no part in the protocol."""
    with contextlib.suppress(OSError):
        os.close(channel.detach())
