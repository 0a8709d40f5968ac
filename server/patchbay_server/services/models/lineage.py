"""What a model was made with: every step above the task that made it, the datasets and files that they read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from patchbay_server.config import Settings
from patchbay_server.services.datasets.datasets import DELETED
from patchbay_server.services.models.document import metrics_of
from patchbay_server.store.data import dataset, dataset_use, dataset_version
from patchbay_server.store.database import Transaction
from patchbay_server.store.tables import output, run, task, task_edge


def lineage_of(transaction: Transaction, run_id: int, task_id: int) -> dict[str, Any]:
    """``{"steps", "datasets", "sources"}`` of a task and all above it.

    `steps`: [{"node", "index", "operator", "params"}], the earliest first; operators with their versions.
    `datasets`: [{"name", "number", "node"}]. `sources`: [{"node", "port", "artifact"}] of steps that read no step, so
    the very content that a file or a query gave.
    """
    above = reached(_edges(transaction, run_id, up=True), task_id)
    statement = sa.select(task.c.id, task.c.path, task.c.task_index, task.c.operator, task.c.params)
    rows = transaction.core.execute(statement.where(task.c.id.in_(above)).order_by(task.c.id)).all()
    steps = [
        {"node": row.path, "index": row.task_index, "operator": row.operator, "params": row.params} for row in rows
    ]
    fed = set(
        transaction.core.execute(
            sa.select(task_edge.c.child_id).where(task_edge.c.child_id.in_(above), task_edge.c.port != "")
        ).scalars()
    )
    first = {id: path for id, path, *_ in rows if id not in fed}
    outputs = sa.select(output.c.task_id, output.c.port, output.c.artifact_id).where(output.c.task_id.in_(first))
    sources = [
        {"node": first[id], "port": port, "artifact": artifact}
        for id, port, artifact in transaction.core.execute(outputs.order_by(output.c.task_id, output.c.port))
    ]
    return {"steps": steps, "datasets": _datasets(transaction, run_id, {row.path for row in rows}), "sources": sources}


def evaluations_of(transaction: Transaction, settings: Settings, run_id: int, task_id: int) -> dict[str, float]:
    """What steps below the task measured: ``<node>.<metric>`` -> value."""
    below = reached(_edges(transaction, run_id, up=False), task_id) - {task_id}
    statement = (
        sa.select(task.c.path, task.c.task_index, output.c.artifact_id)
        .join(output, output.c.task_id == task.c.id)
        .where(task.c.id.in_(below))
        .order_by(task.c.id, output.c.port)
    )
    return {
        f"{path}[{index}].{name}" if index else f"{path}.{name}": value
        for path, index, artifact in transaction.core.execute(statement)
        for name, value in metrics_of(settings, artifact).items()
    }


def reached(edges: Mapping[int, Iterable[int]], start: int) -> set[int]:
    """`start` and whatever a way leads to from there."""
    found: set[int] = set()
    waiting = [start]
    while waiting:
        id = waiting.pop()
        if id not in found:
            found.add(id)
            waiting.extend(edges.get(id, ()))
    return found


def _edges(transaction: Transaction, run_id: int, *, up: bool) -> dict[int, list[int]]:
    """Task -> its parents, or its children, in a run."""
    statement = sa.select(task_edge.c.parent_id, task_edge.c.child_id).join(task, task.c.id == task_edge.c.child_id)
    edges: dict[int, list[int]] = {}
    for parent, child in transaction.core.execute(statement.where(task.c.run_id == run_id)):
        start, end = (child, parent) if up else (parent, child)
        edges.setdefault(start, []).append(end)
    return edges


def _datasets(transaction: Transaction, run_id: int, paths: set[str]) -> list[dict[str, Any]]:
    """The datasets that nodes of a run read, in the version that they named or that was the newest then."""
    c = dataset_use.c
    newest = (
        sa.select(sa.func.max(dataset_version.c.number))
        .where(dataset_version.c.dataset_id == c.dataset_id, dataset_version.c.created_at <= run.c.created_at)
        .scalar_subquery()
    )
    statement = (
        sa.select(dataset.c.name, sa.func.coalesce(c.number, newest), c.path)
        .join(run, run.c.id == c.run_id)
        .join(dataset, dataset.c.id == c.dataset_id)
        .where(c.run_id == run_id)
        .order_by(dataset.c.name, c.path)
    )
    return [
        {"name": name.partition(DELETED)[0], "number": number, "node": path}
        for name, number, path in transaction.core.execute(statement)
        if path in paths
    ]
