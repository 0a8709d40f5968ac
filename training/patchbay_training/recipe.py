"""What all recipes share: from a table and a form to a trained model. A recipe adds its data and its network."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING, Any

from patchbay_sdk import Context, Metrics, Model, Operator, Outputs, Table
from patchbay_training.config import TrainingConfig
from patchbay_training.deepspeed_config import deepspeed_config, worker_environment
from patchbay_training.device import Device, check_device
from patchbay_training.errors import StrategyRefused

if TYPE_CHECKING:
    from patchbay_training.data import Rows
    from patchbay_training.estimator import Reader
    from patchbay_training.job import Job
    from patchbay_training.report import Line


@dataclass(frozen=True)
class Prepared:
    """What a recipe makes of its tables.

    `network`: ``module:Class`` and its `options`. `loss`: see `network.loss_per_row`. `task`, `features`, `target`,
    `classes`: as the model has them. `class_weights`: what a row of each class counts. `scale`: see `NetworkEstimator`.
    """

    train: Rows
    valid: Rows
    reader: Reader
    network: str
    options: Mapping[str, Any]
    loss: str
    task: str
    features: Sequence[str]
    target: str | None = None
    classes: Sequence[Any] = ()
    class_weights: Sequence[float] = ()
    scale: tuple[float, float] = (0.0, 1.0)


class Recipe(Operator):
    """Trains a network: a subclass defines `prepare`. Runs in this process on engine local, else through Ray Train."""

    prepare: Callable[..., Prepared]
    """``prepare(self, context, table, validation, **params)``: the rows and the network; `validation` may be None."""

    def run(self, context: Context, table: Table, validation: Table | None = None, **params: Any) -> Outputs:
        """Train in this process, on one worker.

        Raises:
            StrategyRefused: the params ask for more than one process, or for what this device cannot do.
            DataError: the tables do not fit.
            TrainingDiverged: the loss is not finite or has exploded.
        """
        from patchbay_training.device import this_device
        from patchbay_training.launch import run_here

        if params["strategy"] != "single" or params["workers"] != 1:
            raise StrategyRefused("Engine local trains in one process: choose strategy single, or engine deepspeed.")
        return self._train(context, table, validation, params, this_device(), run_here)

    def run_deepspeed(self, context: Context, table: Table, validation: Table | None = None, **params: Any) -> Outputs:
        """Train on the workers of a Ray cluster, all of them or none.

        Raises:
            StrategyRefused: these devices or settings cannot do it; nothing was started.
            DataError: the tables do not fit.
            TrainingError: the loss diverged, no step came for too long, or workers were lost too often.
        """
        from patchbay_training.launch import cluster_device, run_on_ray

        return self._train(context, table, validation, params, cluster_device(context.pool), run_on_ray)

    def _train(
        self,
        context: Context,
        table: Table,
        validation: Table | None,
        params: Mapping[str, Any],
        device: Device,
        start: Callable[[Context, Job], Mapping[str, Any]],
    ) -> Outputs:
        check_device(TrainingConfig.from_params(params, rows=int(params["batch_size"]), seed=context.seed), device)
        prepared = self.prepare(context, table, validation, **params)
        config = TrainingConfig.from_params(params, rows=len(prepared.train), seed=context.seed)
        job = write_job(context, prepared, config)
        context.log(f"Settings of this training: {settings_text(config, device.kind)}")
        outcome = start(context, job)
        return outputs(self.spec.key, table, prepared, job, outcome, device.kind)


def write_job(context: Context, prepared: Prepared, config: TrainingConfig) -> Job:
    """The folder from which workers start; checkpoints lie where they outlive this attempt."""
    from patchbay_training.job import Job

    folder = Path(mkdtemp(dir=context.temp_dir))
    kept = context.checkpoint_dir / "training"
    kept.mkdir(exist_ok=True)
    job = Job(folder, kept, prepared.network, prepared.options, prepared.loss, config, tuple(prepared.class_weights))
    job.write()
    prepared.train.write(folder, "train")
    prepared.valid.write(folder, "valid")
    return job


def outputs(
    operator: str, table: Table, prepared: Prepared, job: Job, outcome: Mapping[str, Any], device: str
) -> Outputs:
    """The model of the best weights, what was measured, the curves, and what DeepSpeed and its workers were told."""
    from patchbay_training.report import curves, read_reports

    lines = read_reports(job.reports)
    scores = metrics(lines, outcome, prepared)
    estimator = trained_estimator(prepared, job)
    model = Model.fitted(
        estimator,
        table,
        task=prepared.task,
        features=prepared.features,
        target=prepared.target,
        classes=list(prepared.classes),
        metrics=scores.values,
        libraries=library_versions(),
        operator=operator,
    )
    return {"model": model, "metrics": scores, "curves": curves(lines), "settings": settings_text(job.config, device)}


def library_versions() -> dict[str, str]:
    """Versions of the libraries that a network's answer may depend on."""
    from importlib.metadata import version

    return {name: version(name) for name in ("patchbay", "numpy", "polars", "pyarrow", "safetensors", "torch")}


def trained_estimator(prepared: Prepared, job: Job) -> Any:
    """The network with the best weights of its training."""
    from safetensors.torch import load_file

    from patchbay_training.estimator import NetworkEstimator
    from patchbay_training.network import make_network

    network = make_network(prepared.network, prepared.options)
    network.load_state_dict(load_file(job.checkpoints / "best.safetensors"))
    return NetworkEstimator(network, prepared.reader, prepared.loss, prepared.scale)


def metrics(lines: Sequence[Line], outcome: Mapping[str, Any], prepared: Prepared) -> Metrics:
    """Of the step whose weights were kept; throughput, memory and MFU of the last report."""
    best = [line for line in lines if line["kind"] == "evaluation" and line["step"] == outcome["best_step"]]
    last = [line for line in lines if line["kind"] == "training"][-1:]
    values: dict[str, float | int | None] = {"best_step": outcome["best_step"], "steps": outcome["step"]}
    for line in best[-1:]:
        values |= {f"validation_{name}": line[name] for name in line if name not in ("kind", "step")}
    for line in last:
        values |= {"training_loss": line["loss"]}
        values |= {name: line[name] for name in ("rows_per_second", "memory", "mfu")}
    about = {"task": prepared.task, "training_rows": len(prepared.train), "validation_rows": len(prepared.valid)}
    return Metrics(values, about=about)


def settings_text(config: TrainingConfig, device: str) -> str:
    """The generated JSON and environment, after overrides, as they were used."""
    strategy = config.distribution.strategy
    zero = {"deepspeed": deepspeed_config(config, device)} if strategy.startswith("zero") else {}
    document = {**zero, "environment": worker_environment(config, device), "training": config.to_json()}
    return json.dumps(document, indent=2, sort_keys=True)
