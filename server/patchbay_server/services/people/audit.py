"""Who did what to which thing, when and from where: append-only, each entry chained to the one before by its hash.

``hash = SHA-256(canonical JSON of the entry with the previous entry's hash)``; the first one's previous is 64 zeros.
So a changed, removed or inserted entry breaks the chain from there on, whoever made it and by whatever means. The
latest entry's hash is also kept beside the entries, so that those at the end cannot be cut off unseen.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import sqlalchemy as sa

from patchbay_server.engine.submit import now_of
from patchbay_server.services.people.actor import Actor
from patchbay_server.store import locks
from patchbay_server.store.database import Database, Transaction
from patchbay_server.store.paging import Page, page
from patchbay_server.store.people import audit_entry
from patchbay_server.store.statement import Statement

FIRST = "0" * 64
HEAD = Statement("SELECT seq, hash FROM audit_head")
SET_HEAD = Statement(
    "INSERT INTO audit_head (id, seq, hash) VALUES (1, :seq, :hash)"
    " ON CONFLICT (id) DO UPDATE SET seq = excluded.seq, hash = excluded.hash"
)
TAKE_TURN = Statement(f"SELECT pg_advisory_xact_lock({locks.AUDIT})")
CHUNK = 1000


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that was done. `thing`: ``flow:yield``; `before` and `after`: what changed, without secrets."""

    seq: int
    at: float
    actor_id: int | None
    actor: str
    via: str
    address: str
    project_id: int | None
    action: str
    thing: str
    before: Any
    after: Any
    previous: str
    hash: str


def append(
    transaction: Transaction,
    actor: Actor,
    action: str,
    thing: str,
    *,
    project_id: int | None = None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Record what `actor` does in this very transaction; writers take turns, so that the chain has no fork.

    `action`: ``<thing>.<verb in the past>``, such as ``member.added``. Never hand over the value of a secret.
    """
    if transaction.core.dialect.name != "sqlite":  # SQLite has one writer at a time anyway
        transaction.one(TAKE_TURN, {})
    head = transaction.one(HEAD, {})
    seq, previous = (head[0] + 1, head[1]) if head else (1, FIRST)
    row = {
        "seq": seq,
        "at": now_of(transaction),
        "actor_id": actor.user_id,
        "actor": actor.name,
        "via": actor.via,
        "address": actor.address,
        "project_id": project_id,
        "action": action,
        "thing": thing,
        "before": None if before is None else dict(before),
        "after": None if after is None else dict(after),
        "previous": previous,
    }
    hash = _hash(row)
    transaction.core.execute(audit_entry.insert().values(**row, hash=hash))
    transaction.run(SET_HEAD, {"seq": seq, "hash": hash})


@dataclass(frozen=True, slots=True)
class Filter:
    """Which entries; None: whichever. `actor` and `thing` match a part, `action` a beginning. Times in seconds."""

    project_id: int | None = None
    actor: str | None = None
    action: str | None = None
    thing: str | None = None
    since: float | None = None
    until: float | None = None

    def conditions(self) -> Iterator[sa.ColumnElement[bool]]:
        """The SQL of the filter."""
        c = audit_entry.c
        if self.project_id is not None:
            yield c.project_id == self.project_id
        if self.actor is not None:
            yield c.actor.contains(self.actor, autoescape=True)
        if self.action is not None:
            yield c.action.startswith(self.action, autoescape=True)
        if self.thing is not None:
            yield c.thing.contains(self.thing, autoescape=True)
        if self.since is not None:
            yield c.at >= self.since
        if self.until is not None:
            yield c.at < self.until


def entries(database: Database, wanted: Filter, *, cursor: str | None = None, limit: int = 50) -> Page[Entry]:
    """The latest entries first. Raises CursorError."""
    statement = sa.select(audit_entry).where(*wanted.conditions())
    with database.read() as transaction:
        found = page(transaction, statement, audit_entry.c.seq, cursor=cursor, limit=limit, descending=True)
    return found.map(lambda row: Entry(**row))


def export(database: Database, wanted: Filter) -> Iterator[str]:
    """Every entry as a line of JSON, oldest first, hashes included."""
    after = 0
    while True:
        statement = (
            sa.select(audit_entry)
            .where(audit_entry.c.seq > after, *wanted.conditions())
            .order_by(audit_entry.c.seq)
            .limit(CHUNK)
        )
        with database.read() as transaction:
            rows = [Entry(**row) for row in transaction.core.execute(statement).mappings()]
        for entry in rows:
            yield json.dumps(asdict(entry), ensure_ascii=False) + "\n"
        if len(rows) < CHUNK:
            return
        after = rows[-1].seq


def first_break(database: Database) -> int | None:
    """The number of the first entry that does not fit the chain; None: the record is whole."""
    with database.read() as transaction:  # first: entries that are added meanwhile come behind it
        head = transaction.one(HEAD, {}) or (0, FIRST)
    expected, previous = 1, FIRST
    while True:
        statement = sa.select(audit_entry).where(audit_entry.c.seq >= expected).order_by(audit_entry.c.seq).limit(CHUNK)
        with database.read() as transaction:
            rows = list(transaction.core.execute(statement).mappings())
        for row in rows:
            content = {name: value for name, value in row.items() if name != "hash"}
            fits = row["seq"] == expected and row["previous"] == previous and row["hash"] == _hash(content)
            if not fits or (row["seq"] == head[0] and row["hash"] != head[1]):
                return expected
            expected, previous = expected + 1, row["hash"]
        if len(rows) < CHUNK:
            return expected if expected <= head[0] else None


def _hash(row: Mapping[str, Any]) -> str:
    text = json.dumps(dict(row), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
