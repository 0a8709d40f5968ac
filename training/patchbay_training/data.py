"""Which rows a step takes: a pure function of the step, so that a training resumes without any state of its data."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import torch

from patchbay_sdk import DataError

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Rows:
    """Rows on disk, opened without reading them: `inputs` (rows x ...) and `targets` (rows or rows x ...)."""

    inputs: Array
    targets: Array

    @classmethod
    def open(cls, folder: Path, part: str) -> Rows:
        """The rows that `write` put there; `part`: train or valid."""
        arrays = (np.load(folder / f"{part}_{name}.npy", mmap_mode="r") for name in ("inputs", "targets"))
        return cls(*arrays)

    def write(self, folder: Path, part: str) -> None:
        """Two .npy files."""
        np.save(folder / f"{part}_inputs.npy", self.inputs)
        np.save(folder / f"{part}_targets.npy", self.targets)

    def __len__(self) -> int:
        return len(self.inputs)

    def batch(self, positions: Array, device: torch.device) -> tuple[torch.Tensor, torch.Tensor]:
        """Inputs and targets of these rows on a device."""
        inputs, targets = (torch.from_numpy(np.ascontiguousarray(a[positions])) for a in (self.inputs, self.targets))
        if device.type == "cuda":  # only from pinned memory a copy goes on beside the computation
            inputs, targets = inputs.pin_memory(), targets.pin_memory()
        return inputs.to(device, non_blocking=True), targets.to(device, non_blocking=True)


@dataclass(frozen=True)
class Order:
    """The order in which `rows` rows are taken in batches of `batch_size`: shuffled anew in every epoch.

    Rows that do not fill a batch at the end of an epoch are left to the next epoch's shuffle.
    """

    rows: int
    batch_size: int
    seed: int

    def __post_init__(self) -> None:
        if self.rows < self.batch_size:
            raise DataError(
                f"There are {self.rows} training rows, fewer than the batch size of {self.batch_size}: "
                "take a smaller batch size, or more rows."
            )

    def step(self, step: int) -> Array:
        """Positions of the rows of step 0, 1, ..."""
        epoch, place = divmod(step, self.rows // self.batch_size)
        return _shuffled(self.rows, self.seed, epoch)[place * self.batch_size : (place + 1) * self.batch_size]

    def share(self, step: int, rank: int, workers: int, accumulation: int) -> Array:
        """What one worker takes of a step: micro-batches x rows. All workers together take the whole batch."""
        return self.step(step).reshape(accumulation, workers, -1)[:, rank]


@lru_cache(maxsize=1)
def _shuffled(rows: int, seed: int, epoch: int) -> Array:
    return np.random.default_rng((seed, epoch)).permutation(rows)


def in_turn(rows: int, size: int, rank: int, workers: int) -> Iterator[tuple[Array, Array]]:
    """Positions of all rows in batches, each row at one worker; and which of them count.

    Every worker gets as many batches, because a sharded network computes only when all workers do: the last ones are
    filled up with rows that do not count.
    """
    for start in range(0, rows, size * workers):
        positions = np.arange(size) + start + rank * size
        yield np.minimum(positions, rows - 1), positions < rows
