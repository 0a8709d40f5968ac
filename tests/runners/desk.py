"""Runs operators under test through a `LocalRunner`, as an engine would."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

from patchbay_runners.artifacts import ArtifactStore
from patchbay_runners.local import LocalRunner
from patchbay_runners.protocol import TaskEvent, TaskRequest

TABLE = {"name": "table", "type": "table"}
TEXT = {"name": "text", "type": "text"}
TABLE_LIKE_INPUT = {"name": "table", "type": "table", "schema": {"from": "table"}}

PORTS: Mapping[str, tuple[Sequence[Mapping[str, Any]], Sequence[Mapping[str, Any]]]] = {
    "Nothing": ([], []),
    "Watch": ([], []),
    "Forbid": ([], []),
    "Script": ([], [TEXT]),
    "Count": ([], [TABLE, {"name": "metrics", "type": "metrics"}]),
    "AddMean": ([TABLE], [{**TABLE_LIKE_INPUT, "learned": "fitted"}, {"name": "fitted", "type": "transform"}]),
    "Describe": (
        [{"name": "values", "type": "any", "many": True}, {"name": "file", "type": "file", "required": False}],
        [TEXT],
    ),
    "Concatenate": ([{"name": "tables", "type": "table", "many": True}], [{**TABLE, "lineage": "tables"}]),
    "ApplyTransform": ([TABLE, {"name": "transform", "type": "transform"}], [TABLE_LIKE_INPUT]),
}
"""Inputs and outputs of the operators under test."""


class Desk:
    """A runner, its store, and requests for the operators under test."""

    def __init__(self, folder: Path, runner: LocalRunner, store: Path | None = None) -> None:
        self.folder = folder
        self.runner = runner
        self.store = ArtifactStore(store or folder / "store")

    def request(self, operator: str, inputs: Mapping[str, list[str]] | None = None, **params: Any) -> TaskRequest:
        """A request for the operator class of that name."""
        token = uuid4().hex
        return TaskRequest(
            run_id="run",
            node_path="node",
            index="",
            attempt=1,
            token=token,
            operator=f"test.{operator.lower()}@1.0.0",
            implementation=f"tests.runners.operators_under_test:{operator}",
            spec_path=str(self._spec(operator, *PORTS[operator])),
            params=params,
            inputs=dict(inputs or {}),
            engine="local",
            pool="train",
            seed=7,
            store=str(self.store.root),
            temp_dir=str(self.folder / "temp"),
            log_path=str(self.folder / "logs" / f"{token}.log"),
            data_roots=[str(self.folder)],
        )

    def _spec(self, operator: str, inputs: Sequence[Mapping[str, Any]], outputs: Sequence[Mapping[str, Any]]) -> Path:
        path = self.folder / "specs" / f"{operator.lower()}.json"
        path.parent.mkdir(exist_ok=True)
        spec = {
            "id": f"test.{operator.lower()}",
            "version": "1.0.0",
            "category": "code",
            "implementation": f"tests.runners.operators_under_test:{operator}",
            "inputs": inputs,
            "outputs": outputs,
            "params": {"type": "object", "properties": {}},
        }
        path.write_text(json.dumps(spec))
        return path

    def start(self, action: str) -> TaskRequest:
        """Start a script that waits, and return once it says so by its first progress event."""
        request = self.request("Script", action=action)
        self.runner.submit(request)
        assert [event.kind for event in self.runner.wait(60)] == ["progress"]
        return request

    def run(self, request: TaskRequest) -> list[TaskEvent]:
        """Submit, and collect every event up to the last."""
        self.runner.submit(request)
        return self.events()

    def events(self) -> list[TaskEvent]:
        """Every event of the attempt that runs."""
        events: list[TaskEvent] = []
        while self.runner.status() == "running":
            found = self.runner.wait(60)
            assert found, "the task gives no sign of life"
            events += found
        return events

    def finish(self, operator: str, inputs: Mapping[str, list[str]] | None = None, **params: Any) -> dict[str, str]:
        """Outputs of an operator that must finish."""
        last = self.run(self.request(operator, inputs, **params))[-1]
        assert last.kind == "finished", last.data
        return self.runner.outputs()

    def script(self, action: str) -> str:
        """The text that a script returns."""
        text: str = self.store.load(self.finish("Script", action=action)["text"])
        return text

    def error(self, action: str) -> dict[str, Any]:
        """The error that a script ends with."""
        return self.error_of(self.request("Script", action=action))

    def error_of(self, request: TaskRequest) -> dict[str, Any]:
        """The error that an attempt ends with."""
        last = self.run(request)[-1]
        assert last.kind == "failed", last.data
        error: dict[str, Any] = last.data["error"]
        return error

    def with_outputs(self, request: TaskRequest, outputs: Sequence[Mapping[str, Any]]) -> TaskRequest:
        """The request with a spec that declares other outputs."""
        raw = json.loads(Path(request.spec_path).read_text())
        path = self.folder / "specs" / f"{uuid4().hex}.json"
        path.write_text(json.dumps({**raw, "id": f"test.{path.stem}", "outputs": outputs}))
        return replace(request, spec_path=str(path))


def is_alive(pid: int) -> bool:
    """Whether a process exists and is more than a zombie."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return stat.rpartition(")")[2].split()[0] not in "ZX"


def eventually(condition: Callable[[], bool]) -> bool:
    """Whether the condition comes true within a generous time."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.01)
    return False
