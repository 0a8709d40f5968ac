"""Feeds admission with a pool's state and keeps its answer; one holder of the scheduler lock per pool at a time."""

from __future__ import annotations

from patchbay_server.engine.admission import Decision, PoolView, Slots, Waiting, decide
from patchbay_server.store.database import Transaction
from patchbay_server.store.statement import Statement

LOOK_AHEAD = 500
"""Waiting tasks considered at once: more than any pool starts between two looks."""

LOCK = Statement("SELECT name FROM scheduler_lock WHERE name = :pool $skip_locked")
POOL = Statement(
    "SELECT policy, cpu_milli, gpu_milli, memory, used_cpu_milli, used_gpu_milli, used_memory"
    " FROM pool WHERE name = :pool"
)
RUNNING = Statement(
    "SELECT project_id, SUM(cpu_milli) FROM task"
    " WHERE state IN ('running', 'delayed', 'waiting_cache') AND state = 'running' AND pool = :pool GROUP BY project_id"
)
WAITING = Statement(
    "SELECT id, project_id, priority, cpu_milli, gpu_milli, memory, state FROM task"
    " WHERE pool = :pool AND state IN ('ready', 'admitted') ORDER BY priority DESC, id LIMIT :limit"
)
ANY = Statement("SELECT 1 FROM task WHERE pool = :pool AND state IN ('ready', 'admitted') LIMIT 1")
MARK = Statement("UPDATE task SET state = :state WHERE id = :id AND state = :before")


def admit(transaction: Transaction, pool: str) -> int:
    """Decide anew which waiting tasks of a pool are admitted; how many are. 0 too when another holds the lock."""
    if transaction.one(LOCK, {"pool": pool}) is None:
        return 0
    view, waiting, admitted_before = _view(transaction, pool)
    admitted = {decision.id for decision in decide(view, waiting) if decision.admitted}
    changes = [(id, "ready", "admitted") for id in sorted(admitted - admitted_before)]
    changes += [(id, "admitted", "ready") for id in sorted(admitted_before - admitted)]
    if changes:
        transaction.many(MARK, [{"id": id, "before": before, "state": state} for id, before, state in changes])
    return len(admitted)


def outlook(transaction: Transaction, pool: str) -> list[Decision]:
    """What admission would decide now, for every waiting task within LOOK_AHEAD; changes nothing."""
    view, waiting, _ = _view(transaction, pool)
    return decide(view, waiting)


def _view(transaction: Transaction, pool: str) -> tuple[PoolView, list[Waiting], set[int]]:
    row = transaction.one(POOL, {"pool": pool})
    assert row is not None, pool
    rows = transaction.all(WAITING, {"pool": pool, "limit": LOOK_AHEAD})
    running = {project: int(cpu) for project, cpu in transaction.all(RUNNING, {"pool": pool})}
    view = PoolView(row[0], Slots(*row[1:4]), Slots(*row[4:7]), running)
    waiting = [
        Waiting(id, project, priority, Slots(cpu, gpu, memory)) for id, project, priority, cpu, gpu, memory, _ in rows
    ]
    return view, waiting, {row[0] for row in rows if row[6] == "admitted"}
