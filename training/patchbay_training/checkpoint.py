"""Checkpoints: written whole or not at all, and read back on any number of workers.

::

    step-00000040/           a complete checkpoint: it got this name when everything was on disk
        state/               what the strategy wrote
        training.json        {"step", "workers", "strategy", "progress"}
    writing-00000060/        somebody is writing, or was killed while writing: never read
    best.safetensors         the weights with the least validation loss so far; its step and loss are in its header
"""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import asdict, dataclass, field
from pathlib import Path

import torch
import torch.distributed
from torch import Tensor

from patchbay_training.errors import CheckpointError
from patchbay_training.strategy import Strategy

KEPT = 2
"""Complete checkpoints that are kept: the newest, and one before it."""


@dataclass
class Progress:
    """How far a training is.

    `step`: steps done. `stale`: evaluations since the best one. `losses`: the first one reported and the latest, which
    say what is usual.
    """

    step: int = 0
    best_loss: float = float("inf")
    best_step: int = 0
    stale: int = 0
    losses: list[float] = field(default_factory=list)


class Checkpoints:
    """The checkpoints of one training in `folder`; all workers call `save` and `load` together."""

    def __init__(self, folder: Path, strategy: str) -> None:
        self.folder = folder
        self.strategy = strategy
        folder.mkdir(parents=True, exist_ok=True)

    @property
    def best(self) -> Path:
        """The file of the best weights."""
        return self.folder / "best.safetensors"

    def latest(self) -> Path | None:
        """The newest complete checkpoint, or None."""
        return max(self.folder.glob("step-*"), default=None)

    def save(self, progress: Progress, strategy: Strategy) -> None:
        """Write a checkpoint of all workers; one of an earlier attempt at the same step is replaced."""
        writing = self.folder / f"writing-{progress.step:08d}"
        if is_first():
            for rest in self.folder.glob("writing-*"):
                shutil.rmtree(rest)
            (writing / "state").mkdir(parents=True)
        wait_for_all()
        strategy.save(writing / "state")
        wait_for_all()
        if is_first():
            document = {"workers": workers(), "strategy": self.strategy, "progress": asdict(progress)}
            (writing / "training.json").write_text(json.dumps(document), encoding="utf-8")
            _sync(writing)
            final = self.folder / f"step-{progress.step:08d}"
            if final.exists():
                shutil.rmtree(final)
            writing.rename(final)
            _sync_folder(self.folder)
            for old in sorted(self.folder.glob("step-*"))[:-KEPT]:
                shutil.rmtree(old)
        wait_for_all()

    def load(self, strategy: Strategy) -> Progress:
        """Put the newest complete checkpoint into the strategy; without one, the beginning.

        Raises:
            CheckpointError: it cannot be read, or was written by a strategy that keeps its state in another form.
        """
        found = self.latest()
        if found is None:
            return Progress()
        document = json.loads((found / "training.json").read_text(encoding="utf-8"))
        if _form(document["strategy"]) != _form(self.strategy):
            raise CheckpointError(
                f"The checkpoint of step {document['progress']['step']} was written by {document['strategy']}; "
                f"{self.strategy} cannot go on from it. Start anew, or choose {document['strategy']} again."
            )
        strategy.load(found / "state", document["workers"])
        wait_for_all()
        return Progress(**document["progress"])

    def keep_best(self, progress: Progress, strategy: Strategy) -> None:
        """Keep the weights of now as the best ones, in one step."""
        weights = strategy.weights()
        if is_first():
            save_weights(weights, self.best, {"step": str(progress.best_step), "loss": repr(progress.best_loss)})


def save_weights(weights: dict[str, Tensor], path: Path, about: dict[str, str]) -> None:
    """Write weights as a safetensors file, whole or not at all."""
    from safetensors.torch import save_file

    writing = path.with_suffix(".writing")
    save_file({name: value.contiguous() for name, value in weights.items()}, writing, metadata=about)
    with writing.open("rb") as file:
        os.fsync(file.fileno())
    writing.replace(path)
    _sync_folder(path.parent)


def _form(strategy: str) -> str:
    """Strategies of one form read each other's checkpoints."""
    return strategy if strategy.startswith("zero") else "torch"


def is_first() -> bool:
    """Whether this is the worker that does what is done once."""
    return not torch.distributed.is_initialized() or torch.distributed.get_rank() == 0


def workers() -> int:
    """How many workers there are."""
    return torch.distributed.get_world_size() if torch.distributed.is_initialized() else 1


def wait_for_all() -> None:
    """Go on when every worker is here."""
    if torch.distributed.is_initialized():
        torch.distributed.barrier()


def _sync(folder: Path) -> None:
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                os.fsync(file.fileno())
        else:
            _sync_folder(path)
    _sync_folder(folder)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
