"""Changing the priority of a run: its tasks that have not ended move with it, also those that a map makes later."""

from __future__ import annotations

import json
from typing import Any

from patchbay_server.engine import events, settle
from patchbay_server.engine.errors import NotFound, RunEnded
from patchbay_server.store.database import Transaction
from patchbay_server.store.statement import Statement, to_json

RUN = Statement("SELECT state, priority FROM run WHERE id = :run_id")
SET_RUN = Statement("UPDATE run SET priority = :priority WHERE id = :run_id")
OPEN_TASKS = Statement(
    "SELECT id, priority, expansion FROM task WHERE run_id = :run_id"
    " AND state IN ('waiting', 'ready', 'admitted', 'running', 'delayed', 'waiting_cache', 'waiting_approval')"
    " $skip_locked"
)
SET_TASK = Statement("UPDATE task SET priority = :priority, expansion = :expansion WHERE id = :id")


def change(transaction: Transaction, run_id: int, priority: int, *, highest: int) -> int:
    """Set the priority of a run; the one before. No task of it gets one above `highest`.

    A task that a worker is claiming at this very moment keeps what it has.

    Raises:
        NotFound: there is no such run.
        RunEnded: it has ended.
    """
    if transaction.one(RUN, {"run_id": run_id}) is None:
        raise NotFound(f"There is no run {run_id}.", reason="run")
    settle.lock_run(transaction, run_id)
    row = transaction.one(RUN, {"run_id": run_id})
    assert row is not None
    state, before = row
    if state not in ("queued", "running"):
        raise RunEnded(f"Run {run_id} is {state}: its priority does not matter any more.", state=state)
    if priority == before:
        return int(before)
    transaction.run(SET_RUN, {"run_id": run_id, "priority": priority})
    by = priority - before
    tasks = [
        {"id": id, "priority": min(own + by, highest), "expansion": _moved_text(expansion, by, highest)}
        for id, own, expansion in transaction.all(OPEN_TASKS, {"run_id": run_id})
    ]
    transaction.many(SET_TASK, tasks)
    events.append(transaction, run_id, [("run", {"state": state, "priority": priority})])
    return int(before)


def _moved_text(expansion: str | None, by: int, highest: int) -> str | None:
    return None if expansion is None else to_json(_moved(json.loads(expansion), by, highest))


def _moved(template: dict[str, Any], by: int, highest: int) -> dict[str, Any]:
    """What becomes tasks later, with their priorities moved."""
    tasks = [
        {
            **task,
            "priority": min(task["priority"] + by, highest),
            "expansion": None if task["expansion"] is None else _moved(task["expansion"], by, highest),
        }
        for task in template["tasks"]
    ]
    return {**template, "tasks": tasks}
