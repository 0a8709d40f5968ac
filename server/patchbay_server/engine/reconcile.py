"""The reconciler: repairs what crashes leave behind. Idempotent, any number of copies at once.

Each repair reads its candidates without locks and then settles one at a time, in a transaction that checks again.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from patchbay_server.engine import cancel, external, open_runs, scheduler, settle
from patchbay_server.engine.cache import GOES_ON_BEFORE
from patchbay_server.engine.claim import TaskRow
from patchbay_server.engine.errors import Fenced
from patchbay_server.engine.settings import EngineSettings
from patchbay_server.store.database import Database, Transaction
from patchbay_server.store.statement import Statement

HELD = "state IN ('running', 'delayed', 'waiting_cache')"
EXPIRED = Statement(
    f"SELECT id FROM task WHERE {HELD} AND state = 'running' AND (lease_until IS NULL OR lease_until < $now)"
)
OVERDUE = Statement(f"SELECT id FROM task WHERE {HELD} AND state = 'running' AND deadline + :slack < $now")
STILL_EXPIRED = Statement(
    f"SELECT {', '.join(TaskRow._fields)} FROM task WHERE id = :id AND state = 'running'"
    " AND (lease_until IS NULL OR lease_until < $now OR deadline + :slack < $now)"
)
LEASE_ENDED = Statement("SELECT lease_until < $now OR lease_until IS NULL FROM task WHERE id = :id")
RUN_OF = Statement("SELECT run_id FROM task WHERE id = :id")
DUE = Statement(
    f"UPDATE task SET state = 'ready' WHERE {HELD} AND state = 'delayed'"
    " AND (not_before <= $now OR not_before > $now + retry_delay + 1) RETURNING pool"
)
CLOCK_WAS_SET_BACK = Statement(
    f"UPDATE task SET lease_until = $now + :lease WHERE {HELD} AND state = 'running'"
    " AND lease_until > $now + 2 * :lease"
)
LEADERLESS = Statement(
    f"UPDATE task SET state = 'ready' WHERE {HELD} AND state = 'waiting_cache' AND NOT EXISTS ("
    " SELECT 1 FROM cache_entry AS entry JOIN task AS leader ON leader.id = entry.task_id"
    " WHERE entry.project_id = task.project_id AND entry.key = task.cache_key"
    " AND entry.token = leader.token AND leader.state = 'running')"
    f" AND NOT EXISTS ({GOES_ON_BEFORE}) RETURNING pool"
)
UNFINISHED = Statement("SELECT id, cancel_requested FROM run WHERE ended_at IS NULL")
OPEN_TASKS = Statement(
    "SELECT 1 FROM task WHERE run_id = :run_id AND state NOT IN ('done', 'failed', 'cancelled', 'skipped') LIMIT 1"
)
POOLS = Statement("SELECT name FROM pool")
STALE_WORKERS = Statement("DELETE FROM worker WHERE seen_at < $now - :age")
RUNNABLE = Statement("SELECT COUNT(*) FROM task WHERE pool = :pool AND state IN ('ready', 'admitted')")


@dataclass(slots=True)
class Tick:
    """What one round found. `tickets`: pool -> tasks that want a worker."""

    lost: int = 0
    overdue: int = 0
    cancelled: int = 0
    ended: int = 0
    tickets: dict[str, int] = field(default_factory=dict)


def tick(database: Database, settings: EngineSettings) -> Tick:
    """One round over everything."""
    found = Tick()
    slack = settings.grace + settings.lease
    with database.read() as transaction:
        expired = [row[0] for row in transaction.all(EXPIRED, {})]
        overdue = [row[0] for row in transaction.all(OVERDUE, {"slack": slack})]
        unfinished = transaction.all(UNFINISHED, {})
        pools = [row[0] for row in transaction.all(POOLS, {})]
    for id in expired:
        found.lost += database.transact(_recover, id, settings)
    for id in set(overdue) - set(expired):
        found.overdue += database.transact(_recover, id, settings)
    database.transact(_wake, settings)
    for run_id, cancel_requested in unfinished:
        if cancel_requested:
            found.cancelled += database.transact(cancel.sweep, run_id)
        found.ended += database.transact(_end, run_id, bool(cancel_requested))
    with database.read() as transaction:
        waiting = open_runs.waiting_flows(transaction)
    for flow_id in waiting:
        database.transact(open_runs.release, flow_id)
    for pool in pools:
        database.transact(scheduler.admit, pool, settings.min_run)
    with database.read() as transaction:
        for pool in pools:
            count = transaction.one(RUNNABLE, {"pool": pool})
            if count and count[0]:
                found.tickets[pool] = count[0]
    return found


def _recover(transaction: Transaction, id: int, settings: EngineSettings) -> int:
    """Take a running task from a worker that is silent, or that let its deadline pass."""
    run_of = transaction.one(RUN_OF, {"id": id})
    if run_of is None:
        return 0
    cancelled = settle.lock_run(transaction, run_of[0])
    row = transaction.one(STILL_EXPIRED, {"id": id, "slack": settings.grace + settings.lease})
    if row is None:
        return 0
    task = TaskRow._make(row)
    lease_ended = transaction.one(LEASE_ENDED, {"id": id})
    assert lease_ended is not None
    try:
        if cancelled:
            settle.end_cancelled(transaction, task)
        elif lease_ended[0]:
            settle.lose(transaction, task, worker_lost_error(task), settings.infra_retries)
        else:
            settle.give_up(transaction, task, timeout_error(task), attempt_state="timed_out")
    except Fenced:
        return 0
    external.abandon(transaction, task)
    return 1


def _wake(transaction: Transaction, settings: EngineSettings) -> None:
    """Retries whose delay is over, and waiters whose leader is gone; workers that are gone are forgotten.

    A lease or a delay that ends later than it could was given before the database's clock was set back.
    """
    transaction.run(CLOCK_WAS_SET_BACK, {"lease": settings.lease})
    transaction.all(DUE, {})
    transaction.all(LEADERLESS, {})
    transaction.run(STALE_WORKERS, {"age": 4 * max(settings.lease, settings.idle_poll)})


def _end(transaction: Transaction, run_id: int, cancelled: bool) -> int:
    if transaction.one(OPEN_TASKS, {"run_id": run_id}):
        return 0
    settle.lock_run(transaction, run_id)
    settle.end_run(transaction, run_id, cancelled=cancelled)
    return 1


def timeout_error(task: TaskRow) -> dict[str, Any]:
    """The error of an attempt that ran longer than its node's timeout."""
    message = f"Node {task.path!r} ran longer than its timeout of {task.timeout:g} s and was stopped."
    return {"code": "timeout", "message": message, "details": {"timeout": task.timeout}}


def worker_lost_error(task: TaskRow) -> dict[str, Any]:
    """The error of an attempt whose worker was silent for longer than its lease."""
    message = f"The worker that ran node {task.path!r} disappeared during attempt {task.attempt}."
    return {"code": "worker_lost", "message": message, "details": {"attempts": task.attempt}}
