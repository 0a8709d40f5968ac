"""Attempts at one task, each in its own process: one gives its place, one is killed, the last one ends the work."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from patchbay_runners.driver import DriverRunner
from patchbay_runners.engines.use import Site
from patchbay_runners.protocol import TaskEvent, TaskRequest
from patchbay_sdk import Table
from patchbay_sdk.registry import installed_catalogue
from tests.operators.running import run
from tests.runners.desk import Desk

pytestmark = [pytest.mark.accept, pytest.mark.heavy, pytest.mark.xdist_group("ray"), pytest.mark.timeout(400)]

PARAMS = {
    "target": "kind", "width": 16, "depth": 1, "dropout": 0.0, "batch_size": 8, "learning_rate": 0.01, "epochs": 40,
    "evaluate_epochs": 20, "checkpoint_steps": 100_000, "report_steps": 1, "warmup": 10,
}  # fmt: skip
SPREAD = {"strategy": "ddp", "workers": 2}


def rows() -> Table:
    numbers = np.random.default_rng(0).normal(size=(120, 2))
    kinds = np.where(numbers[:, 0] * numbers[:, 1] > 0, "same", "other")
    return Table(pl.DataFrame({"a": numbers[:, 0], "b": numbers[:, 1], "kind": kinds}))


@pytest.fixture
def desk(tmp_path: Path, site: Site, tests_importable: None) -> Iterator[Desk]:
    runner = DriverRunner("deepspeed", site, tmp_path / "store")
    yield Desk(tmp_path, runner)  # type: ignore[arg-type]
    runner.close()


def request_of(desk: Desk, **params: Any) -> TaskRequest:
    """A task that trains on the rows; its attempts share a folder for checkpoints."""
    spec = installed_catalogue().get("train.tabular@1.0.0")
    with desk.store.writer("rows") as writer:
        table = writer.save(rows(), "table")
        writer.publish()
    kept = desk.folder / "kept"
    kept.mkdir(exist_ok=True)
    defaults = {name: each["default"] for name, each in spec.params["properties"].items() if "default" in each}
    return replace(
        desk.request("Script"),
        operator=spec.key,
        implementation=spec.implementation,
        spec_path=str(spec.path),
        params={**defaults, **PARAMS, **params},
        inputs={"table": [table]},
        engine="deepspeed",
        checkpoint_dir=str(kept),
    )


def losses(desk: Desk, request: TaskRequest, at: Callable[[int], None] = lambda step: None) -> dict[int, float]:
    """The losses of an attempt, by step; `at` is called with each step. `ended` keeps the last event."""
    desk.runner.submit(request)
    found: dict[int, float] = {}
    events: list[TaskEvent] = []
    while desk.runner.status() == "running":
        for event in desk.runner.wait(120):
            events.append(event)
            if event.kind == "metric" and event.data["name"] == "loss":
                found[event.data["step"]] = event.data["value"]
                at(event.data["step"])
    ended[request.token] = events[-1]
    return found


ended: dict[str, TaskEvent] = {}


def test_what_was_given_back_and_killed_ends_as_if_nothing_was(desk: Desk, tmp_path: Path) -> None:
    asked: list[int] = []

    def ask(step: int) -> None:
        if step >= 50 and not asked:
            asked.append(step)
            desk.runner.stop()

    first = request_of(desk, **SPREAD)
    losses(desk, first, ask)
    assert ended[first.token].data["error"]["code"] == "cancelled"
    kept = list((desk.folder / "kept/training").glob("step-*"))
    assert len(kept) == 1, "it wrote a checkpoint because it was asked to stop"
    step = int(kept[0].name.removeprefix("step-"))
    assert asked[0] <= step < 520

    def kill(at: int) -> None:
        if at >= step + 20 and desk.runner.process_id:
            os.kill(desk.runner.process_id, signal.SIGKILL)

    second = request_of(desk, **SPREAD, checkpoint_steps=10)
    between = losses(desk, second, kill)
    assert min(between) == step + 1
    assert ended[second.token].data["error"]["code"] == "process_killed"

    third = request_of(desk)
    after = losses(desk, third)
    assert ended[third.token].kind == "finished", ended[third.token].data
    assert min(after) > step + 1, "from the newest checkpoint, on one worker instead of two"
    assert min(after) % 10 == 1

    alone = run("train.tabular", tmp_path / "alone", {"table": rows()}, seed=7, **PARAMS)
    model = desk.store.load(desk.runner.outputs()["model"])
    expected = alone["model"].predict(rows()).polars()["score"]
    np.testing.assert_allclose(model.predict(rows()).polars()["score"], expected, atol=0.02)
    curves = desk.store.load(desk.runner.outputs()["curves"])
    assert curves.series[0]["x"] == list(range(1, 521))
