"""What tasks keep to go on from: under which name, and until when. The folders: `patchbay_runners.checkpoints`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from patchbay_runners.checkpoints import Kept
from patchbay_server.engine.claim import TaskRow
from patchbay_server.store.database import Transaction
from patchbay_server.store.statement import Statement

KEEP = 7 * 24 * 3600.0
"""Seconds for which somebody may go on with work that has failed or was cancelled, since it was last written."""

UNFINISHED = Statement(
    "SELECT id, project_id, cache_key FROM task WHERE run_id IN (SELECT id FROM run WHERE ended_at IS NULL)"
    " AND checkpoints AND state NOT IN ('done', 'failed', 'skipped', 'cancelled')"
)
IS_DONE = Statement("SELECT 1 FROM task WHERE project_id = :project_id AND cache_key = :key AND state = 'done' LIMIT 1")
NOW = Statement("SELECT $now")


def name_of(task: TaskRow, shared_key: str | None) -> str:
    """The name under which a task keeps its checkpoints.

    `shared_key`: its cache key where its result may be reused. Then it is the only one that does this work now, and
    whoever begins it again goes on from there; the folder of any other task is its own.
    """
    return f"key-{task.project_id}-{shared_key}" if shared_key else f"task-{task.id}"


def unneeded(transaction: Transaction, kept: Iterable[Kept]) -> Iterator[str]:
    """The names that nobody goes on from any more. `kept`: what was there before the transaction began."""
    tasks, keys = set(), set()
    for id, project_id, key in transaction.all(UNFINISHED, {}):
        tasks.add(f"task-{id}")
        keys.add(f"key-{project_id}-{key}")
    row = transaction.one(NOW, {})
    assert row is not None
    for each in kept:
        kind, _, rest = each.name.partition("-")
        project_id, _, key = rest.partition("-")
        if each.name in tasks | keys:
            continue
        if kind == "key" and each.used > row[0] - KEEP and not _is_done(transaction, int(project_id), key):
            continue
        yield each.name


def _is_done(transaction: Transaction, project_id: int, key: str) -> bool:
    return transaction.one(IS_DONE, {"project_id": project_id, "key": key}) is not None
