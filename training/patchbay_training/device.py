"""What a device can do, and what is refused before anything starts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from patchbay_training.config import OFFLOADS, PRECISIONS, SCHEDULES, STRATEGIES, TrainingConfig
from patchbay_training.errors import StrategyRefused


@dataclass(frozen=True)
class Device:
    """What there is to train on.

    `kind`: cpu or cuda. `count`: GPUs, over all machines. `bf16`: whether it computes in bfloat16.
    `aio`: whether DeepSpeed can write to NVMe from here. `places`: workers that its pool holds, None: any number.
    """

    kind: str = "cpu"
    count: int = 0
    bf16: bool = True
    aio: bool = False
    places: int | None = None


def this_device() -> Device:
    """What this process sees."""
    import torch

    if not torch.cuda.is_available():
        return Device()
    return Device("cuda", torch.cuda.device_count(), torch.cuda.is_bf16_supported(), _has_aio())


def _has_aio() -> bool:
    from deepspeed.ops.op_builder import AsyncIOBuilder

    return bool(AsyncIOBuilder().is_compatible())


def check_device(config: TrainingConfig, device: Device) -> None:
    """Raise StrategyRefused, naming all of them, when the device or the settings among themselves do not fit."""
    found = list(refusals(config, device))
    if found:
        raise StrategyRefused(" ".join(found), refused=found)


def refusals(config: TrainingConfig, device: Device) -> Iterator[str]:
    """Every reason why this training cannot run on this device; a pure function."""
    yield from _unknown(config)
    yield from _of_strategy(config)
    yield from _of_device(config, device)
    yield from _of_batch(config)


def _unknown(config: TrainingConfig) -> Iterator[str]:
    for name, value, known in (
        ("strategy", config.distribution.strategy, STRATEGIES),
        ("offload", config.distribution.offload, OFFLOADS),
        ("precision", config.optimization.precision, PRECISIONS),
        ("schedule", config.optimization.schedule, SCHEDULES),
    ):
        if value not in known:
            yield f"{name}: there is no {value!r}; there are: {', '.join(known)}."


def _of_strategy(config: TrainingConfig) -> Iterator[str]:
    strategy, offload = config.distribution.strategy, config.distribution.offload
    if strategy == "single" and config.distribution.workers != 1:
        yield f"Strategy single takes 1 worker, not {config.distribution.workers}: choose ddp, fsdp2 or a ZeRO stage."
    if offload == "cpu" and strategy not in ("zero1", "zero2", "zero3"):
        yield f"CPU offload needs ZeRO 1, 2 or 3; the strategy is {strategy}."
    if offload == "nvme" and strategy != "zero3":
        yield f"NVMe offload needs ZeRO 3; the strategy is {strategy}."
    if offload == "nvme" and not config.distribution.nvme_folder:
        yield "NVMe offload needs nvme_folder: a folder on a local NVMe disk of every worker."
    if config.optimization.precision == "fp16" and strategy == "fsdp2":
        yield "FSDP2 does not scale the loss as fp16 needs it: choose bf16, or a ZeRO stage."


def _of_device(config: TrainingConfig, device: Device) -> Iterator[str]:
    offload, precision = config.distribution.offload, config.optimization.precision
    if offload == "nvme" and device.kind != "cuda":
        yield "NVMe offload moves what a GPU has no room for, and there is no GPU here: choose offload none."
    elif offload == "nvme" and not device.aio:
        yield "NVMe offload needs libaio, which DeepSpeed does not find here: install libaio-dev, or choose cpu."
    if precision == "fp16" and device.kind == "cpu":
        yield "fp16 needs a GPU: on CPUs choose fp32 or bf16."
    if precision == "bf16" and not device.bf16:
        yield "This GPU does not compute in bf16: choose fp16 or fp32."
    if device.places is not None and config.distribution.workers > device.places:
        yield f"{config.distribution.workers} workers never fit into this pool, which holds {device.places}."
    if device.kind == "cuda" and config.distribution.workers > device.count:
        yield f"{config.distribution.workers} workers need a GPU each, and there are {device.count}."


def _of_batch(config: TrainingConfig) -> Iterator[str]:
    rows, workers = config.optimization.batch_size, config.distribution.workers
    accumulation = config.optimization.accumulation
    if rows % (workers * accumulation):
        yield (
            f"batch_size: {rows} rows cannot be shared by {workers} worker(s) x {accumulation} micro-batch(es): "
            f"choose a multiple of {workers * accumulation}."
        )
