"""Signed-in browsers. The cookie's key is kept as a digest only; the row says who it is and for how long."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import sqlalchemy as sa

from patchbay_server.engine.submit import now_of
from patchbay_server.services.people import audit
from patchbay_server.services.people.actor import Actor
from patchbay_server.services.people.keys import digest, new_key
from patchbay_server.services.platform import Platform
from patchbay_server.store.database import Transaction
from patchbay_server.store.people import member, user_account, user_session

LONGEST = 7 * 24 * 3600.0
IDLE = 12 * 3600.0
"""Seconds after which one signs in again: in all, and without a request."""
SEEN_EVERY = 60.0
"""Seconds between two notes of a session's last request."""


@dataclass(frozen=True, slots=True)
class Session:
    """`key` goes into the cookie, `csrf` into the header of every request that changes something."""

    key: str

    @property
    def csrf(self) -> str:
        """Follows from the key, which no other site's script can read."""
        return hashlib.sha256(b"csrf:" + self.key.encode("utf-8", "surrogatepass")).hexdigest()


def open_session(transaction: Transaction, user_id: int, *, address: str, agent: str) -> Session:
    """Sign a user in; the caller has made sure who it is, and that the user is active."""
    key, now = new_key(), now_of(transaction)
    transaction.core.execute(user_session.delete().where(user_session.c.expires_at < now))
    values = {"user_id": user_id, "address": address, "agent": agent[:200], "created_at": now, "seen_at": now}
    transaction.core.execute(user_session.insert().values(digest=digest(key), expires_at=now + LONGEST, **values))
    transaction.core.execute(user_account.update().where(user_account.c.id == user_id).values(signed_in_at=now))
    name = transaction.core.execute(sa.select(user_account.c.name).where(user_account.c.id == user_id)).scalar_one()
    actor = Actor(user_id, name, False, "session", address)
    audit.append(transaction, actor, "session.opened", f"user:{name}")
    return Session(key)


def find(platform: Platform, key: str, address: str) -> Actor | None:
    """Who has this session; None: nobody, or not any more."""
    with platform.database.read() as transaction:
        now, c = now_of(transaction), user_session.c
        wanted = sa.select(c.user_id, c.seen_at).where(
            c.digest == digest(key), c.expires_at > now, c.seen_at > now - IDLE
        )
        found = transaction.core.execute(wanted).one_or_none()
        actor = found and actor_of(transaction, found[0], via="session", address=address)
    if found is None or actor is None:
        return None
    if now - found[1] > SEEN_EVERY:
        seen = user_session.update().where(user_session.c.digest == digest(key)).values(seen_at=now)
        platform.database.transact(lambda transaction: transaction.core.execute(seen).rowcount)
    return actor


def actor_of(
    transaction: Transaction,
    user_id: int,
    *,
    via: str,
    address: str,
    scopes: frozenset[str] = frozenset({"*"}),
    only_project: int | None = None,
) -> Actor | None:
    """A user with the roles that they have now; None when they are not active."""
    c = user_account.c
    user = transaction.core.execute(sa.select(c.name, c.is_admin).where(c.id == user_id, c.active)).one_or_none()
    if user is None:
        return None
    rows = transaction.core.execute(sa.select(member.c.project_id, member.c.role).where(member.c.user_id == user_id))
    roles = {row.project_id: row.role for row in rows}
    return Actor(user_id, user.name, user.is_admin, via, address, roles, scopes, only_project)


def close(platform: Platform, actor: Actor, key: str) -> None:
    """Sign out."""

    def write(transaction: Transaction) -> None:
        if transaction.core.execute(user_session.delete().where(user_session.c.digest == digest(key))).rowcount:
            audit.append(transaction, actor, "session.closed", f"user:{actor.name}")

    platform.database.transact(write)


def close_others(transaction: Transaction, user_id: int, key: str | None = None) -> None:
    """Sign a user out everywhere, but for the session with this key."""
    others = user_session.delete().where(user_session.c.user_id == user_id)
    if key is not None:
        others = others.where(user_session.c.digest != digest(key))
    transaction.core.execute(others)
