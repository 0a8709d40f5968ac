"""Finish now: running tasks whose operator can are asked for the best result that they have so far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from patchbay_server.engine.errors import NotFinishable, NotFound
from patchbay_server.store.database import Transaction
from patchbay_server.store.statement import Statement
from patchbay_server.store.tables import task

ASKABLE = "finishable AND ended_at IS NULL AND (state = 'running' OR finish_requested)"
"""Also one that was asked and has lost its worker: its next attempt is asked again."""
RUN = Statement("SELECT state FROM run WHERE id = :run_id")
FOUND = Statement(f"SELECT path FROM task WHERE run_id = :run_id AND {ASKABLE}")
REQUEST = Statement(
    "UPDATE task SET finish_requested = true WHERE run_id = :run_id AND NOT finish_requested AND state = 'running'"
    " AND finishable RETURNING path, task_index"
)


@dataclass(frozen=True, slots=True)
class Finishable:
    """A running task that can end with the best result so far. `requested`: it was asked to."""

    task: int
    path: str
    index: str
    requested: bool


def request(transaction: Transaction, run_id: int) -> list[str]:
    """Ask the running tasks of a run that can to finish; the paths of those that had not been asked before.

    Raises:
        NotFound: there is no such run.
        NotFinishable: it has ended, or no task that runs now can end early.
    """
    run = transaction.one(RUN, {"run_id": run_id})
    if run is None:
        raise NotFound(f"There is no run {run_id}.", reason="run")
    asked = [f"{path}[{index}]" if index else path for path, index in transaction.all(REQUEST, {"run_id": run_id})]
    if not asked and transaction.one(FOUND, {"run_id": run_id}) is None:
        what = f"Run {run_id} is {run[0]}; no step of it is running now that can end early with the best so far."
        raise NotFinishable(what, state=run[0])
    return asked


def askable(transaction: Transaction, run_ids: Sequence[int]) -> dict[int, list[Finishable]]:
    """Run -> its tasks that can be asked, or were."""
    if not run_ids:
        return {}
    c = task.c
    statement = (
        sa.select(c.run_id, c.id, c.path, c.task_index, c.finish_requested)
        .where(c.run_id.in_(run_ids), sa.text(ASKABLE))
        .order_by(c.id)
    )
    found: dict[int, list[Finishable]] = {}
    for run_id, id, path, index, requested in transaction.core.execute(statement):
        found.setdefault(run_id, []).append(Finishable(id, path, index, bool(requested)))
    return found
