"""Trainings: what each has reported last is kept beside its task, so that a list of them reads no events."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from patchbay_server.engine.claim import TaskRow
from patchbay_server.engine.flows import shown_name
from patchbay_server.store.database import Transaction
from patchbay_server.store.paging import Page, page
from patchbay_server.store.statement import Statement, to_json
from patchbay_server.store.tables import flow, flow_revision, run, task

LIVE = Statement("SELECT live, $now FROM task WHERE id = :id AND token = :token AND training")
NOTE = Statement("UPDATE task SET live = :live WHERE id = :id AND token = :token")

MOST_WARNINGS = 20
"""Kept of an attempt, the latest ones; its log has all of them."""

SETTINGS = (
    "strategy", "workers", "precision", "offload", "activation_checkpointing", "epochs", "batch_size", "accumulation",
    "learning_rate", "schedule", "warmup", "clip",
)  # fmt: skip
"""Params of a training that a list shows, as far as its recipe has them."""

STEP = re.compile(r"step (\d+) of (\d+)")
"""How a training says in its progress how far it is."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """`code`: ``warning``, what the training warned of, or the code of the error that ended it. `at`: seconds since
    1970."""

    code: str
    message: str
    at: float | None


@dataclass(frozen=True, slots=True)
class TrainingView:
    """A task that trains. `title`: of its node, a text or one per language; None: it has the operator's. `settings`:
    of its params, those that `SETTINGS` names. `progress`: from 0 to 1; `message`: what is being done. `metrics`: the
    latest value of each. `reported_at`: when it reported last. Times: seconds since 1970."""

    id: int
    run_id: int
    run_state: str
    cancel_requested: bool
    flow: str
    revision: int
    path: str
    index: str
    operator: str
    title: str | dict[str, str] | None
    state: str
    cached: bool
    attempt: int
    engine: str
    pool: str
    settings: dict[str, Any]
    step: int | None
    steps: int | None
    progress: float | None
    message: str
    metrics: dict[str, float]
    alarms: list[Alarm]
    reported_at: float | None
    created_at: float
    started_at: float | None
    ended_at: float | None


def note(transaction: Transaction, claimed: TaskRow, reported: Sequence[tuple[str, Mapping[str, Any]]]) -> None:
    """Keep what a training has reported; nothing of other tasks, nor of an attempt that has lost its task."""
    if not any(kind in ("metric", "progress") or _warns(kind, data) for kind, data in reported):
        return
    owner = {"id": claimed.id, "token": claimed.token}
    row = transaction.one(LIVE, owner)
    if row is not None:
        before, now = json.loads(row[0] or "{}"), float(row[1])
        transaction.run(NOTE, owner | {"live": to_json(after(before, claimed.attempt, reported, now))})


def after(
    before: Mapping[str, Any], attempt: int, reported: Sequence[tuple[str, Mapping[str, Any]]], now: float
) -> dict[str, Any]:
    """What is known of a training after a report. Warnings are those of its latest attempt."""
    live: dict[str, Any] = {"metrics": {}, "warnings": [], **before}
    live["metrics"] = dict(live["metrics"])
    live["warnings"] = list(live["warnings"]) if live.get("attempt") == attempt else []
    live["attempt"] = attempt
    measured = None  # steps at which something was measured come one by one, of progress only the latest now and then
    for kind, data in reported:
        if kind == "metric":
            measured = data["step"] if data["step"] is not None else measured
            live["reported_at"] = now
            if math.isfinite(data["value"]):
                live["metrics"][data["name"]] = data["value"]
        elif kind == "progress":
            live |= {"progress": data["fraction"], "message": data["message"]}
            if found := STEP.search(data["message"]):
                live |= {"step": int(found[1]), "steps": int(found[2])}
        elif _warns(kind, data):
            live["warnings"].append({"message": data["message"], "at": now})
    if measured is not None:
        live["step"] = measured
        if live.get("steps"):
            live["progress"] = measured / live["steps"]
    live["warnings"] = live["warnings"][-MOST_WARNINGS:]
    return live


def _warns(kind: str, data: Mapping[str, Any]) -> bool:
    return kind == "log" and data["level"] in ("warning", "error")


_TRAINING: sa.Select[Any] = (
    sa.select(
        task.c.id, task.c.run_id, run.c.state.label("run_state"), run.c.cancel_requested, flow.c.name.label("flow"),
        flow_revision.c.number.label("revision"), run.c.revision_id, task.c.path, task.c.task_index, task.c.operator,
        task.c.params, task.c.state, task.c.cached, task.c.attempt, task.c.engine, task.c.engine_choice, task.c.pool,
        task.c.live, task.c.metrics, task.c.error, task.c.created_at, task.c.started_at, task.c.ended_at,
    )
    .join(run, run.c.id == task.c.run_id)
    .join(flow, flow.c.id == task.c.flow_id)
    .join(flow_revision, flow_revision.c.id == run.c.revision_id)
    .where(sa.literal_column("task.training", sa.Boolean))
)  # fmt: skip


def page_trainings(
    transaction: Transaction, project_id: int, state: str | None = None, *, cursor: str | None = None, limit: int = 50
) -> Page[TrainingView]:
    """The latest trainings of a project first, `state`: only those in this state. Raises CursorError."""
    statement = _TRAINING.where(task.c.project_id == project_id)
    if state is not None:
        statement = statement.where(task.c.state == state)
    found = page(transaction, statement, task.c.id, cursor=cursor, limit=limit, descending=True)
    documents = _documents(transaction, {row["revision_id"] for row in found.items})
    return found.map(lambda row: _view(row, _title(documents[row["revision_id"]], row["path"])))


def _documents(transaction: Transaction, revisions: set[int]) -> dict[int, dict[str, Any]]:
    columns = (flow_revision.c.id, flow_revision.c.document)
    rows = transaction.core.execute(sa.select(*columns).where(flow_revision.c.id.in_(revisions)))
    return {row.id: row.document for row in rows}


def _title(document: Mapping[str, Any], path: str) -> str | dict[str, str] | None:
    """What the author of a flow calls a node; `path`: the ids of the nodes around it, and its own."""
    inside: Mapping[str, Any] = document
    title = None
    for id in path.split("/"):
        node: Mapping[str, Any] = next((node for node in inside.get("nodes", ()) if node["id"] == id), {})
        title, inside = node.get("title"), node.get("body") or {}
    return title


def _view(row: sa.RowMapping, title: str | dict[str, str] | None) -> TrainingView:
    live: dict[str, Any] = row["live"] or {}
    choice = row["engine_choice"] or {}
    return TrainingView(
        **{
            name: row[name]
            for name in (
                "id", "run_id", "run_state", "cancel_requested", "revision", "path", "operator", "state", "cached",
                "attempt", "pool", "created_at", "started_at", "ended_at",
            )
        },
        flow=shown_name(row["flow"]),
        index=row["task_index"],
        title=title,
        engine=choice.get("engine", row["engine"]),
        settings={name: row["params"][name] for name in SETTINGS if name in row["params"]},
        step=live.get("step"),
        steps=live.get("steps"),
        progress=live.get("progress"),
        message=live.get("message", ""),
        metrics=live.get("metrics") or _measured(row["metrics"] or {}),
        alarms=_alarms(live.get("warnings", ()), row["error"], row["ended_at"]),
        reported_at=live.get("reported_at"),
    )  # fmt: skip


def _measured(metrics: Mapping[str, Mapping[str, Any]]) -> dict[str, float]:
    """Of a training whose result was taken over, and so has reported nothing: what it had measured in the end."""
    numbers = {name: value for values in metrics.values() for name, value in values.items()}
    return {
        "loss" if name == "training_loss" else name: float(value)
        for name, value in numbers.items()
        if isinstance(value, int | float) and math.isfinite(value)
    }


def _alarms(
    warnings: Sequence[Mapping[str, Any]], error: Mapping[str, Any] | None, ended_at: float | None
) -> list[Alarm]:
    alarms = [Alarm("warning", warning["message"], warning["at"]) for warning in warnings]
    return alarms if error is None else [*alarms, Alarm(error["code"], error["message"], ended_at)]
