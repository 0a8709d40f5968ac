"""DeepSpeed ZeRO: stage 1 shards the optimizer, 2 the gradients too, 3 the parameters too, each with offload.

https://www.deepspeed.ai/tutorials/zero/
"""

from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path

import torch
import torch.distributed
from torch import Tensor

from patchbay_training.config import TrainingConfig
from patchbay_training.deepspeed_config import deepspeed_config
from patchbay_training.errors import CheckpointError
from patchbay_training.network import Network
from patchbay_training.strategy.base import Loss
from patchbay_training.strategy.single import DTYPES

TAG = "zero"


class Zero:
    """A DeepSpeed engine. Parameters are computed with in the config's precision, kept and updated in fp32."""

    def __init__(self, network: Network, config: TrainingConfig, device: torch.device) -> None:
        self.config = config
        self.dtype = DTYPES[config.optimization.precision]
        self.device = device
        self.network = network
        self._start(load_universal=False)

    def _start(self, *, load_universal: bool) -> None:
        import deepspeed

        # Its shared-memory collectives are compiled on first use, for half a minute, and are no faster than gloo.
        importlib.import_module("deepspeed.comm.torch").build_shm_op = lambda: None  # type: ignore[attr-defined]
        deepspeed.init_distributed(dist_backend="nccl" if self.device.type == "cuda" else "gloo")
        settings = deepspeed_config(self.config, self.device.type)
        if load_universal:
            settings["checkpoint"] = {"load_universal": True}
        self.engine, *_ = deepspeed.initialize(
            model=self.network, model_parameters=self.network.parameters(), config=settings
        )

    def _cast(self, inputs: Tensor) -> Tensor:
        return inputs.to(self.dtype) if inputs.is_floating_point() else inputs

    def forward(self, inputs: Tensor) -> Tensor:
        self.engine.eval()
        with torch.no_grad():
            outputs: Tensor = self.engine(self._cast(inputs))
        return outputs

    def accumulate(self, inputs: Tensor, loss: Loss, *, last: bool) -> Tensor:
        self.engine.train()
        value = loss(self.engine(self._cast(inputs)))
        self.engine.backward(value)  # divides by the number of micro-batches
        if not last:
            self.engine.step()  # counts the micro-batch, nothing else
        return value.detach()

    def step(self, learning_rate: float) -> Tensor:
        for group in self.engine.optimizer.param_groups:
            group["lr"] = learning_rate
        self.engine.step()
        norm = self.engine.get_global_grad_norm()
        return torch.as_tensor(0.0 if norm is None else norm)

    def weights(self) -> dict[str, Tensor]:
        from deepspeed.utils import safe_get_full_fp32_param

        found = {}
        for name, parameter in self.engine.module.named_parameters():
            full = safe_get_full_fp32_param(parameter)
            found[name] = (parameter if full is None else full).detach().float().cpu().clone()
        return found

    def save(self, folder: Path) -> None:
        self.engine.save_checkpoint(str(folder), tag=TAG)

    def load(self, folder: Path, workers: int) -> None:
        if workers == torch.distributed.get_world_size():
            self._read(folder, TAG)
            return
        universal = folder / "universal"
        if torch.distributed.get_rank() == 0:
            _convert(folder / TAG, universal)
        torch.distributed.barrier()
        self._start(load_universal=True)
        self._read(folder, "universal")

    def _read(self, folder: Path, tag: str) -> None:
        found, _ = self.engine.load_checkpoint(str(folder), tag=tag)
        if found is None:
            raise CheckpointError(f"DeepSpeed does not find its checkpoint in {folder}.")


def _convert(source: Path, target: Path) -> None:
    """Make a universal checkpoint, which loads on any number of workers.

    https://www.deepspeed.ai/tutorials/universal-checkpointing/
    """
    command = [sys.executable, "-m", "deepspeed.checkpoint.ds_to_universal", "--inject_missing_state"]
    folders = ["--input_folder", str(source), "--output_folder", str(target)]
    done = subprocess.run([*command, *folders], capture_output=True, text=True, check=False)
    if done.returncode:
        raise CheckpointError(f"The checkpoint cannot be resharded: {done.stderr.strip()[-500:]}")
