"""What DeepSpeed and NCCL are told: generated from the form, shown beside the model, overridable entry by entry."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from patchbay_training.config import TrainingConfig

BETAS = (0.9, 0.999)
EPSILON = 1e-8


def deepspeed_config(config: TrainingConfig, device: str) -> dict[str, Any]:
    """The DeepSpeed JSON (https://www.deepspeed.ai/docs/config-json/) for a device of kind `device` (cpu or cuda).

    The learning rate's schedule is not in it: the loop sets the rate at every step, as for all strategies. Elsewhere
    than on a GPU with offload the optimizer is PyTorch's own, which needs no compiler.
    """
    optimization, distribution = config.optimization, config.distribution
    offloaded = distribution.offload != "none"
    generated: dict[str, Any] = {
        "train_batch_size": optimization.batch_size,
        "train_micro_batch_size_per_gpu": config.micro_batch,
        "gradient_accumulation_steps": optimization.accumulation,
        "gradient_clipping": optimization.clip,
        "optimizer": {
            "type": "AdamW",
            "params": {
                "lr": optimization.learning_rate,
                "betas": list(BETAS),
                "eps": EPSILON,
                "weight_decay": optimization.weight_decay,
                "torch_adam": not (offloaded and device == "cuda"),
            },
        },
        "bf16": {"enabled": optimization.precision == "bf16"},
        "fp16": {"enabled": optimization.precision == "fp16"},
        "zero_optimization": _zero(config),
        "zero_force_ds_cpu_optimizer": offloaded and device == "cuda",
        "zero_allow_untested_optimizer": True,
        "steps_per_print": 1_000_000_000,
    }
    return merged(generated, distribution.deepspeed)


def _zero(config: TrainingConfig) -> dict[str, Any]:
    stage = int(config.distribution.strategy.removeprefix("zero"))
    section: dict[str, Any] = {"stage": stage}
    if config.distribution.offload == "none":
        return section
    place: dict[str, Any] = {"device": config.distribution.offload, "pin_memory": False}
    if config.distribution.offload == "nvme":
        place["nvme_path"] = config.distribution.nvme_folder
    section["offload_optimizer"] = place
    if stage == 3:
        section["offload_param"] = dict(place)
    return section


def worker_environment(config: TrainingConfig, device: str) -> dict[str, str]:
    """Environment variables of every worker: the accelerator, and for GPUs what NCCL does when a worker is lost.

    See https://docs.nvidia.com/deeplearning/nccl/user-guide/docs/env.html.
    """
    generated = {"OMP_NUM_THREADS": "1", "DS_ACCELERATOR": device}
    if device == "cuda":
        generated = {
            "DS_ACCELERATOR": device,
            "NCCL_DEBUG": "WARN",
            "TORCH_NCCL_ASYNC_ERROR_HANDLING": "1",
            "TORCH_NCCL_BLOCKING_WAIT": "0",
        }
    return {**generated, **config.distribution.environment}


def merged(base: Mapping[str, Any], overrides: Mapping[str, Any]) -> dict[str, Any]:
    """`base` with the entries of `overrides`; objects are merged, everything else is replaced, null removes."""
    result = dict(base)
    for key, value in overrides.items():
        old = result.get(key)
        if value is None:
            result.pop(key, None)
        elif isinstance(value, Mapping) and isinstance(old, Mapping):
            result[key] = merged(old, value)
        else:
            result[key] = value
    return result
