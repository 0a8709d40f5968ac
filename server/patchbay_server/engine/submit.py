"""Submitting: a plan becomes a run and its tasks, all in one transaction."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import sqlalchemy as sa

from patchbay_server.engine import events, open_runs, quotas, settle, taken
from patchbay_server.engine.admission import Pool, Slots
from patchbay_server.engine.admission.decide import part
from patchbay_server.engine.errors import ImpossibleDemand, NotFound, NotResumable, UnknownPool
from patchbay_server.engine.taken import Confirm, Taken
from patchbay_server.engine.task_rows import (
    TASK_COLUMNS,
    EdgeRow,
    Place,
    TaskRow,
    edge_rows,
    insert_edges,
    insert_tasks,
    parents_of,
    task_row,
)
from patchbay_server.graph.plan import Plan
from patchbay_server.store.database import Transaction
from patchbay_server.store.statement import Statement
from patchbay_server.store.tables import pool, run, task, task_edge

NOW = Statement("SELECT $now")
REVISION = Statement(
    "SELECT flow.id, flow.project_id FROM flow_revision JOIN flow ON flow.id = flow_revision.flow_id"
    " WHERE flow_revision.id = :revision_id"
)
RUN_OF_FLOW = Statement("SELECT 1 FROM run WHERE id = :run_id AND flow_id = :flow_id")
RUN_STATE = Statement("SELECT state FROM run WHERE id = :run_id")

RUN_COLUMNS = (
    "flow_id", "project_id", "revision_id", "mode", "params", "data_roots", "priority", "bypass_cache", "schedule_id",
    "backfill_id", "scheduled_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Origin:
    """What made a run: the id of a schedule or of a backfill. `scheduled_at`: the time that it is for."""

    scheduled_at: float
    schedule_id: int | None = None
    backfill_id: int | None = None


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
    origin: Origin | None = None
    goes_on_from: int | None = None
    """A run of the same flow: what is unchanged since is taken from it, also what it is still at."""
    results_of: int | None = None
    """A run of the same revision: what the plan does not execute is taken from it as it is."""


def submit(
    transaction: Transaction, submission: Submission, plan: Plan, confirm: Confirm | None = None
) -> tuple[int, settle.Wake]:
    """Create a run of a flow revision. Returns its id and how many tasks are ready, by pool.

    `confirm`: see `taken.find`.

    Raises:
        NotFound: there is no such revision, or no such run to go on from.
        ResultGone: the run whose results it is to take has them not, or no longer.
        StorageFull: the project keeps as much as it may.
        UnknownPool, ImpossibleDemand: a task cannot run here; the message names it.
    """
    found = transaction.one(REVISION, {"revision_id": submission.revision_id})
    if found is None:
        raise NotFound(f"There is no flow revision {submission.revision_id}.", reason="revision")
    if submission.goes_on_from is not None:
        _check_of_flow(transaction, submission.goes_on_from, found[0])
    if submission.results_of is not None:
        _check_of_flow(transaction, submission.results_of, found[0])
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
        "resumed_from": submission.goes_on_from,
        **(asdict(submission.origin) if submission.origin else {}),
    }
    edges = [edge for planned in plan.tasks for edge in edge_rows(planned)]
    ready: list[TaskRow] = []
    given: list[TaskRow] = []
    for planned in plan.tasks:
        is_given = planned.reuse_only and submission.results_of is not None
        (given if is_given else ready).append(task_row(planned, submission.priority))
    found_there = _taken(transaction, submission.results_of, given, edges, confirm)
    return _insert(transaction, run_row, ready, edges, found_there)


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
        raise NotFound(f"There is no run {run_id}.", reason="run")
    if state[0] not in ("failed", "cancelled"):
        raise NotResumable(f"Run {run_id} is {state[0]}; only a run that failed or was cancelled can be resumed.")
    before = transaction.core.execute(sa.select(run).where(run.c.id == run_id)).mappings().one()
    planned = sa.and_(task.c.run_id == run_id, task.c.origin_id.is_(None))  # the others are made anew by their origin
    tasks = transaction.core.execute(sa.select(task).where(planned).order_by(task.c.id)).mappings().all()
    keys = {row["id"]: (row["path"], row["task_index"]) for row in tasks}
    given = [row for row in tasks if row["state"] == "done" and row["attempt"] == 0]  # which that run took itself
    found = transaction.core.execute(
        sa.select(task_edge).join(task, task.c.id == task_edge.c.child_id).where(planned)
    ).mappings()
    edges = [
        {**row, "child": keys[row["child_id"]], "parent": keys[row["parent_id"]]}
        for row in found
        if row["parent_id"] in keys
    ]
    same_run = {name: before[name] for name in RUN_COLUMNS}
    same = {row["id"]: {name: row[name] for name in TASK_COLUMNS} | {"retries_left": row["retries"]} for row in tasks}
    for row in (same_run, *same.values()) if highest is not None else ():
        row["priority"] = min(row["priority"], highest)
    found_there = _taken(transaction, run_id, [same.pop(row["id"]) for row in given], edges, None)
    run_row = same_run | {"resumed_from": run_id, "created_by": created_by}
    return _insert(transaction, run_row, list(same.values()), edges, found_there)


def _check_of_flow(transaction: Transaction, run_id: int, flow_id: int) -> None:
    if transaction.one(RUN_OF_FLOW, {"run_id": run_id, "flow_id": flow_id}) is None:
        raise NotFound(f"There is no run {run_id} of this flow.", reason="run")


def _taken(
    transaction: Transaction,
    run_id: int | None,
    rows: Sequence[TaskRow],
    edges: Sequence[EdgeRow],
    confirm: Confirm | None,
) -> list[Taken]:
    """What is taken from a run for these tasks: at least the outputs that edges need. Raises ResultGone."""
    if run_id is None or not rows:
        return []
    read: dict[Place, set[str]] = {}
    for edge in edges:
        if edge["port"] and edge["need"] == "edge":
            read.setdefault(edge["parent"], set()).add(edge["output_port"])
    wanted = [(row, read.get((row["path"], row["task_index"]), set())) for row in rows]
    return taken.find(transaction, run_id, wanted, confirm)


def _insert(
    transaction: Transaction,
    run_row: dict[str, Any],
    tasks: list[TaskRow],
    edges: list[EdgeRow],
    found_there: Sequence[Taken] = (),
) -> tuple[int, settle.Wake]:
    quotas.check_storage(transaction, run_row["project_id"])
    pools = {row.name: row for row in transaction.core.execute(sa.select(pool))}
    _give_gpus(pools, tasks)
    _check_demands(pools, tasks)
    held = open_runs.lock(transaction, run_row["flow_id"]) is not None
    now = now_of(transaction)
    inserted = transaction.core.execute(
        run.insert()
        .values(**run_row, state="queued", held=held, open_tasks=len(tasks), created_at=now)
        .returning(run.c.id)
    )
    run_id = inserted.scalar_one()
    own = {
        "run_id": run_id, "flow_id": run_row["flow_id"], "project_id": run_row["project_id"], "created_at": now,
        "origin_id": None,
    }  # fmt: skip
    taken.insert(transaction, own, found_there)
    done = {each.place for each in found_there}
    waits_for = {child: parents - done for child, parents in parents_of(edges).items()}
    wake = insert_tasks(transaction, own, tasks, waits_for, held=held)
    insert_edges(transaction, run_id, edges)
    events.append(
        transaction, run_id, [("run", {"state": "queued"}), *(("task", each.event()) for each in found_there)]
    )
    if not tasks:
        settle.end_run(transaction, run_id, cancelled=False)
    if held:
        wake = open_runs.release(transaction, run_row["flow_id"])
    return run_id, wake


def _give_gpus(pools: Mapping[str, sa.Row[Any]], tasks: list[dict[str, Any]]) -> None:
    """A training on engine deepspeed has a CPU for each worker and, where its pool has GPUs, one of those too."""
    for row in _with_expansions(tasks):
        if row["engine"] == "deepspeed" and row["pool"] in pools:
            row["gpu_milli"] = row["cpu_milli"] if pools[row["pool"]].gpu_milli else 0


def _check_demands(pools: Mapping[str, sa.Row[Any]], tasks: list[dict[str, Any]]) -> None:
    for row in _with_expansions(tasks):
        if row["pool"] not in pools:
            raise UnknownPool(
                f"Node {row['path']!r} asks for pool {row['pool']!r}; there are: {', '.join(sorted(pools)) or 'none'}.",
                node=row["path"],
            )
        found = pools[row["pool"]]
        isolated = Slots(found.isolated_cpu_milli, found.isolated_gpu_milli, found.isolated_memory)
        capacity = Pool(found.policy, Slots(found.cpu_milli, found.gpu_milli, found.memory), isolated)
        room = part(capacity, isolated=row["isolated"])[1]
        which = _name(capacity, row["pool"], isolated=row["isolated"])
        demand = Slots(row["cpu_milli"], row["gpu_milli"], row["memory"])
        missing = (demand - room).at_least_zero()
        if any(missing):
            raise ImpossibleDemand(
                f"Node {row['path']!r} needs {demand.text()}, but {which} has {room.text()} in all: "
                f"{missing.text()} more would be needed.",
                node=row["path"],
                pool=row["pool"],
            )


def _name(pool: Pool, name: str, *, isolated: bool) -> str:
    if pool.policy != "mixed" or not any(pool.isolated):
        return f"pool {name!r}"
    return f"the part of pool {name!r} for {'load tests' if isolated else 'all but load tests'}"


def _with_expansions(tasks: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for row in tasks:
        yield row
        if row["expansion"] is not None:
            yield from _with_expansions(row["expansion"]["tasks"])


def now_of(transaction: Transaction) -> float:
    """The database's clock: seconds since 1970."""
    row = transaction.one(NOW, {})
    assert row is not None
    return float(row[0])
