"""What projects may have at once, and how much they weigh where several want the same. Held by admission."""

from __future__ import annotations

from patchbay_server.engine.admission import Quota, Slots
from patchbay_server.store.database import Transaction
from patchbay_server.store.statement import Row, Statement

TRAINING = "deepspeed"
"""The engine whose tasks count against a project's number of trainings."""

SET = Statement(
    "INSERT INTO quota (project_id, weight, cpu_milli, gpu_milli, trainings, borrows)"
    " VALUES (:project_id, :weight, :cpu_milli, :gpu_milli, :trainings, :borrows)"
    " ON CONFLICT (project_id) DO UPDATE SET weight = excluded.weight, cpu_milli = excluded.cpu_milli,"
    " gpu_milli = excluded.gpu_milli, trainings = excluded.trainings, borrows = excluded.borrows"
)
ALL = Statement("SELECT project_id, weight, cpu_milli, gpu_milli, trainings, borrows FROM quota")
GET = Statement("SELECT weight, cpu_milli, gpu_milli, trainings, borrows FROM quota WHERE project_id = :project_id")
DELETE = Statement("DELETE FROM quota WHERE project_id = :project_id")
LOCK = Statement("INSERT INTO scheduler_lock (name) VALUES ('quotas') ON CONFLICT (name) DO NOTHING")
USED = Statement(
    "SELECT SUM(cpu_milli), SUM(gpu_milli), SUM(memory), SUM(CASE WHEN engine = :training THEN 1 ELSE 0 END) FROM task"
    " WHERE state IN ('running', 'delayed', 'waiting_cache') AND state = 'running' AND project_id = :project_id"
)


def put(transaction: Transaction, project_id: int, quota: Quota) -> None:
    """Set a project's quota, also below what it has: running tasks go on. Storage is not measured yet, and not kept."""
    transaction.run(LOCK, {})
    row = {
        "project_id": project_id, "weight": quota.weight, "cpu_milli": quota.cpu_milli, "gpu_milli": quota.gpu_milli,
        "trainings": quota.trainings, "borrows": quota.borrows,
    }  # fmt: skip
    transaction.run(SET, row)


def get(transaction: Transaction, project_id: int) -> Quota:
    """The quota of a project; without one, no limits and the weight 1."""
    row = transaction.one(GET, {"project_id": project_id})
    return Quota() if row is None else of_row(row)


def delete(transaction: Transaction, project_id: int) -> bool:
    """Take a project's quota away, so that it has the default; False: it had none."""
    return bool(transaction.run(DELETE, {"project_id": project_id}))


def used(transaction: Transaction, project_id: int) -> tuple[Slots, int]:
    """What the running tasks of a project hold, over all pools, and how many of them are trainings."""
    row = transaction.one(USED, {"project_id": project_id, "training": TRAINING})
    cpu, gpu, memory, trainings = (int(total or 0) for total in row or (0, 0, 0, 0))
    return Slots(cpu, gpu, memory), trainings


def of_row(row: Row) -> Quota:
    weight, cpu, gpu, trainings, borrows = row
    return Quota(weight, cpu, gpu, trainings, borrows=bool(borrows))
