"""What tasks keep to go on from: under which name, and until when. The folders: `patchbay_runners.checkpoints`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from patchbay_runners.checkpoints import Kept
from patchbay_server.engine.claim import TaskRow
from patchbay_server.store.database import Transaction
from patchbay_server.store.statement import Statement

KEEP = 7 * 24 * 3600.0
"""Seconds for which somebody may go on with work that has failed or was stopped, since it was last written."""

UNFINISHED = Statement(
    "SELECT id, project_id, cache_key, created_at FROM task WHERE run_id IN (SELECT id FROM run WHERE ended_at IS NULL)"
    " AND checkpoints AND state NOT IN ('done', 'failed', 'skipped', 'cancelled')"
)
IS_DONE = Statement(
    "SELECT 1 FROM task WHERE project_id = :project_id AND cache_key = :key AND state = 'done' AND NOT finish_requested"
    " LIMIT 1"
)
NOW = Statement("SELECT $now")
CREATED = Statement("SELECT created_at FROM task WHERE id = :id")
DISCARDED = Statement(
    "SELECT MAX(id) FROM task WHERE project_id = :project_id AND cache_key = :key AND state = 'cancelled'"
    " AND finishable AND ended_at < :created_at AND NOT EXISTS (SELECT 1 FROM task AS other"
    " WHERE other.project_id = task.project_id AND other.cache_key = task.cache_key"
    " AND other.created_at < task.ended_at AND (other.ended_at IS NULL OR other.ended_at > task.ended_at))"
)
"""The last task of this key whose cancelling, some time before, left nobody at its work. Of what can be finished early,
cancelling discards what was found so far; anything else that is cancelled, as a training, may go on later."""


def name_of(transaction: Transaction, task: TaskRow, shared_key: str | None) -> str:
    """The name under which a task keeps its checkpoints.

    `shared_key`: its cache key where its result may be reused. Then it is the only one that does this work now, and
    whoever begins it again goes on from there, unless it was discarded since; the folder of any other task is its own.
    """
    if not shared_key:
        return f"task-{task.id}"
    row = transaction.one(CREATED, {"id": task.id})
    assert row is not None, task.id
    return _shared_name(transaction, task.project_id, shared_key, row[0])


def _shared_name(transaction: Transaction, project_id: int, key: str, created_at: float) -> str:
    """For a task that was made at this time: of work that was discarded before, it finds nothing."""
    row = transaction.one(DISCARDED, {"project_id": project_id, "key": key, "created_at": created_at})
    discarded = row[0] if row else None
    return f"key-{project_id}-{key}" + (f"-{discarded}" if discarded else "")


def unneeded(transaction: Transaction, kept: Iterable[Kept]) -> Iterator[str]:
    """The names that nobody goes on from any more. `kept`: what was there before the transaction began."""
    tasks, keys = set(), set()
    for id, project_id, key, created_at in transaction.all(UNFINISHED, {}):
        tasks.add(f"task-{id}")
        if key:
            keys.add(_shared_name(transaction, project_id, key, created_at))
    row = transaction.one(NOW, {})
    assert row is not None
    for each in kept:
        kind, _, rest = each.name.partition("-")
        if each.name in tasks | keys:
            continue
        if kind == "key" and each.used > row[0] - KEEP and _goes_on(transaction, each.name, rest, row[0]):
            continue
        yield each.name


def _goes_on(transaction: Transaction, name: str, rest: str, now: float) -> bool:
    """Whether a task that is made now would go on from there. `rest`: of the name, project and key first."""
    project_id, key = rest.split("-")[:2]
    is_done = transaction.one(IS_DONE, {"project_id": int(project_id), "key": key}) is not None
    return not is_done and name == _shared_name(transaction, int(project_id), key, now)
