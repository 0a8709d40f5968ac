"""What a data scientist would write: DDP by hand, started with torchrun. Arguments: folder of rows, steps.

Rank 0 prints the seconds of every step as a JSON list.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import numpy as np
import torch
import torch.distributed
from torch import nn
from torch.nn.parallel import DistributedDataParallel

from patchbay_training.recipes.language.model import CausalLanguageModel


def main(folder: Path, steps: int) -> None:
    """Train on the rows of `folder`."""
    torch.distributed.init_process_group("gloo")
    rank, workers = torch.distributed.get_rank(), torch.distributed.get_world_size()
    settings = json.loads((folder / "job.json").read_text())
    size = settings["config"]["optimization"]["batch_size"]
    inputs, targets = (np.load(folder / f"train_{name}.npy", mmap_mode="r") for name in ("inputs", "targets"))
    network = DistributedDataParallel(CausalLanguageModel(**settings["options"]))
    optimizer = torch.optim.AdamW(network.parameters(), lr=1e-3)
    took = []
    for step in range(steps):
        start = time.perf_counter()
        order = np.random.default_rng(step).permutation(len(inputs))[:size][rank::workers]
        scores = network(torch.from_numpy(inputs[order]))
        loss = nn.functional.cross_entropy(scores.flatten(0, 1), torch.from_numpy(targets[order]).flatten().long())
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        took.append(time.perf_counter() - start)
    if rank == 0:
        sys.stdout.write(json.dumps(took) + "\n")
    torch.distributed.destroy_process_group()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
