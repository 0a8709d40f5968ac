"""Telling about runs that have ended: each run is handed out once, to one of any number of reconcilers."""

from __future__ import annotations

from patchbay_server.store.database import Transaction
from patchbay_server.store.statement import Statement

TAKE = Statement("UPDATE run SET announced = true WHERE ended_at IS NOT NULL AND NOT announced RETURNING id, state")


def take_ended(transaction: Transaction) -> list[tuple[int, str]]:
    """(run id, state) of the runs that have ended and that nobody has told about."""
    return [(id, state) for id, state in transaction.all(TAKE, {})]
