"""Members of a project and their roles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from patchbay_server.engine.errors import NotFound
from patchbay_server.engine.submit import now_of
from patchbay_server.services.errors import AlreadyExists, Conflict, Forbidden
from patchbay_server.services.people import audit, users
from patchbay_server.services.people.actor import Actor
from patchbay_server.services.people.rights import BEYOND_THE_PROJECT, Role
from patchbay_server.services.platform import Platform
from patchbay_server.store.database import Transaction
from patchbay_server.store.paging import Page, page
from patchbay_server.store.people import member, user_account


@dataclass(frozen=True, slots=True)
class Member:
    """`name` and `title` of the user."""

    name: str
    title: str
    role: Role
    version: int
    created_at: float


_MEMBERS = sa.select(
    user_account.c.name, user_account.c.title, member.c.role, member.c.version, member.c.created_at
).join(user_account, user_account.c.id == member.c.user_id)


def listed(platform: Platform, project_id: int, *, cursor: str | None = None, limit: int = 50) -> Page[Member]:
    """Members by name."""
    with platform.database.read() as transaction:
        statement = _MEMBERS.where(member.c.project_id == project_id)
        found = page(transaction, statement, user_account.c.name, cursor=cursor, limit=limit)
    return found.map(lambda row: Member(**row))


def find(platform: Platform, project_id: int, name: str) -> Member:
    """Raises NotFound."""
    with platform.database.read() as transaction:
        return _get(transaction, project_id, name)


def find_or_none(platform: Platform, project_id: int, name: str) -> Member | None:
    """None: no member, or no user."""
    try:
        return find(platform, project_id, name)
    except NotFound:
        return None


def add(platform: Platform, actor: Actor, project_id: int, *, name: str, role: Role) -> Member:
    """Make a user a member.

    Raises:
        NotFound: there is no such user.
        AlreadyExists: they are a member already.
        Forbidden: the role reaches beyond the project, and the actor is no admin of the platform.
    """
    _check_may_give(actor, role)

    def write(transaction: Transaction) -> Member:
        user = users.by_name(transaction, name)
        if transaction.core.execute(_MEMBERS.where(*_of(project_id, user.id))).first():
            raise AlreadyExists(f"{name!r} is a member already.", field="name", reason="member")
        row = {"project_id": project_id, "user_id": user.id, "role": role, "created_at": now_of(transaction)}
        transaction.core.execute(member.insert().values(row))
        _record(transaction, actor, "member.added", project_id, name, after={"role": role})
        return _get(transaction, project_id, name)

    return platform.database.transact(write)


def change(platform: Platform, actor: Actor, project_id: int, name: str, *, expected: int, role: Role) -> Member:
    """Give a member another role. Raises NotFound, Forbidden, or Conflict when it was changed meanwhile."""
    _check_may_give(actor, role)

    def write(transaction: Transaction) -> Member:
        user, before = users.by_name(transaction, name), _get(transaction, project_id, name)
        _check_may_give(actor, before.role)
        guarded = member.update().where(*_of(project_id, user.id), member.c.version == expected)
        if not transaction.core.execute(guarded.values(role=role, version=expected + 1)).rowcount:
            raise Conflict(f"Member {name!r} was changed meanwhile.", version=before.version, reason="changed")
        old, new = {"role": before.role}, {"role": role}
        _record(transaction, actor, "member.changed", project_id, name, before=old, after=new)
        return _get(transaction, project_id, name)

    return platform.database.transact(write)


def remove(platform: Platform, actor: Actor, project_id: int, name: str, *, expected: int) -> None:
    """End a membership. Raises NotFound, Forbidden, or Conflict when it was changed meanwhile."""

    def write(transaction: Transaction) -> None:
        user, before = users.by_name(transaction, name), _get(transaction, project_id, name)
        _check_may_give(actor, before.role)
        gone = member.delete().where(*_of(project_id, user.id), member.c.version == expected)
        if not transaction.core.execute(gone).rowcount:
            raise Conflict(f"Member {name!r} was changed meanwhile.", version=before.version, reason="changed")
        _record(transaction, actor, "member.removed", project_id, name, before={"role": before.role})

    platform.database.transact(write)


def _check_may_give(actor: Actor, role: Role) -> None:
    if role in BEYOND_THE_PROJECT and not actor.may("user.manage"):  # nor by a token for one project, or for less
        raise Forbidden(
            f"The role {role!r} reaches beyond the project (operators or pools of all): an admin of the platform "
            "gives and takes it.",
            role=role,
            reason="role_admin",
        )


def _of(project_id: int, user_id: int) -> tuple[sa.ColumnElement[bool], ...]:
    return member.c.project_id == project_id, member.c.user_id == user_id


def _get(transaction: Transaction, project_id: int, name: str) -> Member:
    wanted = _MEMBERS.where(member.c.project_id == project_id, user_account.c.name == name.casefold())
    row = transaction.core.execute(wanted).mappings().one_or_none()
    if row is None:
        raise NotFound(f"{name!r} is no member of this project.", user=name, reason="member")
    return Member(**row)


def _record(
    transaction: Transaction,
    actor: Actor,
    action: str,
    project_id: int,
    name: str,
    before: Mapping[str, str] | None = None,
    after: Mapping[str, str] | None = None,
) -> None:
    audit.append(transaction, actor, action, f"member:{name}", project_id=project_id, before=before, after=after)
