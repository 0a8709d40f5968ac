"""Collecting artifacts that nothing needs any more, while tasks go on that may be about to use the very same.

An attempt does not write what the store holds already, and a reused result is not written at all. So between its look
at the store and its commit, what it saw must not vanish unseen. What holds:

- Files are removed only in a transaction that excludes every commit (`alone`), only while the store's epoch is odd,
  and only by the collector that made it so.
- A commit whose claim saw another epoch, or an odd one, first makes sure that its outputs are there, and marks their
  files as wanted; within its own transaction. One that saw the same even epoch need not look: nothing was removed.
- A collector looks up what is needed after it has made the epoch odd, and takes no file that was made or wanted
  within `GRACE` seconds before. So what was committed before is among the needed, what is committed later is marked.

A collector that is killed leaves an odd epoch: commits look a little more closely until the next one has ended.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from patchbay_server.store import locks
from patchbay_server.store.database import Transaction
from patchbay_server.store.statement import Statement

T = TypeVar("T")

GRACE = 3600.0
"""Seconds for which a file stays after it was made or wanted: longer than an attempt takes from there to its commit."""

EXCLUDE_COMMITS = Statement(f"SELECT pg_advisory_xact_lock({locks.ARTIFACTS})")
HOLD = Statement("SELECT $hold_artifacts")
BEGIN = Statement("UPDATE artifact_store SET epoch = epoch + 1 + epoch % 2 WHERE id = 1 RETURNING epoch")
IS_MINE = Statement("SELECT 1 FROM artifact_store WHERE id = 1 AND epoch = :epoch")
END = Statement("UPDATE artifact_store SET epoch = epoch + 1 WHERE id = 1 AND epoch = :epoch")
REFER = Statement(
    "INSERT INTO output (task_id, port, artifact_id, rows) VALUES (:task_id, :port, :artifact_id, :rows)"
    " RETURNING EXISTS (SELECT 1 FROM collected_artifact WHERE id = :artifact_id)"
)
STORED = Statement(
    "INSERT INTO stored_artifact (project_id, artifact_id, bytes) VALUES (:project_id, :artifact_id, :bytes)"
    " ON CONFLICT (project_id, artifact_id) DO NOTHING"
)
NOT_STORED = Statement("DELETE FROM stored_artifact WHERE artifact_id = :artifact_id")
IS_BACK = Statement("DELETE FROM collected_artifact WHERE id = :artifact_id")
WAS_COLLECTED = Statement("SELECT at FROM collected_artifact WHERE id = :artifact_id")
MARK = Statement("INSERT INTO collected_artifact (id, at) VALUES (:artifact_id, $now) ON CONFLICT (id) DO NOTHING")
FORGET = Statement(
    "DELETE FROM cache_entry WHERE token IS NULL"
    " AND task_id IN (SELECT task_id FROM output WHERE artifact_id = :artifact_id)"
)
KNOWN = Statement("SELECT DISTINCT artifact_id FROM output")
NEEDED = Statement(
    "WITH kept AS ("
    " SELECT id FROM run WHERE ended_at IS NULL OR ended_at >= $now - :seconds"
    " UNION SELECT resumed_from FROM run WHERE ended_at IS NULL AND resumed_from IS NOT NULL"
    " UNION SELECT MAX(run.id) FROM run JOIN flow ON flow.id = run.flow_id WHERE flow.deleted_at IS NULL"
    " GROUP BY run.flow_id"
    " UNION SELECT MAX(run.id) FROM run JOIN flow ON flow.id = run.flow_id WHERE flow.deleted_at IS NULL"
    " AND run.state = 'done' GROUP BY run.flow_id"
    " UNION SELECT run_id FROM dataset_version WHERE run_id IS NOT NULL AND expired_at IS NULL)"
    " SELECT output.artifact_id FROM kept JOIN task ON task.run_id = kept.id JOIN output ON output.task_id = task.id"
    " UNION SELECT output.artifact_id FROM cache_entry AS entry JOIN output ON output.task_id = entry.task_id"
    " WHERE entry.used_at >= $now - :seconds"
    " UNION SELECT artifact_id FROM model_version"
)
MAKER = Statement(
    "SELECT task.run_id, task.path FROM output JOIN task ON task.id = output.task_id"
    " WHERE output.artifact_id = :artifact_id ORDER BY task.id DESC LIMIT 1"
)
RUNNING_TOKENS = Statement(
    "SELECT token FROM task WHERE state IN ('running', 'delayed', 'waiting_cache') AND state = 'running'"
)


class Overtaken(Exception):
    """Rolls back: another collector has begun, and goes on with what this one has not done."""


def undisturbed(before: int, now: int) -> bool:
    """Whether nothing can have been collected between two looks at the epoch."""
    return before == now and now % 2 == 0


def refer(transaction: Transaction, task_id: int, port: str, artifact_id: str, rows: int | None = None) -> None:
    """Keep an artifact as an output of a task; one that was collected before is there again."""
    row = {"task_id": task_id, "port": port, "artifact_id": artifact_id, "rows": rows}
    inserted = transaction.one(REFER, row)
    if inserted is not None and inserted[0]:
        transaction.run(IS_BACK, {"artifact_id": artifact_id})


def count(transaction: Transaction, project_id: int, sizes: Mapping[str, int]) -> None:
    """Artifacts count as what a project keeps, until they are collected; each once. `sizes`: artifact id -> bytes."""
    for artifact_id, size in sizes.items():
        transaction.run(STORED, {"project_id": project_id, "artifact_id": artifact_id, "bytes": size})


def begin(transaction: Transaction) -> int:
    """Make the epoch odd; it names this collector until another begins."""
    _exclude_commits(transaction)
    row = transaction.one(BEGIN, {})
    assert row is not None
    return int(row[0])


def alone(transaction: Transaction, epoch: int, act: Callable[[], T]) -> T:
    """Call `act` while nothing is committed; it must be brief, and safe to repeat. Raises Overtaken."""
    _exclude_commits(transaction)
    if transaction.one(IS_MINE, {"epoch": epoch}) is None:
        raise Overtaken
    return act()


def end(transaction: Transaction, epoch: int) -> None:
    """Nothing more is collected by this collector."""
    transaction.run(END, {"epoch": epoch})


def needed(transaction: Transaction, keep_days: float | None) -> set[str]:
    """The artifacts that must stay, but for what they themselves name. `keep_days`: None keeps whatever a run made.

    Needed is what these made or reused: runs that have not ended or did within `keep_days`, a run that is being
    resumed, the newest run of each flow and its newest successful one, runs that made a version of a dataset whose
    rows are kept, and tasks whose result was reused within `keep_days`; and every version of a registered model.
    """
    if keep_days is None:
        return known(transaction)
    return {row[0] for row in transaction.all(NEEDED, {"seconds": keep_days * 24 * 3600.0})}


def known(transaction: Transaction) -> set[str]:
    """The artifacts that any task ever had as an output."""
    return {row[0] for row in transaction.all(KNOWN, {})}


def mark(transaction: Transaction, ids: Iterable[str]) -> None:
    """From now on these are collected: no later task takes them from the cache."""
    for id in ids:
        transaction.run(MARK, {"artifact_id": id})
        transaction.run(NOT_STORED, {"artifact_id": id})
        forget(transaction, id)


def forget(transaction: Transaction, artifact_id: str) -> None:
    """Nobody is to reuse the results of which this is one."""
    transaction.run(FORGET, {"artifact_id": artifact_id})


def _exclude_commits(transaction: Transaction) -> None:
    if transaction.core.dialect.name != "sqlite":  # SQLite has one writer at a time anyway
        transaction.one(EXCLUDE_COMMITS, {})
