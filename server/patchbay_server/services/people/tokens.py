"""API tokens: for programs, with the rights of their user or fewer, until they expire."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from patchbay_server.engine.errors import NotFound
from patchbay_server.engine.submit import now_of
from patchbay_server.services.errors import Invalid
from patchbay_server.services.people import audit
from patchbay_server.services.people.actor import EVERYTHING, Actor
from patchbay_server.services.people.keys import digest, new_key
from patchbay_server.services.people.rights import PERMISSIONS
from patchbay_server.services.people.sessions import SEEN_EVERY, actor_of
from patchbay_server.services.platform import Platform
from patchbay_server.store.database import Transaction
from patchbay_server.store.paging import Page, page
from patchbay_server.store.people import api_token
from patchbay_server.store.tables import project

PREFIX = "pb_"
DAY = 24 * 3600.0
LONGEST = 366
"""Days."""


@dataclass(frozen=True, slots=True)
class Token:
    """`scopes`: permissions, or ``*``. `project`: the only one it opens; None: all of its user's."""

    id: int
    name: str
    scopes: list[str]
    project: str | None
    created_at: float
    expires_at: float
    used_at: float | None
    revoked_at: float | None


_TOKENS = sa.select(
    *(api_token.c[name] for name in Token.__slots__ if name != "project"), project.c.name.label("project")
).outerjoin(project, project.c.id == api_token.c.project_id)


def create(
    platform: Platform,
    actor: Actor,
    user_id: int,
    *,
    name: str,
    scopes: Sequence[str] = (EVERYTHING,),
    project_id: int | None = None,
    days: int = 90,
) -> tuple[Token, str]:
    """A new token of a user, and its key, which is shown this once.

    Raises:
        Invalid: a scope is no permission, or the token would live longer than a year.
    """
    unknown = sorted(set(scopes) - set(PERMISSIONS) - {EVERYTHING})
    if unknown or not scopes:
        allowed = ", ".join(sorted(name for name in PERMISSIONS if name not in ("open", "self")))
        raise Invalid(
            f"There is no scope {', '.join(unknown) or '(none given)'}; there are: *, {allowed}.", reason="scopes"
        )
    if not 1 <= days <= LONGEST:
        raise Invalid(
            f"A token lives 1 to {LONGEST} days, not {days}.", field="days", reason="token_days", longest=LONGEST
        )
    key = new_key(PREFIX)

    def write(transaction: Transaction) -> Token:
        now = now_of(transaction)
        row = {"name": name, "scopes": sorted(set(scopes)), "project_id": project_id, "expires_at": now + days * DAY}
        values = row | {"user_id": user_id, "digest": digest(key), "created_at": now}
        id = transaction.core.execute(api_token.insert().values(values).returning(api_token.c.id)).scalar_one()
        audit.append(transaction, actor, "token.created", f"token:{name}", after=row | {"id": id, "user_id": user_id})
        return _get(transaction, user_id, id)

    return platform.database.transact(write), key


def listed(platform: Platform, user_id: int, *, cursor: str | None = None, limit: int = 50) -> Page[Token]:
    """A user's tokens, newest first, also those that are void."""
    with platform.database.read() as transaction:
        statement = _TOKENS.where(api_token.c.user_id == user_id)
        found = page(transaction, statement, api_token.c.id, cursor=cursor, limit=limit, descending=True)
    return found.map(lambda row: Token(**row))


def revoke(platform: Platform, actor: Actor, user_id: int, token_id: int) -> None:
    """Make a token void. Raises NotFound."""

    def write(transaction: Transaction) -> None:
        token = _get(transaction, user_id, token_id)
        if token.revoked_at is None:
            now = now_of(transaction)
            transaction.core.execute(api_token.update().where(api_token.c.id == token_id).values(revoked_at=now))
            before = {"id": token.id, "scopes": token.scopes, "project": token.project}
            audit.append(transaction, actor, "token.revoked", f"token:{token.name}", before=before)

    platform.database.transact(write)


def find(platform: Platform, key: str, address: str) -> Actor | None:
    """Whose token this is; None: nobody's, or not any more."""
    c = api_token.c
    with platform.database.read() as transaction:
        now = now_of(transaction)
        valid = sa.and_(c.digest == digest(key), c.revoked_at.is_(None), c.expires_at > now)
        row = transaction.core.execute(sa.select(api_token).where(valid)).mappings().one_or_none()
        if row is None:
            return None
        actor = actor_of(
            transaction,
            row["user_id"],
            via=f"token:{row['name']}",
            address=address,
            scopes=frozenset(row["scopes"]),
            only_project=row["project_id"],
        )
    if actor is not None and now - (row["used_at"] or 0) > SEEN_EVERY:
        used = api_token.update().where(c.id == row["id"]).values(used_at=now)
        platform.database.transact(lambda transaction: transaction.core.execute(used).rowcount)
    return actor


def _get(transaction: Transaction, user_id: int, token_id: int) -> Token:
    wanted = _TOKENS.where(api_token.c.id == token_id, api_token.c.user_id == user_id)
    row = transaction.core.execute(wanted).mappings().one_or_none()
    if row is None:
        raise NotFound(f"You have no token {token_id}.", reason="token")
    return Token(**row)
