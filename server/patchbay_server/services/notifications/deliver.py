"""Sending what is due, over and over: any number of threads and processes may do so at once.

Each delivery is taken under a lease by one of them, so nobody sends it at the same time. Who dies while sending leaves
a lease that ends, and then it is sent again: at least once, with the same id. Of one notification one delivery is sent
at a time, so that a target that does not answer holds up itself alone.
"""

from __future__ import annotations

import logging
import random
import time
from dataclasses import dataclass
from typing import Any, NamedTuple

import sqlalchemy as sa

from patchbay_sdk.errors import PatchbayError
from patchbay_server import key_ring
from patchbay_server.services.notifications import mail, message, webhook
from patchbay_server.services.notifications.message import Message
from patchbay_server.services.notifications.sending import NotSent
from patchbay_server.services.people.sealed import WEBHOOKS
from patchbay_server.services.platform import Platform
from patchbay_server.store import locks
from patchbay_server.store.database import DatabaseError, Transaction
from patchbay_server.store.notifications import notification
from patchbay_server.store.statement import Row, Statement
from patchbay_server.store.tables import project

logger = logging.getLogger(__name__)

RETRY_AFTER = (10.0, 60.0, 300.0, 1800.0, 7200.0, 21600.0)
"""Seconds from a try that failed to the next one; after the last the delivery has failed."""
JITTER = 0.2
"""The part of it by which it is longer at most, so that not all come at once to a target that is back."""
LEASE = 60.0
"""Seconds for which a delivery is its sender's: much more than `sending.LONGEST` and the look-up of a name."""
ROUND = 1.0
"""Seconds after which a round takes no further delivery."""

DUE = (
    "SELECT id FROM delivery WHERE state = 'pending' AND next_at <= $now"
    " AND (lease_until IS NULL OR lease_until < $now) AND NOT EXISTS (SELECT 1 FROM delivery AS other"
    " WHERE other.notification_id = delivery.notification_id AND other.lease_until > $now)"
    " ORDER BY next_at LIMIT 1"
)
ANY_DUE = Statement(DUE)
TAKE_TURN = Statement(f"SELECT pg_advisory_xact_lock({locks.NOTIFICATIONS})")
TAKE = Statement(
    f"UPDATE delivery SET tries = tries + 1, lease_until = $now + :lease WHERE id = ({DUE} $skip_locked)"
    " RETURNING id, notification_id, run_id, tries, lease_until, created_at"
)
END = Statement(
    "UPDATE delivery SET state = :state, status = :status, lease_until = NULL, next_at = NULL, ended_at = $now"
    " WHERE id = :id AND lease_until = :lease_until"
)
TRY_LATER = Statement(
    "UPDATE delivery SET status = :status, lease_until = NULL, next_at = $now + :seconds"
    " WHERE id = :id AND lease_until = :lease_until"
)
DROP = Statement("DELETE FROM delivery WHERE id = :id")


class Taken(NamedTuple):
    """A delivery that is ours until its lease ends; `tries` counts this one."""

    id: int
    notification_id: int
    run_id: int | None
    tries: int
    lease_until: float
    created_at: float

    @property
    def message_id(self) -> str:
        """What receivers know it by; a number alone may come back after a deletion."""
        return f"delivery_{self.id}_{int(self.created_at)}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a try gave. `is_final`: no other follows, whatever it gave."""

    is_delivered: bool
    status: str
    is_final: bool = False


def send_due(platform: Platform) -> None:
    """One round: send what is due, one after another."""
    until = time.monotonic() + ROUND
    while time.monotonic() < until and (taken := _take(platform)) is not None:
        with platform.database.read() as transaction:
            to = _target(transaction, taken.notification_id)
            told = None if to is None else _message(transaction, platform, taken, to)
        if to is None or told is None:
            platform.database.transact(Transaction.run, DROP, {"id": taken.id})
            continue
        _note(platform, taken, _try(platform, taken, to, told))


def _take(platform: Platform) -> Taken | None:
    with platform.database.read() as transaction:  # mostly there is nothing, and SQLite has one writer at a time
        if transaction.one(ANY_DUE, {}) is None:
            return None
    row = platform.database.transact(_take_next)
    return None if row is None else Taken._make(row)


def _take_next(transaction: Transaction) -> Row | None:
    """Takers take turns: who looks sees all leases, so of one notification two are never taken."""
    if transaction.core.dialect.name != "sqlite":  # SQLite has one writer at a time anyway
        transaction.one(TAKE_TURN, {})
    return transaction.one(TAKE, {"lease": LEASE})


def _target(transaction: Transaction, id: int) -> sa.RowMapping | None:
    """The notification; None: it was deleted."""
    wanted = sa.select(notification, project.c.name.label("project")).join(project)
    return transaction.core.execute(wanted.where(notification.c.id == id)).mappings().one_or_none()


def _message(transaction: Transaction, platform: Platform, taken: Taken, to: sa.RowMapping) -> Message:
    if taken.run_id is None:
        return message.Test(to["project"], to["name"], taken.created_at)
    return message.of_run(transaction, taken.run_id, platform.settings.url)


def _try(platform: Platform, taken: Taken, to: sa.RowMapping, told: Message) -> Outcome:
    is_test = taken.run_id is None
    if not to["enabled"] and not is_test:
        return Outcome(False, "switched_off", is_final=True)
    is_last = is_test or taken.tries > len(RETRY_AFTER)
    try:
        return Outcome(True, _send(platform, taken, to, told))
    except NotSent as error:
        return Outcome(False, error.message, is_last)
    except DatabaseError:
        raise
    except Exception as error:  # whatever it is, the delivery must not be tried for ever
        if not isinstance(error, PatchbayError):
            logger.exception("delivery %s", taken.id)
        text = error.message if isinstance(error, PatchbayError) else f"Patchbay made a mistake: {error}"
        return Outcome(False, text, is_last)


def _send(platform: Platform, taken: Taken, to: sa.RowMapping, told: Message) -> str:
    settings = platform.settings
    if to["kind"] == "email":
        if settings.smtp is None:
            raise NotSent("no_mail_server")
        return mail.send(settings.smtp, to["addresses"], told, id=taken.message_id)
    ring = key_ring.load(settings.secret_keys)
    secret = ring.decrypt(WEBHOOKS.owner(to["project_id"], to["name"]), to["ciphertext"])
    return webhook.post(to["url"], told.to_json(), id=taken.message_id, secret=secret, allowed=settings.webhook_allow)


def _note(platform: Platform, taken: Taken, outcome: Outcome) -> None:
    """What a try gave; nothing where the lease is over and somebody else has taken it."""
    row: dict[str, Any] = {"id": taken.id, "lease_until": taken.lease_until, "status": outcome.status}
    if outcome.is_delivered or outcome.is_final:
        row["state"] = "delivered" if outcome.is_delivered else "failed"
        platform.database.transact(Transaction.run, END, row)
        return
    row["seconds"] = RETRY_AFTER[taken.tries - 1] * (1 + JITTER * random.random())
    platform.database.transact(Transaction.run, TRY_LATER, row)
