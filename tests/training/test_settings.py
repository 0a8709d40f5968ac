"""What is refused before anything starts, the learning rate of each step, and what DeepSpeed and NCCL are told."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from patchbay_training.config import Distribution, Optimization, TrainingConfig
from patchbay_training.deepspeed_config import deepspeed_config, merged, worker_environment
from patchbay_training.device import Device, check_device, refusals
from patchbay_training.errors import StrategyRefused
from patchbay_training.schedule import learning_rate

CPU = Device()
GPUS = Device("cuda", 4, bf16=True, aio=True)
OLD_GPU = Device("cuda", 1, bf16=False)


def config(strategy: str = "single", workers: int = 1, **more: object) -> TrainingConfig:
    of_distribution = {"offload", "nvme_folder", "deepspeed", "environment"}
    distribution = {name: value for name, value in more.items() if name in of_distribution}
    optimization = {name: value for name, value in more.items() if name not in of_distribution}
    return TrainingConfig(
        replace(Optimization(), **optimization),  # type: ignore[arg-type]
        replace(Distribution(strategy, workers), **distribution),  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(
    ("asked", "device", "why"),
    [
        (config("zero3", offload="nvme", nvme_folder="/nvme"), CPU, "NVMe offload moves what a GPU has no room for"),
        (config("zero3", offload="nvme"), GPUS, "NVMe offload needs nvme_folder"),
        (config("zero3", offload="nvme", nvme_folder="/nvme"), OLD_GPU, "NVMe offload needs libaio"),
        (config("zero2", offload="nvme", nvme_folder="/nvme"), GPUS, "NVMe offload needs ZeRO 3"),
        (config("ddp", offload="cpu"), GPUS, "CPU offload needs ZeRO 1, 2 or 3; the strategy is ddp"),
        (config(precision="fp16"), CPU, "fp16 needs a GPU"),
        (config(precision="bf16"), OLD_GPU, "does not compute in bf16"),
        (config("fsdp2", 2, precision="fp16"), GPUS, "FSDP2 does not scale the loss"),
        (config("ddp", 8), GPUS, "8 workers need a GPU each, and there are 4"),
        (config("single", 2), CPU, "Strategy single takes 1 worker, not 2"),
        (config("ddp", 3), CPU, "32 rows cannot be shared by 3 worker"),
        (config("zero4"), CPU, "strategy: there is no 'zero4'"),
    ],
)
def test_refused_by_name(asked: TrainingConfig, device: Device, why: str) -> None:
    with pytest.raises(StrategyRefused, match=why):
        check_device(asked, device)


@pytest.mark.parametrize("strategy", ["ddp", "fsdp2", "zero1", "zero2", "zero3"])
@pytest.mark.parametrize("precision", ["fp32", "bf16"])
def test_not_refused(strategy: str, precision: str) -> None:
    assert list(refusals(config(strategy, 2, precision=precision), CPU)) == []
    assert list(refusals(config(strategy, 4, precision=precision), GPUS)) == []
    assert list(refusals(config("zero3", 4, offload="nvme", nvme_folder="/nvme", precision="fp16"), GPUS)) == []


def test_learning_rates() -> None:
    steps = Optimization(steps=10, warmup=2, learning_rate=1.0, schedule="cosine")
    rates = [learning_rate(steps, step) for step in range(10)]
    assert rates[:3] == pytest.approx([1 / 3, 2 / 3, 1.0])
    assert rates[6] == pytest.approx(0.5)
    assert rates[9] == pytest.approx((1 + math.cos(math.pi * 7 / 8)) / 2)
    assert learning_rate(replace(steps, schedule="linear"), 6) == pytest.approx(0.5)
    assert learning_rate(replace(steps, schedule="constant"), 9) == 1.0


def test_the_deepspeed_json() -> None:
    asked = config("zero3", 4, offload="nvme", nvme_folder="/nvme", precision="bf16", accumulation=2)
    found = deepspeed_config(asked, "cuda")
    assert found["train_batch_size"] == 32
    assert found["train_micro_batch_size_per_gpu"] == 4
    assert found["gradient_accumulation_steps"] == 2
    assert found["zero_optimization"] == {
        "stage": 3,
        "offload_optimizer": {"device": "nvme", "pin_memory": False, "nvme_path": "/nvme"},
        "offload_param": {"device": "nvme", "pin_memory": False, "nvme_path": "/nvme"},
    }
    assert (found["bf16"], found["fp16"]) == ({"enabled": True}, {"enabled": False})


def test_overrides_replace_add_and_remove_entries() -> None:
    asked = config("zero2", 2, deepspeed={"zero_optimization": {"overlap_comm": False}, "gradient_clipping": None})
    found = deepspeed_config(asked, "cpu")
    assert found["zero_optimization"] == {"stage": 2, "overlap_comm": False}
    assert "gradient_clipping" not in found
    assert merged({"a": {"b": 1}}, {"a": 2}) == {"a": 2}


def test_the_environment_of_workers() -> None:
    asked = config("zero2", 2, environment={"NCCL_DEBUG": "INFO", "NCCL_SOCKET_IFNAME": "eth0"})
    found = worker_environment(asked, "cuda")
    assert found["NCCL_DEBUG"] == "INFO"
    assert found["NCCL_SOCKET_IFNAME"] == "eth0"
    assert found["DS_ACCELERATOR"] == "cuda"
    assert worker_environment(config(), "cpu")["DS_ACCELERATOR"] == "cpu"


def test_a_config_survives_its_file() -> None:
    asked = config("zero3", 4, offload="cpu", deepspeed={"a": 1})
    assert TrainingConfig.from_json(asked.to_json()) == asked


def test_a_form_speaks_of_epochs() -> None:
    found = TrainingConfig.from_params({"epochs": 3, "batch_size": 10, "strategy": "ddp", "workers": 2}, 105, 7)
    assert found.optimization.steps == 30
    assert (found.rhythm.evaluate, found.rhythm.checkpoint, found.rhythm.report) == (10, 10, 10)
    assert (found.distribution.strategy, found.distribution.workers, found.seed) == ("ddp", 2, 7)
