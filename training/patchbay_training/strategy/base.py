"""What every strategy does for the loop."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import torch
from torch import Tensor

from patchbay_training.config import TrainingConfig
from patchbay_training.network import Network

Loss = Callable[[Tensor], Tensor]
"""From a network's outputs to the mean loss of a micro-batch."""


class Strategy(Protocol):
    """One network, its gradients and its optimizer, seen from one worker. All workers call the same methods in turn."""

    def forward(self, inputs: Tensor) -> Tensor:
        """The outputs for evaluation: no gradient, no dropout."""

    def accumulate(self, inputs: Tensor, loss: Loss, *, last: bool) -> Tensor:
        """Forward and backward of one micro-batch; `last`: the gradients are wanted now. Its loss, detached."""

    def step(self, learning_rate: float) -> Tensor:
        """Average gradients over workers, clip, update, forget them. The norm before clipping, still on the device."""

    def weights(self) -> dict[str, Tensor]:
        """All parameters in fp32 on the CPU, under the network's names; every worker must call it."""

    def save(self, folder: Path) -> None:
        """Write parameters and optimizer into an empty folder; every worker writes its part."""

    def load(self, folder: Path, workers: int) -> None:
        """Read what `save` wrote, also with another number of `workers` than now."""


def make_strategy(network: Network, config: TrainingConfig, device: torch.device) -> Strategy:
    """The strategy that the config names, around a network whose parameters are equal on every worker."""
    network.activation_checkpointing = config.optimization.activation_checkpointing
    match config.distribution.strategy:
        case "single":
            from patchbay_training.strategy.single import Single

            return Single(network, config, device)
        case "ddp":
            from patchbay_training.strategy.ddp import DataParallel

            return DataParallel(network, config, device)
        case "fsdp2":
            from patchbay_training.strategy.fsdp2 import FullySharded

            return FullySharded(network, config, device)
    from patchbay_training.strategy.zero import Zero

    return Zero(network, config, device)
