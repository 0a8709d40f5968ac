"""One-time links: the first admin's, and those with which people choose a password."""

from __future__ import annotations

import sqlalchemy as sa

from patchbay_server.engine.submit import now_of
from patchbay_server.services.errors import Invalid
from patchbay_server.services.people.keys import digest, new_key
from patchbay_server.store.database import Transaction
from patchbay_server.store.people import one_time_link

FIRST_ADMIN, PASSWORD = "first_admin", "password"
LIFETIME = 24 * 3600.0
"""Seconds."""


def make(transaction: Transaction, purpose: str, user_id: int | None = None) -> str:
    """The token of a new link; an older one for the same is void from now on."""
    key, now = new_key(), now_of(transaction)
    void(transaction, purpose, user_id)
    values = {"purpose": purpose, "user_id": user_id, "created_at": now, "expires_at": now + LIFETIME}
    transaction.core.execute(one_time_link.insert().values(digest=digest(key), **values))
    return key


def void(transaction: Transaction, purpose: str, user_id: int | None) -> None:
    """Make the links void that nobody has used."""
    c = one_time_link.c
    transaction.core.execute(
        one_time_link.delete().where(c.purpose == purpose, c.user_id.is_not_distinct_from(user_id), c.used_at.is_(None))
    )


def use(transaction: Transaction, key: str) -> tuple[str, int | None]:
    """Purpose and user of a link, which is void from now on. Raises Invalid when it is void or expired already."""
    now, c = now_of(transaction), one_time_link.c
    valid = sa.and_(c.digest == digest(key), c.used_at.is_(None), c.expires_at > now)
    used = one_time_link.update().where(valid).values(used_at=now).returning(c.purpose, c.user_id)
    found = transaction.core.execute(used).one_or_none()
    if found is None:
        raise Invalid(
            "This link was used already, or is older than a day: ask for a new one.", field="token", reason="link_used"
        )
    return found[0], found[1]
