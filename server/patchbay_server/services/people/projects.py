"""Projects: the unit of ownership and permission."""

from __future__ import annotations

import re
from dataclasses import dataclass

import sqlalchemy as sa

from patchbay_server.engine.errors import NotFound
from patchbay_server.engine.submit import now_of
from patchbay_server.services.errors import AlreadyExists, Conflict, Invalid
from patchbay_server.services.people import audit, restrictions
from patchbay_server.services.people.actor import PLATFORM, Actor
from patchbay_server.services.people.rights import Role
from patchbay_server.services.platform import Platform
from patchbay_server.store.database import Transaction
from patchbay_server.store.paging import Page, page
from patchbay_server.store.tables import project

DEFAULT_PROJECT = "default"
NAME = re.compile(r"[a-z][a-z0-9-]{0,62}")


@dataclass(frozen=True, slots=True)
class Project:
    """`name` is in addresses and stays, `title` is for people. `role`: the asker's."""

    id: int
    name: str
    title: str
    description: str
    version: int
    created_at: float
    role: Role | None = None


COLUMNS = [project.c[name] for name in Project.__slots__ if name != "role"]


def create(platform: Platform, actor: Actor, *, name: str, title: str = "", description: str = "") -> Project:
    """A new project with the restrictions that new projects have.

    Raises:
        Invalid: the name cannot be part of an address.
        AlreadyExists: there is a project of that name.
    """
    return platform.database.transact(insert, actor, name=name, title=title, description=description)


def insert(transaction: Transaction, actor: Actor, *, name: str, title: str = "", description: str = "") -> Project:
    """`create` within a transaction."""
    if not NAME.fullmatch(name):
        raise Invalid(
            f"Project name {name!r}: use small letters, digits and '-', beginning with a letter, at most 63.",
            field="name",
            reason="project_name",
        )
    if transaction.core.execute(sa.select(project.c.id).where(project.c.name == name)).first():
        raise AlreadyExists(f"There is a project {name!r} already.", field="name")
    row = {"name": name, "title": title.strip() or name, "description": description}
    insertion = project.insert().values(row | {"created_at": now_of(transaction)}).returning(project.c.id)
    id = transaction.core.execute(insertion).scalar_one()
    restrictions.insert_defaults(transaction, id)
    audit.append(transaction, actor, "project.created", f"project:{name}", project_id=id, after=row)
    return _by_name(transaction, actor, name)


def ensure_default(platform: Platform) -> None:
    """Make the project that the command line works in, unless it is there."""

    def write(transaction: Transaction) -> None:
        if not transaction.core.execute(sa.select(project.c.id).where(project.c.name == DEFAULT_PROJECT)).first():
            insert(transaction, PLATFORM, name=DEFAULT_PROJECT, title="Default")

    platform.database.transact(write)


def find(platform: Platform, actor: Actor, name: str) -> Project:
    """A project by name. Raises NotFound where there is none that exists for this actor."""
    with platform.database.read() as transaction:
        return _by_name(transaction, actor, name)


def listed(
    platform: Platform, actor: Actor, *, q: str = "", cursor: str | None = None, limit: int = 50
) -> Page[Project]:
    """The projects of which the actor is a member, by name. `q`: a part of name or title."""
    statement = sa.select(*COLUMNS)
    if not actor.is_admin:
        statement = statement.where(project.c.id.in_(list(actor.roles)))
    if actor.only_project is not None:
        statement = statement.where(project.c.id == actor.only_project)
    if q:
        fields = (project.c.name, project.c.title)
        statement = statement.where(sa.or_(*(field.icontains(q, autoescape=True) for field in fields)))
    with platform.database.read() as transaction:
        found = page(transaction, statement, project.c.name, cursor=cursor, limit=limit)
    return found.map(lambda row: _project(actor, row))


def change(platform: Platform, actor: Actor, name: str, *, expected: int, title: str, description: str) -> Project:
    """Set title and description. Raises NotFound, or Conflict when it was changed meanwhile."""

    def write(transaction: Transaction) -> Project:
        before = _by_name(transaction, actor, name)
        values = {"title": title, "description": description}
        guarded = project.update().where(project.c.id == before.id, project.c.version == expected)
        if not transaction.core.execute(guarded.values(values | {"version": expected + 1})).rowcount:
            raise Conflict(f"Project {name!r} was changed meanwhile.", version=before.version, reason="changed")
        old = {"title": before.title, "description": before.description}
        audit.append(
            transaction, actor, "project.changed", f"project:{name}", project_id=before.id, before=old, after=values
        )
        return _by_name(transaction, actor, name)

    return platform.database.transact(write)


def _by_name(transaction: Transaction, actor: Actor, name: str) -> Project:
    row = transaction.core.execute(sa.select(*COLUMNS).where(project.c.name == name)).mappings().one_or_none()
    if row is None or not actor.is_member(row["id"]):
        raise NotFound(f"There is no project {name!r}.", project=name, reason="project")
    return _project(actor, row)


def _project(actor: Actor, row: sa.RowMapping) -> Project:
    return Project(**row, role=actor.role(row["id"]))
