"""Every task that waits can say why."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from patchbay_server.engine import open_runs, scheduler
from patchbay_server.engine.admission import Decision
from patchbay_server.engine.admission.decision import QuotaLack
from patchbay_server.engine.cache import GOES_ON_BEFORE
from patchbay_server.engine.errors import NotFound
from patchbay_server.store.database import Transaction
from patchbay_server.store.statement import Statement

TASK = Statement(
    "SELECT path, state, pool, project_id, cache_key, not_before - $now, give_back_to, run_id FROM task WHERE id = :id"
)
PARENTS = Statement(
    "SELECT DISTINCT parent.path FROM task_edge AS edge JOIN task AS parent ON parent.id = edge.parent_id"
    " WHERE edge.child_id = :id AND parent.state NOT IN ('done', 'failed', 'skipped')"
    " ORDER BY parent.path"
)
LEADER = Statement(
    "SELECT leader.run_id, leader.path FROM cache_entry AS entry JOIN task AS leader ON leader.id = entry.task_id"
    " WHERE entry.project_id = :project_id AND entry.key = :key"
)


BEFORE = Statement(
    f"SELECT run_id, path FROM task AS found WHERE id = (SELECT ({GOES_ON_BEFORE}) FROM task WHERE id = :id)"
)


@dataclass(frozen=True, slots=True)
class WaitReason:
    """`code` and `details` for programs and translations, `message` in English.

    Codes: ``flow_limit`` {flow, limit, open, position}: the whole run waits, see `open_runs`; ``parents`` {paths};
    ``approval``; ``retry`` {seconds}; ``same_work`` {run, path}; ``worker`` {pool}; ``slots`` {pool, position,
    cpu_milli, gpu_milli, memory, starts_at}: what must become free first, and when it will have at the latest, if
    that is known; ``reserved`` {pool, position, tasks}: there is room, kept for these tasks; ``give_back`` {pool,
    position, tasks}: these tasks of other projects are asked to stop at a checkpoint for it; ``quota`` {pool,
    position, resource, limit, used, missing}; ``impossible``: as ``slots``, or as ``quota``; ``none``: it does not
    wait; ``giving_back`` {task}: it runs, and is asked to stop at a checkpoint for that one. Those of a pool are
    explained in docs/pools.md; they have `gave_to` besides, if the task has given its place to that one.
    """

    code: str
    message: str
    details: dict[str, Any] = field(default_factory=dict)


def explain(transaction: Transaction, task_id: int) -> WaitReason:
    """Why a task has not started. Raises NotFound."""
    row = transaction.one(TASK, {"id": task_id})
    if row is None:
        raise NotFound(f"There is no task {task_id}.", reason="task")
    path, state, pool, project_id, key, seconds, give_back_to, run_id = row
    if state == "running" and give_back_to is not None:
        message = f"writes a checkpoint to give its place to task {give_back_to} of another project; it goes on later"
        return WaitReason("giving_back", message, {"task": give_back_to})
    if state == "waiting":
        queue = open_runs.queue_of(transaction, run_id)
        if queue is not None:
            return _of_flow(queue)
        paths = [parent[0] for parent in transaction.all(PARENTS, {"id": task_id})]
        return WaitReason("parents", f"waits for {', '.join(paths)}", {"paths": paths})
    if state == "waiting_approval":
        return WaitReason("approval", "waits for somebody to approve or reject it")
    if state == "delayed":
        left = max(0.0, seconds)
        return WaitReason("retry", f"is tried again in {left:.0f} s", {"seconds": left})
    if state == "waiting_cache":
        place = {"project_id": project_id, "key": key}
        leader = transaction.one(LEADER, place) or transaction.one(BEFORE, {"id": task_id})
        run_id, leader_path = leader or (None, path)
        message = f"the same step is running as {leader_path} in run {run_id}; its result will be reused"
        return WaitReason("same_work", message, {"run": run_id, "path": leader_path})
    if state in ("ready", "admitted"):
        decision = next((item for item in scheduler.outlook(transaction, pool) if item.id == task_id), None)
        return of_pool(pool, state, decision, give_back_to)
    return WaitReason("none", f"is {state}")


def _of_flow(queue: open_runs.Queue) -> WaitReason:
    message = (
        f"its run waits: flow {queue.flow} may have {queue.limit} open runs and has {queue.open};"
        f" position {queue.position} of those that wait"
    )
    return WaitReason("flow_limit", message, asdict(queue))


def of_pool(pool: str, state: str, decision: Decision | None, gave_to: int | None) -> WaitReason:
    """Why a task that is ``ready`` or ``admitted`` has not started. `decision`: of `scheduler.outlook`, if any.

    `gave_to`: the task that it gave its place to, if it did.
    """
    reason = _of_pool(pool, state, decision)
    if gave_to is None:
        return reason
    message = f"gave its place to task {gave_to} of another project; {reason.message}"
    return WaitReason(reason.code, message, reason.details | {"gave_to": gave_to})


def _of_pool(pool: str, state: str, decision: Decision | None) -> WaitReason:
    if state == "admitted":
        return WaitReason("worker", f"is admitted; waits for a free worker of pool {pool}", {"pool": pool})
    if decision is None:
        message = f"waits in {pool} behind more than {scheduler.LOOK_AHEAD} tasks"
        return WaitReason("slots", message, {"pool": pool, "position": None})
    details: dict[str, Any] = {"pool": pool, "position": decision.position}
    wait, place = decision.wait, f"position {decision.position} in {pool}"
    if wait is None:
        return WaitReason("worker", f"{place}; waits for a free worker", details)
    if wait.quota is not None:
        details |= asdict(wait.quota)
        return WaitReason(wait.code, f"{place}; {_of_quota(wait.quota, possible=wait.code == 'quota')}", details)
    if wait.code == "reserved":
        details["tasks"] = list(wait.behind)
        message = f"{place}; there is room, but it is kept for {len(wait.behind)} that comes first and needs more"
        return WaitReason("reserved", message, details)
    if wait.code == "give_back":
        details["tasks"] = list(wait.behind)
        message = f"{place}; starts when {len(wait.behind)} that borrow what it needs have written their checkpoints"
        return WaitReason("give_back", message, details)
    details |= wait.missing._asdict()
    if wait.code == "impossible":
        return WaitReason("impossible", f"needs more than pool {pool} has: {wait.missing.text()} more", details)
    details["starts_at"] = wait.starts
    return WaitReason("slots", f"{place}; starts when {wait.missing.text()} more is free", details)


def _of_quota(lack: QuotaLack, *, possible: bool) -> str:
    unit = {"cpu": "CPU", "gpu": "GPU", "trainings": "trainings at once", "storage": "bytes"}[lack.resource]
    scale = 1000 if lack.resource in ("cpu", "gpu") else 1
    limit, used, missing = (f"{amount / scale:g}" for amount in (lack.limit, lack.used, lack.missing))
    if not possible:
        return f"needs {missing} more than its project may ever have, which is {limit} {unit}"
    return f"its project may have {limit} {unit} and has {used}; starts when it gives back {missing}, or may have more"
