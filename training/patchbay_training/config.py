"""What a training is told: plain dataclasses, from a form's params and to the job file of the workers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

STRATEGIES = ("single", "ddp", "fsdp2", "zero0", "zero1", "zero2", "zero3")
PRECISIONS = ("fp32", "bf16", "fp16")
SCHEDULES = ("constant", "linear", "cosine")
OFFLOADS = ("none", "cpu", "nvme")


@dataclass(frozen=True)
class Optimization:
    """How the parameters move.

    `steps`: updates of the parameters. `batch_size`: rows per step over all workers and micro-batches together, so
    that the same training on another number of workers takes the same steps. `accumulation`: micro-batches per step
    and worker. `warmup`: steps in which the learning rate rises from 0. `clip`: largest norm of the gradient, 0: any.
    """

    steps: int = 100
    batch_size: int = 32
    accumulation: int = 1
    learning_rate: float = 1e-3
    weight_decay: float = 0.01
    schedule: str = "cosine"
    warmup: int = 0
    clip: float = 1.0
    precision: str = "fp32"
    activation_checkpointing: bool = False


@dataclass(frozen=True)
class Distribution:
    """How parameters, gradients and optimizer are spread over workers.

    `strategy`: one of `STRATEGIES`. `offload`: where ZeRO 2 and 3 keep what the device has no room for, one of
    `OFFLOADS`. `deepspeed`, `environment`: entries that replace generated ones. `restarts`: how often lost workers are
    started again.
    """

    strategy: str = "single"
    workers: int = 1
    offload: str = "none"
    nvme_folder: str = ""
    deepspeed: Mapping[str, Any] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)
    restarts: int = 2


@dataclass(frozen=True)
class Rhythm:
    """What happens every so many steps.

    `evaluate`, `checkpoint`, `report`: steps between two of them. `patience`: evaluations without a better loss after
    which training stops, 0: never. `explode`: a loss so many times the usual one ends the training. `stall_warn`,
    `stall_fail`: seconds without a report.
    """

    evaluate: int = 50
    checkpoint: int = 50
    report: int = 10
    patience: int = 0
    explode: float = 10.0
    stall_warn: float = 60.0
    stall_fail: float = 600.0


@dataclass(frozen=True)
class TrainingConfig:
    """Everything about a training but its data and its network."""

    optimization: Optimization = Optimization()
    distribution: Distribution = Distribution()
    rhythm: Rhythm = Rhythm()
    seed: int = 0

    @property
    def micro_batch(self) -> int:
        """Rows that one worker takes at once."""
        return self.optimization.batch_size // (self.distribution.workers * self.optimization.accumulation)

    def to_json(self) -> dict[str, Any]:
        """Nested objects, as the job file holds them."""
        return asdict(self)

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> TrainingConfig:
        """The inverse of `to_json`."""
        return cls(
            Optimization(**raw["optimization"]),
            Distribution(**raw["distribution"]),
            Rhythm(**raw["rhythm"]),
            raw["seed"],
        )

    @classmethod
    def from_params(cls, params: Mapping[str, Any], rows: int, seed: int) -> TrainingConfig:
        """The config of a form's params, for `rows` training rows; params of other sections are not looked at.

        A form speaks of epochs: `epochs` and `evaluate_epochs` become steps, `checkpoint_steps` 0 means at every
        evaluation.
        """
        per_epoch = max(1, rows // int(params["batch_size"]))
        steps = max(1, round(params["epochs"] * per_epoch))
        evaluate = max(1, min(steps, round(params.get("evaluate_epochs", 1) * per_epoch)))
        rhythm = Rhythm(
            evaluate=evaluate,
            checkpoint=params.get("checkpoint_steps") or evaluate,
            report=min(params.get("report_steps", 10), evaluate),
            patience=params.get("patience", 0),
            stall_warn=params.get("stall_warn", 60.0),
            stall_fail=params.get("stall_fail", 600.0),
        )
        optimization = Optimization(**{**_known(Optimization, params), "steps": steps})
        return cls(optimization, Distribution(**_known(Distribution, params)), rhythm, seed)


def _known(kind: type, params: Mapping[str, Any]) -> dict[str, Any]:
    names = {each.name for each in fields(kind)}
    return {name: value for name, value in params.items() if name in names}
