"""Jobs on engines outside of this machine's processes: noted before they start, ended before the next attempt."""

from __future__ import annotations

from typing import NamedTuple

from patchbay_server.engine.claim import TaskRow
from patchbay_server.store.database import Transaction
from patchbay_server.store.statement import Statement

NOTE = Statement("UPDATE attempt SET external_id = :external_id WHERE task_id = :id AND number = :number")
ABANDON = Statement(
    "UPDATE attempt SET abandoned = true WHERE task_id = :id AND number = :number AND external_id IS NOT NULL"
)
ABANDONED = Statement(
    "SELECT attempt.task_id, attempt.number, task.engine, attempt.external_id FROM attempt"
    " JOIN task ON task.id = attempt.task_id WHERE attempt.abandoned"
)
ABANDONED_OF = Statement(
    "SELECT attempt.task_id, attempt.number, task.engine, attempt.external_id FROM attempt"
    " JOIN task ON task.id = attempt.task_id WHERE attempt.task_id = :id AND attempt.abandoned"
)
ENDED = Statement("UPDATE attempt SET abandoned = false WHERE task_id = :id AND number = :number")


class Abandoned(NamedTuple):
    """A job whose worker is gone. The names are the columns."""

    task_id: int
    number: int
    engine: str
    external_id: str


def note(transaction: Transaction, task: TaskRow, external_id: str) -> None:
    """Keep what an engine will know an attempt by."""
    transaction.run(NOTE, {"id": task.id, "number": task.attempt, "external_id": external_id})


def abandon(transaction: Transaction, task: TaskRow) -> None:
    """The attempt's worker is gone: what it has started on an engine may go on."""
    transaction.run(ABANDON, {"id": task.id, "number": task.attempt})


def abandoned(transaction: Transaction, task_id: int | None) -> list[Abandoned]:
    """The jobs of one task, or of all, that may go on although their workers are gone."""
    rows = transaction.all(ABANDONED, {}) if task_id is None else transaction.all(ABANDONED_OF, {"id": task_id})
    return [Abandoned._make(row) for row in rows]


def ended(transaction: Transaction, job: Abandoned) -> None:
    """It does not go on any more."""
    transaction.run(ENDED, {"id": job.task_id, "number": job.number})
