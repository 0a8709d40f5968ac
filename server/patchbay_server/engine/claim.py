"""Claiming: one transaction gives a task to one worker, with a fresh token, a lease and its slots."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple
from uuid import uuid4

from patchbay_server.engine import events, quotas
from patchbay_server.store.database import Transaction
from patchbay_server.store.statement import Row, Statement

Lane = Literal["local", "driver"]
"""Who runs a task: a worker of local ones, or one that drives the engine which does the work."""
IN_LANE: Mapping[Lane, str] = {"local": "engine IN ('local', 'auto')", "driver": "engine NOT IN ('local', 'auto')"}


def lane_of(engine: str) -> Lane:
    """The lane of a task that is to run on an engine."""
    return "local" if engine in ("local", "auto") else "driver"


class TaskRow(NamedTuple):
    """What a claim reads of its task; the names are the columns."""

    id: int
    run_id: int
    project_id: int
    flow_id: int
    path: str
    task_index: str
    operator: str
    params: str
    engine: str
    seed: int | None
    use_cache: bool
    reuse_only: bool
    timeout: float | None
    retries_left: int
    retry_delay: float
    pool: str
    cpu_milli: int
    gpu_milli: int
    memory: int
    isolated: bool
    attempt: int
    token: str


@dataclass(frozen=True, slots=True)
class Claim:
    """A task that this worker owns until its lease ends, and all that is needed to run it."""

    task: TaskRow
    params: dict[str, Any]
    inputs: dict[str, list[str]]
    """Input port -> artifact ids, in the order of the flow's edges."""
    data_roots: list[str]
    bypass_cache: bool
    resumed_from: int | None
    log_path: str
    epoch: int
    """Of the artifact store when it was claimed: see `engine.collection`."""

    def describe(self, state: str, **more: Any) -> dict[str, Any]:
        """The data of a ``task`` event."""
        task = self.task
        return {"path": task.path, "index": task.task_index, "state": state, "attempt": task.attempt, **more}


ADMITTED = Statement(
    "SELECT id, run_id, project_id, cpu_milli, gpu_milli, memory FROM task"
    f" WHERE pool = :pool AND state IN ('ready', 'admitted') AND state = 'admitted' AND {IN_LANE['local']}"
    " ORDER BY priority DESC, id LIMIT 1 $skip_locked"
)
ADMITTED_FOR_DRIVERS = Statement(
    "SELECT id, run_id, project_id, cpu_milli, gpu_milli, memory FROM task"
    f" WHERE pool = :pool AND state IN ('ready', 'admitted') AND state = 'admitted' AND {IN_LANE['driver']}"
    " ORDER BY priority DESC, id LIMIT 1 $skip_locked"
)
_OF_OTHERS = "EXISTS (SELECT 1 FROM task AS other WHERE pool = :pool AND state IN ('ready', 'admitted') AND project_id"
FIRST_IN_LINE = Statement(
    "SELECT id, run_id, project_id, cpu_milli, gpu_milli, memory, isolated, engine,"
    f" {_OF_OTHERS} < :project_id) OR {_OF_OTHERS} > :project_id) FROM task"
    " WHERE pool = :pool AND state IN ('ready', 'admitted')"
    " ORDER BY priority DESC, id LIMIT 1 $skip_locked"
)
OPEN_RUN = Statement(
    "UPDATE run SET event_seq = event_seq + 1, state = 'running', started_at = COALESCE(started_at, $now)"
    " WHERE id = :run_id AND NOT cancel_requested"
    " RETURNING event_seq, data_roots, bypass_cache, resumed_from, (SELECT epoch FROM artifact_store WHERE id = 1)"
)
TAKE_TASK = Statement(
    "UPDATE task SET state = 'running', attempt = attempt + 1, token = :token, not_before = NULL,"
    " give_back_to = NULL, promised = false,"
    " lease_until = $now + :lease, deadline = $now + timeout, started_at = COALESCE(started_at, $now)"
    " WHERE id = :id AND state IN ('ready', 'admitted')"
    f" RETURNING {', '.join(TaskRow._fields)}"
)
TAKE_SLOTS = Statement(
    "UPDATE pool SET used_cpu_milli = used_cpu_milli + :cpu, used_gpu_milli = used_gpu_milli + :gpu,"
    " used_memory = used_memory + :memory WHERE name = :pool"
    " AND used_cpu_milli + :cpu <= cpu_milli AND used_gpu_milli + :gpu <= gpu_milli AND used_memory + :memory <= memory"
)
GIVE_SLOTS = Statement(
    "UPDATE pool SET used_cpu_milli = used_cpu_milli - :cpu, used_gpu_milli = used_gpu_milli - :gpu,"
    " used_memory = used_memory - :memory WHERE name = :pool"
)
NEW_ATTEMPT = Statement(
    "INSERT INTO attempt (task_id, number, state, worker, log_path, started_at)"
    " VALUES (:id, :number, 'running', :worker, :log_path, $now)"
)
TAKEN_BEFORE = Statement(
    f"SELECT {', '.join(f'task.{name}' for name in TaskRow._fields)}, attempt.log_path,"
    " run.data_roots, run.bypass_cache, run.resumed_from, (SELECT epoch FROM artifact_store WHERE id = 1)"
    " FROM task JOIN run ON run.id = task.run_id"
    " JOIN attempt ON attempt.task_id = task.id AND attempt.number = task.attempt"
    " WHERE task.state IN ('running', 'delayed', 'waiting_cache') AND task.state = 'running' AND task.token = :token"
)
INPUTS = Statement(
    "SELECT edge.port, output.artifact_id FROM task_edge AS edge"
    " JOIN output ON output.task_id = edge.parent_id AND output.port = edge.output_port"
    " WHERE edge.child_id = :id AND edge.port <> '' ORDER BY edge.port, edge.position"
)


@dataclass(frozen=True, slots=True)
class Claimant:
    """Who claims, once: the worker's name, seconds of its lease, the folder where its attempts log, what it can run.

    `token`: of the attempt that is made. A claim whose answer was lost is found again by it.
    """

    worker: str
    lease: float
    log_dir: str
    lane: Lane = "local"
    token: str = field(default_factory=lambda: uuid4().hex)


class NothingToClaim(Exception):
    """Rolls a claim back: another worker was faster, the run is cancelled, or the slots are taken."""


def claim(transaction: Transaction, pool: str, claimant: Claimant) -> Claim | None:
    """Claim the admitted task of the highest rank in a pool, with its slots. None: nothing is admitted.

    Raises:
        NothingToClaim: roll back; there is a task, but not for this worker now.
    """
    candidate = transaction.one(ADMITTED if claimant.lane == "local" else ADMITTED_FOR_DRIVERS, {"pool": pool})
    if candidate is None:
        return None
    taken = take(transaction, candidate, claimant)
    if not transaction.run(TAKE_SLOTS, slots(taken.task)):
        raise NothingToClaim
    return taken


def inherit(transaction: Transaction, before: TaskRow, claimant: Claimant) -> Claim | None:
    """Claim the first in line together with the slots of `before`, which has just ended.

    None, and `before`'s slots stay with it, unless the first in line is of the same run, shape and kind, and no
    other project waits, whose turn it may be: then nothing of higher rank waits. A task of another run is claimed in a
    transaction of its own, since locking two runs in one could deadlock.
    """
    candidate = transaction.one(FIRST_IN_LINE, {"pool": before.pool, "project_id": before.project_id})
    if candidate is None or candidate[1:7] != (
        before.run_id, before.project_id, before.cpu_milli, before.gpu_milli, before.memory, before.isolated,
    ):  # fmt: skip
        return None
    engine, others_wait = candidate[7:]
    if _kind(engine) != _kind(before.engine) or others_wait:
        return None
    return take(transaction, candidate, claimant)


def _kind(engine: str) -> tuple[Lane, bool]:
    """Who runs a task, and whether it counts as a training: neither changes within a chain."""
    return lane_of(engine), engine == quotas.TRAINING


def take(transaction: Transaction, candidate: Row, claimant: Claimant) -> Claim:
    """Make a candidate this worker's; the slots are the caller's business. Raises NothingToClaim."""
    run = transaction.one(OPEN_RUN, {"run_id": candidate[1]})
    if run is None:
        raise NothingToClaim
    seq, data_roots, bypass_cache, resumed_from, epoch = run
    row = transaction.one(TAKE_TASK, {"id": candidate[0], "token": claimant.token, "lease": claimant.lease})
    if row is None:
        raise NothingToClaim
    task = TaskRow._make(row)
    log_path = _log_path(claimant.log_dir, task)
    attempt = {"id": task.id, "number": task.attempt, "worker": claimant.worker, "log_path": log_path}
    transaction.run(NEW_ATTEMPT, attempt)
    taken = _claim(transaction, task, log_path, data_roots, bypass_cache, resumed_from, epoch)
    events.write(transaction, task.run_id, seq, [("task", taken.describe("running", worker=claimant.worker))])
    return taken


def taken_before(transaction: Transaction, claimant: Claimant) -> Claim | None:
    """What an earlier try of this very claim took, when the answer to its commit was lost."""
    row = transaction.one(TAKEN_BEFORE, {"token": claimant.token})
    if row is None:
        return None
    columns = len(TaskRow._fields)
    return _claim(transaction, TaskRow._make(row[:columns]), *row[columns:])


def _claim(
    transaction: Transaction,
    task: TaskRow,
    log_path: str,
    data_roots: str,
    bypass_cache: bool,
    resumed_from: int | None,
    epoch: int,
) -> Claim:
    inputs: dict[str, list[str]] = {}
    for port, artifact_id in transaction.all(INPUTS, {"id": task.id}):
        inputs.setdefault(port, []).append(artifact_id)
    roots = json.loads(data_roots)
    return Claim(task, json.loads(task.params), inputs, roots, bool(bypass_cache), resumed_from, log_path, epoch)


def slots(task: TaskRow) -> dict[str, Any]:
    """The parameters of TAKE_SLOTS and GIVE_SLOTS."""
    return {"pool": task.pool, "cpu": task.cpu_milli, "gpu": task.gpu_milli, "memory": task.memory}


def _log_path(folder: str, task: TaskRow) -> str:
    index = f"[{task.task_index}]" if task.task_index else ""
    return f"{folder}/run-{task.run_id}/{task.path.replace('/', '.')}{index}-{task.attempt}.log"
