"""The side of the plugin host that the services hold."""

from __future__ import annotations

import contextlib
import json
import os
import select
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from types import TracebackType
from typing import Any

from patchbay_sdk.schema import Schema
from patchbay_sdk.spec import OperatorSpec
from patchbay_server.config import plugin_environment
from patchbay_server.errors import ServerError


class PluginHostError(ServerError):
    """A plugin failed, ended its process or took too long; the message names it."""

    code = "plugin_failed"


ANSWERS = 512
"""How many answers are remembered."""

Question = tuple[str, tuple[tuple[int, int], ...]]
"""The request, and time and size of each file that it names."""


class PluginHost:
    """Asks operators to infer schemas, and tells plugins what has happened.

    Its process starts at the first question and again after a crash.

    Safe to share between threads; questions are answered one after the other.
    """

    def __init__(self, seconds: float = 10.0) -> None:
        self._seconds = seconds
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        self._answers: dict[Question, dict[str, Any]] = {}

    def infer(
        self, spec: OperatorSpec, params: Mapping[str, Any], schemas: Mapping[str, Schema | None]
    ) -> dict[str, Schema | None]:
        """Schemas of the table outputs of an operator, from those of its table inputs (None: unknown).

        Raises:
            PluginHostError: the operator's `infer` failed.
        """
        request = {
            "spec": str(spec.path),
            "schemas": {port: schema.to_json() if schema else None for port, schema in schemas.items()},
            "params": dict(params),
            "seconds": self._seconds,
        }
        question = (json.dumps(request), _stamps(spec, params))
        with self._lock:
            answer = self._answers.get(question) or self._ask(spec.key, question[0])
            if "error" not in answer:
                self._remember(question, answer)
        if "error" in answer:
            raise PluginHostError(f"{spec.key} could not infer its output schema: {answer['error']}", operator=spec.key)
        return {port: Schema.from_json(raw) if raw else None for port, raw in answer["schemas"].items()}

    def tell_run_finished(self, run_id: int, state: str) -> None:
        """Call the hook `run_finished` of every installed plugin.

        Raises:
            PluginHostError: a plugin failed; those behind it were not called.
        """
        news = {"ended": run_id, "state": state, "seconds": self._seconds}
        with self._lock:
            answer = self._ask("A plugin's run_finished", json.dumps(news))
        if "error" in answer:
            raise PluginHostError(f"A plugin failed when it was told that run {run_id} has ended: {answer['error']}")

    def _remember(self, question: Question, answer: dict[str, Any]) -> None:
        """While a flow is edited the same is asked again and again."""
        self._answers[question] = answer
        if len(self._answers) > ANSWERS:
            del self._answers[next(iter(self._answers))]

    def close(self) -> None:
        """End the process, if one was started."""
        with self._lock:
            self._end()

    def __enter__(self) -> PluginHost:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _ask(self, plugin: str, request: str) -> dict[str, Any]:
        process = self._running_process()
        assert process.stdin is not None and process.stdout is not None
        try:
            process.stdin.write(request.encode() + b"\n")
            process.stdin.flush()
            line = _read_line(process.stdout.fileno(), self._seconds + 1)
        except BrokenPipeError:
            line = b""
        if not line.endswith(b"\n"):
            self._end()
            raise PluginHostError(
                f"{plugin} ended the plugin host or took longer than {self._seconds:g} s to answer.", plugin=plugin
            )
        answer: dict[str, Any] = json.loads(line)
        return answer

    def _running_process(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self._end()
            self._process = subprocess.Popen(
                (sys.executable, "-m", "patchbay_server.plugin_host.process"),
                env=plugin_environment(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                start_new_session=True,
            )
        return self._process

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.communicate()


def _stamps(spec: OperatorSpec, params: Mapping[str, Any]) -> tuple[tuple[int, int], ...]:
    found = []
    for name in spec.runs.fingerprint:
        with contextlib.suppress(OSError, TypeError, ValueError):  # no such file, or no path at all
            stat = os.stat(params.get(name, ""))
            found.append((stat.st_mtime_ns, stat.st_size))
    return tuple(found)


def _read_line(descriptor: int, seconds: float) -> bytes:
    """A line of the pipe, or what there is of it when the pipe ends or the time is up."""
    deadline, received = time.monotonic() + seconds, b""
    while not received.endswith(b"\n"):
        if not select.select([descriptor], [], [], max(0.0, deadline - time.monotonic()))[0]:
            break
        part = os.read(descriptor, 1 << 16)
        if not part:
            break
        received += part
    return received
