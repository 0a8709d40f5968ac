"""One process: the plain PyTorch way, on which DDP and FSDP2 build."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.distributed.checkpoint.state_dict import StateDictOptions, get_model_state_dict, get_state_dict
from torch.distributed.checkpoint.state_dict import set_state_dict as put_state_dict
from torch.distributed.checkpoint.state_dict_loader import load as load_checkpoint
from torch.distributed.checkpoint.state_dict_saver import save as save_checkpoint
from torch.distributed.tensor import DTensor

from patchbay_training.config import TrainingConfig
from patchbay_training.deepspeed_config import BETAS, EPSILON
from patchbay_training.network import Network
from patchbay_training.strategy.base import Loss

DTYPES = {"fp32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}


class Single:
    """Parameters in fp32, AdamW, autocast for bf16 and fp16; checkpoints by torch.distributed.checkpoint.

    Checkpoints name parameters as the network does, so one written by single, DDP or FSDP2 on any number of workers
    is read by each of them on any number.
    """

    def __init__(self, network: Network, config: TrainingConfig, device: torch.device) -> None:
        self.config = config.optimization
        self.device = device
        self.dtype = DTYPES[self.config.precision]
        self.network = self.wrap(network.to(device))
        self.optimizer = torch.optim.AdamW(
            self.network.parameters(),
            lr=self.config.learning_rate,
            betas=BETAS,
            eps=EPSILON,
            weight_decay=self.config.weight_decay,
        )
        self.scaler = torch.amp.GradScaler(device.type, enabled=self.config.precision == "fp16")

    def wrap(self, network: Network) -> nn.Module:
        """The network as this strategy calls it."""
        return network

    def _autocast(self) -> torch.autocast:
        return torch.autocast(self.device.type, self.dtype, enabled=self.dtype != torch.float32)

    def forward(self, inputs: Tensor) -> Tensor:
        self.network.eval()
        with torch.no_grad(), self._autocast():
            outputs: Tensor = self.network(inputs)
        return outputs

    def accumulate(self, inputs: Tensor, loss: Loss, *, last: bool) -> Tensor:
        self.network.train()
        with self._autocast():
            outputs = self.network(inputs)
        value = loss(outputs)
        torch.autograd.backward(self.scaler.scale(value / self.config.accumulation))
        return value.detach()

    def step(self, learning_rate: float) -> Tensor:
        for group in self.optimizer.param_groups:
            group["lr"] = learning_rate
        self.scaler.unscale_(self.optimizer)
        norm = nn.utils.clip_grad_norm_(self.network.parameters(), self.config.clip or float("inf"))
        self.scaler.step(self.optimizer)
        self.scaler.update()
        self.optimizer.zero_grad(set_to_none=True)
        return norm.full_tensor() if isinstance(norm, DTensor) else norm

    def weights(self) -> dict[str, Tensor]:
        found = get_model_state_dict(self.network, options=StateDictOptions(full_state_dict=True, cpu_offload=True))
        return {name: value.float() for name, value in found.items() if isinstance(value, Tensor)}

    def save(self, folder: Path) -> None:
        with _one_process_is_meant():
            save_checkpoint(self._state(), checkpoint_id=folder)

    def load(self, folder: Path, workers: int) -> None:
        state = self._state()
        with _one_process_is_meant():
            load_checkpoint(state, checkpoint_id=folder)
        put_state_dict(
            self.network, self.optimizer, model_state_dict=state["network"], optim_state_dict=state["optimizer"]
        )
        if state["scaler"]:
            self.scaler.load_state_dict(state["scaler"])

    def _state(self) -> dict[str, Any]:
        network, optimizer = get_state_dict(self.network, self.optimizer)
        return {"network": network, "optimizer": optimizer, "scaler": self.scaler.state_dict()}


@contextmanager
def _one_process_is_meant() -> Iterator[None]:
    """PyTorch warns of checkpoints without a process group."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "torch.distributed is disabled", UserWarning)
        yield
