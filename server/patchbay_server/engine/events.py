"""Events of a run, numbered under the run's row lock: a reader who asks "after 17" never misses a late 16."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from patchbay_server.store.database import Database, Transaction
from patchbay_server.store.statement import Statement, to_json

ALLOCATE = Statement("UPDATE run SET event_seq = event_seq + :count WHERE id = :run_id RETURNING event_seq")
INSERT = Statement("INSERT INTO event (run_id, seq, kind, data, at) VALUES (:run_id, :seq, :kind, :data, $now)")
AFTER = Statement(
    "SELECT seq, kind, data, at FROM event WHERE run_id = :run_id AND seq > :after ORDER BY seq LIMIT :limit"
)


@dataclass(frozen=True, slots=True)
class Event:
    """`kind`: ``run`` {state}; ``task`` {path, index, state, attempt, ...}; ``progress``, ``log``, ``metric``
    {path, index, ...} as the task process sent them. `at`: seconds since 1970."""

    seq: int
    kind: str
    data: dict[str, Any]
    at: float


def append(transaction: Transaction, run_id: int, events: Sequence[tuple[str, dict[str, Any]]]) -> None:
    """Append (kind, data) pairs; locks the run's row until the transaction ends."""
    row = transaction.one(ALLOCATE, {"run_id": run_id, "count": len(events)})
    assert row is not None, run_id
    write(transaction, run_id, row[0] - len(events) + 1, events)


def write(transaction: Transaction, run_id: int, first: int, events: Sequence[tuple[str, dict[str, Any]]]) -> None:
    """Write events under sequence numbers that the caller has already allocated, from `first` on."""
    for seq, (kind, data) in enumerate(events, first):
        transaction.run(INSERT, {"run_id": run_id, "seq": seq, "kind": kind, "data": to_json(data)})


def after(database: Database, run_id: int, seq: int, limit: int = 1000) -> list[Event]:
    """The events of a run that follow `seq`, oldest first."""
    with database.read() as transaction:
        rows = transaction.all(AFTER, {"run_id": run_id, "after": seq, "limit": limit})
    return [Event(seq, kind, json.loads(data), at) for seq, kind, data, at in rows]
