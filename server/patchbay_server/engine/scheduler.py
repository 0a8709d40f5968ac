"""Feeds admission with a pool's state and keeps its answer; one holder of the scheduler lock per pool at a time."""

from __future__ import annotations

from patchbay_server.engine.admission import Decision, Pool, Running, Slots, State, Waiting, decide
from patchbay_server.store.database import Transaction
from patchbay_server.store.statement import Statement

LOOK_AHEAD = 500
"""Waiting tasks considered at once: more than any pool starts between two looks."""

LOCK = Statement("SELECT name FROM scheduler_lock WHERE name = :pool $skip_locked")
POOL = Statement("SELECT policy, cpu_milli, gpu_milli, memory, $now FROM pool WHERE name = :pool")
COLUMNS = "id, project_id, priority, cpu_milli, gpu_milli, memory, timeout, deadline, started_at, state"
TASKS = Statement(
    f"SELECT * FROM (SELECT {COLUMNS} FROM task WHERE pool = :pool AND state IN ('ready', 'admitted')"
    " ORDER BY priority DESC, id LIMIT :limit) AS in_line"
    f" UNION ALL SELECT {COLUMNS} FROM task"
    " WHERE state IN ('running', 'delayed', 'waiting_cache') AND state = 'running' AND pool = :pool"
)
ANY = Statement("SELECT 1 FROM task WHERE pool = :pool AND state IN ('ready', 'admitted') LIMIT 1")
MARK = Statement("UPDATE task SET state = :state WHERE id = :id AND state = :before")


def admit(transaction: Transaction, pool: str) -> int:
    """Decide anew which waiting tasks of a pool are admitted; how many are. 0 too when another holds the lock."""
    if transaction.one(LOCK, {"pool": pool}) is None:
        return 0
    state, admitted_before = _state(transaction, pool)
    admitted = {decision.id for decision in decide(state).decisions if decision.admitted}
    changes = [(id, "ready", "admitted") for id in sorted(admitted - admitted_before)]
    changes += [(id, "admitted", "ready") for id in sorted(admitted_before - admitted)]
    if changes:
        transaction.many(MARK, [{"id": id, "before": before, "state": state} for id, before, state in changes])
    return len(admitted)


def outlook(transaction: Transaction, pool: str) -> list[Decision]:
    """What admission would decide now, for every waiting task within LOOK_AHEAD; changes nothing."""
    return list(decide(_state(transaction, pool)[0]).decisions)


def _state(transaction: Transaction, pool: str) -> tuple[State, set[int]]:
    """The state of a pool, its tasks by one statement and so of one moment, and the tasks admitted by now."""
    row = transaction.one(POOL, {"pool": pool})
    assert row is not None, pool
    waiting: list[Waiting] = []
    running: list[Running] = []
    admitted: set[int] = set()
    for id, project, priority, cpu, gpu, memory, timeout, deadline, since, state in transaction.all(
        TASKS, {"pool": pool, "limit": LOOK_AHEAD}
    ):
        demand = Slots(cpu, gpu, memory)
        if state == "running":
            running.append(Running(id, project, demand, priority, 0.0, since, pool, ends=deadline))
            continue
        waiting.append(Waiting(id, project, demand, priority, pool=pool, lasts=timeout))
        if state == "admitted":
            admitted.add(id)
    return State({pool: Pool(row[0], Slots(*row[1:4]))}, running, waiting, now=row[4]), admitted
