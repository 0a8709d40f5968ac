"""Pools and their capacity."""

from __future__ import annotations

from collections.abc import Iterable

from patchbay_server.engine.settings import PoolSettings
from patchbay_server.store.database import Transaction
from patchbay_server.store.statement import Statement

SET = Statement(
    "INSERT INTO pool (name, policy, cpu_milli, gpu_milli, memory) VALUES (:name, :policy, :cpu, :gpu, :memory)"
    " ON CONFLICT (name) DO UPDATE SET policy = excluded.policy, cpu_milli = excluded.cpu_milli,"
    " gpu_milli = excluded.gpu_milli, memory = excluded.memory WHERE NOT pool.edited"
)
LOCK = Statement("INSERT INTO scheduler_lock (name) VALUES (:name) ON CONFLICT (name) DO NOTHING")


def set_pools(transaction: Transaction, pools: Iterable[PoolSettings]) -> None:
    """Make these pools, or change the capacity of those that are there, unless a person has. Running tasks go on."""
    for pool in pools:
        row = {
            "name": pool.name,
            "policy": pool.policy,
            "cpu": round(pool.cpu * 1000),
            "gpu": round(pool.gpu * 1000),
            "memory": pool.memory,
        }
        transaction.run(SET, row)
        transaction.run(LOCK, {"name": pool.name})
