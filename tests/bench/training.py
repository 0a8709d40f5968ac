"""A step of DDP on two workers through Ray Train, against the same written by hand and started with torchrun."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from tests.bench.figure import report

if TYPE_CHECKING:
    from patchbay_training.job import Job

STEPS, REPORT, ROUNDS = 90, 10, 4
"""`REPORT`: steps between two reports, as the operators have it unless told otherwise."""
RAY_NICENESS = "15"
"""Of Ray's workers: its default."""
OPTIONS = {"symbols": 258, "length": 128, "width": 128, "depth": 4, "heads": 4, "dropout": 0.0}


def main() -> bool:
    """The median over blocks of `REPORT` steps of the mean step, without the first block.

    A round takes torchrun, ours, torchrun: the two runs of torchrun say how far equal work differs on this machine
    (`control`, 1.0 when it is quiet). The ratio is the median over the rounds.

    Ray gives its workers a lower priority; here torchrun's have the same, or the figure would tell who else was busy.
    """
    from patchbay_runners.engines.engine import Size
    from patchbay_runners.engines.use import Site, end_engines
    from tests.engines import connected

    rounds: list[tuple[float, float, float]] = []
    with tempfile.TemporaryDirectory(dir=os.environ.get("PATCHBAY_BENCH_DIR")) as folder:
        site = Site(Path(folder) / "engines", Size(2, 1 << 30, {"train": 2.0}))
        with connected("deepspeed", site):
            for number in range(ROUNDS):
                job = a_job(Path(folder) / str(number))
                rounds.append(
                    tuple(statistics.median(took(job)[1:]) for took in (by_torchrun, through_ray, by_torchrun))
                )
        end_engines(site.folder)
    ratios = [2 * ours / (before + after) for before, ours, after in rounds]
    controls = [after / before for before, _, after in rounds]
    return report(
        "training_step_ddp_2_workers_against_torchrun",
        bound=1.05,
        ratio=statistics.median(ratios),
        least=min(ratios),
        most=max(ratios),
        control_least=min(controls),
        control_most=max(controls),
        seconds=statistics.median(ours for _, ours, _ in rounds),
        torchrun=statistics.median(time for before, _, after in rounds for time in (before, after)),
    )


def a_job(folder: Path) -> Job:
    """A language model of 0.9 million parameters on random bytes, evaluated and checkpointed at the end only."""
    import numpy as np

    from patchbay_training.config import Distribution, Optimization, Rhythm, TrainingConfig
    from patchbay_training.data import Rows
    from patchbay_training.job import Job

    config = TrainingConfig(
        Optimization(steps=STEPS, batch_size=16), Distribution("ddp", 2), Rhythm(STEPS, STEPS, report=REPORT)
    )
    checkpoints = folder / "checkpoints"
    checkpoints.mkdir(parents=True)
    network = "patchbay_training.recipes.language.model:CausalLanguageModel"
    job = Job(folder, checkpoints, network, OPTIONS, "language", config)
    job.write()
    symbols = np.random.default_rng(0).integers(0, 256, (512, 129), np.int16)
    for part in ("train", "valid"):
        Rows(symbols[:, :-1], symbols[:, 1:]).write(folder, part)
    return job


def through_ray(job: Job) -> list[float]:
    """Seconds of a step in each block, from the reports of rank 0."""
    from patchbay_sdk import Context
    from patchbay_training.launch import run_on_ray
    from patchbay_training.report import read_reports

    run_on_ray(Context(temp_dir=job.folder), job)
    lines = [line for line in read_reports(job.reports) if line["kind"] == "training"]
    return [job.config.optimization.batch_size / line["rows_per_second"] for line in lines]


def by_torchrun(job: Job) -> list[float]:
    """Seconds of a step in each block of the hand-written loop."""
    script = Path(__file__).with_name("plain_training.py")
    program = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2", str(script)]
    command = ["nice", "-n", RAY_NICENESS, *program]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [*command, str(job.folder), str(STEPS)], env=environment, check=True, capture_output=True, text=True
    )
    took: list[float] = json.loads(done.stdout.splitlines()[-1])
    return [statistics.mean(took[first : first + REPORT]) for first in range(0, STEPS, REPORT)]
