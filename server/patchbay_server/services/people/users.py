"""Users: made by an admin, or by an identity provider; deactivated, never deleted."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from patchbay_server.engine.errors import NotFound
from patchbay_server.engine.submit import now_of
from patchbay_server.services.errors import AlreadyExists, Conflict, Invalid
from patchbay_server.services.people import audit, links
from patchbay_server.services.people.actor import Actor
from patchbay_server.services.platform import Platform
from patchbay_server.store.database import Transaction
from patchbay_server.store.paging import Page, page
from patchbay_server.store.people import user_account, user_session

NAME = re.compile(r"[a-z0-9][a-z0-9._@+-]{0,99}")


@dataclass(frozen=True, slots=True)
class User:
    """A person. `name` is for signing in, `title` for people. Times in seconds since 1970."""

    id: int
    name: str
    title: str
    email: str | None
    is_admin: bool
    active: bool
    version: int
    created_at: float
    signed_in_at: float | None


COLUMNS = [user_account.c[name] for name in User.__slots__]


def create(
    platform: Platform, actor: Actor, *, name: str, title: str = "", email: str | None = None, is_admin: bool = False
) -> tuple[User, str]:
    """A new user, and the token of a one-time link with which they choose a password.

    Raises:
        Invalid: the name has characters that a name may not have.
        AlreadyExists: somebody has that name.
    """

    def write(transaction: Transaction) -> tuple[User, str]:
        user = insert(transaction, actor, name=name, title=title, email=email, is_admin=is_admin)
        return user, links.make(transaction, links.PASSWORD, user.id)

    return platform.database.transact(write)


def insert(
    transaction: Transaction,
    actor: Actor,
    *,
    name: str,
    title: str = "",
    email: str | None = None,
    is_admin: bool = False,
    password_hash: str | None = None,
) -> User:
    """`create` within a transaction, without a link."""
    name = name.strip().casefold()
    if not NAME.fullmatch(name):
        raise Invalid(
            f"User name {name!r}: use small letters, digits and . _ @ + -, beginning with a letter or digit.",
            field="name",
            reason="user_name",
        )
    if transaction.core.execute(sa.select(user_account.c.id).where(user_account.c.name == name)).first():
        raise AlreadyExists(f"There is a user {name!r} already.", field="name")
    row = {"name": name, "title": title.strip() or name, "email": email, "is_admin": is_admin, "active": True}
    values = row | {"password_hash": password_hash, "created_at": now_of(transaction)}
    id = transaction.core.execute(user_account.insert().values(values).returning(user_account.c.id)).scalar_one()
    audit.append(transaction, actor, "user.created", f"user:{name}", after=row)
    return get(transaction, id)


def get(transaction: Transaction, user_id: int) -> User:
    """Raises NotFound."""
    return _one(transaction, user_account.c.id == user_id, str(user_id))


def find(platform: Platform, name: str) -> User:
    """A user by name. Raises NotFound."""
    with platform.database.read() as transaction:
        return by_name(transaction, name)


def by_name(transaction: Transaction, name: str) -> User:
    """A user by name. Raises NotFound."""
    return _one(transaction, user_account.c.name == name.casefold(), name)


def listed(platform: Platform, *, q: str = "", cursor: str | None = None, limit: int = 50) -> Page[User]:
    """Users by name. `q`: a part of name, title or e-mail address."""
    statement = sa.select(*COLUMNS)
    if q:
        fields = (user_account.c.name, user_account.c.title, user_account.c.email)
        statement = statement.where(sa.or_(*(field.icontains(q, autoescape=True) for field in fields)))
    with platform.database.read() as transaction:
        found = page(transaction, statement, user_account.c.name, cursor=cursor, limit=limit)
    return found.map(lambda row: User(**row))


def change(platform: Platform, actor: Actor, name: str, *, expected: int, **values: Any) -> User:
    """Set `title`, `email`, `is_admin` or `active`. Who is deactivated is signed out everywhere, their link is void.

    Raises:
        NotFound: there is no such user.
        Conflict: the user was changed meanwhile, or nobody would be left as admin.
    """

    def write(transaction: Transaction) -> User:
        before = by_name(transaction, name)
        if before.version != expected:
            raise Conflict(f"User {name!r} was changed meanwhile.", version=before.version, reason="changed")
        c = user_account.c
        guarded = user_account.update().where(c.id == before.id, c.version == expected)
        if not transaction.core.execute(guarded.values(**values, version=expected + 1)).rowcount:
            raise Conflict(f"User {name!r} was changed meanwhile.", reason="changed")
        if before.is_admin and not _admin_left(transaction):
            raise Conflict("This is the last active admin: make somebody else admin first.", reason="last_admin")
        after = get(transaction, before.id)
        if not after.active:
            transaction.core.execute(user_session.delete().where(user_session.c.user_id == after.id))
            links.void(transaction, links.PASSWORD, after.id)
        changed = [key for key in values if getattr(before, key) != getattr(after, key)]
        old, new = ({key: getattr(user, key) for key in changed} for user in (before, after))
        audit.append(transaction, actor, "user.changed", f"user:{name}", before=old, after=new)
        return after

    return platform.database.transact(write)


def new_link(platform: Platform, actor: Actor, name: str) -> str:
    """The token of a new one-time link with which a user chooses a password. Raises NotFound."""

    def write(transaction: Transaction) -> str:
        user = by_name(transaction, name)
        audit.append(transaction, actor, "user.link_made", f"user:{name}")
        return links.make(transaction, links.PASSWORD, user.id)

    return platform.database.transact(write)


def _one(transaction: Transaction, condition: sa.ColumnElement[bool], named: str) -> User:
    row = transaction.core.execute(sa.select(*COLUMNS).where(condition)).mappings().one_or_none()
    if row is None:
        raise NotFound(f"There is no user {named!r}.", user=named, reason="user")
    return User(**row)


def _admin_left(transaction: Transaction) -> bool:
    admins = sa.select(user_account.c.id).where(user_account.c.is_admin, user_account.c.active).limit(1)
    return transaction.core.execute(admins).first() is not None
