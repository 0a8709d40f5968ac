"""A step of DDP on two workers through Ray Train, against the same written by hand and started with torchrun."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.bench.figure import report

STEPS, WARM, ROUNDS = 60, 10, 3
OPTIONS = {"symbols": 258, "length": 128, "width": 128, "depth": 4, "heads": 4, "dropout": 0.0}


def main() -> bool:
    """In turn, so that a drifting machine harms both alike; the median step of each, without the first ones."""
    import ray

    from tests.training.cluster import ray_head

    ours: list[float] = []
    plain: list[float] = []
    with tempfile.TemporaryDirectory(dir=os.environ.get("PATCHBAY_BENCH_DIR")) as folder, ray_head() as head:
        ray.init(head.address, namespace="bench", log_to_driver=False)
        for number in range(ROUNDS):
            place = Path(folder) / str(number)
            ours += through_ray(place)[WARM:]
            plain += by_torchrun(place)[WARM:]
        ray.shutdown()
    ratio = statistics.median(ours) / statistics.median(plain)
    return report(
        "training_step_ddp_2_workers_against_torchrun",
        bound=1.05,
        ratio=ratio,
        seconds=statistics.median(ours),
        torchrun=statistics.median(plain),
        steps=len(ours),
    )


def through_ray(folder: Path) -> list[float]:
    """Seconds of each step, from the reports of rank 0."""
    import numpy as np

    from patchbay_sdk import Context
    from patchbay_training.config import Distribution, Optimization, Rhythm, TrainingConfig
    from patchbay_training.data import Rows
    from patchbay_training.job import Job
    from patchbay_training.launch import run_on_ray
    from patchbay_training.report import read_reports

    config = TrainingConfig(
        Optimization(steps=STEPS, batch_size=16), Distribution("ddp", 2), Rhythm(STEPS, STEPS, report=1)
    )
    checkpoints = folder / "checkpoints"
    checkpoints.mkdir(parents=True)
    network = "patchbay_training.recipes.language.model:CausalLanguageModel"
    job = Job(folder, checkpoints, network, OPTIONS, "language", config)
    job.write()
    symbols = np.random.default_rng(0).integers(0, 256, (512, 129), np.int16)
    for part in ("train", "valid"):
        Rows(symbols[:, :-1], symbols[:, 1:]).write(folder, part)
    run_on_ray(Context(temp_dir=folder), job)
    lines = [line for line in read_reports(job.reports) if line["kind"] == "training"]
    return [16 / line["rows_per_second"] for line in lines]


def by_torchrun(folder: Path) -> list[float]:
    """Seconds of each step of the hand-written loop."""
    script = Path(__file__).with_name("plain_training.py")
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2", str(script)]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [*command, str(folder), str(STEPS)], env=environment, check=True, capture_output=True, text=True
    )
    took: list[float] = json.loads(done.stdout.splitlines()[-1])
    return took
