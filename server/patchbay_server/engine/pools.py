"""Pools, their capacity, and who works in them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa

from patchbay_server.engine.admission import Slots
from patchbay_server.engine.errors import NotFound
from patchbay_server.engine.settings import PoolSettings
from patchbay_server.engine.submit import now_of
from patchbay_server.store.database import Transaction
from patchbay_server.store.paging import Page, page
from patchbay_server.store.statement import Statement
from patchbay_server.store.tables import CLAIMABLE, pool, task, worker

SET = Statement(
    "INSERT INTO pool (name, policy, cpu_milli, gpu_milli, memory, isolated_cpu_milli, isolated_gpu_milli,"
    " isolated_memory)"
    " VALUES (:name, :policy, :cpu, :gpu, :memory, :isolated_cpu, :isolated_gpu, :isolated_memory)"
    " ON CONFLICT (name) DO UPDATE SET policy = excluded.policy, cpu_milli = excluded.cpu_milli,"
    " gpu_milli = excluded.gpu_milli, memory = excluded.memory, isolated_cpu_milli = excluded.isolated_cpu_milli,"
    " isolated_gpu_milli = excluded.isolated_gpu_milli, isolated_memory = excluded.isolated_memory"
    " WHERE NOT pool.edited"
)
LOCK = Statement("INSERT INTO scheduler_lock (name) VALUES (:name) ON CONFLICT (name) DO NOTHING")
CHANGE = Statement(
    "UPDATE pool SET cpu_milli = :cpu, gpu_milli = :gpu, memory = :memory, isolated_cpu_milli = :isolated_cpu,"
    " isolated_gpu_milli = :isolated_gpu, isolated_memory = :isolated_memory, edited = :edited, version = version + 1"
    " WHERE name = :name AND version = :expected"
)
HELD = "state IN ('running', 'delayed', 'waiting_cache')"
WORKER_SILENT = 60.0
"""Seconds after which a worker that says nothing is not counted."""


@dataclass(frozen=True, slots=True)
class PoolView:
    """A pool now. `edited`: a person set its capacity, so that the settings of the platform do not."""

    name: str
    policy: str
    capacity: Slots
    isolated: Slots
    """The part of a mixed pool that is for load tests alone."""
    used: Slots
    edited: bool
    version: int
    waiting: int
    running: int
    workers: int


@dataclass(frozen=True, slots=True)
class WorkerView:
    """A worker process. Times: seconds since 1970. `project_id`: of the task that it runs; None: it has none."""

    id: str
    pool: str
    host: str
    pid: int
    started_at: float
    seen_at: float
    alive: bool
    task_id: int | None
    run_id: int | None
    path: str | None
    project_id: int | None


@dataclass(frozen=True, slots=True)
class WaitingTask:
    """A task that wants a worker or slots of a pool."""

    id: int
    run_id: int
    project_id: int
    path: str
    index: str
    operator: str
    state: str
    priority: int
    demand: Slots
    created_at: float
    gave_to: int | None
    """The task that it gave its place to, if it did."""


def set_pools(transaction: Transaction, pools: Iterable[PoolSettings]) -> None:
    """Make these pools, or change the capacity of those that are there, unless a person has. Running tasks go on."""
    for settings in pools:
        transaction.run(SET, {"name": settings.name, "policy": settings.policy, **_capacity(settings)})
        transaction.run(LOCK, {"name": settings.name})


def change(transaction: Transaction, settings: PoolSettings, *, expected: int, edited: bool) -> bool:
    """Set the capacity of a pool whose version is `expected`; False: it is another. Running tasks keep their slots."""
    row = {"name": settings.name, "expected": expected, "edited": edited, **_capacity(settings)}
    return bool(transaction.run(CHANGE, row))


def get(transaction: Transaction, name: str) -> PoolView:
    """Raises NotFound."""
    found = next((view for view in list_pools(transaction) if view.name == name), None)
    if found is None:
        raise NotFound(f"There is no pool {name!r}.", pool=name, reason="pool")
    return found


def list_pools(transaction: Transaction) -> list[PoolView]:
    """Every pool by name."""
    waiting, running = _counts(transaction, CLAIMABLE), _counts(transaction, f"{HELD} AND state = 'running'")
    alive = (
        sa.select(worker.c.pool, sa.func.count().label("number"))
        .where(worker.c.seen_at > now_of(transaction) - WORKER_SILENT)
        .group_by(worker.c.pool)
    )
    workers = {row.pool: row.number for row in transaction.core.execute(alive)}
    return [
        PoolView(
            name=row.name,
            policy=row.policy,
            capacity=Slots(row.cpu_milli, row.gpu_milli, row.memory),
            isolated=Slots(row.isolated_cpu_milli, row.isolated_gpu_milli, row.isolated_memory),
            used=Slots(row.used_cpu_milli, row.used_gpu_milli, row.used_memory),
            edited=row.edited,
            version=row.version,
            waiting=waiting.get(row.name, 0),
            running=running.get(row.name, 0),
            workers=workers.get(row.name, 0),
        )
        for row in transaction.core.execute(sa.select(pool).order_by(pool.c.name))
    ]


def page_workers(transaction: Transaction, *, cursor: str | None = None, limit: int = 50) -> Page[WorkerView]:
    """Worker processes by id. Raises CursorError."""
    silent_since = now_of(transaction) - WORKER_SILENT
    c = worker.c
    statement = sa.select(
        c.id, c.pool, c.host, c.pid, c.started_at, c.seen_at, c.task_id, task.c.run_id, task.c.path, task.c.project_id
    ).outerjoin(task, task.c.id == c.task_id)
    found = page(transaction, statement, c.id, cursor=cursor, limit=limit)
    return found.map(lambda row: WorkerView(**row, alive=row["seen_at"] > silent_since))


def page_waiting(
    transaction: Transaction, name: str, *, cursor: str | None = None, limit: int = 50
) -> Page[WaitingTask]:
    """The tasks that wait in a pool, oldest first. Raises NotFound, CursorError."""
    get(transaction, name)
    c = task.c
    statement = sa.select(
        c.id, c.run_id, c.project_id, c.path, c.task_index, c.operator, c.state, c.priority,
        c.cpu_milli, c.gpu_milli, c.memory, c.created_at, c.give_back_to,
    ).where(c.pool == name, sa.text(CLAIMABLE))  # fmt: skip
    return page(transaction, statement, c.id, cursor=cursor, limit=limit).map(_waiting)


def _counts(transaction: Transaction, condition: str) -> dict[str, int]:
    """Pool -> tasks; the condition is literal SQL, so that its partial index is used."""
    number = sa.func.count().label("number")
    statement = sa.select(task.c.pool, number).where(sa.text(condition)).group_by(task.c.pool)
    return {row.pool: row.number for row in transaction.core.execute(statement)}


def _waiting(row: sa.RowMapping) -> WaitingTask:
    return WaitingTask(
        id=row["id"],
        run_id=row["run_id"],
        project_id=row["project_id"],
        path=row["path"],
        index=row["task_index"],
        operator=row["operator"],
        state=row["state"],
        priority=row["priority"],
        demand=Slots(row["cpu_milli"], row["gpu_milli"], row["memory"]),
        created_at=row["created_at"],
        gave_to=row["give_back_to"],
    )


def _capacity(settings: PoolSettings) -> dict[str, int]:
    cpu, gpu, memory = settings.isolated
    return {
        "cpu": round(settings.cpu * 1000), "gpu": round(settings.gpu * 1000), "memory": settings.memory,
        "isolated_cpu": round(cpu * 1000), "isolated_gpu": round(gpu * 1000), "isolated_memory": memory,
    }  # fmt: skip
