"""Runs operators under test on an engine."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from pathlib import Path

from patchbay_runners.driver import DriverRunner
from patchbay_runners.protocol import TaskEvent, TaskRequest
from tests.processes import wait_for
from tests.runners.desk import TEXT, Desk


class Workbench:
    """A driver's runner, and requests for `operators_on_engines.Count`."""

    def __init__(self, folder: Path, runner: DriverRunner, engine: str) -> None:
        self.desk = Desk(folder, runner)  # type: ignore[arg-type]
        self.runner = runner
        self.engine = engine
        self.journal = folder / "journal"

    def request(self, **params: str) -> TaskRequest:
        """A request to count."""
        request = self.desk.request("Script", **params)
        implementation = "tests.runners.engines.operators_on_engines:Count"
        spec = json.loads(Path(request.spec_path).read_text()) | {"implementation": implementation, "outputs": [TEXT]}
        Path(request.spec_path).write_text(json.dumps(spec))
        return replace(request, implementation=implementation, operator="test.script@1.0.0", engine=self.engine)

    def run(self, request: TaskRequest) -> list[TaskEvent]:
        """Submit, and collect every event up to the last."""
        self.runner.submit(request)
        return self.rest()

    def start_endless(self) -> TaskRequest:
        """Start an attempt that goes on for ever, and return once its work goes on on the engine."""
        request = self.request(journal=str(self.journal))
        self.runner.submit(request)
        wait_for(lambda: bool(self.runner.wait(0.1)) or self.journal.exists(), seconds=120, what="work on the engine")
        wait_for(self.works, what="work on the engine", seconds=60)
        return request

    def works(self) -> bool:
        """Whether an endless attempt works on the engine now: its journal is touched every 0.02 s."""
        before = self.journal.stat().st_mtime_ns if self.journal.exists() else 0
        time.sleep(0.5)
        return self.journal.exists() and self.journal.stat().st_mtime_ns != before

    def rest(self) -> list[TaskEvent]:
        """Every event of the attempt that runs."""
        events: list[TaskEvent] = []
        while self.runner.status() == "running":
            events += self.runner.wait(120)
        return events

    def text(self) -> str:
        """The text that the last attempt made."""
        text: str = self.desk.store.load(self.runner.outputs()["text"])
        return text
