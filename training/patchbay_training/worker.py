"""What one worker does, from the job to the end; start it with torchrun, Ray Train, or in this process.

``torchrun --nproc-per-node 2 -m patchbay_training.worker JOB_FOLDER``
"""

from __future__ import annotations

import sys
import warnings
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.distributed

from patchbay_training.checkpoint import Checkpoints, is_first
from patchbay_training.data import Rows
from patchbay_training.job import Job
from patchbay_training.loop import Loop
from patchbay_training.meter import Meter
from patchbay_training.network import flops_per_row, make_network
from patchbay_training.report import Reports
from patchbay_training.strategy import make_strategy
from patchbay_training.strategy.single import DTYPES


def run(job: Job) -> dict[str, Any]:
    """Train, from the newest checkpoint if there is one. Returns the fields of `Progress`.

    When somebody makes the file `Job.stop`, it writes a checkpoint at the next report, and returns.

    With more than one worker the process group is there already, and this is called by every worker.

    Raises:
        TrainingDiverged: the loss is not finite or has exploded.
        CheckpointError: the checkpoint cannot be gone on from.
    """
    # DeepSpeed and FSDP2 call what PyTorch has given new names.
    warnings.filterwarnings("ignore", "`torch.distributed", FutureWarning)
    config = job.config
    distributed = torch.distributed.is_initialized()
    rank = torch.distributed.get_rank() if distributed else 0
    device = this_workers_device(rank)
    train, valid = Rows.open(job.folder, "train"), Rows.open(job.folder, "valid")

    torch.manual_seed(config.seed)
    network = make_network(job.network, job.options)
    flops = flops_per_row(network, train.batch(np.arange(1), torch.device("cpu"))[0])
    strategy = make_strategy(network, config, device)

    checkpoints = Checkpoints(job.checkpoints, config.distribution.strategy)
    progress = checkpoints.load(strategy)

    meter = Meter(device, flops, config.distribution.workers, DTYPES[config.optimization.precision])
    weights = torch.tensor(job.class_weights, device=device) if job.class_weights else None
    loop = Loop(config, strategy, job.task, train, valid, checkpoints, meter, device, rank, weights, job.stop.exists)
    reports = Reports(job.reports, progress.step) if is_first() else None
    try:
        return asdict(loop.run(progress, reports))
    finally:
        if reports:
            reports.close()


def this_workers_device(rank: int) -> torch.device:
    """The GPU of this worker, or the CPU."""
    if not torch.cuda.is_available():
        return torch.device("cpu")
    device = torch.device("cuda", rank % torch.cuda.device_count())
    torch.cuda.set_device(device)
    return device


if __name__ == "__main__":
    torch.distributed.init_process_group("nccl" if torch.cuda.is_available() else "gloo")
    run(Job.read(Path(sys.argv[1])))
    torch.distributed.destroy_process_group()
