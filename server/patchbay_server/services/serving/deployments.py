"""Deployments of a project: which version of a model answers under which name, with how many replicas.

What is written here is what is wanted. The process `patchbay serving` makes it so and notes what there is
(`services.serving.wanted`). The slots of all replicas are taken from the pool at once or not at all, as a task's are,
and given back when the replicas are gone: never more is promised than the pool has.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from patchbay_server.engine.errors import NotFound
from patchbay_server.engine.submit import now_of
from patchbay_server.services.errors import AlreadyExists, Conflict, Invalid
from patchbay_server.services.models import versions
from patchbay_server.services.models.versions import Version
from patchbay_server.services.people import audit
from patchbay_server.services.people.actor import Actor
from patchbay_server.services.people.keys import digest, new_key
from patchbay_server.services.platform import Platform
from patchbay_server.services.serving import door, slots
from patchbay_server.store.database import Transaction
from patchbay_server.store.models import deployment, model_version, registered_model
from patchbay_server.store.paging import Page, page
from patchbay_server.store.people import user_account
from patchbay_server.store.tables import project

NAME = re.compile(r"[a-z][a-z0-9-]{0,62}")
MOST_REPLICAS = 100
CPU, MEMORY = 1.0, 512 << 20
"""Of one replica, unless it is said otherwise."""


@dataclass(frozen=True, slots=True)
class Deployment:
    """A deployment. `model`, `number`: the version that is wanted; `live`: the one that answers, None: none yet.

    `replicas`: wanted, `live_replicas`: there. `cpu`, `memory` (bytes): of one. `state`: starting, serving, changing
    (another version or number of replicas is on its way), failing, stopping; `message` says more. `path`: of the
    endpoint at `door.base_url`. `requests`, `refused` (wrong input or key), `errors`: counted since it was made.
    """

    id: int
    name: str
    model: str
    number: int
    live: int | None
    replicas: int
    live_replicas: int
    cpu: float
    memory: int
    pool: str
    state: str
    message: str
    path: str
    requests: int
    refused: int
    errors: int
    version: int
    created_at: float
    created_by: str | None
    changed_at: float


def deploy(
    platform: Platform,
    actor: Actor,
    project_id: int,
    name: str,
    *,
    model: str,
    number: int | str | None = None,
    replicas: int = 1,
    cpu: float = CPU,
    memory: int = MEMORY,
) -> tuple[Deployment, str]:
    """Serve a version of a model under a name; the second is the key that its clients need, shown this once.

    `number`: of the version, or an alias of the model; None: the newest. `cpu`, `memory` in bytes: of each replica.

    Raises:
        Invalid: the name or a number cannot be used.
        AlreadyExists: there is a deployment of that name.
        NotFound: there is no such model or version.
        Conflict: the version is archived, or the pool has not that many slots free.
    """
    _check(name, replicas, cpu, memory)
    key = new_key(door.PREFIX)

    def write(transaction: Transaction) -> Deployment:
        here = deployment.c.project_id == project_id, deployment.c.name == name
        if transaction.core.execute(sa.select(deployment.c.id).where(*here)).first():
            raise AlreadyExists(f"There is a deployment {name!r} already.", field="name")
        wanted = _deployable(transaction, project_id, model, number)
        cpu_milli, now = round(cpu * 1000), now_of(transaction)
        slots.take(transaction, replicas, cpu_milli, memory)
        what = {"version_id": wanted.id, "replicas": replicas, "cpu_milli": cpu_milli, "memory": memory}
        row = {
            "project_id": project_id,
            "name": name,
            "pool": slots.POOL,
            "key_digest": digest(key),
            "held": replicas,
            "state": "starting",
            "seen": {},
            "created_at": now,
            "created_by": actor.user_id,
            "changed_at": now,
        }
        transaction.core.execute(deployment.insert().values(what | row))
        _record(transaction, actor, "deployment.created", project_id, name, after=_audited(wanted, replicas))
        return get(transaction, project_id, name)

    return platform.database.transact(write), key


def change(
    platform: Platform,
    actor: Actor,
    project_id: int,
    name: str,
    *,
    model: str,
    number: int | str | None,
    replicas: int,
    expected: int,
) -> Deployment:
    """Replace the version or the number of replicas; requests are answered all the while.

    Raises:
        NotFound: there is no such deployment, model or version.
        Conflict: it was changed meanwhile or is being removed; and as in `deploy`.
        Invalid: as in `deploy`.
    """
    _check(name, replicas)

    def write(transaction: Transaction) -> Deployment:
        row = _lock(transaction, project_id, name)
        before = get(transaction, project_id, name)
        if row["removed"]:
            raise Conflict(f"Deployment {name!r} is being removed.", reason="removed")
        if row["version"] != expected:
            raise Conflict(f"Deployment {name!r} was changed meanwhile.", version=row["version"], reason="changed")
        wanted = _deployable(transaction, project_id, model, number)
        more = max(0, replicas - row["held"])
        slots.take(transaction, more, row["cpu_milli"], row["memory"])
        values = {
            "version_id": wanted.id,
            "replicas": replicas,
            "held": row["held"] + more,  # those that are too many are given back when they are gone
            "state": "starting" if row["live_version_id"] is None else "changing",
            "message": "",
            "version": expected + 1,
            "changed_at": now_of(transaction),
        }
        transaction.core.execute(deployment.update().where(deployment.c.id == row["id"]).values(values))
        old = {"model": before.model, "version": before.number, "replicas": before.replicas}
        new = _audited(wanted, replicas)
        _record(transaction, actor, "deployment.changed", project_id, name, before=old, after=new)
        return get(transaction, project_id, name)

    return platform.database.transact(write)


def renew_key(platform: Platform, actor: Actor, project_id: int, name: str) -> tuple[Deployment, str]:
    """Give the clients of a deployment another key; the one before is void within seconds. Raises NotFound."""
    key = new_key(door.PREFIX)

    def write(transaction: Transaction) -> Deployment:
        row = _lock(transaction, project_id, name)
        values = {"key_digest": digest(key), "version": row["version"] + 1, "changed_at": now_of(transaction)}
        transaction.core.execute(deployment.update().where(deployment.c.id == row["id"]).values(values))
        _record(transaction, actor, "deployment.key_renewed", project_id, name)
        return get(transaction, project_id, name)

    return platform.database.transact(write), key


def remove(platform: Platform, actor: Actor, project_id: int, name: str) -> None:
    """End a deployment: its replicas go, then its slots are free and its name is. Raises NotFound."""

    def write(transaction: Transaction) -> None:
        row = _lock(transaction, project_id, name)
        if row["removed"]:
            return
        before = get(transaction, project_id, name)
        values = {"removed": True, "state": "stopping", "message": "", "version": row["version"] + 1}
        transaction.core.execute(deployment.update().where(deployment.c.id == row["id"]).values(values))
        old = {"model": before.model, "version": before.number, "replicas": before.replicas}
        _record(transaction, actor, "deployment.removed", project_id, name, before=old)

    platform.database.transact(write)


def listed(
    platform: Platform, project_id: int, *, q: str = "", cursor: str | None = None, limit: int = 50
) -> Page[Deployment]:
    """The deployments of a project by name. `q`: a part of its name or its model's. Raises CursorError."""
    statement = _select().where(deployment.c.project_id == project_id)
    if q:
        names = (deployment.c.name, registered_model.c.name)
        statement = statement.where(sa.or_(*(text.icontains(q, autoescape=True) for text in names)))
    with platform.database.read() as transaction:
        return page(transaction, statement, deployment.c.name, cursor=cursor, limit=limit).map(_view)


def find(platform: Platform, project_id: int, name: str) -> Deployment:
    """Raises NotFound."""
    with platform.database.read() as transaction:
        return get(transaction, project_id, name)


def get(transaction: Transaction, project_id: int, name: str) -> Deployment:
    """`find` within a transaction."""
    statement = _select().where(deployment.c.project_id == project_id, deployment.c.name == name)
    row = transaction.core.execute(statement).mappings().one_or_none()
    if row is None:
        raise _unknown(name)
    return _view(row)


def version_of(platform: Platform, project_id: int, name: str) -> Version:
    """The version that a deployment answers with, or is to: its input schema says what it takes. Raises NotFound."""
    with platform.database.read() as transaction:
        known = get(transaction, project_id, name)
        return versions.get(transaction, project_id, known.model, known.number)


def refuse_while_deployed(
    transaction: Transaction, *, model_id: int | None = None, version_id: int | None = None
) -> None:
    """Raises Conflict while a deployment wants or has a version, or any version of a model."""
    c = deployment.c
    used = sa.or_(c.version_id == model_version.c.id, c.live_version_id == model_version.c.id)
    wanted = model_version.c.id == version_id if model_id is None else model_version.c.model_id == model_id
    name = transaction.core.execute(sa.select(c.name).join(model_version, used).where(wanted)).scalars().first()
    if name is not None:
        raise Conflict(f"It is deployed as {name!r}: remove that deployment first.", deployment=name, reason="deployed")


def _check(name: str, replicas: int, cpu: float = CPU, memory: int = MEMORY) -> None:
    if not NAME.fullmatch(name):
        raise Invalid(
            f"{name!r} is no name for a deployment: small letters, digits and '-', a letter first, at most 63.",
            field="name",
            reason="deployment_name",
        )
    if not 1 <= replicas <= MOST_REPLICAS:
        raise Invalid(f"A deployment has 1 to {MOST_REPLICAS} replicas, not {replicas}.", field="replicas")
    if not 0.1 <= cpu <= 1024 or not (64 << 20) <= memory <= (1 << 50):
        raise Invalid("A replica has at least 0.1 CPU and 64 MiB of memory.", field="cpu")


def _deployable(transaction: Transaction, project_id: int, model: str, number: int | str | None) -> Version:
    wanted = versions.resolve(transaction, project_id, model, number)
    if wanted.archived_at is not None:
        raise Conflict(f"Version {wanted.number} of {model!r} is archived.", reason="archived")
    return wanted


def _lock(transaction: Transaction, project_id: int, name: str) -> sa.RowMapping:
    statement = sa.select(deployment).where(deployment.c.project_id == project_id, deployment.c.name == name)
    row = transaction.core.execute(statement.with_for_update()).mappings().one_or_none()
    if row is None:
        raise _unknown(name)
    return row


def _unknown(name: str) -> NotFound:
    return NotFound(f"There is no deployment {name!r} in this project.", deployment=name, reason="deployment")


def _select() -> sa.Select[Any]:
    c, live = deployment.c, model_version.alias()
    names = (
        "id", "name", "replicas", "live_replicas", "cpu_milli", "memory", "pool", "state", "message", "requests",
        "refused", "errors", "version", "created_at", "changed_at",
    )  # fmt: skip
    return (
        sa.select(
            *(c[name] for name in names),
            registered_model.c.name.label("model"),
            model_version.c.number,
            live.c.number.label("live"),
            project.c.name.label("project"),
            user_account.c.name.label("created_by"),
        )
        .join(model_version, model_version.c.id == c.version_id)
        .join(registered_model, registered_model.c.id == model_version.c.model_id)
        .join(project, project.c.id == c.project_id)
        .outerjoin(live, live.c.id == c.live_version_id)
        .outerjoin(user_account, user_account.c.id == c.created_by)
    )


def _view(row: sa.RowMapping) -> Deployment:
    values = dict(row)
    cpu, path = values.pop("cpu_milli") / 1000, f"/{values.pop('project')}/{values['name']}"
    return Deployment(**values, cpu=cpu, path=path)


def _audited(version: Version, replicas: int) -> dict[str, Any]:
    return {"model": version.model, "version": version.number, "replicas": replicas}


def _record(
    transaction: Transaction,
    actor: Actor,
    action: str,
    project_id: int,
    name: str,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    audit.append(transaction, actor, action, f"deployment:{name}", project_id=project_id, before=before, after=after)
