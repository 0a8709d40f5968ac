"""Through Ray Train: live metrics, a worker that is killed, one that hangs, a gang that never fits."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import psutil
import pytest

from patchbay_runners.engines.keeper import KEEPER
from patchbay_runners.engines.use import Site
from patchbay_sdk import Context
from patchbay_sdk.registry import installed_catalogue, load_operator
from patchbay_training import worker
from patchbay_training.config import Rhythm
from patchbay_training.errors import StrategyRefused, TrainingStalled
from patchbay_training.launch import run_on_ray
from tests.engines import connected
from tests.training import jobs

pytestmark = [
    pytest.mark.heavy,
    pytest.mark.xdist_group("ray"),
    pytest.mark.timeout(400),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # Ray leaves files open
    pytest.mark.filterwarnings("ignore::FutureWarning:ray"),
]


@dataclass(frozen=True)
class Head:
    """The engine to which this process is connected."""

    keeper: int

    def train_workers(self) -> list[psutil.Process]:
        """The processes of Ray Train's workers."""
        below = psutil.Process(self.keeper).children(recursive=True)
        return [process for process in below if "RayTrainWorker" in _title(process)]


def _title(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return ""


@pytest.fixture(scope="module")
def head(site: Site, tests_importable: None) -> Iterator[Head]:
    with connected("deepspeed", site):
        yield Head(int((site.folder / "ray" / KEEPER).read_text()))


class Seen(Context):
    """Collects metrics; `at` is called with the step of each loss."""

    def __init__(self, folder: Path, at: Any) -> None:
        super().__init__(temp_dir=folder, emit=self._take)
        self.at = at
        self.metrics: dict[str, dict[int, float]] = {}
        self.warnings: list[str] = []

    def _take(self, kind: str, data: dict[str, Any]) -> None:
        if kind == "log" and data["level"] == "warning":
            self.warnings.append(data["message"])
        if kind == "metric":
            self.metrics.setdefault(data["name"], {})[data["step"]] = data["value"]
            if data["name"] == "loss":
                self.at(data["step"])


@pytest.mark.accept
def test_a_killed_worker_comes_back_and_the_training_ends_as_if_nothing_was(tmp_path: Path, head: Head) -> None:
    killed: list[int] = []

    def kill_once(step: int) -> None:
        if step >= 4 and not killed:
            victim = head.train_workers()[0]
            victim.kill()
            killed.append(step)

    rhythm = replace(jobs.RHYTHM, checkpoint=4)
    made = jobs.job(tmp_path / "job", "zero2", 2, steps=40, rhythm=rhythm)
    context = Seen(tmp_path, kill_once)
    done = run_on_ray(context, made)
    alone = jobs.job(tmp_path / "alone", steps=40, rhythm=rhythm)
    expected = worker.run(alone)
    assert killed
    assert done["step"] == 40
    assert done["best_step"] == expected["best_step"]
    assert jobs.losses(made) == pytest.approx(jobs.losses(alone), abs=1e-3)
    assert context.metrics["loss"].keys() == set(range(1, 41))
    named = {"loss", "learning_rate", "gradient_norm", "rows_per_second", "memory", "mfu", "validation_loss"}
    assert named <= context.metrics.keys()
    assert all(value > 0 for value in context.metrics["mfu"].values())


@pytest.mark.accept
def test_a_worker_that_hangs_is_warned_of_and_then_ended(tmp_path: Path, head: Head) -> None:
    import ray

    def hang(step: int) -> None:
        for process in head.train_workers():
            process.send_signal(signal.SIGSTOP)

    made = jobs.job(tmp_path / "job", "ddp", 2, steps=100_000, rhythm=Rhythm(1000, 1000, 5, stall_warn=1, stall_fail=2))
    context = Seen(tmp_path, hang)
    with pytest.raises(TrainingStalled, match="no step for 2 s"):
        run_on_ray(context, made)
    assert context.warnings == ["The training has reported no step for 1 s."]
    psutil.wait_procs(head.train_workers(), timeout=30)
    assert head.train_workers() == []
    _wait_until_free(ray)


def test_a_gang_that_never_fits_is_refused(tmp_path: Path, head: Head) -> None:
    operator = load_operator(installed_catalogue().get("train.tabular@1.0.0"))
    params = {"strategy": "ddp", "workers": 3, "batch_size": 3, "epochs": 1}
    with pytest.raises(StrategyRefused, match="3 workers never fit into this pool, which holds 2"):
        operator.operator_run(Context(temp_dir=tmp_path), "deepspeed", {"table": None}, params)


def _wait_until_free(ray: Any) -> None:
    import time

    for _ in range(300):
        if ray.available_resources().get("pool_train") == 2:
            return
        time.sleep(0.1)
    raise AssertionError(f"still taken: {ray.available_resources()}")
