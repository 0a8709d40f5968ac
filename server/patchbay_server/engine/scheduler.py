"""Feeds admission with the state of the pools and keeps its answer; one holder of the scheduler lock at a time.

Who is asked to give slots back is told by its worker, which looks for orders (`lease.orders`).
"""

from __future__ import annotations

from patchbay_server.engine import quotas
from patchbay_server.engine.admission import Decision, Pool, Running, Slots, State, Waiting, decide
from patchbay_server.engine.claim import IN_LANE
from patchbay_server.store.database import Transaction
from patchbay_server.store.statement import Row, Statement

LOOK_AHEAD = 500
"""Waiting tasks of each project that are considered at once: more than any pool starts between two looks."""

LOCK = Statement("SELECT name FROM scheduler_lock WHERE name = :pool $skip_locked")
LOCK_QUOTAS = Statement("SELECT name FROM scheduler_lock WHERE name = 'quotas' $for_update")
POOLS = Statement(
    "SELECT name, policy, cpu_milli, gpu_milli, memory, isolated_cpu_milli, isolated_gpu_milli, isolated_memory, $now"
    " FROM pool"
)
COLUMNS = "id, project_id, cpu_milli, gpu_milli, memory, priority, created_at, pool, isolated, engine"
NEXT_PROJECT = Statement(
    "SELECT MIN(project_id) FROM task WHERE pool = :pool AND state IN ('ready', 'admitted') AND project_id > :after"
)
LINE = Statement(
    f"SELECT {COLUMNS}, timeout, promised, state FROM task"
    " WHERE pool = :pool AND state IN ('ready', 'admitted') AND project_id = :project"
    " ORDER BY priority DESC, id LIMIT :limit"
)
HOLDING = Statement(
    f"SELECT {COLUMNS}, deadline, checkpoints, give_back_to,"
    " (SELECT attempt.started_at FROM attempt WHERE attempt.task_id = task.id AND attempt.number = task.attempt)"
    " FROM task WHERE state IN ('running', 'delayed', 'waiting_cache') AND state = 'running'"
    f" UNION ALL SELECT {COLUMNS}, NULL, false, NULL, created_at FROM task"
    " WHERE state IN ('ready', 'admitted') AND state = 'admitted' AND pool <> :pool AND :elsewhere = 1"
)
ANY = Statement(
    f"SELECT 1 FROM task WHERE pool = :pool AND state IN ('ready', 'admitted') AND {IN_LANE['local']} LIMIT 1"
)
ANY_FOR_DRIVERS = Statement(
    f"SELECT 1 FROM task WHERE pool = :pool AND state IN ('ready', 'admitted') AND {IN_LANE['driver']} LIMIT 1"
)
MARK = Statement("UPDATE task SET state = :state WHERE id = :id AND state = :before")
ASK = Statement(
    "UPDATE task SET give_back_to = :to WHERE id = :id AND state = 'running' AND give_back_to IS NULL AND checkpoints"
)
PROMISE = Statement("UPDATE task SET promised = true WHERE id = :to AND state IN ('ready', 'admitted')")


def admit(transaction: Transaction, pool: str, min_run: float) -> int:
    """Decide anew which waiting tasks of a pool are admitted, and who is to give back; how many are admitted.

    `min_run`: seconds that a task may run before it is asked. 0 too when another holds the lock.
    """
    if transaction.one(LOCK, {"pool": pool}) is None:
        return 0
    transaction.one(LOCK_QUOTAS, {})  # there is none until somebody sets a quota, which counts over all pools
    state, before = _state(transaction, pool, min_run)
    plan = decide(state)
    admitted = {decision.id for decision in plan.decisions if decision.admitted}
    back = sorted(before - admitted)
    taken = [id for id in back if not transaction.run(MARK, {"id": id, "before": "admitted", "state": "ready"})]
    if taken:  # claimed since they were read: what was to come in their place waits for the next look
        return len(admitted & before)
    new = sorted(admitted - before)
    if new:
        transaction.many(MARK, [{"id": id, "before": "ready", "state": "admitted"} for id in new])
    for asked in plan.give_back:
        if transaction.run(ASK, {"id": asked.id, "to": asked.to}):
            transaction.run(PROMISE, {"to": asked.to})
    return len(admitted)


def outlook(transaction: Transaction, pool: str) -> list[Decision]:
    """What admission says now, of every waiting task within LOOK_AHEAD; changes nothing and asks nobody."""
    return list(decide(_state(transaction, pool, float("inf"))[0]).decisions)


def _state(transaction: Transaction, pool: str, min_run: float) -> tuple[State, set[int]]:
    """What there is and what runs everywhere, what waits in this pool, and which of that is admitted by now.

    Who waits is read before who runs: a task that is claimed in between is seen twice, never not at all.
    """
    rows = transaction.all(POOLS, {})
    pools = {name: Pool(policy, Slots(*slots[:3]), Slots(*slots[3:])) for name, policy, *slots, _ in rows}
    limits = {row[0]: quotas.of_row(row[1:]) for row in transaction.all(quotas.ALL, {})}
    in_line = _in_line(transaction, pool)
    running = [_running(row) for row in transaction.all(HOLDING, {"pool": pool, "elsewhere": int(bool(limits))})]
    holding = {task.id for task in running}
    in_line = [row for row in in_line if row[0] not in holding]
    waiting = [_waiting(row) for row in in_line]
    state = State(pools, running, waiting, limits, now=rows[0][-1], min_run=min_run)
    return state, {row[0] for row in in_line if row[-1] == "admitted"}


def _in_line(transaction: Transaction, pool: str) -> list[Row]:
    """The first in each project's line."""
    found: list[Row] = []
    project = 0
    while True:
        following = transaction.one(NEXT_PROJECT, {"pool": pool, "after": project})
        if following is None or following[0] is None:
            return found
        project = following[0]
        found += transaction.all(LINE, {"pool": pool, "project": project, "limit": LOOK_AHEAD})


def _waiting(row: Row) -> Waiting:
    id, project, cpu, gpu, memory, priority, enqueued, pool, isolated, engine, timeout, promised, _ = row
    return Waiting(
        id, project, Slots(cpu, gpu, memory), priority, enqueued, pool, bool(isolated),
        training=engine == quotas.TRAINING, lasts=timeout, promised=bool(promised),
    )  # fmt: skip


def _running(row: Row) -> Running:
    id, project, cpu, gpu, memory, priority, enqueued, pool, isolated, engine, ends, checkpoints, gives_to, since = row
    return Running(
        id, project, Slots(cpu, gpu, memory), priority, enqueued, since, pool, bool(isolated),
        training=engine == quotas.TRAINING, ends=ends, checkpoints=bool(checkpoints), stopping=gives_to is not None,
    )  # fmt: skip
