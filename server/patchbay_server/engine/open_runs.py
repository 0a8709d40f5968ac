"""A flow's limit of open runs: a run beyond it is held, which means that none of its tasks becomes ready.

Runs are counted and released while the flow's row is held, so that any number of servers together keep the limit. The
flow's row is taken before that of a run, and nobody who holds a run asks for it: so nobody waits in a circle. What ends
releases nothing itself; the reconciler does in its next round.
"""

from __future__ import annotations

from dataclasses import dataclass

from patchbay_server.engine import events, settle
from patchbay_server.store.database import Transaction
from patchbay_server.store.statement import Statement

LOCK_FLOW = Statement(
    "UPDATE flow SET max_open_runs = max_open_runs WHERE id = :flow_id AND max_open_runs IS NOT NULL"
    " RETURNING max_open_runs"
)
SET_LIMIT = Statement("UPDATE flow SET max_open_runs = :limit WHERE id = :flow_id")
COUNT_OPEN = Statement("SELECT COUNT(*) FROM run WHERE flow_id = :flow_id AND ended_at IS NULL AND NOT held")
HELD = "flow_id = :flow_id AND ended_at IS NULL AND held"
FIRST_HELD = Statement(
    f"SELECT id FROM run WHERE {HELD} AND NOT cancel_requested ORDER BY priority DESC, id LIMIT :count $skip_locked"
)
LET_GO = Statement("UPDATE run SET held = false WHERE id = :run_id")
WAKE = Statement(
    "UPDATE task SET state = 'ready' WHERE run_id = :run_id AND state = 'waiting' AND remaining = 0 RETURNING pool"
)
FLOWS_WITH_HELD = Statement("SELECT DISTINCT flow_id FROM run WHERE ended_at IS NULL AND held")
QUEUE = Statement(
    "SELECT flow.name, flow.max_open_runs, run.held,"
    " (SELECT COUNT(*) FROM run AS other WHERE other.flow_id = run.flow_id AND other.ended_at IS NULL"
    "  AND NOT other.held),"
    " (SELECT COUNT(*) FROM run AS other WHERE other.flow_id = run.flow_id AND other.ended_at IS NULL AND other.held"
    "  AND (other.priority > run.priority OR other.priority = run.priority AND other.id <= run.id))"
    " FROM run JOIN flow ON flow.id = run.flow_id WHERE run.id = :run_id"
)
AT_ONCE = 1000
"""Runs that are let go in one transaction, where a flow's limit is taken away."""


@dataclass(frozen=True, slots=True)
class Queue:
    """Where a held run stands: `open` of `limit` runs of the flow are open; `position` among the held, from 1."""

    flow: str
    limit: int | None
    open: int
    position: int


def lock(transaction: Transaction, flow_id: int) -> int | None:
    """The limit of a flow, whose row is held until the transaction ends. None: it has none, and nothing is held."""
    row = transaction.one(LOCK_FLOW, {"flow_id": flow_id})
    return None if row is None else int(row[0])


def set_limit(transaction: Transaction, flow_id: int, limit: int | None) -> settle.Wake:
    """Set the most runs of a flow that are open at once; None: as many as there are. Open ones go on in any case."""
    transaction.run(SET_LIMIT, {"flow_id": flow_id, "limit": limit})
    return release(transaction, flow_id)


def release(transaction: Transaction, flow_id: int) -> settle.Wake:
    """Let go as many held runs of a flow as its limit has room for: the highest priority first, then the oldest."""
    limit, wake = lock(transaction, flow_id), settle.Wake()
    free = AT_ONCE if limit is None else limit - open_runs(transaction, flow_id)
    if free <= 0:
        return wake
    for (run_id,) in transaction.all(FIRST_HELD, {"flow_id": flow_id, "count": min(free, AT_ONCE)}):
        transaction.run(LET_GO, {"run_id": run_id})
        settle.count(wake, transaction.all(WAKE, {"run_id": run_id}))
        events.append(transaction, run_id, [("run", {"state": "queued"})])
    return wake


def open_runs(transaction: Transaction, flow_id: int) -> int:
    """Runs of a flow that have not ended and are not held."""
    row = transaction.one(COUNT_OPEN, {"flow_id": flow_id})
    assert row is not None
    return int(row[0])


def waiting_flows(transaction: Transaction) -> list[int]:
    """The flows that have held runs."""
    return [row[0] for row in transaction.all(FLOWS_WITH_HELD, {})]


def queue_of(transaction: Transaction, run_id: int) -> Queue | None:
    """Where a run stands in the queue of its flow. None: it is not held."""
    row = transaction.one(QUEUE, {"run_id": run_id})
    if row is None or not row[2]:
        return None
    flow, limit, _, open_, position = row
    return Queue(flow, limit, open_, position)
