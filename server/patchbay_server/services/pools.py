"""Pools: how much they have, how much is used, who works and what waits. They belong to all projects.

Somebody sees the numbers of all tasks, but names only of those in projects that they are a member of.
"""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from patchbay_server.engine import pools, scheduler, waiting
from patchbay_server.engine.admission import Slots
from patchbay_server.engine.pools import PoolView
from patchbay_server.engine.settings import PoolSettings
from patchbay_server.engine.waiting import WaitReason
from patchbay_server.services.errors import Conflict, Invalid
from patchbay_server.services.people import audit
from patchbay_server.services.people.actor import Actor
from patchbay_server.services.platform import Platform, pool_settings
from patchbay_server.store.database import Transaction
from patchbay_server.store.paging import Page
from patchbay_server.store.tables import project


@dataclass(frozen=True, slots=True)
class Capacity:
    """CPUs, GPUs, bytes of memory."""

    cpu: float
    gpu: float
    memory: int

    @classmethod
    def of(cls, slots: Slots) -> Capacity:
        return cls(slots.cpu_milli / 1000, slots.gpu_milli / 1000, slots.memory)


@dataclass(frozen=True, slots=True)
class Pool:
    """A pool now. `edited`: a person set its capacity. `note`: what is unusual about it.

    `isolated`: the part of a mixed pool that is for load tests alone; nothing in others.
    """

    name: str
    policy: str
    capacity: Capacity
    isolated: Capacity
    used: Capacity
    edited: bool
    version: int
    waiting: int
    running: int
    workers: int
    note: str | None


@dataclass(frozen=True, slots=True)
class Worker:
    """A worker process. What it runs is None where it has nothing, or something of a project one cannot see."""

    id: str
    pool: str
    host: str
    pid: int
    started_at: float
    seen_at: float
    alive: bool
    busy: bool
    project: str | None
    run_id: int | None
    path: str | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """A task that waits in a pool, and why. Names are None in a project that one cannot see."""

    project: str | None
    run_id: int | None
    path: str | None
    operator: str | None
    priority: int
    demand: Capacity
    created_at: float
    reason: WaitReason


def listed(platform: Platform) -> list[Pool]:
    """Every pool by name."""
    with platform.database.read() as transaction:
        return [_pool(view) for view in pools.list_pools(transaction)]


def find(platform: Platform, name: str) -> Pool:
    """Raises NotFound."""
    with platform.database.read() as transaction:
        return _pool(pools.get(transaction, name))


def change(
    platform: Platform,
    actor: Actor,
    name: str,
    *,
    expected: int,
    cpu: float | None = None,
    gpu: float | None = None,
    memory: int | None = None,
    isolated: Capacity | None = None,
) -> Pool:
    """Set the capacity; what is None stays. Holds over restarts, whatever the settings of the platform say.

    `isolated`: of a mixed pool, the part of the capacity that is for load tests alone.

    Running tasks go on also where there is less than they use; nothing new starts until there is room.

    Raises:
        NotFound: there is no such pool.
        Conflict: it was changed meanwhile.
        Invalid: the part for load tests is larger than the pool, or the pool is not mixed.
    """

    def write(transaction: Transaction) -> Pool:
        view = pools.get(transaction, name)
        before, part = Capacity.of(view.capacity), isolated or Capacity.of(view.isolated)
        after = PoolSettings(
            name,
            before.cpu if cpu is None else cpu,
            before.gpu if gpu is None else gpu,
            before.memory if memory is None else memory,
            isolated=(part.cpu, part.gpu, part.memory),
        )
        _check_part(view, after)
        return _set(transaction, actor, after, expected=expected, edited=True)

    return platform.database.transact(write)


def reset(platform: Platform, actor: Actor, name: str, *, expected: int) -> Pool:
    """Give a pool the capacity that the settings of the platform say. Raises NotFound, Conflict."""

    def write(transaction: Transaction) -> Pool:
        pools.get(transaction, name)
        return _set(transaction, actor, pool_settings(platform.settings, name), expected=expected, edited=False)

    return platform.database.transact(write)


def workers(platform: Platform, actor: Actor, *, cursor: str | None = None, limit: int = 50) -> Page[Worker]:
    """Worker processes by id. Raises CursorError."""
    with platform.database.read() as transaction:
        found, names = pools.page_workers(transaction, cursor=cursor, limit=limit), _names(transaction, actor)
    return found.map(
        lambda view: Worker(
            id=view.id,
            pool=view.pool,
            host=view.host,
            pid=view.pid,
            started_at=view.started_at,
            seen_at=view.seen_at,
            alive=view.alive,
            busy=view.task_id is not None,
            project=names.get(view.project_id or 0),
            run_id=view.run_id if view.project_id in names else None,
            path=view.path if view.project_id in names else None,
        )
    )


def waiting_tasks(
    platform: Platform, actor: Actor, name: str, *, cursor: str | None = None, limit: int = 50
) -> Page[Waiting]:
    """The tasks that wait in a pool, oldest first, and why each does. Raises NotFound, CursorError."""
    with platform.database.read() as transaction:
        found, names = pools.page_waiting(transaction, name, cursor=cursor, limit=limit), _names(transaction, actor)
        decisions = {decision.id: decision for decision in scheduler.outlook(transaction, name)}

    def shown(task: pools.WaitingTask) -> Waiting:
        known = task.project_id in names
        return Waiting(
            project=names.get(task.project_id),
            run_id=task.run_id if known else None,
            path=task.path if known else None,
            operator=task.operator if known else None,
            priority=task.priority,
            demand=Capacity.of(task.demand),
            created_at=task.created_at,
            reason=waiting.of_pool(name, task.state, decisions.get(task.id), task.gave_to),
        )

    return found.map(shown)


def _check_part(view: PoolView, after: PoolSettings) -> None:
    cpu, gpu, memory = after.isolated
    if view.policy != "mixed" and any(after.isolated):
        raise Invalid(
            f"Pool {view.name!r} is {view.policy}: only a mixed one has a part for load tests.", field="isolated"
        )
    for field, part, whole in (("cpu", cpu, after.cpu), ("gpu", gpu, after.gpu), ("memory", memory, after.memory)):
        if part > whole:
            raise Invalid(
                f"The part of pool {view.name!r} for load tests has {field} {part:g}, which is more than the pool will"
                f" have ({whole:g}): make it smaller, too.",
                field=f"isolated.{field}",
            )


def _set(transaction: Transaction, actor: Actor, settings: PoolSettings, *, expected: int, edited: bool) -> Pool:
    before = pools.get(transaction, settings.name)
    if not pools.change(transaction, settings, expected=expected, edited=edited):
        raise Conflict(f"Pool {settings.name!r} was changed meanwhile.", version=before.version, reason="changed")
    after = pools.get(transaction, settings.name)
    old, new = (
        {"capacity": view.capacity._asdict(), "isolated": view.isolated._asdict(), "edited": view.edited}
        for view in (before, after)
    )
    audit.append(transaction, actor, "pool.changed", f"pool:{settings.name}", before=old, after=new)
    return _pool(after)


def _pool(view: PoolView) -> Pool:
    excess = (view.used - view.capacity).at_least_zero()
    too_much = f"{excess.text()} more is used than the pool has: nothing new starts until it is free."
    return Pool(
        name=view.name,
        policy=view.policy,
        capacity=Capacity.of(view.capacity),
        isolated=Capacity.of(view.isolated),
        used=Capacity.of(view.used),
        edited=view.edited,
        version=view.version,
        waiting=view.waiting,
        running=view.running,
        workers=view.workers,
        note=too_much if any(excess) else None,
    )


def _names(transaction: Transaction, actor: Actor) -> dict[int, str]:
    """Project id -> name, of those that exist for the actor."""
    rows = transaction.core.execute(sa.select(project.c.id, project.c.name))
    return {row.id: row.name for row in rows if actor.is_member(row.id)}
