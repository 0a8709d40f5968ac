"""Starts a job: in this process, or as a gang of Ray Train workers, and tells the platform what happens meanwhile."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from patchbay_sdk import Context
from patchbay_training import errors
from patchbay_training.config import TrainingConfig
from patchbay_training.deepspeed_config import worker_environment
from patchbay_training.device import Device
from patchbay_training.errors import TrainingError, TrainingStalled, WorkersLost
from patchbay_training.report import Follower, Line
from patchbay_training.watch import Stall

if TYPE_CHECKING:
    from patchbay_training.job import Job

STARTING = 300.0
"""Seconds that workers may take until the first report, on top of the time between two: they import and compile."""

ENDING = 20.0
"""Seconds in which a trainer ends its workers before it is killed."""


def tell(context: Context, config: TrainingConfig, line: Line) -> None:
    """One report as live metrics of the run, and as progress."""
    prefix = "validation_" if line["kind"] == "evaluation" else ""
    for name, value in line.items():
        if name not in ("kind", "step"):
            context.metric(prefix + name, value, line["step"])
    steps = config.optimization.steps
    context.progress(line["step"] / steps, f"step {line['step']} of {steps}")


def run_here(context: Context, job: Job) -> Mapping[str, Any]:
    """Train in this process. Raises what `worker.run` raises, and Cancelled."""
    from patchbay_training import worker

    def listen(line: Line) -> None:
        tell(context, job.config, line)
        context.check_cancelled()

    return worker.run(job, listen)


def cluster_device() -> Device:
    """What the workers of the connected Ray cluster train on: its GPUs, or CPUs where it has none."""
    import ray

    from patchbay_training.device import this_device

    gpus = int(ray.cluster_resources().get("GPU", 0))  # type: ignore[no-untyped-call]
    if not gpus:
        return Device()
    here = this_device()
    return Device("cuda", gpus, bf16=here.bf16, aio=here.aio)


def run_on_ray(context: Context, job: Job) -> Mapping[str, Any]:
    """Train on a gang of Ray Train workers; lost workers are started again from the last checkpoint.

    The trainer runs in a Ray process of its own, so that this one can watch it: it dies with this process, and its
    workers with it.

    Raises:
        TrainingDiverged: the loss is not finite or has exploded.
        TrainingStalled: no report came for `Rhythm.stall_fail` seconds.
        WorkersLost: workers ended by themselves more than `Distribution.restarts` times.
        Cancelled: the run was cancelled.
    """
    import ray

    gpus = cluster_device().kind == "cuda"
    pool = getattr(context, "pool", "") or ""
    environment = {"RAY_ADDRESS": ray.get_runtime_context().gcs_address, "RAY_TRAIN_HEALTH_CHECK_INTERVAL_S": "0.5"}
    start = ray.remote(num_cpus=0, max_retries=0, runtime_env={"env_vars": environment})(_fit)
    fitting = start.remote(str(job.folder), pool, gpus)
    try:
        _watch(context, job, fitting)
        outcome: Mapping[str, Any] = ray.get(fitting)
    except ray.exceptions.RayError as error:
        raise WorkersLost(
            f"The workers of the training ended by themselves: {_last_line(error)}. The log of the run says more.",
        ) from error
    finally:
        _end(fitting)
    if "error" in outcome:
        raise _named(outcome["error"])
    return outcome


def _end(fitting: Any) -> None:
    """End the trainer: asked to, it ends its workers and gives their places back; else it is killed."""
    import ray

    for force in (False, True):
        ray.cancel(fitting, force=force)
        if ray.wait([fitting], timeout=ENDING)[0]:
            return


def _watch(context: Context, job: Job, fitting: Any) -> None:
    """Pass reports on until the trainer is done."""
    import ray

    rhythm, follower = job.config.rhythm, Follower(job.reports)
    stall = Stall(rhythm.stall_warn, rhythm.stall_fail, time.monotonic(), grace=STARTING)
    done = False
    while not done:
        done = bool(ray.wait([fitting], timeout=0.5)[0])
        context.check_cancelled()
        for line in follower.new():
            stall.reported(time.monotonic())
            if line["kind"] != "resumed":
                tell(context, job.config, line)
        match stall.look(time.monotonic()):
            case "warn":
                context.warn(f"The training has reported no step for {rhythm.stall_warn:g} s.")
            case "fail":
                raise TrainingStalled(
                    f"The training reported no step for {rhythm.stall_fail:g} s, so its workers were ended. "
                    "Run it again to go on from the last checkpoint; allow longer steps by stall_fail.",
                )


def _fit(folder: str, pool: str, gpus: bool) -> Mapping[str, Any]:
    """The trainer: one placement group for all workers, so that they start together or not at all."""
    from ray.train import FailureConfig, RunConfig, ScalingConfig
    from ray.train.torch import TorchConfig, TorchTrainer

    from patchbay_training.job import Job

    job = Job.read(Path(folder))
    config = job.config.distribution
    resources = {"CPU": 1.0, **({"GPU": 1.0} if gpus else {}), **({f"pool_{pool}": 1.0} if pool else {})}
    environment = worker_environment(job.config, "cuda" if gpus else "cpu")
    trainer = TorchTrainer(
        work,  # type: ignore[arg-type]
        train_loop_config={"folder": folder},
        torch_config=TorchConfig(backend="nccl" if gpus else "gloo"),
        scaling_config=ScalingConfig(
            num_workers=config.workers, use_gpu=gpus, resources_per_worker=resources, placement_strategy="PACK"
        ),
        run_config=RunConfig(
            name="training",
            storage_path=str(job.folder / "ray"),
            failure_config=FailureConfig(max_failures=config.restarts),
            worker_runtime_env={"env_vars": environment},  # type: ignore[call-arg]  # Ray types its old version
        ),
    )
    outcome: Mapping[str, Any] = trainer.fit().return_value  # type: ignore[attr-defined]
    return outcome


def work(config: Mapping[str, Any]) -> Mapping[str, Any]:
    """One worker of Ray Train. What would end every new attempt as well is returned, so that there is none."""
    from patchbay_sdk import PatchbayError
    from patchbay_training import worker
    from patchbay_training.job import Job

    try:
        return worker.run(Job.read(Path(config["folder"])))
    except PatchbayError as error:
        return {"error": {"kind": type(error).__name__, "message": error.message, "details": error.details}}


def _named(error: Mapping[str, Any]) -> TrainingError:
    """The error of a worker, of its own class."""
    kind = getattr(errors, error["kind"], TrainingError)
    found: TrainingError = kind(error["message"], **error["details"])
    return found


def _last_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[-1].rstrip(".")
