"""DDP: every worker holds everything, gradients are averaged while they are computed.

https://pytorch.org/docs/stable/notes/ddp.html
"""

from __future__ import annotations

from contextlib import nullcontext

from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel

from patchbay_training.network import Network
from patchbay_training.strategy.base import Loss
from patchbay_training.strategy.single import Single


class DataParallel(Single):
    """DistributedDataParallel; only the last micro-batch of a step is averaged over the workers."""

    network: DistributedDataParallel

    def wrap(self, network: Network) -> nn.Module:
        return DistributedDataParallel(network, device_ids=[self.device] if self.device.type == "cuda" else None)

    def accumulate(self, inputs: Tensor, loss: Loss, *, last: bool) -> Tensor:
        with nullcontext() if last else self.network.no_sync():
            return super().accumulate(inputs, loss, last=last)
