"""Approvals: a task waits for a person, without a worker and without slots."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from patchbay_server.engine import cache, collection, events, settle
from patchbay_server.engine.claim import INPUTS, Claim
from patchbay_server.engine.commit import WAKE_CHILDREN
from patchbay_server.engine.errors import CancelRequested, NotAsked, NotFound
from patchbay_server.graph.cache_key import CacheParts
from patchbay_server.store.database import Transaction
from patchbay_server.store.statement import Statement, to_json

TASK = Statement("SELECT path, task_index, state, operator, $now FROM task WHERE id = :id AND run_id = :run_id")
ANSWERED = Statement(
    "UPDATE task SET state = :state, decision = :decision, error = :error, ended_at = $now"
    " WHERE id = :id AND state = 'waiting_approval'"
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a person says. `by`: the person's name."""

    approved: bool
    by: str
    note: str = ""


def ask(transaction: Transaction, claim: Claim, parts: CacheParts) -> cache.Opened:
    """Put a claimed task into ``waiting_approval``; see `Engine.ask`. Raises Fenced, CancelRequested."""
    task = claim.task
    if settle.lock_run(transaction, task.run_id):
        raise CancelRequested(f"Run {task.run_id} is being cancelled.")
    key, reasons = cache.note(transaction, task, parts, None)
    earlier = cache.from_history(transaction, claim, key) if task.reuse_only or claim.resumed_from else None
    if earlier is not None:
        return earlier
    if task.reuse_only:
        return cache.Opened("run", reasons=reasons)
    cache.put_back(transaction, task, "waiting_approval")
    data = {"path": task.path, "index": task.task_index, "state": "waiting_approval", "attempt": 0}
    events.append(transaction, task.run_id, [("task", data)])
    return cache.Opened("wait")


def decide(transaction: Transaction, run_id: int, id: int, answer: Answer) -> settle.Wake:
    """Go on with what was approved, or fail with who rejected it and why. Returns pool -> tasks that are ready.

    Raises:
        NotFound: the run has no such task.
        NotAsked: the task does not wait for a person.
    """
    settle.lock_run(transaction, run_id)
    row = transaction.one(TASK, {"id": id, "run_id": run_id})
    if row is None:
        raise NotFound(f"Run {run_id} has no task {id}.", reason="task")
    path, index, state, operator, now = row
    if state != "waiting_approval":
        what = f"is {state}" if operator == "approval" else "asks nobody"
        raise NotAsked(f"{path} of run {run_id} {what}: there is nothing to approve or reject.", state=state)
    decision = {"approved": answer.approved, "by": answer.by, "note": answer.note, "at": now}
    state, error = ("done", None) if answer.approved else ("failed", _rejected(path, answer))
    texts = {"decision": to_json(decision), "error": None if error is None else to_json(error)}
    transaction.run(ANSWERED, {"id": id, "state": state, **texts})
    data: dict[str, Any] = {"path": path, "index": index, "state": state, "attempt": 0, "decision": decision}
    events.append(transaction, run_id, [("task", data | ({"error": error} if error else {}))])
    wake: settle.Wake = {}
    if not answer.approved:
        settle.skip_behind_failed(transaction, run_id, id, path, index, wake)
        return wake
    for port, artifact_id in transaction.all(INPUTS, {"id": id}):
        collection.refer(transaction, id, port, artifact_id)
    settle.count(wake, [row for row in transaction.all(WAKE_CHILDREN, {"id": id}) if row[1] == "ready"])
    settle.close(transaction, run_id, 1)
    return wake


def _rejected(path: str, answer: Answer) -> dict[str, Any]:
    message = f"{path} was rejected by {answer.by}" + (f": {answer.note}" if answer.note else ".")
    return {"code": "rejected", "message": message, "details": {"by": answer.by, "note": answer.note}}
