"""Whole attempts on Ray: what they give, and what is left when they are killed or asked for their place."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from patchbay_runners.artifacts import ArtifactStore
from patchbay_runners.checkpoints import open_folder
from patchbay_runners.driver import DriverRunner
from patchbay_runners.engines.keeper import KEEPER
from patchbay_runners.engines.use import Site
from patchbay_runners.local import LocalRunner
from patchbay_runners.protocol import TaskEvent, TaskRequest
from patchbay_sdk import Table, find_operator
from tests.processes import command_line, descendants, wait_for

pytestmark = [pytest.mark.heavy, pytest.mark.xdist_group("ray"), pytest.mark.timeout(400)]
TRIALS = 8
ROWS = Table(
    pl.DataFrame(
        {
            "x": [row * 0.37 % 5 for row in range(240)],
            "z": [(row * 7919) % 101 / 3 for row in range(240)],
            "y": ["bad" if (row * 0.37 % 5) * 3 + (row * 7919) % 11 > 14 else "good" for row in range(240)],
        }
    )
)


class Bench:
    """A store with the rows above, a runner for each engine, and one task after the other."""

    def __init__(self, folder: Path, site: Site) -> None:
        self.store = ArtifactStore(folder / "store")
        self.ray = DriverRunner("ray", site, self.store.root, grace=2)
        self.local = LocalRunner(self.store.root, grace=2)
        self._folder = folder
        self._rows = self.store.save(ROWS, "table", "rows")
        self._keeper = site.folder / "ray" / KEEPER

    def request(self, operator: str, engine: str, /, **params: Any) -> TaskRequest:
        """A new attempt of the one task, with what the last one left in the folder of checkpoints."""
        spec, token = find_operator(f"{operator}@1.0.0").spec, uuid4().hex
        return TaskRequest(
            run_id="run",
            node_path="node",
            index="",
            attempt=1,
            token=token,
            operator=spec.key,
            implementation=spec.implementation,
            spec_path=str(spec.path),
            params=spec.fill_params(params),
            inputs={"table": [self._rows]},
            engine=engine,
            pool="train",
            seed=3,
            store=str(self.store.root),
            temp_dir=str(self._folder / "temp" / token),
            log_path=str(self._folder / "logs" / f"{token}.log"),
            data_roots=[],
            checkpoint_dir=str(open_folder(self.store.root, "task-1", token)) if spec.runs.checkpoints else None,
        )

    def finish(self, request: TaskRequest) -> dict[str, Any]:
        """The outputs of an attempt that must finish."""
        runner = self.ray if request.engine == "ray" else self.local
        runner.submit(request)
        last = list(events_of(runner))[-1]
        assert last.kind == "finished", (last.data, runner.logs())
        return {port: self.store.load(id) for port, id in runner.outputs().items()}

    def start_and_wait_for_trials(self, request: TaskRequest, count: int) -> None:
        """Start an attempt on Ray that tunes, and return when so many trials have ended."""
        self.ray.submit(request)
        for event in events_of(self.ray):
            count -= event.kind == "metric" and event.data["name"].startswith("trial_")
            if not count:
                return
        raise AssertionError(self.ray.logs())

    def trial_processes(self) -> set[int]:
        """Processes of the engine that run a trial."""
        return {pid for pid in descendants(int(self._keeper.read_text())) if "ray::ImplicitFunc" in command_line(pid)}


def events_of(runner: DriverRunner | LocalRunner) -> Iterator[TaskEvent]:
    while runner.status() == "running":
        yield from runner.wait(120)


@pytest.fixture
def bench(tmp_path: Path, site: Site) -> Iterator[Bench]:
    bench = Bench(tmp_path, site)
    yield bench
    bench.ray.close()
    bench.local.close()


def test_folds_side_by_side_give_what_folds_one_by_one_give(bench: Bench) -> None:
    params = {"operator": "model.random_forest@1.0.0", "target": "y", "params": {"trees": 10}, "folds": 3}
    here, there = (
        bench.finish(bench.request("evaluate.cross_validation", engine, **params)) for engine in ("local", "ray")
    )
    assert_frame_equal(there["table"].polars(), here["table"].polars())
    assert there["metrics"].values == here["metrics"].values
    assert there["chart"] == here["chart"]
    assert here["metrics"]["auc"] > 0.7


def test_tuning_goes_on_where_it_was_killed_and_where_it_gave_its_place(bench: Bench) -> None:
    params = {
        "operator": "model.random_forest@1.0.0", "target": "y", "trials": TRIALS, "folds": 2, "params": {"trees": 20},
        "search": ["max_depth", "min_samples_leaf"], "early_stop": False,
        "concurrency": 1,
    }  # fmt: skip
    killed = bench.request("model.tune", "ray", **params)
    bench.start_and_wait_for_trials(killed, 2)
    assert bench.trial_processes()
    assert bench.ray.process_id
    os.kill(bench.ray.process_id, signal.SIGKILL)
    assert list(events_of(bench.ray))[-1].data["error"]["code"] == "process_killed"
    wait_for(lambda: not bench.trial_processes(), what="the trials' processes to end")

    stopped = bench.request("model.tune", "ray", **params)
    before = journal(stopped)
    assert 2 <= len(before) < TRIALS
    bench.start_and_wait_for_trials(stopped, 1)
    bench.ray.stop()
    assert list(events_of(bench.ray))[-1].data["error"]["code"] == "cancelled"
    wait_for(lambda: not bench.trial_processes(), what="the trials' processes to end")

    last = bench.request("model.tune", "ray", **params)
    done = journal(last)
    assert len(before) < len(done) < TRIALS
    assert done[: len(before)] == before
    trials = bench.finish(last)["trials"].polars()
    assert trials["trial"].to_list() == list(range(1, TRIALS + 1))
    assert set(trials["state"]) == {"complete"}
    assert trials["seconds"][: len(done)].to_list() == [trial["seconds"] for trial in done]
    assert "Going on after" in bench.ray.logs()


def journal(request: TaskRequest) -> list[dict[str, Any]]:
    """The trials that ended before an attempt."""
    assert request.checkpoint_dir
    return [json.loads(line) for line in (Path(request.checkpoint_dir) / "trials.jsonl").read_text().splitlines()]
