"""Leases: how a worker stays the owner of its task, and learns that it should stop."""

from __future__ import annotations

from typing import Literal

from patchbay_server.engine.claim import TaskRow
from patchbay_server.store.database import Transaction
from patchbay_server.store.statement import Statement

RENEW = Statement("UPDATE task SET lease_until = $now + :lease WHERE id = :id AND token = :token AND state = 'running'")
ORDERS = Statement(
    "SELECT run.cancel_requested, task.give_back_to, task.finish_requested FROM task JOIN run ON run.id = task.run_id"
    " WHERE task.id = :id AND task.token = :token AND task.state = 'running'"
)
SEEN = Statement(
    "INSERT INTO worker (id, pool, host, pid, task_id, started_at, seen_at)"
    " VALUES (:id, :pool, :host, :pid, NULL, $now, $now)"
    " ON CONFLICT (id) DO UPDATE SET seen_at = excluded.seen_at, task_id = NULL"
)
BUSY = Statement("UPDATE worker SET seen_at = $now, task_id = :task_id WHERE id = :id")
GONE = Statement("DELETE FROM worker WHERE id = :id")

Orders = Literal["go on", "finish", "give back", "cancel", "fenced"]


def renew(transaction: Transaction, task: TaskRow, lease: float, worker: str) -> bool:
    """Extend the lease by `lease` seconds from now. False: the task belongs to another attempt."""
    transaction.run(BUSY, {"id": worker, "task_id": task.id})
    return bool(transaction.run(RENEW, {"id": task.id, "token": task.token, "lease": lease}))


def orders(transaction: Transaction, task: TaskRow) -> Orders:
    """What the worker should do with its task now."""
    row = transaction.one(ORDERS, {"id": task.id, "token": task.token})
    if row is None:
        return "fenced"
    cancel_requested, give_back_to, finish_requested = row
    if cancel_requested:
        return "cancel"
    if give_back_to is not None:
        return "give back"
    return "finish" if finish_requested else "go on"
