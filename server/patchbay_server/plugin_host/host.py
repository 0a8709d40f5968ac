"""The side of the plugin host that the services hold."""

from __future__ import annotations

import contextlib
import json
import os
import threading
from collections.abc import Mapping, Sequence
from importlib.metadata import entry_points
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol

from patchbay_runners.guarded import ProcessFault
from patchbay_sdk.registry import PLUGIN_GROUP
from patchbay_sdk.schema import TYPES, Schema
from patchbay_sdk.spec import Home, OperatorSpec
from patchbay_server.errors import ServerError
from patchbay_server.plugin_host.processes import Processes

ANSWERS = 512
"""How many answers are remembered."""

PREVIEW = {"options", "columns", "rows", "reading"}
"""What a preview holds."""

Question = tuple[str, Home | None, str, tuple[tuple[int, int], ...]]
"""The operator, where it lives, what it is asked, and time and size of each file that this names."""


class PluginHostError(ServerError):
    """A plugin failed, ended its process or took too long; the message names it."""

    code = "plugin_failed"


class OperatorDisabled(PluginHostError):
    """The plugin has failed too often and is not asked any more; the message says what to do."""

    code = "operator_disabled"


class FaultBook(Protocol):
    """Remembers what plugins have done to their processes; a plugin is ``id@version`` or ``plugin:<name>``."""

    def why_disabled(self, plugin: str) -> str | None:
        """A sentence that says why it is not to be asked, and what to do; None: it may be asked."""

    def record(self, plugin: str, error: str) -> None:
        """It has crashed, hung, eaten up its memory or broken the protocol."""


class PluginHost:
    """Asks operators to infer schemas and to preview files, and tells plugins what has happened.

    One process per environment, started at the first question and again after a crash. A process answers one question
    at a time, several of them at once. Safe to share between threads.

    Args:
        seconds: how long an answer may take.
        faults: where faults are counted; None: nowhere.
        readable: folders that published operators may read, beside code.
        idle: seconds without a question after which a process is ended.
    """

    def __init__(
        self,
        seconds: float = 10.0,
        *,
        faults: FaultBook | None = None,
        readable: Sequence[Path] = (),
        idle: float = 300.0,
    ) -> None:
        self._seconds = seconds
        self._faults = faults
        self._processes = Processes(readable, idle)
        self._lock = threading.Lock()
        self._answers: dict[Question, dict[str, Schema | None]] = {}

    def infer(
        self, spec: OperatorSpec, params: Mapping[str, Any], schemas: Mapping[str, Schema | None]
    ) -> dict[str, Schema | None]:
        """Schemas of the table outputs of an operator, from those of its table inputs (None: unknown).

        Raises:
            PluginHostError: the operator's `infer` failed.
            OperatorDisabled: it has failed too often to be asked.
        """
        asked = {
            "schemas": {port: schema.to_json() if schema else None for port, schema in schemas.items()},
            "params": dict(params),
        }
        question = (spec.key, spec.home, json.dumps(asked), _stamps(spec, params))
        with self._lock:
            known = self._answers.get(question)
        if known is not None:
            return known
        answer = self._ask(spec.key, spec.home, {"spec": dict(spec.raw), "path": str(spec.path), **asked})
        if "error" in answer:
            text = _printable(answer["error"])
            raise PluginHostError(f"{spec.key} could not infer its output schema: {text}", operator=spec.key)
        inferred = self._checked(spec, answer)
        self._remember(question, inferred)
        return inferred

    def preview(self, spec: OperatorSpec, params: Mapping[str, Any]) -> dict[str, Any] | None:
        """How a source would read the beginning of its file: see the hook `operator_preview`. None: it cannot tell.

        Raises:
            PluginHostError: the operator's `preview` failed, or gave something else.
            OperatorDisabled: it has failed too often to be asked.
        """
        asked = {"spec": dict(spec.raw), "path": str(spec.path), "params": dict(params), "preview": True}
        answer = self._ask(spec.key, spec.home, asked)
        if "error" in answer:
            raise PluginHostError(f"{spec.key} gave no preview: {_printable(answer['error'])}", operator=spec.key)
        found = answer.get("preview")
        if found is None or (isinstance(found, dict) and found.keys() >= PREVIEW):
            return found
        raise PluginHostError(
            f"{spec.key} gave a preview that lacks one of: {', '.join(sorted(PREVIEW))}.", operator=spec.key
        )

    def tell_run_finished(self, run_id: int, state: str) -> None:
        """Call the hook `run_finished` of every installed plugin.

        Raises:
            PluginHostError: plugins failed; the others were called nevertheless.
        """
        failures = []
        for name in sorted({point.name for point in entry_points(group=PLUGIN_GROUP)}):
            try:
                news = {"plugin": name, "run_id": run_id, "state": state}
                answer = self._ask(f"plugin:{name}", None, news, once=True)
            except PluginHostError as error:
                failures.append(error.message)
            else:
                if "error" in answer:
                    failures.append(f"{name}: {_printable(answer['error'])}")
        if failures:
            raise PluginHostError(f"Told that run {run_id} has ended, plugins failed: {' '.join(failures)}")

    def close(self) -> None:
        """End all processes."""
        self._processes.close()

    def __enter__(self) -> PluginHost:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _ask(
        self, plugin: str, home: Home | None, question: Mapping[str, Any], *, once: bool = False
    ) -> dict[str, Any]:
        reason = self._faults and self._faults.why_disabled(plugin)
        if reason:
            raise OperatorDisabled(reason, operator=plugin)
        try:
            return self._processes.of(home).ask(question, self._seconds, once=once)
        except ProcessFault as fault:
            if fault.kind not in ("start", "busy"):
                self._record(plugin, fault.message)
            raise PluginHostError(f"{plugin} {_printable(fault.message)}", operator=plugin) from None

    def _checked(self, spec: OperatorSpec, answer: Mapping[str, Any]) -> dict[str, Schema | None]:
        """The schemas of an answer, which may hold anything. Raises PluginHostError."""
        try:
            schemas = {port: Schema.from_json(raw) if raw else None for port, raw in answer["schemas"].items()}
            for schema in filter(None, schemas.values()):
                for column in schema:
                    if column.type not in TYPES or column.name != _printable(column.name):
                        raise ValueError
        except (ValueError, KeyError, TypeError, AttributeError):
            self._processes.of(spec.home).end()
            message = "gave an answer that holds no schemas."
            self._record(spec.key, message)
            raise PluginHostError(f"{spec.key} {message}", operator=spec.key) from None
        return schemas

    def _record(self, plugin: str, error: str) -> None:
        if self._faults is not None:
            self._faults.record(plugin, _printable(error))

    def _remember(self, question: Question, answer: dict[str, Schema | None]) -> None:
        """While a flow is edited the same is asked again and again."""
        with self._lock:
            self._answers[question] = answer
            if len(self._answers) > ANSWERS:
                del self._answers[next(iter(self._answers))]


def _printable(text: Any) -> str:
    """Text that a database and a web page can hold, from whatever a plugin has said."""
    return str(text).replace("\0", "\ufffd").encode("utf-8", "replace").decode()


def _stamps(spec: OperatorSpec, params: Mapping[str, Any]) -> tuple[tuple[int, int], ...]:
    """What changes with the files that params name, and with the folders of the datasets."""
    fields: Mapping[str, Any] = spec.raw["params"]["properties"]
    datasets = [name for name, field in fields.items() if field.get("x-widget") == "dataset"]
    found = []
    for name in (*spec.runs.fingerprint, *datasets):
        with contextlib.suppress(OSError, TypeError, ValueError):  # no such file, or no path at all
            stat = os.stat(params.get(name, ""))
            found.append((stat.st_mtime_ns, stat.st_size))
    return tuple(found)
