"""What projects may have at once, and how much they weigh where several want the same. Held by admission."""

from __future__ import annotations

from patchbay_server.engine.admission import Quota, Slots
from patchbay_server.engine.errors import StorageFull
from patchbay_server.store.database import Transaction
from patchbay_server.store.statement import Row, Statement

TRAINING = "deepspeed"
"""The engine whose tasks count against a project's number of trainings."""

SET = Statement(
    "INSERT INTO quota (project_id, weight, cpu_milli, gpu_milli, trainings, storage, borrows)"
    " VALUES (:project_id, :weight, :cpu_milli, :gpu_milli, :trainings, :storage, :borrows)"
    " ON CONFLICT (project_id) DO UPDATE SET weight = excluded.weight, cpu_milli = excluded.cpu_milli,"
    " gpu_milli = excluded.gpu_milli, trainings = excluded.trainings, storage = excluded.storage,"
    " borrows = excluded.borrows"
)
COLUMNS = "weight, cpu_milli, gpu_milli, trainings, storage, borrows"
ALL = Statement(f"SELECT project_id, {COLUMNS} FROM quota")
GET = Statement(f"SELECT {COLUMNS} FROM quota WHERE project_id = :project_id")
DELETE = Statement("DELETE FROM quota WHERE project_id = :project_id")
LOCK = Statement("INSERT INTO scheduler_lock (name) VALUES ('quotas') ON CONFLICT (name) DO NOTHING")
USED = Statement(
    "SELECT SUM(cpu_milli), SUM(gpu_milli), SUM(memory), SUM(CASE WHEN engine = :training THEN 1 ELSE 0 END) FROM task"
    " WHERE state IN ('running', 'delayed', 'waiting_cache') AND state = 'running' AND project_id = :project_id"
)


STORED = Statement(
    "SELECT (SELECT COALESCE(SUM(bytes), 0) FROM stored_artifact WHERE project_id = :project_id)"
    " + (SELECT COALESCE(SUM(version.bytes), 0) FROM dataset JOIN dataset_version AS version"
    " ON version.dataset_id = dataset.id WHERE dataset.project_id = :project_id AND version.expired_at IS NULL)"
)


def put(transaction: Transaction, project_id: int, quota: Quota) -> None:
    """Set a project's quota, also below what it has: running tasks go on."""
    transaction.run(LOCK, {})
    row = {
        "project_id": project_id, "weight": quota.weight, "cpu_milli": quota.cpu_milli, "gpu_milli": quota.gpu_milli,
        "trainings": quota.trainings, "storage": quota.storage, "borrows": quota.borrows,
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


def stored(transaction: Transaction, project_id: int) -> int:
    """Bytes that a project keeps: what its runs have made, each artifact once, and the rows of its datasets."""
    row = transaction.one(STORED, {"project_id": project_id})
    return int(row[0]) if row else 0


def check_storage(transaction: Transaction, project_id: int) -> None:
    """Raise StorageFull if a project keeps as much as it may."""
    limit = get(transaction, project_id).storage
    if limit is None:
        return
    kept = stored(transaction, project_id)
    if kept >= limit:
        has, may = Slots(0, 0, kept).text(), Slots(0, 0, limit).text()
        raise StorageFull(
            f"The project keeps {has} and may keep {may}: delete datasets or their versions, have results that nobody"
            " needs collected (patchbay collect), or have its quota raised.",
            kept=kept,
            limit=limit,
        )


def of_row(row: Row) -> Quota:
    weight, cpu, gpu, trainings, storage, borrows = row
    return Quota(weight, cpu, gpu, trainings, storage, bool(borrows))
