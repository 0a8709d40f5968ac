"""What was sent to whom, what is to be, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import sqlalchemy as sa

from patchbay_server.engine.errors import NotFound
from patchbay_server.services.platform import Platform
from patchbay_server.store.database import Transaction
from patchbay_server.store.notifications import delivery
from patchbay_server.store.paging import Page, page
from patchbay_server.store.statement import Statement

State = Literal["pending", "delivered", "failed"]

BATCH = 1000
"""Deliveries that are forgotten in one transaction."""
FORGET = Statement(
    "DELETE FROM delivery WHERE id IN (SELECT id FROM delivery WHERE state <> 'pending' AND ended_at < $now - :seconds"
    " LIMIT :batch)"
)


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message. `run`: that it is about; None: a test. `status`: what the latest of its `tries` gave: what the
    other side said, or ``accepted`` (by the mail server), ``switched_off``, ``not_public``, ``no_answer``,
    ``no_mail_server``.

    `next_at`: when it is tried next. Times: seconds since 1970.
    """

    id: int
    run: int | None
    state: State
    tries: int
    next_at: float | None
    status: str | None
    created_at: float
    ended_at: float | None


_DELIVERIES = sa.select(
    delivery.c.id,
    delivery.c.run_id.label("run"),
    *(delivery.c[name] for name in ("state", "tries", "next_at", "status", "created_at", "ended_at")),
)


def listed(platform: Platform, notification_id: int, *, cursor: str | None = None, limit: int = 50) -> Page[Delivery]:
    """The deliveries of a notification, the latest first. Raises CursorError."""
    with platform.database.read() as transaction:
        statement = _DELIVERIES.where(delivery.c.notification_id == notification_id)
        found = page(transaction, statement, delivery.c.id, cursor=cursor, limit=limit, descending=True)
    return found.map(lambda row: Delivery(**row))


def latest(transaction: Transaction, notification_ids: Sequence[int]) -> dict[int, Delivery]:
    """Notification -> its latest delivery, where there is one."""
    found = {}
    for id in notification_ids:  # each is one look at an index; a query for all would read every delivery
        mine = _DELIVERIES.where(delivery.c.notification_id == id).order_by(delivery.c.id.desc()).limit(1)
        row = transaction.core.execute(mine).mappings().first()
        if row is not None:
            found[id] = Delivery(**row)
    return found


def forget_old(platform: Platform, keep_days: float | None) -> None:
    """Remove deliveries that ended longer ago; None: they stay."""
    if keep_days is None:
        return
    row = {"seconds": keep_days * 24 * 3600.0, "batch": BATCH}
    while platform.database.transact(Transaction.run, FORGET, row) == BATCH:
        pass


def get(transaction: Transaction, notification_id: int, id: int) -> Delivery:
    """Raises NotFound."""
    here = delivery.c.notification_id == notification_id, delivery.c.id == id
    row = transaction.core.execute(_DELIVERIES.where(*here)).mappings().one_or_none()
    if row is None:
        raise NotFound(f"There is no delivery {id} of this notification.", delivery=id, reason="delivery")
    return Delivery(**row)
