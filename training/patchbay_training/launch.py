"""Starts a job: in this process, or as a gang of Ray Train workers, and tells the platform what happens meanwhile."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

from patchbay_sdk import Cancelled, Context
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

STOPPING = 25.0
"""Seconds in which a training that is to give its place writes a checkpoint; it does so at its next report."""

ENDING = 15.0
"""Seconds in which a trainer ends its workers before it is killed."""

LOOK = 0.5
"""Seconds between two looks at the reports."""

Ended = Callable[[float], bool]
"""Wait for at most so many seconds; whether the training has ended."""


def run_here(context: Context, job: Job) -> Mapping[str, Any]:
    """Train in a thread of this process, so that a signal that ends the task does not come in the middle of a step.

    Raises what `worker.run` raises, TrainingStalled, and Cancelled.
    """
    from patchbay_training import worker

    outcome: dict[str, Any] = {}

    def train() -> None:
        try:
            outcome["done"] = worker.run(job)
        except BaseException as error:  # noqa: BLE001 - raised again by who waits for it
            outcome["error"] = error

    def ended(seconds: float) -> bool:
        thread.join(seconds)
        return not thread.is_alive()

    follower = Follower.of_what_comes(job.reports)
    thread = Thread(target=train, name="training", daemon=True)
    thread.start()
    _watch(context, job, follower, ended, waits=lambda: False)
    if "error" in outcome:
        raise outcome["error"]
    done: Mapping[str, Any] = outcome["done"]
    return done


def cluster_device(pool: str) -> Device:
    """What the workers of the connected Ray cluster train on: its GPUs, or CPUs where it has none."""
    import ray

    from patchbay_training.device import this_device

    resources = ray.cluster_resources()
    places = int(min(resources.get("CPU", 0), resources.get(f"pool_{pool}", math.inf)))
    gpus = int(resources.get("GPU", 0))
    if not gpus:
        return Device(places=places)
    here = this_device()
    return Device("cuda", gpus, bf16=here.bf16, aio=here.aio, places=places)


def run_on_ray(context: Context, job: Job) -> Mapping[str, Any]:
    """Train on a gang of Ray Train workers; lost workers are started again from the last checkpoint.

    The trainer runs in a Ray process of its own, so that this one can watch it: it dies with this process, and its
    workers with it.

    Raises:
        TrainingDiverged: the loss is not finite or has exploded.
        TrainingStalled: no report came for `Rhythm.stall_fail` seconds.
        WorkersLost: workers ended by themselves more than `Distribution.restarts` times.
        Cancelled: the run was cancelled, or the task is to give its place to another.
    """
    import ray

    gpus = cluster_device(context.pool).kind == "cuda"
    pool = f"pool_{context.pool}"
    known = pool in ray.cluster_resources()
    resources = {"CPU": 1.0, **({"GPU": 1.0} if gpus else {}), **({pool: 1.0} if known else {})}
    environment = {
        "RAY_ADDRESS": ray.get_runtime_context().gcs_address,
        "RAY_TRAIN_HEALTH_CHECK_INTERVAL_S": "0.5",
        "RAY_TRAIN_WORKER_GROUP_START_TIMEOUT_S": "1000000",  # a gang keeps its place in the line
    }
    start = ray.remote(num_cpus=0, max_retries=0, runtime_env={"env_vars": environment})(_fit)
    follower = Follower.of_what_comes(job.reports)
    fitting = start.remote(str(job.folder), resources)
    try:
        _watch(context, job, follower, lambda seconds: bool(ray.wait([fitting], timeout=seconds)[0]), _gang_waits)
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
        if ray.wait([fitting], timeout=0 if not force else ENDING)[0]:
            return
        ray.cancel(fitting, force=force)
    ray.wait([fitting], timeout=ENDING)


def _gang_waits() -> bool:
    """Whether a gang of this cluster waits for its places."""
    from ray.util import placement_group_table

    return any(group["state"] == "PENDING" for group in placement_group_table().values())


def _watch(context: Context, job: Job, follower: Follower, ended: Ended, waits: Callable[[], bool]) -> None:
    """Pass reports on until the training has ended; one that is to stop writes a checkpoint first."""
    try:
        _follow(context, job, follower, ended, waits)
    except (Cancelled, SystemError) as error:
        if not context.cancelled():
            raise
        job.stop.touch()
        ended(STOPPING)
        raise Cancelled("The run was cancelled.") from error  # Ray makes a SystemError of what a signal raises in it


def _follow(context: Context, job: Job, follower: Follower, ended: Ended, waits: Callable[[], bool]) -> None:
    rhythm, workers = job.config.rhythm, job.config.distribution.workers
    stall = Stall(rhythm.stall_warn, rhythm.stall_fail, time.monotonic(), grace=STARTING)
    done, started = False, False
    while not done:
        done = ended(LOOK)
        context.check_cancelled()
        for line in follower.new():
            stall.reported(time.monotonic(), grace=STARTING if line["kind"] == "started" else 0.0)
            started = True
            _tell(context, job.config, line)
        if not started and waits():
            stall.reported(time.monotonic(), grace=STARTING)
            context.progress(0.0, f"waits for {workers} places in pool {context.pool}")
        match stall.look(time.monotonic()):
            case "warn":
                context.warn(f"The training has reported no step for {rhythm.stall_warn:g} s.")
            case "fail":
                raise TrainingStalled(
                    f"The training reported no step for {rhythm.stall_fail:g} s, so its workers were ended. "
                    "Run it again to go on from the last checkpoint; allow longer steps by stall_fail.",
                )


def _tell(context: Context, config: TrainingConfig, line: Line) -> None:
    """One report as live metrics of the run, and as progress."""
    if line["kind"] == "started" and line["step"]:
        context.log(f"The training goes on from its checkpoint of step {line['step']}.")
    prefix = "validation_" if line["kind"] == "evaluation" else ""
    for name, value in line.items():
        if name not in ("kind", "step") and math.isfinite(value):
            context.metric(prefix + name, value, line["step"])
    steps = config.optimization.steps
    context.progress(line["step"] / steps, f"step {line['step']} of {steps}")


def _fit(folder: str, resources: Mapping[str, float]) -> Mapping[str, Any]:
    """The trainer: one placement group for all workers, so that they start together or not at all."""
    from ray.train import FailureConfig, RunConfig, ScalingConfig
    from ray.train.torch import TorchConfig, TorchTrainer

    from patchbay_training.job import Job

    class Trainer(TorchTrainer):  # type: ignore[misc]
        """Without the cleaner of placement groups (Ray 2.60), which asks a dashboard that we do not run.

        It says every second that there is no answer, and stays for ever when the trainer is killed. Placement groups
        end with their driver anyway.
        """

        def _create_default_callbacks(self) -> list[Any]:
            made = super()._create_default_callbacks()
            return [callback for callback in made if type(callback).__name__ != "PlacementGroupCleanerCallback"]

    job = Job.read(Path(folder))
    config = job.config.distribution
    gpus = "GPU" in resources
    environment = worker_environment(job.config, "cuda" if gpus else "cpu")
    trainer = Trainer(
        work,
        train_loop_config={"folder": folder},
        torch_config=TorchConfig(backend="nccl" if gpus else "gloo"),
        scaling_config=ScalingConfig(
            num_workers=config.workers, use_gpu=gpus, resources_per_worker=dict(resources), placement_strategy="PACK"
        ),
        run_config=RunConfig(
            name="training",
            storage_path=str(job.folder / "ray"),
            failure_config=FailureConfig(max_failures=config.restarts),
            worker_runtime_env={"env_vars": environment},  # Ray types its old version
        ),
    )
    outcome: Mapping[str, Any] = trainer.fit().return_value
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
