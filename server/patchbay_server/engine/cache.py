"""Reuse: the same key is executed once. The first to come leads; the others wait, reuse, or take over.

A `cache_entry` with a token belongs to a leader that is still running; without one, to a task whose outputs may be
reused. What may not be shared has no entry: a run that goes on from another one looks for it there, and waits for it
there while it has not ended.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from patchbay_server.engine import settle
from patchbay_server.engine.claim import Claim, TaskRow
from patchbay_server.graph.cache_key import CacheParts, Reason, explain
from patchbay_server.graph.canonical import digest_of
from patchbay_server.store.database import Transaction
from patchbay_server.store.statement import Statement, to_json

NOTE_KEY = Statement(
    "UPDATE task SET cache_key = :key, cache_parts = :parts, reasons = :reasons"
    " WHERE id = :id AND token = :token AND state = :state"
)
LEAD = Statement(
    "INSERT INTO cache_entry (project_id, key, task_id, token, created_at, used_at)"
    " VALUES (:project_id, :key, :task_id, :token, $now, $now) ON CONFLICT (project_id, key) DO NOTHING"
)
ENTRY = Statement("SELECT task_id, token FROM cache_entry WHERE project_id = :project_id AND key = :key $for_update")
IS_LEADING = Statement("SELECT 1 FROM task WHERE id = :id AND token = :token AND state = 'running'")
TAKE_OVER = Statement(
    "UPDATE cache_entry SET task_id = :task_id, token = :token, created_at = $now"
    " WHERE project_id = :project_id AND key = :key"
)
OUTPUTS = Statement("SELECT port, artifact_id, rows FROM output WHERE task_id = :task_id")
EARLIER = Statement(
    "SELECT id FROM task WHERE flow_id = :flow_id AND path = :path AND task_index = :task_index AND id < :id"
    " AND cache_key = :key AND state = 'done' AND (:run_id = 0 OR run_id = :run_id)"
    " AND NOT EXISTS (SELECT 1 FROM output JOIN collected_artifact AS gone ON gone.id = output.artifact_id"
    " WHERE output.task_id = task.id) ORDER BY id DESC LIMIT 1"
)
GOES_ON_BEFORE = (
    "SELECT before.id FROM run JOIN task AS before ON before.run_id = run.resumed_from AND before.path = task.path"
    " AND before.task_index = task.task_index WHERE run.id = task.run_id AND NOT run.bypass_cache"
    " AND before.operator = task.operator AND before.params = task.params"
    " AND before.state NOT IN ('done', 'failed', 'skipped', 'cancelled')"
    " AND (before.cache_key IS NULL OR before.cache_key = task.cache_key)"
)
"""Of a `task`: the same one of the run that its run goes on from, where it has not ended and, for all that is known so
far, does the same."""
IN_RUN_BEFORE = Statement(f"SELECT ({GOES_ON_BEFORE}) FROM task WHERE id = :id")
LAST_PARTS = Statement(
    "SELECT cache_parts FROM task WHERE flow_id = :flow_id AND path = :path AND task_index = :task_index AND id < :id"
    " AND cache_parts IS NOT NULL ORDER BY id DESC LIMIT 1"
)
FORGET = Statement("DELETE FROM cache_entry WHERE project_id = :project_id AND key = :key AND token IS NULL")
WAIT = Statement("UPDATE task SET attempt = attempt - 1 WHERE id = :id")
DROP_ATTEMPT = Statement("DELETE FROM attempt WHERE task_id = :id AND number = :number")


@dataclass(frozen=True, slots=True)
class Opened:
    """What is to be done with a claimed task.

    ``run`` it; ``reuse`` `outputs` of task `source`; or ``wait``: another task with the same key is running, this
    one has been put back.
    """

    outcome: Literal["run", "reuse", "wait"]
    outputs: dict[str, str] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)
    source: int | None = None
    key: str = ""
    reasons: list[Reason] = field(default_factory=list)
    """Why it runs, or would run if there were nothing to reuse."""


def open_attempt(
    transaction: Transaction, claim: Claim, parts: CacheParts, bypassed: Reason | None, *, history: bool
) -> Opened:
    """Note the key of a claimed task, why it would run, and find out whether it must.

    `bypassed`: why its key may be neither looked up nor led; None: it may be.
    `history`: a task that may only reuse, or that belongs to a resumed run, may take an earlier run's outputs.

    Raises:
        Fenced: another attempt owns the task.
    """
    task = claim.task
    key, reasons = note(transaction, task, parts, bypassed)
    opened = Opened("run") if bypassed else _look_up(transaction, task, key)
    if opened.outcome == "wait":
        put_back(transaction, task)
    elif opened.outcome == "run" and history and (task.reuse_only or (claim.resumed_from and not claim.bypass_cache)):
        opened = from_history(transaction, claim, key) or opened
        before = transaction.one(IN_RUN_BEFORE, {"id": task.id}) if bypassed and opened.outcome == "run" else None
        if before is not None and before[0] is not None:
            put_back(transaction, task)
            opened = Opened("wait", source=before[0])
    return replace(opened, key=key, reasons=reasons)


def note(
    transaction: Transaction, task: TaskRow, parts: CacheParts, bypassed: Reason | None, state: str = "running"
) -> tuple[str, list[Reason]]:
    """Keep the key of a task in `state`, and the reasons why it runs or ran. Raises Fenced."""
    raw = parts.to_json()
    key = digest_of(raw)
    reasons = ([bypassed] if bypassed else []) + explain(_last_parts(transaction, task), parts)
    why = to_json([reason.to_json() for reason in reasons])
    row = {"id": task.id, "token": task.token, "key": key, "parts": to_json(raw), "reasons": why, "state": state}
    if not transaction.run(NOTE_KEY, row):
        raise settle.fenced(task)
    return key, reasons


def _last_parts(transaction: Transaction, task: TaskRow) -> CacheParts | None:
    """The parts of the latest earlier task of the same flow and path; None: it has never run."""
    row = transaction.one(LAST_PARTS, _place(task))
    return None if row is None else CacheParts.from_json(json.loads(row[0]))


def _look_up(transaction: Transaction, task: TaskRow, key: str) -> Opened:
    place = {"project_id": task.project_id, "key": key}
    leader = place | {"task_id": task.id, "token": task.token}
    if transaction.run(LEAD, leader):
        return Opened("run")
    entry = transaction.one(ENTRY, place)
    if entry is not None and entry[1] is None:
        return _reuse(transaction, entry[0])
    if entry is not None and transaction.one(IS_LEADING, {"id": entry[0], "token": entry[1]}):
        return Opened("wait", source=entry[0])
    transaction.run(TAKE_OVER, leader)
    return Opened("run")


def put_back(transaction: Transaction, task: TaskRow, state: str = "waiting_cache") -> None:
    """The task waits without slots, for the leader's outputs or for a person; that it was claimed leaves no trace."""
    settle.leave(transaction, task, state, attempt_state=settle.DROPPED, silent=True)
    transaction.run(DROP_ATTEMPT, {"id": task.id, "number": task.attempt})
    transaction.run(WAIT, {"id": task.id})


def from_history(transaction: Transaction, claim: Claim, key: str) -> Opened | None:
    """Outputs of an earlier task of the same place and key: for results that are not shared, as of a SQL source."""
    within = 0 if claim.task.reuse_only else claim.resumed_from
    row = transaction.one(EARLIER, _place(claim.task) | {"key": key, "run_id": within})
    return None if row is None else _reuse(transaction, row[0])


def _reuse(transaction: Transaction, source: int) -> Opened:
    rows = transaction.all(OUTPUTS, {"task_id": source})
    outputs = {port: artifact_id for port, artifact_id, _ in rows}
    return Opened("reuse", outputs, {port: n for port, _, n in rows if n is not None}, source)


def _place(task: TaskRow) -> dict[str, Any]:
    return {"flow_id": task.flow_id, "path": task.path, "task_index": task.task_index, "id": task.id}
