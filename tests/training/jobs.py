"""A small training that every strategy can do."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from patchbay_training.config import Distribution, Optimization, Rhythm, TrainingConfig
from patchbay_training.data import Rows
from patchbay_training.job import Job
from patchbay_training.report import read_reports

NETWORK = "patchbay_training.recipes.tabular.model:TabularNetwork"
OPTIONS = {"features": 6, "outputs": 2, "width": 16, "depth": 2, "dropout": 0.0}
OPTIMIZATION = Optimization(steps=12, batch_size=16, accumulation=2, learning_rate=1e-2, warmup=2, clip=0.5)
RHYTHM = Rhythm(evaluate=6, checkpoint=4, report=1)
SEED = 3


def accept(*strategies: str) -> list[Any]:
    """Params of tests for which there is no time but in `make accept`."""
    return [pytest.param(strategy, marks=pytest.mark.accept) for strategy in strategies]


def rows() -> tuple[Rows, Rows]:
    """64 training and 32 validation rows of two classes."""
    generator = np.random.default_rng(0)
    inputs = generator.normal(size=(96, 6)).astype(np.float32)
    targets = (inputs[:, 0] * inputs[:, 1] > 0).astype(np.int64)
    return Rows(inputs[:64], targets[:64]), Rows(inputs[64:], targets[64:])


def job(
    folder: Path,
    strategy: str = "single",
    workers: int = 1,
    *,
    rhythm: Rhythm = RHYTHM,
    options: dict[str, Any] = OPTIONS,
    checkpoints: Path | None = None,
    **optimization: Any,
) -> Job:
    """A job in `folder`, written."""
    folder.mkdir(parents=True)
    for part, each in zip(("train", "valid"), rows(), strict=True):
        each.write(folder, part)
    config = TrainingConfig(
        replace(OPTIMIZATION, **optimization), Distribution(strategy=strategy, workers=workers), rhythm, SEED
    )
    made = Job(folder, checkpoints or folder / "checkpoints", NETWORK, options, "classification", config)
    made.checkpoints.mkdir(exist_ok=True)
    made.write()
    return made


def losses(made: Job, kind: str = "training") -> list[float]:
    """The losses that a job reported, step by step."""
    return [line["loss"] for line in read_reports(made.reports) if line["kind"] == kind]


def as_if_killed(made: Job) -> None:
    """What is left when all workers are killed while they write the last checkpoint."""
    last = max(made.checkpoints.glob("step-*"))
    (last / "training.json").unlink()
    last.rename(made.checkpoints / last.name.replace("step", "writing"))


def best_weights(made: Job) -> dict[str, Any]:
    """Name -> array."""
    from safetensors.numpy import load_file

    return load_file(made.checkpoints / "best.safetensors")


def about_best(made: Job) -> dict[str, Any]:
    """What the header of the best weights says."""
    content = (made.checkpoints / "best.safetensors").read_bytes()
    header = json.loads(content[8 : 8 + int.from_bytes(content[:8], "little")])
    found: dict[str, Any] = header["__metadata__"]
    return found
