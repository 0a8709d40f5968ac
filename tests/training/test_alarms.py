"""Alarms: a loss that diverges ends the training with its best weights kept; a silence is told."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from patchbay_training.errors import TrainingDiverged
from patchbay_training.watch import Stall, divergence
from tests.training import jobs

pytestmark = [pytest.mark.heavy, pytest.mark.xdist_group("training")]


def test_what_diverges() -> None:
    assert divergence([math.nan], 10) == "the loss is nan"
    assert divergence([0.7, math.inf], 10) == "the loss is inf"
    assert divergence([0.7, 0.6, 9.0], 10) == "the loss rose from 0.7 to 9"
    assert divergence([0.7, 0.6, 6.9], 10) == ""
    assert divergence([0.7], 10) == ""
    assert divergence([0.7, 0.001, 0.001, 0.5], 10) == "", "back to where it began is no divergence"


def test_a_silence_is_warned_of_once_and_then_ends_it() -> None:
    stall = Stall(warn_after=5, fail_after=20, now=0, grace=100)
    assert [stall.look(now) for now in (50, 104, 106, 107, 119)] == ["", "", "warn", "", ""]
    assert stall.look(120) == "fail"
    stall.reported(121)
    assert [stall.look(now) for now in (122, 127, 128, 141)] == ["", "warn", "", "fail"]


def test_a_training_that_diverges_keeps_its_best_weights(tmp_path: Path) -> None:
    from patchbay_training import worker

    rhythm = jobs.Rhythm(evaluate=1, checkpoint=100, report=1)
    made = jobs.job(tmp_path / "job", rhythm=rhythm, learning_rate=1e6, warmup=3, clip=0.0, schedule="constant")
    with pytest.raises(TrainingDiverged, match=r"diverged at step \d+: the loss .* The best weights, of step \d+, are"):
        worker.run(made)
    assert math.isfinite(float(jobs.about_best(made)["loss"]))
