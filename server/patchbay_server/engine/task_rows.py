"""Planned tasks as rows of the tables, and as the JSON that waits with a task until it expands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from patchbay_server.graph.planned import Expansion, PlannedTask
from patchbay_server.store.database import Transaction
from patchbay_server.store.statement import Statement, to_json

TASK_COLUMNS = (
    "path", "task_index", "operator", "params", "engine", "seed", "use_cache", "reuse_only", "timeout", "retries",
    "retry_delay", "pool", "cpu_milli", "gpu_milli", "memory", "priority", "expansion", "tolerated", "stops",
    "isolated", "checkpoints", "finishable", "training",
)  # fmt: skip
"""What a plan says of a task; a resumed run takes it over."""
_ALL_COLUMNS = (
    *TASK_COLUMNS, "run_id", "flow_id", "project_id", "retries_left", "remaining", "state", "created_at", "origin_id",
)  # fmt: skip
INSERT_TASK = Statement(
    f"INSERT INTO task ({', '.join(_ALL_COLUMNS)}) VALUES ({', '.join(f':{name}' for name in _ALL_COLUMNS)})"
)
TASK_IDS = Statement("SELECT id, path, task_index FROM task WHERE run_id = :run_id")
INSERT_EDGE = Statement(
    "INSERT INTO task_edge (child_id, port, position, parent_id, output_port, need, tolerant)"
    " VALUES (:child, :port, :position, :parent, :output_port, :need, :tolerant)"
)

Place = tuple[str, str]
"""Path and index: names a task within its run."""
TaskRow = dict[str, Any]
EdgeRow = dict[str, Any]
"""`child` and `parent` are a `Place`."""


def place_of(key: str) -> Place:
    """The path and the index that the key of a task is made of."""
    path, bracket, index = key.partition("[")
    return (path, index[:-1]) if bracket else (key, "")


def task_row(planned: PlannedTask, run_priority: int) -> TaskRow:
    """What the table keeps of a planned task; its params and its expansion as plain JSON."""
    settings, expansion = planned.settings, planned.expansion
    return {
        "path": planned.path,
        "task_index": planned.index,
        "operator": planned.operator,
        "params": dict(planned.params),
        "engine": settings.engine,
        "seed": settings.seed,
        "use_cache": settings.cache,
        "reuse_only": planned.reuse_only,
        "timeout": settings.timeout,
        "retries": settings.retries,
        "retries_left": settings.retries,
        "retry_delay": settings.retry_delay,
        "pool": planned.pool,
        "cpu_milli": round(planned.cpu * 1000),
        "gpu_milli": round(planned.gpu * 1000),
        "memory": planned.memory,
        "priority": run_priority + planned.priority,
        "expansion": None if expansion is None else expansion_json(expansion, run_priority),
        "tolerated": planned.tolerated,
        "stops": planned.stops,
        "isolated": settings.load_test,
        "checkpoints": planned.checkpoints,
        "finishable": planned.finishable,
        "training": planned.training,
    }


def edge_rows(planned: PlannedTask) -> Iterator[EdgeRow]:
    """The edges into a task. Those that carry nothing, which only say what comes first, have the port ``""``."""
    child = (planned.path, planned.index)
    for port, sources in planned.inputs.items():
        need, tolerant = planned.needs.get(port, "edge"), port in planned.tolerant
        places = planned.positions.get(port) or range(len(sources))
        for position, (parent, output_port) in zip(places, sources, strict=True):
            yield {
                "child": child, "port": port, "position": position, "parent": place_of(parent),
                "output_port": output_port, "need": need, "tolerant": tolerant,
            }  # fmt: skip
    for position, after in enumerate(planned.after):
        yield {
            "child": child, "port": "", "position": position, "parent": place_of(after.source),
            "output_port": after.port, "need": after.need, "tolerant": after.tolerant,
        }  # fmt: skip


def expansion_json(expansion: Expansion, run_priority: int) -> dict[str, Any]:
    """What the engine needs to make the tasks of one item: `engine.expansion` reads it."""
    exits = [
        {
            "child": place_of(leaving.child), "port": leaving.port, "position": leaving.position,
            "parent": place_of(leaving.source), "output_port": leaving.output_port, "need": leaving.need,
            "tolerant": leaving.tolerant,
        }
        for leaving in expansion.exits
    ]  # fmt: skip
    return {
        "tasks": [task_row(task, run_priority) for task in expansion.tasks],
        "edges": [edge for task in expansion.tasks for edge in edge_rows(task)],
        "exits": exits,
        "parallel": expansion.parallel,
        "first": [place_of(key) for key in expansion.first],
        "last": [place_of(key) for key in expansion.last],
    }


def parents_of(edges: Iterable[EdgeRow]) -> dict[Place, set[Place]]:
    """Task -> the tasks that it waits for."""
    parents: dict[Place, set[Place]] = {}
    for edge in edges:
        parents.setdefault(edge["child"], set()).add(edge["parent"])
    return parents


def insert_tasks(
    transaction: Transaction,
    own: Mapping[str, Any],
    rows: Sequence[TaskRow],
    waits_for: Mapping[Place, set[Place]],
    *,
    held: bool = False,
) -> dict[str, int]:
    """Insert tasks; `own`: run, flow, project, time and origin of all of them. Returns pool -> tasks that are ready.

    `waits_for`: task -> those of its parents that have not ended. `held`: none is ready yet, see `engine.open_runs`.
    """
    ready: dict[str, int] = {}
    complete = []
    for row in rows:
        remaining = len(waits_for.get((row["path"], row["task_index"]), ()))
        state = "waiting" if remaining or held else "ready"
        expansion = row["expansion"]
        texts = {"params": to_json(row["params"]), "expansion": None if expansion is None else to_json(expansion)}
        complete.append({**row, **own, **texts, "remaining": remaining, "state": state})
        if state == "ready":
            ready[row["pool"]] = ready.get(row["pool"], 0) + 1
    transaction.many(INSERT_TASK, complete)
    return ready


def insert_edges(transaction: Transaction, run_id: int, edges: Sequence[EdgeRow]) -> dict[Place, int]:
    """Insert edges between tasks of a run; the ids of all its tasks."""
    ids = {(path, index): id for id, path, index in transaction.all(TASK_IDS, {"run_id": run_id})}
    rows = [{**edge, "child": ids[edge["child"]], "parent": ids[edge["parent"]]} for edge in edges]
    transaction.many(INSERT_EDGE, rows)
    return ids
