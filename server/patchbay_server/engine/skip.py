"""What becomes of the tasks behind one that hands nothing on.

A task that *failed* takes all tasks behind it with it, but those that can do without it (`task_edge.tolerant`). What is
merely *missing* (a case that a branch did not take, a round that a loop did not need) takes with it only what needs
it: another edge of the same port may still deliver, and an optional input may stay empty (`task_edge.need`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from patchbay_server.engine import events
from patchbay_server.graph.planned import DIVIDE
from patchbay_server.store.database import Transaction
from patchbay_server.store.statement import Row, Statement
from patchbay_server.store.tables import task, task_edge

NOT_DELIVERED = Statement(
    "SELECT DISTINCT edge.child_id, edge.port, edge.need FROM task_edge AS edge"
    " JOIN task AS child ON child.id = edge.child_id"
    " WHERE edge.parent_id = :id AND child.state = 'waiting' AND edge.need <> 'optional' AND NOT EXISTS ("
    " SELECT 1 FROM output WHERE output.task_id = edge.parent_id AND output.port = edge.output_port)"
)
DELIVERS = Statement(
    "SELECT 1 FROM task_edge AS edge JOIN task AS parent ON parent.id = edge.parent_id"
    " WHERE edge.child_id = :child AND ("
    " edge.port = :port AND (parent.state NOT IN ('done', 'failed', 'skipped') OR EXISTS ("
    " SELECT 1 FROM output WHERE output.task_id = parent.id AND output.port = edge.output_port))"
    f" OR edge.port = '' AND parent.operator = '{DIVIDE}'"
    " AND parent.state NOT IN ('done', 'failed', 'skipped')) LIMIT 1"
)
GO_ON = Statement(
    "UPDATE task SET remaining = remaining - :ended, state = CASE WHEN remaining = :ended THEN 'ready' ELSE state END"
    " WHERE id = :id AND state = 'waiting' RETURNING pool, state"
)
COUNTS = Statement("SELECT 1 FROM task WHERE id = :id AND NOT tolerated")
NOW = Statement("SELECT $now")
MOST = 10_000
"""Ids in one statement."""


@dataclass(slots=True)
class Skipped:
    """`count`: tasks that are skipped now. `ready`: (pool, state) of others that were waiting for them."""

    count: int = 0
    ready: list[Row] = field(default_factory=list)
    emptied: bool = False
    """An input that can do without failed sources has lost the last of them, and nobody tolerates that."""


def behind_undelivered(transaction: Transaction, run_id: int, id: int, error: dict[str, Any]) -> Skipped:
    """A task that decides is done: skip what is behind those of its ports that it did not hand on."""
    condemned = [
        child
        for child, port, need in transaction.all(NOT_DELIVERED, {"id": id})
        if need == "edge" or not _delivers(transaction, child, port)
    ]
    return behind(transaction, run_id, [], error, failed=False, condemned=condemned)


def behind_nothing(transaction: Transaction, run_id: int, children: Iterable[tuple[int, str]]) -> Skipped:
    """Skip those of these (task, port that needs an edge) whose port no edge can deliver any more."""
    error = {"code": "nothing_delivered", "message": "no item was there to run with"}
    condemned = [child for child, port in children if not _delivers(transaction, child, port)]
    return behind(transaction, run_id, [], error, failed=False, condemned=condemned)


def behind(
    transaction: Transaction,
    run_id: int,
    gone: Collection[int],
    error: dict[str, Any],
    *,
    failed: bool,
    condemned: Collection[int] = (),
) -> Skipped:
    """Skip what cannot run without these tasks, and let go on what can; the caller holds the run's row.

    `failed`: they failed, or were skipped because of a failure. `condemned`: tasks to be skipped as well.
    """
    found = Skipped()
    ended: Sequence[int] = list(gone)
    while ended or condemned:
        skipped = _skip(transaction, ended, condemned, error, failed=failed)
        if skipped:
            data = [{"path": path, "index": index, "state": "skipped", "error": error} for _, path, index in skipped]
            events.append(transaction, run_id, [("task", item) for item in data])
        found.count += len(skipped)
        ended = [*ended, *(id for id, _, _ in skipped)]
        parents, ports = _readers(transaction, ended)
        condemned = {child for child, port in ports if not _delivers(transaction, child, port)}
        found.emptied |= failed and any(transaction.one(COUNTS, {"id": child}) for child in condemned)
        for child, count in parents.items():
            if child not in condemned:
                found.ready += transaction.all(GO_ON, {"id": child, "ended": count})
        ended = []
    found.ready = [row for row in found.ready if row[1] == "ready"]
    return found


def _skip(
    transaction: Transaction, ended: Sequence[int], condemned: Collection[int], error: dict[str, Any], *, failed: bool
) -> list[Any]:
    """Skip the condemned, and all that needs them or what has ended; (id, path, index) of each."""
    edge, child = task_edge.alias(), task.alias()
    needed = sa.not_(edge.c.tolerant) if failed else edge.c.need == "edge"
    start = sa.union(
        sa.select(task.c.id).where(task.c.id.in_(condemned)),
        sa.select(task_edge.c.child_id).where(
            task_edge.c.parent_id.in_(ended),
            sa.not_(task_edge.c.tolerant) if failed else task_edge.c.need == "edge",
        ),
    ).subquery()
    doomed = sa.select(start.c.id).join(task, task.c.id == start.c.id).where(task.c.state == "waiting")
    reached = doomed.cte("doomed", recursive=True)
    reached = reached.union(
        sa.select(edge.c.child_id)
        .join(reached, reached.c.id == edge.c.parent_id)
        .join(child, child.c.id == edge.c.child_id)
        .where(needed, child.c.state == "waiting")
    )
    now = transaction.one(NOW, {})
    assert now is not None
    statement = (
        task.update()
        .where(task.c.id.in_(sa.select(reached.c.id)), task.c.state == "waiting")
        .values(state="skipped", error=error, ended_at=now[0])
        .returning(task.c.id, task.c.path, task.c.task_index)
    )
    return list(transaction.core.execute(statement))


def _readers(transaction: Transaction, ended: Sequence[int]) -> tuple[dict[int, int], set[tuple[int, str]]]:
    """Of the tasks that wait for these: how many of these each waits for, and its ports that need one of them."""
    parents: dict[int, set[int]] = {}
    ports: set[tuple[int, str]] = set()
    columns = (task_edge.c.child_id, task_edge.c.parent_id, task_edge.c.port, task_edge.c.need)
    for first in range(0, len(ended), MOST):
        ids = ended[first : first + MOST]
        statement = (
            sa.select(*columns)
            .join(task, task.c.id == task_edge.c.child_id)
            .where(task_edge.c.parent_id.in_(ids), task.c.state == "waiting")
        )
        for child, parent, port, need in transaction.core.execute(statement):
            parents.setdefault(child, set()).add(parent)
            if need == "port":
                ports.add((child, port))
    return {child: len(above) for child, above in parents.items()}, ports


def _delivers(transaction: Transaction, child: int, port: str) -> bool:
    return transaction.one(DELIVERS, {"child": child, "port": port}) is not None
