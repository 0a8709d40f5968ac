"""Registered models of a project: named, described, archived. What they are is in their versions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from patchbay_server.engine.errors import NotFound
from patchbay_server.engine.submit import now_of
from patchbay_server.services.errors import AlreadyExists, Conflict, Invalid
from patchbay_server.services.people import audit
from patchbay_server.services.people.actor import Actor
from patchbay_server.services.platform import Platform
from patchbay_server.store.database import Transaction
from patchbay_server.store.models import model_alias, model_version, registered_model
from patchbay_server.store.paging import Page, page
from patchbay_server.store.people import user_account
from patchbay_server.store.tables import project

NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")


@dataclass(frozen=True, slots=True)
class Model:
    """A registered model. `versions`: how many; `latest`: number of the newest, made at `latest_at`; None: none yet.

    `task`: what the newest one predicts, such as ``classification``. `aliases`: name -> number of a version.
    `archived_at`: it is not listed any more since then.
    """

    id: int
    name: str
    description: str
    version: int
    created_at: float
    created_by: str | None
    archived_at: float | None
    versions: int
    latest: int | None
    latest_at: float | None
    task: str | None
    aliases: dict[str, int]


def create(platform: Platform, actor: Actor, project_id: int, *, name: str, description: str = "") -> Model:
    """A new model without versions. Raises Invalid, or AlreadyExists: there is one of that name."""
    check_name(name)

    def write(transaction: Transaction) -> Model:
        take_turn(transaction, project_id)
        if row_of(transaction, project_id, name) is not None:
            raise AlreadyExists(f"There is a model {name!r} already.", field="name")
        insert(transaction, actor, project_id, name, description)
        return get(transaction, project_id, name)

    return platform.database.transact(write)


def insert(transaction: Transaction, actor: Actor, project_id: int, name: str, description: str = "") -> None:
    """A new model, within a transaction; there is none of that name."""
    values = {"name": name, "description": description}
    row = {"project_id": project_id, "created_at": now_of(transaction), "created_by": actor.user_id}
    transaction.core.execute(registered_model.insert().values(values | row))
    record(transaction, actor, "model.created", project_id, name, after={"description": description})


def listed(
    platform: Platform,
    project_id: int,
    *,
    q: str = "",
    archived: bool = False,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[Model]:
    """The models of a project, by name. `q`: a part of name or description. Raises CursorError."""
    c = registered_model.c
    statement = sa.select(c.id, c.name).where(c.project_id == project_id)
    statement = statement.where(c.archived_at.is_not(None) if archived else c.archived_at.is_(None))
    if q:
        statement = statement.where(sa.or_(*(text.icontains(q, autoescape=True) for text in (c.name, c.description))))
    with platform.database.read() as transaction:
        found = page(transaction, statement, c.name, cursor=cursor, limit=limit)
        return found.map(lambda row: get(transaction, project_id, row["name"]))


def find(platform: Platform, project_id: int, name: str) -> Model:
    """Raises NotFound."""
    with platform.database.read() as transaction:
        return get(transaction, project_id, name)


def get(transaction: Transaction, project_id: int, name: str) -> Model:
    """`find` within a transaction."""
    row = row_of(transaction, project_id, name)
    if row is None:
        raise NotFound(f"There is no model {name!r} in this project.", model=name, reason="model")
    c = model_version.c
    versions = sa.select(c.number, c.created_at, c.about).where(c.model_id == row["id"])
    latest = transaction.core.execute(versions.order_by(c.number.desc()).limit(1)).mappings().one_or_none()
    count = sa.select(sa.func.count()).where(c.model_id == row["id"])
    aliases = sa.select(model_alias.c.name, c.number).join(model_version, c.id == model_alias.c.version_id)
    newest = dict(latest) if latest else {"number": None, "created_at": None, "about": {}}
    named = transaction.core.execute(aliases.where(model_alias.c.model_id == row["id"]).order_by(model_alias.c.name))
    return Model(
        **row,
        versions=transaction.core.execute(count).scalar_one(),
        latest=newest["number"],
        latest_at=newest["created_at"],
        task=newest["about"].get("task"),
        aliases={row.name: row.number for row in named},
    )


def change(
    platform: Platform, actor: Actor, project_id: int, name: str, *, description: str, archived: bool, expected: int
) -> Model:
    """Describe a model anew, archive it or bring it back.

    Raises:
        NotFound: there is no such model.
        Conflict: it was changed meanwhile, or a version of it is deployed, so that it cannot be archived.
    """
    from patchbay_server.services.serving.deployments import refuse_while_deployed

    def write(transaction: Transaction) -> Model:
        before = get(transaction, project_id, name)
        if archived and before.archived_at is None:
            refuse_while_deployed(transaction, model_id=before.id)
        since = (before.archived_at or now_of(transaction)) if archived else None
        values = {"description": description, "archived_at": since}
        guarded = registered_model.update().where(
            registered_model.c.id == before.id, registered_model.c.version == expected
        )
        if not transaction.core.execute(guarded.values(**values, version=expected + 1)).rowcount:
            raise Conflict(f"Model {name!r} was changed meanwhile.", version=before.version, reason="changed")
        old = {key: getattr(before, key) for key in values}
        record(transaction, actor, "model.changed", project_id, name, before=old, after=values)
        return get(transaction, project_id, name)

    return platform.database.transact(write)


def check_name(name: str) -> None:
    """Raises Invalid for what is no name of a model."""
    if not NAME.fullmatch(name):
        raise Invalid(
            f"{name!r} is no name for a model: small letters, digits, '-' and '_', at most 63.",
            field="name",
            reason="model_name",
        )


def record(
    transaction: Transaction,
    actor: Actor,
    action: str,
    project_id: int,
    name: str,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Note in the audit record what was done to a model; `name`: of the model, or ``name@number``."""
    audit.append(transaction, actor, action, f"model:{name}", project_id=project_id, before=before, after=after)


def take_turn(transaction: Transaction, project_id: int) -> None:
    """Whoever registers in a project waits for the others, until the transaction ends."""
    transaction.core.execute(sa.select(project.c.id).where(project.c.id == project_id).with_for_update())


def has_changed(transaction: Transaction, model_id: int) -> None:
    """What is shown of a model is another: a version or an alias has come, moved or gone."""
    c = registered_model.c
    transaction.core.execute(registered_model.update().where(c.id == model_id).values(version=c.version + 1))


def row_of(transaction: Transaction, project_id: int, name: str) -> sa.RowMapping | None:
    """What the table says of a model; None: there is none of that name."""
    c = registered_model.c
    columns = (c.id, c.name, c.description, c.version, c.created_at, c.archived_at)
    statement = (
        sa.select(*columns, user_account.c.name.label("created_by"))
        .outerjoin(user_account, user_account.c.id == c.created_by)
        .where(c.project_id == project_id, c.name == name)
    )
    return transaction.core.execute(statement).mappings().one_or_none()
