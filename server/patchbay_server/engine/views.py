"""What others read of runs: plain records, no SQL types."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from patchbay_server.engine.errors import NotFound
from patchbay_server.store.database import Transaction
from patchbay_server.store.tables import attempt, flow, output, run, task


@dataclass(frozen=True, slots=True)
class RunView:
    """`state`: ``queued``, ``running``, ``done``, ``failed``, ``cancelled``. Times: seconds since 1970.

    `mode`: {"kind": all | to | from | only, "nodes": [...]}. `event_seq`: number of the latest event.
    """

    id: int
    flow_id: int
    flow: str
    revision_id: int
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


@dataclass(frozen=True, slots=True)
class TaskView:
    """`state`: see docs/engine.md. `reasons`: why it was executed, `graph.cache_key.Reason` as JSON.

    `error`: {"code", "message", "details"?, "traceback"?}. `outputs`: port -> artifact id.
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
    reasons: list[dict[str, Any]] | None
    error: dict[str, Any] | None
    cache_key: str | None
    started_at: float | None
    ended_at: float | None


@dataclass(frozen=True, slots=True)
class AttemptView:
    """`state`: ``running``, ``done``, ``failed``, ``timed_out``, ``cancelled``, ``lost``, ``handed_back``."""

    number: int
    state: str
    worker: str
    log_path: str | None
    external_id: str | None
    error: dict[str, Any] | None
    started_at: float
    ended_at: float | None


_RUN: sa.Select[Any] = sa.select(
    run.c.id, run.c.flow_id, flow.c.name, run.c.revision_id, run.c.state, run.c.mode, run.c.params, run.c.data_roots,
    run.c.priority, run.c.bypass_cache, run.c.cancel_requested, run.c.resumed_from, run.c.event_seq, run.c.open_tasks,
    run.c.created_at, run.c.started_at, run.c.ended_at,
).join(flow, flow.c.id == run.c.flow_id)  # fmt: skip


def get_run(transaction: Transaction, run_id: int) -> RunView:
    """Raises NotFound."""
    row = transaction.core.execute(_RUN.where(run.c.id == run_id)).one_or_none()
    if row is None:
        raise NotFound(f"There is no run {run_id}.")
    return RunView(*row)


def list_runs(transaction: Transaction, *, flow_name: str | None = None, limit: int = 50) -> list[RunView]:
    """The latest runs first."""
    statement = _RUN.order_by(run.c.id.desc()).limit(limit)
    if flow_name is not None:
        statement = statement.where(flow.c.name == flow_name)
    return [RunView(*row) for row in transaction.core.execute(statement)]


def list_tasks(transaction: Transaction, run_id: int) -> list[TaskView]:
    """The tasks of a run, each after those that it depends on. Raises NotFound."""
    get_run(transaction, run_id)
    current = sa.and_(attempt.c.task_id == task.c.id, attempt.c.number == task.c.attempt)
    rows = transaction.core.execute(
        sa.select(task, attempt.c.worker, attempt.c.log_path)
        .outerjoin(attempt, current)
        .where(task.c.run_id == run_id)
        .order_by(task.c.id)
    ).mappings()
    made = transaction.core.execute(
        sa.select(output).join(task, task.c.id == output.c.task_id).where(task.c.run_id == run_id)
    ).mappings()
    outputs: dict[int, dict[str, str]] = {}
    counts: dict[int, dict[str, int]] = {}
    for row in made:
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
        reasons=row["reasons"],
        error=row["error"],
        cache_key=row["cache_key"],
        started_at=row["started_at"],
        ended_at=row["ended_at"],
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
