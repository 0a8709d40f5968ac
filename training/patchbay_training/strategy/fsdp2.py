"""FSDP2: parameters, gradients and optimizer state are sharded, gathered block by block while computing.

https://pytorch.org/docs/stable/distributed.fsdp.fully_shard.html
"""

from __future__ import annotations

from contextlib import nullcontext

import torch
from torch import Tensor, nn
from torch.distributed.device_mesh import init_device_mesh
from torch.distributed.fsdp import FSDPModule, MixedPrecisionPolicy, fully_shard

from patchbay_training.network import Network
from patchbay_training.strategy.base import Loss
from patchbay_training.strategy.single import Single


class FullySharded(Single):
    """`fully_shard` on every block and on the rest; gradients are reduced in fp32 whatever is computed in."""

    def wrap(self, network: Network) -> nn.Module:
        policy = MixedPrecisionPolicy(
            param_dtype=None if self.dtype == torch.float32 else self.dtype, reduce_dtype=torch.float32
        )
        mesh = init_device_mesh(self.device.type, (torch.distributed.get_world_size(),))
        for block in network.blocks:
            fully_shard(block, mesh=mesh, mp_policy=policy)
        fully_shard(network, mesh=mesh, mp_policy=policy)
        return network

    def _autocast(self) -> nullcontext[None]:  # type: ignore[override]
        return nullcontext()  # the policy casts

    def accumulate(self, inputs: Tensor, loss: Loss, *, last: bool) -> Tensor:
        assert isinstance(self.network, FSDPModule)
        self.network.set_requires_gradient_sync(last)
        return super().accumulate(inputs, loss, last=last)
