"""Answers to requests that make something, kept for a day under the key that the client chose."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from patchbay_server.engine.submit import now_of
from patchbay_server.services.errors import Conflict, Invalid
from patchbay_server.services.platform import Platform
from patchbay_server.store.database import Transaction
from patchbay_server.store.people import idempotent_request

KEPT = 24 * 3600.0
ABANDONED = 300.0
"""Seconds after which a request without an answer counts as lost with its process."""


@dataclass(frozen=True, slots=True)
class Place:
    """Keys of different users do not meet."""

    user_id: int
    key: str

    def is_here(self) -> sa.ColumnElement[bool]:
        """The SQL condition."""
        c = idempotent_request.c
        return sa.and_(c.user_id == self.user_id, c.key == self.key)


@dataclass(frozen=True, slots=True)
class Answer:
    """A success that was given."""

    status: int
    body: Any
    etag: str | None


def begin(platform: Platform, place: Place, request: str) -> Answer | None:
    """Take the key for a request, or find the answer that the same request got. `request`: its digest.

    Raises:
        Invalid: the key was used for another request.
        Conflict: the same request is being carried out at this moment.
    """

    def write(transaction: Transaction) -> Answer | None:
        now, c = now_of(transaction), idempotent_request.c
        lost = sa.and_(c.status.is_(None), c.created_at < now - ABANDONED)
        transaction.core.execute(idempotent_request.delete().where(sa.or_(c.created_at < now - KEPT, lost)))
        found = transaction.core.execute(sa.select(idempotent_request).where(place.is_here())).one_or_none()
        if found is None:
            row = {"user_id": place.user_id, "key": place.key, "request": request, "created_at": now}
            transaction.core.execute(idempotent_request.insert().values(row))
            return None
        if found.request != request:
            raise Invalid(f"Idempotency-Key {place.key!r} was used for another request: choose a new one.")
        if found.status is None:
            raise Conflict("The same request is being carried out: ask again in a moment.", reason="busy")
        return Answer(found.status, found.body, found.etag)

    try:
        return platform.database.transact(write)
    except sa.exc.IntegrityError:  # on PostgreSQL two may find nothing at once; one of them inserts
        raise Conflict("The same request is being carried out: ask again in a moment.", reason="busy") from None


def end(platform: Platform, place: Place, answer: Answer | None) -> None:
    """Keep the answer; None: the request failed, and may be made again."""

    def write(transaction: Transaction) -> None:
        if answer is None:
            transaction.core.execute(idempotent_request.delete().where(place.is_here()))
            return
        values = {"status": answer.status, "body": answer.body, "etag": answer.etag}
        transaction.core.execute(idempotent_request.update().where(place.is_here()).values(values))

    platform.database.transact(write)
