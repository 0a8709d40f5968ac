"""Results that a run takes from another one as they are: their tasks are done from the outset, whatever has changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from patchbay_sdk.errors import ArtifactError
from patchbay_server.engine import collection
from patchbay_server.engine.errors import ResultGone
from patchbay_server.engine.task_rows import Place, TaskRow
from patchbay_server.store.collection import collected_artifact
from patchbay_server.store.database import Transaction
from patchbay_server.store.statement import to_json
from patchbay_server.store.tables import output, task

Confirm = Callable[[Iterable[str]], None]
"""Makes sure that artifacts are in the store; raises ArtifactError. It is called within the transaction."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A task of another run. `row`: what the plan says of it; `outputs`: (port, artifact id, rows)."""

    row: TaskRow
    metrics: Any
    warnings: Any
    outputs: Sequence[tuple[str, str, int | None]]

    @property
    def place(self) -> Place:
        return self.row["path"], self.row["task_index"]

    def event(self) -> dict[str, Any]:
        """The data of the event that it is done."""
        path, index = self.place
        return {"path": path, "index": index, "state": "done", "attempt": 0, "cached": True}


def find(
    transaction: Transaction, run_id: int, wanted: Iterable[tuple[TaskRow, Iterable[str]]], confirm: Confirm | None
) -> list[Taken]:
    """What a run has made at these tasks. `wanted`: what a plan says of each, and the output ports that are read.

    `confirm` is asked whether the artifacts are still there.

    Raises:
        ResultGone: it has not done one of them, not so, or what it made is gone.
    """
    transaction.one(collection.HOLD, {})
    return [_find(transaction, run_id, row, ports, confirm) for row, ports in wanted]


def _find(transaction: Transaction, run_id: int, row: TaskRow, ports: Iterable[str], confirm: Confirm | None) -> Taken:
    c = task.c
    done = c.run_id == run_id, c.path == row["path"], c.task_index == row["task_index"], c.state == "done"
    found = transaction.core.execute(
        sa.select(c.id, c.operator, c.params, c.metrics, c.warnings).where(*done)
    ).one_or_none()
    if found is None:
        raise _gone(run_id, row, "has no result of")
    if (found.operator, to_json(found.params)) != (row["operator"], to_json(row["params"])):
        raise _gone(run_id, row, "has done something else at")
    kept = (
        sa.select(output.c.port, output.c.artifact_id, output.c.rows)
        .where(output.c.task_id == found.id, output.c.artifact_id.not_in(sa.select(collected_artifact.c.id)))
        .order_by(output.c.port)
    )
    outputs = [(port, artifact_id, rows) for port, artifact_id, rows in transaction.core.execute(kept)]
    wanted = set(ports)
    read = [artifact_id for port, artifact_id, _ in outputs if port in wanted]
    if len(read) < len(wanted):
        raise _gone(run_id, row, "has no longer what it made at")
    try:
        if confirm is not None:
            confirm(read)
    except ArtifactError as error:
        raise _gone(run_id, row, "has no longer what it made at") from error
    return Taken(row, found.metrics, found.warnings, outputs)


def _gone(run_id: int, row: TaskRow, what: str) -> ResultGone:
    message = f"Run {run_id} {what} node {row['path']!r}: run the flow again, and go on from that run."
    return ResultGone(message, run=run_id, node=row["path"])


def insert(transaction: Transaction, own: dict[str, Any], taken: Iterable[Taken]) -> None:
    """Make them tasks of a new run that are done. `own`: as `task_rows.insert_tasks`."""
    for each in taken:
        state = {"state": "done", "cached": True, "remaining": 0, "retries_left": 0, "ended_at": own["created_at"]}
        made = {"metrics": each.metrics, "warnings": each.warnings}
        row = {name: value for name, value in {**each.row, **own, **state, **made}.items() if value is not None}
        id = transaction.core.execute(task.insert().values(**row).returning(task.c.id)).scalar_one()
        for port, artifact_id, rows in each.outputs:
            collection.refer(transaction, id, port, artifact_id, rows)
