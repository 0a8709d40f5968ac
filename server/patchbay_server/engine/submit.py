"""Submitting: a plan becomes a run and its tasks, all in one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from patchbay_server.engine import events, settle
from patchbay_server.engine.admission import Slots
from patchbay_server.engine.errors import ImpossibleDemand, NotFound, NotResumable, UnknownPool
from patchbay_server.graph.plan import Plan, PlannedTask
from patchbay_server.store.database import Transaction
from patchbay_server.store.statement import Statement, to_json
from patchbay_server.store.tables import pool, run, task, task_edge

NOW = Statement("SELECT $now")
REVISION = Statement(
    "SELECT flow.id, flow.project_id FROM flow_revision JOIN flow ON flow.id = flow_revision.flow_id"
    " WHERE flow_revision.id = :revision_id"
)
RUN_STATE = Statement("SELECT state FROM run WHERE id = :run_id")

RUN_COLUMNS = (
    "flow_id", "project_id", "revision_id", "mode", "params", "data_roots", "priority", "bypass_cache",
)  # fmt: skip
TASK_COLUMNS = (
    "path", "task_index", "operator", "params", "engine", "seed", "use_cache", "reuse_only", "timeout", "retries",
    "retry_delay", "pool", "cpu_milli", "gpu_milli", "memory", "priority",
)  # fmt: skip
_ALL_COLUMNS = (*TASK_COLUMNS, "run_id", "flow_id", "project_id", "retries_left", "remaining", "state", "created_at")
INSERT_TASK = Statement(
    f"INSERT INTO task ({', '.join(_ALL_COLUMNS)}) VALUES ({', '.join(f':{name}' for name in _ALL_COLUMNS)})"
)
TASK_IDS = Statement("SELECT id, path, task_index FROM task WHERE run_id = :run_id")
INSERT_EDGE = Statement(
    "INSERT INTO task_edge (child_id, port, position, parent_id, output_port)"
    " VALUES (:child, :port, :position, :parent, :output_port)"
)


@dataclass(frozen=True, slots=True)
class Submission:
    """What a run is to do, besides its tasks."""

    revision_id: int
    params: Mapping[str, Any] = field(default_factory=dict)
    """The flow's params, as the person gave them."""
    data_roots: Sequence[str] = ()
    """Folders that source and export operators may touch."""
    priority: int = 0
    bypass_cache: bool = False
    created_by: int | None = None
    """The id of a user; None: the command line, or the platform itself."""


def submit(transaction: Transaction, submission: Submission, plan: Plan) -> tuple[int, settle.Wake]:
    """Create a run of a flow revision. Returns its id and how many tasks are ready, by pool.

    Raises:
        NotFound: there is no such revision.
        UnknownPool, ImpossibleDemand: a task cannot run here; the message names it.
    """
    found = transaction.one(REVISION, {"revision_id": submission.revision_id})
    if found is None:
        raise NotFound(f"There is no flow revision {submission.revision_id}.")
    run_row = {
        "flow_id": found[0],
        "project_id": found[1],
        "revision_id": submission.revision_id,
        "mode": {"kind": plan.mode, "nodes": list(plan.nodes)},
        "params": dict(submission.params),
        "data_roots": list(submission.data_roots),
        "priority": submission.priority,
        "bypass_cache": submission.bypass_cache,
        "created_by": submission.created_by,
    }
    rows = [_task_row(planned, submission.priority) for planned in plan.tasks]
    edges = [
        {"child": (planned.path, planned.index), "port": port, "position": position,
         "parent": (parent, planned.index), "output_port": output_port}
        for planned in plan.tasks
        for port, sources in planned.inputs.items()
        for position, (parent, output_port) in enumerate(sources)
    ]  # fmt: skip
    return _insert(transaction, run_row, rows, edges)


def resume(
    transaction: Transaction, run_id: int, created_by: int | None = None, *, highest: int | None = None
) -> tuple[int, settle.Wake]:
    """Create a run with the same tasks as a failed or cancelled one; what is unchanged and done is reused.

    `highest`: the priority that neither the run nor a task of it exceeds; None: they keep theirs.

    Raises:
        NotFound: there is no such run.
        NotResumable: it is still going, or succeeded.
    """
    state = transaction.one(RUN_STATE, {"run_id": run_id})
    if state is None:
        raise NotFound(f"There is no run {run_id}.")
    if state[0] not in ("failed", "cancelled"):
        raise NotResumable(f"Run {run_id} is {state[0]}; only a run that failed or was cancelled can be resumed.")
    before = transaction.core.execute(sa.select(run).where(run.c.id == run_id)).mappings().one()
    tasks = (
        transaction.core.execute(sa.select(task).where(task.c.run_id == run_id).order_by(task.c.id)).mappings().all()
    )
    keys = {row["id"]: (row["path"], row["task_index"]) for row in tasks}
    found = transaction.core.execute(
        sa.select(task_edge).join(task, task.c.id == task_edge.c.child_id).where(task.c.run_id == run_id)
    ).mappings()
    edges = [
        {"child": keys[row["child_id"]], "port": row["port"], "position": row["position"],
         "parent": keys[row["parent_id"]], "output_port": row["output_port"]}
        for row in found
    ]  # fmt: skip
    same_run = {name: before[name] for name in RUN_COLUMNS}
    same_tasks = [{name: row[name] for name in TASK_COLUMNS} | {"retries_left": row["retries"]} for row in tasks]
    for row in (same_run, *same_tasks) if highest is not None else ():
        row["priority"] = min(row["priority"], highest)
    return _insert(transaction, same_run | {"resumed_from": run_id, "created_by": created_by}, same_tasks, edges)


def _task_row(planned: PlannedTask, run_priority: int) -> dict[str, Any]:
    settings = planned.settings
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
    }


def _insert(
    transaction: Transaction, run_row: dict[str, Any], tasks: list[dict[str, Any]], edges: list[dict[str, Any]]
) -> tuple[int, settle.Wake]:
    _check_demands(transaction, tasks)
    now = now_of(transaction)
    inserted = transaction.core.execute(
        run.insert().values(**run_row, state="queued", open_tasks=len(tasks), created_at=now).returning(run.c.id)
    )
    run_id = inserted.scalar_one()
    parents: dict[tuple[str, str], set[tuple[str, str]]] = {}
    for edge in edges:
        parents.setdefault(edge["child"], set()).add(edge["parent"])
    wake: settle.Wake = {}
    rows = []
    for row in tasks:
        remaining = len(parents.get((row["path"], row["task_index"]), ()))
        state = "waiting" if remaining else "ready"
        own = {"run_id": run_id, "flow_id": run_row["flow_id"], "project_id": run_row["project_id"]}
        params = to_json(row["params"])
        rows.append(row | own | {"params": params, "remaining": remaining, "state": state, "created_at": now})
        if state == "ready":
            wake[row["pool"]] = wake.get(row["pool"], 0) + 1
    transaction.many(INSERT_TASK, rows)
    ids = {(path, index): id for id, path, index in transaction.all(TASK_IDS, {"run_id": run_id})}
    columns = ("port", "position", "output_port")
    transaction.many(
        INSERT_EDGE,
        [{"child": ids[e["child"]], "parent": ids[e["parent"]]} | {name: e[name] for name in columns} for e in edges],
    )
    events.append(transaction, run_id, [("run", {"state": "queued"})])
    if not tasks:
        settle.end_run(transaction, run_id, cancelled=False)
    return run_id, wake


def _check_demands(transaction: Transaction, tasks: list[dict[str, Any]]) -> None:
    pools = {row.name: row for row in transaction.core.execute(sa.select(pool))}
    for row in tasks:
        if row["pool"] not in pools:
            raise UnknownPool(
                f"Node {row['path']!r} asks for pool {row['pool']!r}; there are: {', '.join(sorted(pools)) or 'none'}.",
                node=row["path"],
            )
        capacity = pools[row["pool"]]
        room = Slots(capacity.cpu_milli, capacity.gpu_milli, capacity.memory)
        demand = Slots(row["cpu_milli"], row["gpu_milli"], row["memory"])
        missing = (demand - room).at_least_zero()
        if any(missing):
            raise ImpossibleDemand(
                f"Node {row['path']!r} needs {demand.text()}, but pool {row['pool']!r} has {room.text()} in all: "
                f"{missing.text()} more would be needed.",
                node=row["path"],
                pool=row["pool"],
            )


def now_of(transaction: Transaction) -> float:
    """The database's clock: seconds since 1970."""
    row = transaction.one(NOW, {})
    assert row is not None
    return float(row[0])
