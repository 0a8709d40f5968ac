"""Slots of the inference pool for replicas: taken for all of them or for none, as a task's are, and given back."""

from __future__ import annotations

import sqlalchemy as sa

from patchbay_server.engine.admission import Slots
from patchbay_server.engine.claim import GIVE_SLOTS, TAKE_SLOTS
from patchbay_server.engine.errors import NotFound
from patchbay_server.services.errors import Conflict
from patchbay_server.store.database import Transaction
from patchbay_server.store.tables import pool

POOL = "inference"


def take(transaction: Transaction, replicas: int, cpu_milli: int, memory: int) -> None:
    """Take the slots of so many replicas, all or none. Raises Conflict."""
    if not replicas:
        return
    wanted = Slots(replicas * cpu_milli, 0, replicas * memory)
    if transaction.run(TAKE_SLOTS, {"pool": POOL, "cpu": wanted.cpu_milli, "gpu": 0, "memory": wanted.memory}):
        return
    row = transaction.core.execute(sa.select(pool).where(pool.c.name == POOL)).mappings().one_or_none()
    if row is None:
        raise NotFound(f"There is no pool {POOL!r}.", pool=POOL, reason="pool")
    capacity = Slots(row["cpu_milli"], row["gpu_milli"], row["memory"])
    used = Slots(row["used_cpu_milli"], row["used_gpu_milli"], row["used_memory"])
    free = (capacity - used).at_least_zero()
    raise Conflict(
        f"Pool {POOL!r} has {free.text()} free of {capacity.text()}; {replicas} replica(s) need {wanted.text()}. "
        f"Take fewer replicas, end another deployment, or enlarge the pool.",
        pool=POOL,
        reason="slots",
        needed=wanted._asdict(),
        free=free._asdict(),
    )


def give(transaction: Transaction, pool_name: str, replicas: int, cpu_milli: int, memory: int) -> None:
    """Give back the slots of so many replicas that are gone."""
    if replicas:
        held = {"pool": pool_name, "cpu": replicas * cpu_milli, "gpu": 0, "memory": replicas * memory}
        transaction.run(GIVE_SLOTS, held)
