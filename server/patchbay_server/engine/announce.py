"""Telling about runs that have ended.

Plugins: each run is handed out once, to one of any number of reconcilers. Notifications: what is to be sent is written
down in the transaction that ends the run, so no end is forgotten, and none is told of that was rolled back.
"""

from __future__ import annotations

from patchbay_server.store.database import Transaction
from patchbay_server.store.statement import Statement

TAKE = Statement("UPDATE run SET announced = true WHERE ended_at IS NOT NULL AND NOT announced RETURNING id, state")

WRITE_DELIVERIES = Statement(
    "INSERT INTO delivery (notification_id, run_id, state, tries, next_at, created_at)"
    " SELECT target.id, run.id, 'pending', 0, $now, $now FROM run JOIN flow ON flow.id = run.flow_id"
    " JOIN notification AS target ON target.project_id = run.project_id"
    " WHERE run.id = :run_id AND NOT flow.system AND target.enabled"
    " AND (target.flow_id IS NULL OR target.flow_id = run.flow_id) AND CASE run.state"
    " WHEN 'done' THEN target.on_done WHEN 'failed' THEN target.on_failed ELSE target.on_cancelled END"
)


def write_deliveries(transaction: Transaction, run_id: int) -> None:
    """Note for every notification that wants the state in which a run has just ended that it is to be sent."""
    transaction.run(WRITE_DELIVERIES, {"run_id": run_id})


def take_ended(transaction: Transaction) -> list[tuple[int, str]]:
    """(run id, state) of the runs that have ended and that nobody has told about."""
    return [(id, state) for id, state in transaction.all(TAKE, {})]
