"""A training that was killed goes on as if it had not been, also on another number of workers."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from patchbay_training import worker
from patchbay_training.config import Rhythm
from patchbay_training.errors import CheckpointError
from patchbay_training.job import Job
from patchbay_training.report import Reports, read_reports
from tests.training import jobs
from tests.training.gang import Gang
from tests.training.jobs import accept

pytestmark = [pytest.mark.heavy, pytest.mark.xdist_group("training")]

DROPPING = {**jobs.OPTIONS, "dropout": 0.3}
"""Dropout: what is random must be the same again."""


def again(made: Job, folder: Path, workers: int, strategy: str | None = None) -> Job:
    """The same training from the same checkpoints, on another number of workers."""
    strategy = strategy or made.config.distribution.strategy
    return jobs.job(folder, strategy, workers, options=dict(made.options), checkpoints=made.checkpoints)


@pytest.mark.parametrize("strategy", ["ddp", "fsdp2", "zero3", *accept("zero0", "zero1", "zero2")])
def test_resumed_equals_uninterrupted(tmp_path: Path, pair: Gang, strategy: str) -> None:
    made = jobs.job(tmp_path / "job", strategy, 2, options=DROPPING)
    whole = pair.run(made.folder)[0]
    losses, weights = jobs.losses(made), jobs.best_weights(made)
    jobs.as_if_killed(made)
    assert pair.run(made.folder)[0] == whole
    assert jobs.losses(made) == losses
    assert [line["step"] for line in read_reports(made.reports) if line["kind"] == "training"] == list(range(1, 13))
    for name, value in jobs.best_weights(made).items():
        np.testing.assert_array_equal(value, weights[name])


def test_resumed_in_one_process(tmp_path: Path) -> None:
    made = jobs.job(tmp_path / "job", options=DROPPING)
    whole, losses = worker.run(made), jobs.losses(made)
    jobs.as_if_killed(made)
    assert worker.run(made) == whole
    assert jobs.losses(made) == losses


@pytest.mark.parametrize(("before", "after"), [("ddp", "single"), ("fsdp2", "single"), ("fsdp2", "ddp")])
def test_fewer_workers_and_another_strategy(tmp_path: Path, pair: Gang, before: str, after: str) -> None:
    made = jobs.job(tmp_path / "job", before, 2)
    pair.run(made.folder)
    losses = jobs.losses(made)
    jobs.as_if_killed(made)
    fewer = again(made, tmp_path / "again", 1 if after == "single" else 2, after)
    _ = worker.run(fewer) if after == "single" else pair.run(fewer.folder)
    assert jobs.losses(fewer) == pytest.approx(losses, abs=1e-4)


@pytest.mark.parametrize("strategy", ["zero3", *accept("zero1")])
def test_zero_on_fewer_workers(tmp_path: Path, pair: Gang, lone: Gang, strategy: str) -> None:
    made = jobs.job(tmp_path / "job", strategy, 2)
    pair.run(made.folder)
    losses = jobs.losses(made)
    jobs.as_if_killed(made)
    fewer = again(made, tmp_path / "again", 1)
    done = lone.run(fewer.folder)[0]
    assert done["step"] == 12, done
    assert jobs.losses(fewer) == pytest.approx(losses, abs=1e-4)


@pytest.mark.parametrize("strategy", ["fsdp2", "zero2"])
def test_more_workers(tmp_path: Path, pair: Gang, lone: Gang, strategy: str) -> None:
    made = jobs.job(tmp_path / "job", strategy, 1)
    lone.run(made.folder)
    losses = jobs.losses(made)
    jobs.as_if_killed(made)
    more = again(made, tmp_path / "again", 2)
    done = pair.run(more.folder)[0]
    assert done["step"] == 12, done
    assert jobs.losses(more) == pytest.approx(losses, abs=1e-4)


def test_from_any_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    every = replace(jobs.RHYTHM, checkpoint=1)
    made = jobs.job(tmp_path / "job", rhythm=every)
    worker.run(made)
    losses = jobs.losses(made)
    for steps in (1, 7):
        shutil.rmtree(made.checkpoints)
        made.checkpoints.mkdir()
        _stop_after(made, steps, monkeypatch)
        assert len(jobs.losses(made)) == steps
        worker.run(made)
        assert jobs.losses(made) == losses


class Stopped(Exception):
    """Stands for the end of the process."""


def _stop_after(made: Job, steps: int, patch: pytest.MonkeyPatch) -> None:
    """The process ends right after a report, before the checkpoint of that step."""
    write = Reports.write

    def end(self: Reports, kind: str, step: int, values: dict[str, float]) -> None:
        write(self, kind, step, values)
        if step == steps:
            raise Stopped

    with patch.context() as patched, pytest.raises(Stopped):
        patched.setattr(Reports, "write", end)
        worker.run(made)


def test_another_kind_of_training_is_refused(tmp_path: Path, lone: Gang) -> None:
    made = jobs.job(tmp_path / "job")
    worker.run(made)
    other = again(made, tmp_path / "again", 1, "zero1")
    error = lone.run(other.folder)[0]
    assert isinstance(error, CheckpointError)
    assert "was written by single; zero1 cannot go on from it" in error.message


def test_a_half_written_checkpoint_is_never_read(tmp_path: Path) -> None:
    made = jobs.job(tmp_path / "job")
    worker.run(made)
    torn = made.checkpoints / "writing-00000099"
    torn.mkdir()
    (torn / "training.json").write_text("{")
    assert worker.run(made)["step"] == 12
    jobs.as_if_killed(made)
    assert worker.run(made)["step"] == 12
    assert sorted(path.name for path in made.checkpoints.glob("*-*")) == ["step-00000008", "step-00000012"]


def test_stops_early_and_stays_stopped(tmp_path: Path) -> None:
    rhythm = Rhythm(evaluate=1, checkpoint=1, report=1, patience=2)
    made = jobs.job(tmp_path / "job", rhythm=rhythm, steps=60, learning_rate=0.1, warmup=0)
    done = worker.run(made)
    assert done["step"] == done["best_step"] + 2 < 60
    assert jobs.about_best(made)["step"] == str(done["best_step"])
    assert worker.run(made) == done
