"""What others read of runs: plain records, no SQL types."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from patchbay_server.engine import finish, waiting
from patchbay_server.engine.errors import NotFound
from patchbay_server.engine.finish import Finishable
from patchbay_server.engine.flows import shown_name
from patchbay_server.engine.open_runs import Queue, queue_of
from patchbay_server.store.data import schedule
from patchbay_server.store.database import Transaction
from patchbay_server.store.paging import Page, page
from patchbay_server.store.people import user_account
from patchbay_server.store.tables import attempt, flow, flow_revision, output, run, task, task_edge


@dataclass(frozen=True, slots=True)
class RunView:
    """`state`: ``queued``, ``running``, ``done``, ``failed``, ``cancelled``. Times: seconds since 1970.

    `mode`: {"kind": all | to | from | only, "nodes": [...]}. `event_seq`: number of the latest event.
    `revision`: the number within the flow; `flow_title`: what it is called there. `created_by`: a user's name; None:
    the platform or its command line.
    `finishable`: what `engine.finish` can ask to end early. `queue`: of a run that its flow's limit holds.
    `schedule`, `backfill_id`, `scheduled_at`: what made it, where that was no person, and the time that it is for.
    """

    id: int
    project_id: int
    flow_id: int
    flow: str
    flow_title: str | dict[str, str] | None
    revision_id: int
    revision: int
    state: str
    mode: dict[str, Any]
    params: dict[str, Any]
    data_roots: list[str]
    priority: int
    bypass_cache: bool
    cancel_requested: bool
    resumed_from: int | None
    event_seq: int
    open_tasks: int
    created_at: float
    started_at: float | None
    ended_at: float | None
    created_by: str | None
    schedule: str | None
    backfill_id: int | None
    scheduled_at: float | None
    finishable: list[Finishable]
    queue: Queue | None


@dataclass(frozen=True, slots=True)
class RunFilter:
    """Which runs; None: whichever. `who`: the name of who started it. Times in seconds since 1970."""

    flow: str | None = None
    state: str | None = None
    who: str | None = None
    since: float | None = None
    until: float | None = None

    def conditions(self) -> Iterator[sa.ColumnElement[bool]]:
        """The SQL of the filter."""
        if self.flow is not None:
            yield flow.c.name == self.flow
        if self.state is not None:
            yield run.c.state == self.state
        if self.who is not None:
            yield user_account.c.name == self.who.casefold()
        if self.since is not None:
            yield run.c.created_at >= self.since
        if self.until is not None:
            yield run.c.created_at < self.until


@dataclass(frozen=True, slots=True)
class TaskView:
    """`state`: see docs/engine.md. `reasons`: why it was executed, `graph.cache_key.Reason` as JSON.

    `error`: {"code", "message", "details"?, "traceback"?}. `outputs`: port -> artifact id. `index`: one number per map
    or loop around the node, ``2.0``. `operator`: of control flow its kind. `decision`: of an approval, {"approved",
    "by", "note", "at"}. `engine_choice`: where the engine was left to the platform and there was a choice, {"engine",
    "code", "message", "details"}, see `worker.choose_engine`. `finished_early`: it, or
    the task whose outputs it has, was asked to end with the best so far.
    """

    id: int
    path: str
    index: str
    operator: str
    state: str
    cached: bool
    pool: str
    attempt: int
    worker: str | None
    log_path: str | None
    outputs: dict[str, str]
    rows: dict[str, int]
    metrics: dict[str, Any] | None
    warnings: list[dict[str, Any]]
    reasons: list[dict[str, Any]] | None
    error: dict[str, Any] | None
    cache_key: str | None
    started_at: float | None
    ended_at: float | None
    decision: dict[str, Any] | None = None
    engine: str = "auto"
    engine_choice: dict[str, Any] | None = None
    finished_early: bool = False


@dataclass(frozen=True, slots=True)
class AttemptView:
    """`state`: ``running``, ``done``, ``failed``, ``timed_out``, ``cancelled``, ``lost``, ``handed_back`` (its worker
    was told to end), ``given_back`` (it stopped at a checkpoint for another task), ``handed_over`` (to a worker that
    drives the engine that was chosen)."""

    number: int
    state: str
    worker: str
    log_path: str | None
    external_id: str | None
    error: dict[str, Any] | None
    started_at: float
    ended_at: float | None


@dataclass(frozen=True, slots=True)
class InputView:
    """What feeds one input of a task: the output of an earlier one. `artifact_id`: None until there is one."""

    port: str
    path: str
    index: str
    output_port: str
    artifact_id: str | None


@dataclass(frozen=True, slots=True)
class TaskDetails:
    """A task and all that is known about it. `waits`: why it has not started; code ``none``: it does not wait."""

    task: TaskView
    attempts: list[AttemptView]
    inputs: list[InputView]
    waits: waiting.WaitReason


_RUN: sa.Select[Any] = (
    sa.select(
        run.c.id, run.c.project_id, run.c.flow_id, flow.c.name.label("flow"), run.c.revision_id,
        flow_revision.c.title.label("flow_title"),
        flow_revision.c.number.label("revision"), run.c.state, run.c.mode, run.c.params, run.c.data_roots,
        run.c.priority, run.c.bypass_cache, run.c.cancel_requested, run.c.resumed_from, run.c.event_seq,
        run.c.open_tasks, run.c.created_at, run.c.started_at, run.c.ended_at, user_account.c.name.label("created_by"),
        run.c.held, schedule.c.name.label("schedule"), run.c.backfill_id, run.c.scheduled_at,
    )
    .join(flow, flow.c.id == run.c.flow_id)
    .join(flow_revision, flow_revision.c.id == run.c.revision_id)
    .outerjoin(user_account, user_account.c.id == run.c.created_by)
    .outerjoin(schedule, schedule.c.id == run.c.schedule_id)
)  # fmt: skip
_CURRENT = sa.and_(attempt.c.task_id == task.c.id, attempt.c.number == task.c.attempt)
_TASK: sa.Select[Any] = sa.select(task, attempt.c.worker, attempt.c.log_path).outerjoin(attempt, _CURRENT)


def get_run(transaction: Transaction, run_id: int, project_id: int | None = None) -> RunView:
    """A run, of this project if one is given. Raises NotFound."""
    row = transaction.core.execute(_RUN.where(run.c.id == run_id)).mappings().one_or_none()
    if row is None or project_id not in (None, row["project_id"]):
        raise NotFound(f"There is no run {run_id}.", reason="run")
    return _run_views(transaction, [row])[0]


def page_runs(
    transaction: Transaction, project_id: int, wanted: RunFilter, *, cursor: str | None = None, limit: int = 50
) -> Page[RunView]:
    """The latest runs of a project first, without those that the platform makes for itself. Raises CursorError."""
    statement = _RUN.where(run.c.project_id == project_id, sa.not_(flow.c.system), *wanted.conditions())
    found = page(transaction, statement, run.c.id, cursor=cursor, limit=limit, descending=True)
    return Page(_run_views(transaction, found.items), found.next)


def _run_views(transaction: Transaction, rows: Sequence[sa.RowMapping]) -> list[RunView]:
    able = finish.askable(transaction, [row["id"] for row in rows if row["state"] == "running"])
    return [_run_view(transaction, row, able.get(row["id"], [])) for row in rows]


def _run_view(transaction: Transaction, row: sa.RowMapping, finishable: list[Finishable]) -> RunView:
    values = dict(row)
    queue = queue_of(transaction, row["id"]) if values.pop("held") and row["ended_at"] is None else None
    names = {name: row[name] and shown_name(row[name]) for name in ("flow", "schedule")}
    return RunView(**(values | names), finishable=finishable, queue=queue)


def list_tasks(transaction: Transaction, run_id: int) -> list[TaskView]:
    """The tasks of a run, each after those that it depends on; those of a map over data last. Raises NotFound."""
    get_run(transaction, run_id)
    rows = transaction.core.execute(_TASK.where(task.c.run_id == run_id).order_by(task.c.id)).mappings().all()
    return _task_views(transaction, rows, output.c.task_id.in_(sa.select(task.c.id).where(task.c.run_id == run_id)))


@dataclass(frozen=True, slots=True)
class TaskFilter:
    """Which tasks; None: whichever. `path`: of a node, with all that is in its body. `index`: of an iteration, with
    all that is in it."""

    path: str | None = None
    index: str | None = None
    state: str | None = None

    def conditions(self) -> Iterator[sa.ColumnElement[bool]]:
        """The SQL of the filter."""
        if self.path is not None:
            inside = task.c.path.startswith(f"{self.path}/", autoescape=True)
            yield sa.or_(task.c.path == self.path, inside)
        if self.index is not None:
            yield sa.or_(task.c.task_index == self.index, task.c.task_index.startswith(f"{self.index}."))
        if self.state is not None:
            yield task.c.state == self.state


def page_tasks(
    transaction: Transaction, run_id: int, wanted: TaskFilter, *, cursor: str | None = None, limit: int = 50
) -> Page[TaskView]:
    """As `list_tasks`, in pages. Raises NotFound, CursorError."""
    get_run(transaction, run_id)
    statement = _TASK.where(task.c.run_id == run_id, *wanted.conditions())
    found = page(transaction, statement, task.c.id, cursor=cursor, limit=limit)
    made = output.c.task_id.in_([row["id"] for row in found.items])
    return Page(_task_views(transaction, found.items, made), found.next)


def get_task(transaction: Transaction, run_id: int, task_id: int) -> TaskDetails:
    """One task of a run with its attempts, inputs and why it waits. Raises NotFound."""
    get_run(transaction, run_id)
    statement = _TASK.where(task.c.run_id == run_id, task.c.id == task_id)
    rows = transaction.core.execute(statement).mappings().all()
    if not rows:
        raise NotFound(f"Run {run_id} has no task {task_id}.", reason="task")
    (view,) = _task_views(transaction, rows, output.c.task_id == task_id)
    attempts, inputs = list_attempts(transaction, task_id), _inputs(transaction, task_id)
    return TaskDetails(view, attempts, inputs, waiting.explain(transaction, task_id))


def _inputs(transaction: Transaction, task_id: int) -> list[InputView]:
    made = sa.and_(output.c.task_id == task_edge.c.parent_id, output.c.port == task_edge.c.output_port)
    c = task_edge.c
    statement = (
        sa.select(c.port, task.c.path, task.c.task_index, c.output_port, output.c.artifact_id)
        .join(task, task.c.id == c.parent_id)
        .outerjoin(output, made)
        .where(c.child_id == task_id, c.port != "")
        .order_by(c.port, c.position)
    )
    return [InputView(*row) for row in transaction.core.execute(statement)]


def _task_views(
    transaction: Transaction, rows: Sequence[sa.RowMapping], made: sa.ColumnElement[bool]
) -> list[TaskView]:
    """Tasks with what they have made: the outputs that `made` selects."""
    outputs: dict[int, dict[str, str]] = {}
    counts: dict[int, dict[str, int]] = {}
    for row in transaction.core.execute(sa.select(output).where(made)).mappings():
        outputs.setdefault(row["task_id"], {})[row["port"]] = row["artifact_id"]
        if row["rows"] is not None:
            counts.setdefault(row["task_id"], {})[row["port"]] = row["rows"]
    return [_task_view(row, outputs.get(row["id"], {}), counts.get(row["id"], {})) for row in rows]


def _task_view(row: sa.RowMapping, outputs: dict[str, str], rows: dict[str, int]) -> TaskView:
    return TaskView(
        id=row["id"],
        path=row["path"],
        index=row["task_index"],
        operator=row["operator"],
        state=row["state"],
        cached=row["cached"],
        pool=row["pool"],
        attempt=row["attempt"],
        worker=row["worker"],
        log_path=row["log_path"],
        outputs=outputs,
        rows=rows,
        metrics=row["metrics"],
        warnings=row["warnings"] or [],
        reasons=row["reasons"],
        error=row["error"],
        decision=row["decision"],
        cache_key=row["cache_key"],
        started_at=row["started_at"],
        ended_at=row["ended_at"],
        engine=row["engine"],
        engine_choice=row["engine_choice"],
        finished_early=bool(row["finish_requested"]) and row["state"] == "done",
    )


def list_attempts(transaction: Transaction, task_id: int) -> list[AttemptView]:
    """The attempts of a task, oldest first."""
    c = attempt.c
    statement = (
        sa.select(c.number, c.state, c.worker, c.log_path, c.external_id, c.error, c.started_at, c.ended_at)
        .where(c.task_id == task_id)
        .order_by(c.number)
    )
    return [AttemptView(*row) for row in transaction.core.execute(statement)]
