"""Cancelling a run: the flag first, then whatever has not started; who runs a task sees the flag and ends it."""

from __future__ import annotations

from patchbay_server.engine import events, settle
from patchbay_server.engine.errors import NotFound
from patchbay_server.store.database import Transaction
from patchbay_server.store.statement import Statement

REQUEST = Statement(
    "UPDATE run SET cancel_requested = true WHERE id = :run_id AND ended_at IS NULL AND NOT cancel_requested"
)
EXISTS = Statement("SELECT 1 FROM run WHERE id = :run_id")
NOT_STARTED = Statement(
    "SELECT id FROM task WHERE run_id = :run_id"
    " AND state IN ('waiting', 'ready', 'admitted', 'delayed', 'waiting_cache', 'waiting_approval') $skip_locked"
)
CANCEL = Statement(
    "UPDATE task SET state = 'cancelled', not_before = NULL, ended_at = $now WHERE id = :id RETURNING path, task_index"
)


def request(transaction: Transaction, run_id: int) -> bool:
    """Set the flag. False: the run has ended, or was cancelled before. Raises NotFound."""
    if transaction.one(EXISTS, {"run_id": run_id}) is None:
        raise NotFound(f"There is no run {run_id}.", reason="run")
    return bool(transaction.run(REQUEST, {"run_id": run_id}))


def sweep(transaction: Transaction, run_id: int) -> int:
    """Cancel the tasks of a cancelled run that have not started; how many. The last one ends the run.

    A task that is being claimed right now is left out (its claim sees the flag) and is swept the next time.
    """
    settle.lock_run(transaction, run_id)
    ids = [row[0] for row in transaction.all(NOT_STARTED, {"run_id": run_id})]
    data = []
    for id in ids:
        row = transaction.one(CANCEL, {"id": id})
        assert row is not None
        data.append({"path": row[0], "index": row[1], "state": "cancelled"})
    if data:
        events.append(transaction, run_id, [("task", item) for item in data])
        settle.close(transaction, run_id, len(data))
    return len(data)
