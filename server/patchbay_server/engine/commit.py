"""Committing: outputs, cache, dependants, slots, events and the next claim in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from patchbay_runners.kill_points import reach
from patchbay_server.engine import cache, collection, events, expansion, settle, skip
from patchbay_server.engine.claim import GIVE_SLOTS, Claim, Claimant, NothingToClaim, TaskRow, inherit, slots
from patchbay_server.engine.errors import CancelRequested
from patchbay_server.graph.cache_key import CacheParts, Reason
from patchbay_server.graph.planned import CONTROL, DIVIDE
from patchbay_server.store.database import Transaction
from patchbay_server.store.statement import Statement, to_json

OPEN_RUN = Statement(
    "UPDATE run SET event_seq = event_seq + 1, open_tasks = open_tasks - 1"
    " WHERE id = :run_id RETURNING event_seq, open_tasks, cancel_requested, $hold_artifacts"
)
DONE = Statement(
    "UPDATE task SET state = 'done', cached = :cached, metrics = :metrics, error = NULL,"
    " warnings = COALESCE(:warnings, (SELECT source.warnings FROM task AS source WHERE source.id = :source)),"
    " engine_choice = COALESCE(:engine_choice, engine_choice),"
    " finish_requested = COALESCE((SELECT source.finish_requested FROM task AS source WHERE source.id = :source),"
    " finish_requested),"
    " reasons = CASE WHEN :cached THEN NULL ELSE reasons END, lease_until = NULL, deadline = NULL, ended_at = $now"
    " WHERE id = :id AND token = :token AND state = 'running'"
    " RETURNING (SELECT epoch FROM artifact_store WHERE id = 1), finish_requested"
)
IS_MINE = Statement("SELECT 1 FROM task WHERE id = :id AND token = :token AND state = 'done'")
PUBLISH = Statement(
    "INSERT INTO cache_entry (project_id, key, task_id, token, created_at, used_at)"
    " VALUES (:project_id, :key, :task_id, NULL, $now, $now)"
    " ON CONFLICT (project_id, key) DO UPDATE SET task_id = excluded.task_id, token = NULL, used_at = excluded.used_at"
)
WAKE_CHILDREN = Statement(
    "UPDATE task SET remaining = remaining - 1,"
    " state = CASE WHEN remaining = 1 AND state = 'waiting' THEN 'ready' ELSE state END"
    " WHERE id IN (SELECT child_id FROM task_edge WHERE parent_id = :id) RETURNING pool, state"
)


Confirm = Callable[[Iterable[str]], None]
"""Makes sure that artifacts are in the store; raises ArtifactError. It is called within the transaction."""


@dataclass(frozen=True, slots=True)
class Result:
    """What an attempt made."""

    outputs: Mapping[str, str]
    """Output port -> artifact id."""
    rows: Mapping[str, int] = field(default_factory=dict)
    """Output port -> rows, for tables."""
    sizes: Mapping[str, int] = field(default_factory=dict)
    """Artifact id -> bytes, of what was made."""
    metrics: Mapping[str, Any] = field(default_factory=dict)
    warnings: Sequence[Mapping[str, Any]] = ()
    """What the attempt warned of: {"message", "texts": by language}."""
    publish_as: str | None = None
    """The cache key under which others may reuse it; None: nobody may."""
    reused: bool = False
    """Nothing was executed: the outputs are those of an earlier task."""
    source: int | None = None
    """That task."""
    engine_choice: Mapping[str, Any] | None = None
    """Which engine was chosen and why, where that was left to the platform."""
    unshared: tuple[CacheParts, Reason] | None = None
    """What `cache.open_attempt` would have noted, for a task whose result was not looked up: parts, and why not."""


@dataclass(frozen=True, slots=True)
class Committed:
    """`next`: claimed in the same transaction, or None. `wake`: pool -> tasks that are ready now."""

    next: Claim | None
    wake: settle.Wake


def commit(
    transaction: Transaction, claim: Claim, result: Result, claimant: Claimant | None, confirm: Confirm | None = None
) -> Committed:
    """Commit an attempt's outputs, exactly once; `claimant` claims the next task with it, if it may.

    `confirm` is asked when artifacts were collected since the claim. Asked again after a lost connection, this finds
    its own commit and changes nothing.

    Raises:
        Fenced: another attempt owns the task.
        CancelRequested: the run is being cancelled.
        ArtifactError: an output was collected meanwhile, says `confirm`.
    """
    task = claim.task
    run = transaction.one(OPEN_RUN, {"run_id": task.run_id})
    assert run is not None, task.run_id
    seq, open_tasks, cancel_requested, _ = run
    if cancel_requested:
        raise CancelRequested(f"Run {task.run_id} is being cancelled.")
    finished_early = _finish_task(transaction, claim, result, confirm)
    if finished_early is None:
        if transaction.one(IS_MINE, {"id": task.id, "token": task.token}):
            raise AlreadyCommitted
        raise settle.fenced(task)
    events.write(transaction, task.run_id, seq, [("task", claim.describe("done", cached=result.reused))])
    wake: settle.Wake = {}
    if finished_early:
        settle.pass_on_lead(transaction, task, wake)  # who has the whole time is not answered by what less of it found
    elif result.publish_as:
        _publish(transaction, task, result.publish_as, wake)
    if task.operator in CONTROL or task.operator == DIVIDE:
        open_tasks = _direct(transaction, task, result, wake)
    children = transaction.all(WAKE_CHILDREN, {"id": task.id})
    settle.count(wake, [row for row in children if row[1] == "ready"])
    if open_tasks == 0:
        settle.end_run(transaction, task.run_id, cancelled=False)
    following = _next(transaction, task, claimant) if claimant else None
    if following is None:
        transaction.run(GIVE_SLOTS, slots(task))
    settle.count_attempt(transaction, task, "done")
    reach("commit")
    return Committed(following, wake)


class AlreadyCommitted(Exception):
    """Rolls back: an earlier try of this very commit went through."""


def _finish_task(transaction: Transaction, claim: Claim, result: Result, confirm: Confirm | None) -> bool | None:
    """Whether its outputs are the best of less than the whole time; None: it is another attempt's task."""
    task = claim.task
    metrics = to_json(dict(result.metrics)) if result.metrics else None
    choice = to_json(result.engine_choice) if result.engine_choice else None
    row = {
        "id": task.id, "token": task.token, "cached": result.reused, "metrics": metrics, "engine_choice": choice,
        "warnings": to_json(list(result.warnings)) if result.warnings else None, "source": result.source,
    }  # fmt: skip
    done = transaction.one(DONE, row)
    if done is None:
        return None
    if confirm is not None and not collection.undisturbed(claim.epoch, done[0]):
        confirm(result.outputs.values())
    if result.unshared is not None:
        cache.note(transaction, task, *result.unshared, state="done")
    transaction.run(settle.END_ATTEMPT, {"id": task.id, "number": task.attempt, "state": "done", "error": None})
    for port, artifact_id in result.outputs.items():
        collection.refer(transaction, task.id, port, artifact_id, result.rows.get(port))
    collection.count(transaction, task.project_id, result.sizes)
    return bool(done[1])


def _direct(transaction: Transaction, task: TaskRow, result: Result, wake: settle.Wake) -> int:
    """The task decides what follows: skip what it does not hand on to, make the tasks of a map's items.

    Returns the open tasks of the run.
    """
    if task.operator == DIVIDE:
        made = expansion.expand(transaction, task, result.outputs)
        for pool, tasks in made.ready.items():
            wake[pool] = wake.get(pool, 0) + tasks
        skipped = made.skipped
    else:
        cause = f"{task.path}[{task.task_index}]" if task.task_index else task.path
        reason = {"code": "not_needed", "message": f"not needed after {cause}", "upstream": task.path}
        skipped = skip.behind_undelivered(transaction, task.run_id, task.id, reason)
    settle.count(wake, skipped.ready)
    row = transaction.one(settle.CLOSE_TASKS, {"run_id": task.run_id, "count": skipped.count})
    assert row is not None, task.run_id
    return int(row[0])


def _publish(transaction: Transaction, task: TaskRow, key: str, wake: settle.Wake) -> None:
    transaction.run(PUBLISH, {"project_id": task.project_id, "key": key, "task_id": task.id})
    settle.count(wake, transaction.all(settle.WAKE_WAITERS, {"project_id": task.project_id, "key": key}))


def _next(transaction: Transaction, task: TaskRow, claimant: Claimant) -> Claim | None:
    try:
        return inherit(transaction, task, claimant)
    except NothingToClaim:
        return None  # nothing was changed: the candidate belonged to a run that this transaction holds
