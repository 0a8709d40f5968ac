"""Signing in by name and password, choosing a password, the first admin."""

from __future__ import annotations

from functools import cache

import sqlalchemy as sa
from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from patchbay_server.errors import ServerError
from patchbay_server.services.errors import Conflict, Invalid
from patchbay_server.services.people import audit, links, users
from patchbay_server.services.people.actor import COMMAND, PLATFORM, Actor
from patchbay_server.services.people.passwords import hash_password, matches
from patchbay_server.services.people.sessions import Session, close_others, open_session
from patchbay_server.services.platform import Platform
from patchbay_server.store.database import Transaction
from patchbay_server.store.people import user_account

PER_ADDRESS, PER_NAME = parse("30/minute"), parse("10/minute")


class WrongPassword(ServerError):
    """Name and password do not belong together; which of them is wrong is not said."""

    code = "unauthenticated"


class TooManyTries(ServerError):
    """Too many tries to sign in; `details["seconds"]` says how long to wait."""

    code = "too_many_requests"


@cache
def _limiter() -> MovingWindowRateLimiter:
    """Of this process: there is one web process, and what it forgets at a restart is at most a minute."""
    return MovingWindowRateLimiter(MemoryStorage())


def sign_in(platform: Platform, *, name: str, password: str, address: str, agent: str) -> Session:
    """A session for the user of that name and password.

    Raises:
        WrongPassword: there is no such user, the password is wrong, or the user is deactivated.
        TooManyTries: from this address or for this name, in the last minute.
    """
    name = name.strip().casefold()
    _count(PER_ADDRESS, f"address {address}")
    _count(PER_NAME, f"name {name}")
    with platform.database.read() as transaction:
        c = user_account.c
        found = transaction.core.execute(sa.select(c.id, c.password_hash, c.active).where(c.name == name)).one_or_none()
    right = matches(found.password_hash if found else None, password)

    def write(transaction: Transaction) -> Session | None:
        if found is None or not right or not found.active:
            # The name as typed may be a password in the wrong field: it is recorded only when there is such a user.
            known = f"user:{name}" if found else "user:unknown"
            audit.append(transaction, Actor(None, "nobody", False, "session", address), "session.refused", known)
            return None
        return open_session(transaction, found.id, address=address, agent=agent)

    session = platform.database.transact(write)
    if session is None:
        raise WrongPassword("Name and password do not belong together.", reason="password")
    return session


def first_admin_link(platform: Platform) -> str | None:
    """The token of a link that makes the first admin; None when somebody can sign in as admin already."""

    def write(transaction: Transaction) -> str | None:
        if _has_admin(transaction):
            return None
        audit.append(transaction, COMMAND, "user.link_made", "first admin")
        return links.make(transaction, links.FIRST_ADMIN)

    return platform.database.transact(write)


def use_link(platform: Platform, *, token: str, name: str | None, password: str, address: str, agent: str) -> Session:
    """Choose a password by a one-time link, and be signed in. `name`: of the first admin, who is new.

    Raises:
        Invalid: the link is void, the password too short, a name is missing or cannot be one.
        Conflict: there is an admin already.
    """
    _count(PER_ADDRESS, f"address {address}")
    hashed = hash_password(password)

    def write(transaction: Transaction) -> Session:
        purpose, user_id = links.use(transaction, token)
        if purpose == links.FIRST_ADMIN:
            user_id = _make_first_admin(transaction, name, hashed)
        else:
            assert user_id is not None
            _set_password(transaction, user_id, hashed, address)
        return open_session(transaction, user_id, address=address, agent=agent)

    return platform.database.transact(write)


def change_password(platform: Platform, actor: Actor, *, old: str, new: str, key: str) -> None:
    """Choose another password; every other session of the user ends. `key`: of the session that stays.

    Raises:
        WrongPassword: the old one is wrong.
        Invalid: the new one is too short.
        TooManyTries: the old one was wrong too often.
    """
    _count(PER_NAME, f"name {actor.name}")
    hashed = hash_password(new)
    with platform.database.read() as transaction:
        found = sa.select(user_account.c.password_hash).where(user_account.c.id == actor.user_id)
        before = transaction.core.execute(found).scalar_one()
    if not matches(before, old):
        raise WrongPassword("The old password is wrong.", reason="old_password")

    def write(transaction: Transaction) -> None:
        assert actor.user_id is not None
        _set_password(transaction, actor.user_id, hashed, actor.address, keep=key)

    platform.database.transact(write)


def count_try(address: str) -> None:
    """Count a try to sign in by other means. Raises TooManyTries."""
    _count(PER_ADDRESS, f"address {address}")


def _set_password(
    transaction: Transaction, user_id: int, hashed: str, address: str, *, keep: str | None = None
) -> None:
    user = users.get(transaction, user_id)
    if not user.active:
        raise Invalid(f"User {user.name!r} is deactivated; ask an admin.", field="token", reason="user_inactive")
    transaction.core.execute(user_account.update().where(user_account.c.id == user_id).values(password_hash=hashed))
    close_others(transaction, user_id, keep)
    links.void(transaction, links.PASSWORD, user_id)
    actor = Actor(user_id, user.name, user.is_admin, "session", address)
    audit.append(transaction, actor, "user.password_changed", f"user:{user.name}")


def _make_first_admin(transaction: Transaction, name: str | None, hashed: str) -> int:
    if _has_admin(transaction):
        raise Conflict(
            "There is an admin already: sign in, or have an admin make a link for you.", reason="admin_exists"
        )
    if not name:
        raise Invalid("Choose a name to sign in with.", field="name", reason="name_needed")
    return users.insert(transaction, PLATFORM, name=name, is_admin=True, password_hash=hashed).id


def _has_admin(transaction: Transaction) -> bool:
    c = user_account.c
    return transaction.core.execute(sa.select(c.id).where(c.is_admin, c.active).limit(1)).first() is not None


def _count(limit: RateLimitItem, key: str) -> None:
    if not _limiter().hit(limit, key):
        raise TooManyTries("Too many tries: wait a minute, then try again.", seconds=60)
