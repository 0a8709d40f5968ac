"""Checks that look for what should never be: for `doctor` and for tests."""

from __future__ import annotations

from dataclasses import dataclass

from patchbay_server.store.database import Transaction
from patchbay_server.store.statement import Statement

SLOTS = Statement(
    "SELECT pool.name, pool.used_cpu_milli, pool.used_gpu_milli, pool.used_memory,"
    " COALESCE(SUM(task.cpu_milli), 0), COALESCE(SUM(task.gpu_milli), 0), COALESCE(SUM(task.memory), 0)"
    " FROM pool LEFT JOIN task ON task.pool = pool.name AND task.state = 'running'"
    " GROUP BY pool.name, pool.used_cpu_milli, pool.used_gpu_milli, pool.used_memory ORDER BY pool.name"
)
STALE = Statement(
    "SELECT run_id, path FROM task WHERE state IN ('running', 'delayed', 'waiting_cache') AND state = 'running'"
    " AND (lease_until IS NULL OR lease_until < $now) ORDER BY id"
)
OPEN = Statement(
    "SELECT run.id, run.open_tasks, COUNT(task.id) FROM run LEFT JOIN task ON task.run_id = run.id"
    " AND task.state NOT IN ('done', 'failed', 'cancelled', 'skipped')"
    " GROUP BY run.id, run.open_tasks HAVING run.open_tasks <> COUNT(task.id) ORDER BY run.id"
)
STUCK = Statement(
    "SELECT task.run_id, task.path FROM task WHERE task.state = 'waiting' AND task.remaining <> ("
    " SELECT COUNT(DISTINCT edge.parent_id) FROM task_edge AS edge JOIN task AS parent ON parent.id = edge.parent_id"
    " WHERE edge.child_id = task.id AND parent.state NOT IN ('done', 'failed', 'skipped')) ORDER BY task.id"
)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it should be. `code`: ``slots``, ``stale_lease``, ``open_tasks``, ``stuck``."""

    code: str
    message: str


def inspect(transaction: Transaction) -> list[Finding]:
    """What is inconsistent now. A stale lease is repaired by the next round of the reconciler."""
    found = []
    for name, *numbers in transaction.all(SLOTS, {}):
        used, held = tuple(numbers[:3]), tuple(int(number) for number in numbers[3:])
        if used != held:
            found.append(
                Finding("slots", f"Pool {name} counts {used} used (CPU/1000, GPU/1000, bytes), tasks hold {held}.")
            )
    for run_id, path in transaction.all(STALE, {}):
        found.append(Finding("stale_lease", f"The worker of {path} in run {run_id} is silent."))
    for run_id, counted, actual in transaction.all(OPEN, {}):
        found.append(Finding("open_tasks", f"Run {run_id} counts {counted} open tasks; there are {actual}."))
    for run_id, path in transaction.all(STUCK, {}):
        found.append(Finding("stuck", f"{path} in run {run_id} waits for another number of tasks than have not ended."))
    return found
