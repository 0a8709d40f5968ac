"""One attempt of one task, inside the task process: inputs in, operator, outputs checked and stored."""

from __future__ import annotations

import json
import os
import random
import sys
import tempfile
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from functools import cache
from pathlib import Path
from typing import Any

from patchbay_runners.artifacts import ArtifactStore
from patchbay_runners.engines.engine import ENGINES, engine_named
from patchbay_runners.lineage import lineage_of_table, output_lineage
from patchbay_runners.protocol import TaskRequest
from patchbay_runners.takeover import outbox
from patchbay_sdk import ports
from patchbay_sdk.context import Context
from patchbay_sdk.errors import ArtifactError, OperatorError, PatchbayError
from patchbay_sdk.operator import Operator
from patchbay_sdk.outputs import check_outputs
from patchbay_sdk.published import use_index
from patchbay_sdk.registry import load_operator, load_plugins, plugin_manager
from patchbay_sdk.spec import Home, OperatorSpec, OutputPort
from patchbay_sdk.table import Table
from patchbay_sdk.values import Metrics

Emit = Callable[[str, dict[str, Any]], None]


class Attempt:
    """Runs a `TaskRequest`.

    Args:
        request: the attempt.
        emit: receives (kind, data) of every event but the last.
        cancelled: says whether the run was cancelled.
        finish_requested: says whether the best result so far is wanted.
    """

    def __init__(
        self,
        request: TaskRequest,
        emit: Emit,
        cancelled: Callable[[], bool],
        finish_requested: Callable[[], bool] = lambda: False,
    ) -> None:
        self._request = request
        self._emit = emit
        self._store = open_store(request.store)
        mine = outbox(self._store, request.token) if request.confined else self._store
        self._writer = mine.writer(request.token)
        self._lineages: dict[str, list[list[str]]] = {}
        self._artifacts: dict[str, str] = {}
        self._context = Context(
            temp_dir=Path(request.temp_dir),
            seed=request.seed,
            data_roots=[Path(root) for root in request.data_roots],
            closed=[Path(path) for path in request.closed],
            secrets=request.secrets,
            emit=self._from_operator,
            cancelled=cancelled,
            finish_requested=finish_requested,
            pool=request.pool,
            checkpoint_dir=Path(request.checkpoint_dir) if request.checkpoint_dir else None,
        )

    def run(self) -> dict[str, Any]:
        """Run the operator and store its outputs; returns the data of the ``finished`` event.

        Raises:
            PatchbayError: the operator refused its data, broke its spec, or the store failed.
            Exception: anything the operator's code raises.
        """
        with self._writer, session_of(self._request) as self._context.session:
            load_plugins()
            use_index(Path(self._request.published) if self._request.published else None)
            home = self._request.home
            operator = load_operator(read_spec(self._request.spec_path, Home.from_json(home) if home else None))
            seed_everything(self._request.seed)
            try:
                inputs = self._inputs(operator.spec)
                outputs = self._execute(operator, inputs)
                check_outputs(operator.spec, outputs)
                return self._save(operator.spec, outputs)  # an engine may compute them only now
            except Exception as error:
                self._blame_inputs(error)
                raise

    def _inputs(self, spec: OperatorSpec) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for name, ids in self._request.inputs.items():
            port = spec.input(name)
            if port is None:
                raise OperatorError(f"{spec.key} has no input {name!r}; it has: {_names(spec.inputs)}.")
            stored = [self._store.load(id) for id in ids]
            self._lineages[name] = [lineage_of_table(value) for value in stored if _is_table(value)]
            fitting = [self._convert(value, port.type) for value in stored]
            if port.many:
                values[name] = fitting
            elif fitting:
                values[name] = fitting[0]
        return values

    def _blame_inputs(self, error: Exception) -> None:
        """Whatever went wrong, unless it was said on purpose: perhaps an input is not what it was when it was made.

        Raises:
            ArtifactLost, ArtifactCorrupt: it is so.
        """
        if isinstance(error, ArtifactError) or not isinstance(error, PatchbayError):
            for id in (id for ids in self._request.inputs.values() for id in ids):
                self._store.verify(id)

    def _convert(self, value: Any, port_type: str) -> Any:
        if port_type in ("any", ports.port_type_of(value)):
            return value
        return ports.convert(value, port_type, Path(tempfile.mkdtemp(dir=self._context.temp_dir)))

    def _execute(self, operator: Operator, inputs: Mapping[str, Any]) -> Mapping[str, Any]:
        request = self._request
        hook = plugin_manager().hook
        hook.before_task(operator=request.operator, params=request.params)
        try:
            outputs = self._call(operator, inputs)
        except Exception as error:
            hook.after_task(operator=request.operator, params=request.params, error=error)
            raise
        hook.after_task(operator=request.operator, params=request.params, error=None)
        return outputs

    def _call(self, operator: Operator, inputs: Mapping[str, Any]) -> Mapping[str, Any]:
        process, request = os.getpid(), self._request
        try:
            return operator.operator_run(self._context, request.engine, inputs, request.params)
        finally:
            if os.getpid() != process:  # a child that the operator forked came out of the operator's code
                os._exit(0)

    def _save(self, spec: OperatorSpec, outputs: Mapping[str, Any]) -> dict[str, Any]:
        saved: dict[str, str] = {}
        result: dict[str, Any] = {"outputs": saved, "artifacts": self._artifacts, "metrics": {}, "rows": {}}
        for port in sorted(spec.outputs, key=lambda port: port.learned is not None):
            value = outputs[port.name]
            lineage = self._lineage(port, value, saved) if _is_table(value) else []
            saved[port.name] = self._writer.save(value, port.type, lineage=lineage)
            if isinstance(value, Metrics):
                result["metrics"][port.name] = dict(value.values)
            if _is_table(value):
                result["rows"][port.name] = value.num_rows
        self._writer.publish()
        return result

    def _lineage(self, port: OutputPort, table: Table, saved: Mapping[str, str]) -> list[str]:
        return output_lineage(port, table, self._lineages, saved, self._context.warn)

    def _from_operator(self, kind: str, data: dict[str, Any]) -> None:
        if kind == "artifact":
            value = data["value"]
            lineage = lineage_of_table(value) if _is_table(value) else []
            self._artifacts[data["name"]] = self._writer.save(value, data["type"], lineage=lineage)
            return
        if kind == "log":
            sys.stdout.write(f"{data['level']}: {data['message']}\n")
        self._emit(kind, data)


def session_of(request: TaskRequest) -> AbstractContextManager[Any]:
    """A connection to the engine of an attempt, for as long as it runs and its outputs are stored."""
    if request.engine not in ENGINES:
        return nullcontext()
    return engine_named(request.engine).connected(request.token)


open_store = cache(ArtifactStore)
"""The store in a folder; a task process meets the same one in every request."""


@cache
def read_spec(path: str, home: Home | None = None) -> OperatorSpec:
    """The spec in a file, which the supervisor has checked already."""
    try:
        return OperatorSpec.from_json(json.loads(Path(path).read_text(encoding="utf-8")), Path(path), home)
    except (OSError, ValueError, KeyError) as error:
        raise OperatorError(f"The spec {path} cannot be read: {error}.") from error


def seed_everything(seed: int) -> None:
    """Seed the global random generators, for code that does not take `context.seed`."""
    random.seed(seed)
    numpy_seed = seed % 2**32
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed(numpy_seed)
    if "polars" in sys.modules:
        sys.modules["polars"].set_random_seed(numpy_seed)
    if "torch" in sys.modules:
        sys.modules["torch"].manual_seed(seed)


def _is_table(value: Any) -> bool:
    return isinstance(value, Table)


def _names(things: Any) -> str:
    return ", ".join(thing.name for thing in things) or "none"
