"""Who wants to be told about the ends of which runs."""

from __future__ import annotations

import base64
import re
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa

from patchbay_server.engine import flows as saved
from patchbay_server.engine.errors import NotFound
from patchbay_server.engine.submit import now_of
from patchbay_server.services.errors import AlreadyExists, Conflict, Invalid
from patchbay_server.services.notifications.deliveries import Delivery, latest
from patchbay_server.services.notifications.target import ENDS, Kind, Target, check
from patchbay_server.services.people import audit, sealed
from patchbay_server.services.people.actor import Actor
from patchbay_server.services.people.sealed import WEBHOOKS
from patchbay_server.services.platform import Platform
from patchbay_server.store.database import Transaction
from patchbay_server.store.notifications import delivery, notification
from patchbay_server.store.paging import Page, page
from patchbay_server.store.people import user_account
from patchbay_server.store.tables import flow

NAME = re.compile(r"(?!\.{1,2}$)[^/\x00-\x1f\x7f]{1,100}")
MOST = 50
"""Of one project: each is looked at whenever a run ends."""
SECRET_PREFIX = "whsec_"
SECRET_BYTES = 32


@dataclass(frozen=True, slots=True)
class Notification:
    """Somebody who is told. `created_by`: a user's name, None: the command line. `last`: the latest delivery."""

    id: int
    name: str
    kind: Kind
    target: Target
    version: int
    created_at: float
    created_by: str | None
    last: Delivery | None


@dataclass(frozen=True, slots=True)
class Created:
    """A new notification. `secret`: what its messages are signed with, told this once; None: it is no webhook."""

    notification: Notification
    secret: str | None


_NOTIFICATIONS = (
    sa.select(notification, flow.c.name.label("flow"), user_account.c.name.label("creator"))
    .outerjoin(flow, flow.c.id == notification.c.flow_id)
    .outerjoin(user_account, user_account.c.id == notification.c.created_by)
)


def listed(platform: Platform, project_id: int, *, cursor: str | None = None, limit: int = 50) -> Page[Notification]:
    """The notifications of a project by name. Raises CursorError."""
    with platform.database.read() as transaction:
        statement = _NOTIFICATIONS.where(notification.c.project_id == project_id)
        found = page(transaction, statement, notification.c.name, cursor=cursor, limit=limit)
        last = latest(transaction, [row["id"] for row in found.items])
    return found.map(lambda row: _of_row(row, last))


def find(platform: Platform, project_id: int, name: str) -> Notification:
    """Raises NotFound."""
    with platform.database.read() as transaction:
        return get(transaction, project_id, name)


def create(platform: Platform, actor: Actor, project_id: int, name: str, kind: Kind, target: Target) -> Created:
    """Tell somebody from now on.

    Raises:
        Invalid: the name, the address or the URL cannot be used, no mail server is set, or there are too many.
        NotFound: there is no such flow.
        AlreadyExists: there is a notification of that name.
        KeyFileError: the keys are lost, or open to others.
    """
    if not NAME.fullmatch(name):
        raise Invalid(
            f"{name!r} is no name for a notification: 1 to 100 characters, no '/'.",
            field="name",
            reason="notification_name",
        )
    if kind == "email" and platform.settings.smtp is None:
        raise Invalid(
            "This platform has no mail server: whoever runs it sets PATCHBAY_SMTP_HOST and PATCHBAY_SMTP_FROM.",
            field="kind",
            reason="no_mail_server",
        )
    check(kind, target)
    key = _new_secret() if kind == "webhook" else None

    def write(transaction: Transaction) -> Notification:
        sealed.take_turn(transaction)
        here = notification.c.project_id == project_id
        names = transaction.core.execute(sa.select(notification.c.name).where(here)).scalars().all()
        if name in names:
            raise AlreadyExists(f"There is a notification {name!r} already.", field="name")
        if len(names) >= MOST:
            raise Invalid(
                f"The project has {MOST} notifications, which is the most.", reason="notifications_many", most=MOST
            )
        own = {"project_id": project_id, "name": name, "kind": kind, "created_by": actor.user_id}
        row = own | _row(transaction, project_id, target) | {"created_at": now_of(transaction)}
        row["ciphertext"] = _sealed(transaction, platform, project_id, name, key)
        transaction.core.execute(notification.insert().values(row))
        record(transaction, actor, "notification.created", project_id, name, after=_audited(kind, target))
        return get(transaction, project_id, name)

    return Created(platform.database.transact(write), key)


def change(
    platform: Platform, actor: Actor, project_id: int, name: str, target: Target, *, expected: int
) -> Notification:
    """Replace where messages go and about what; what they are signed with stays.

    Raises NotFound, Invalid as in `create`, and Conflict when it was changed meanwhile.
    """
    check(find(platform, project_id, name).kind, target)

    def write(transaction: Transaction) -> Notification:
        before = _expected(transaction, project_id, name, expected)
        row = _row(transaction, project_id, target) | {"version": expected + 1}
        transaction.core.execute(notification.update().where(notification.c.id == before.id).values(row))
        old, new = _audited(before.kind, before.target), _audited(before.kind, target)
        record(transaction, actor, "notification.changed", project_id, name, before=old, after=new)
        return get(transaction, project_id, name)

    return platform.database.transact(write)


def new_secret(platform: Platform, actor: Actor, project_id: int, name: str) -> str:
    """Sign with another secret from now on; it is told this once.

    Raises NotFound, KeyFileError, and Invalid when it is no webhook.
    """
    if find(platform, project_id, name).kind != "webhook":
        raise Invalid(f"{name!r} is no webhook: only their messages are signed.", reason="notification_unsigned")
    key = _new_secret()

    def write(transaction: Transaction) -> None:
        sealed.take_turn(transaction)
        found = get(transaction, project_id, name)
        row = {"ciphertext": _sealed(transaction, platform, project_id, name, key), "version": found.version + 1}
        transaction.core.execute(notification.update().where(notification.c.id == found.id).values(row))
        record(transaction, actor, "notification.secret_changed", project_id, name)

    platform.database.transact(write)
    return key


def delete(platform: Platform, actor: Actor, project_id: int, name: str, *, expected: int) -> None:
    """Tell nobody any more, also not what is still to be sent. Raises NotFound, Conflict."""

    def write(transaction: Transaction) -> None:
        before = _expected(transaction, project_id, name, expected)
        transaction.core.execute(delivery.delete().where(delivery.c.notification_id == before.id))
        transaction.core.execute(notification.delete().where(notification.c.id == before.id))
        old = _audited(before.kind, before.target)
        record(transaction, actor, "notification.deleted", project_id, name, before=old)

    platform.database.transact(write)


def get(transaction: Transaction, project_id: int, name: str) -> Notification:
    """As `find`, within a transaction. Raises NotFound."""
    here = notification.c.project_id == project_id, notification.c.name == name
    row = transaction.core.execute(_NOTIFICATIONS.where(*here)).mappings().one_or_none()
    if row is None:
        raise NotFound(f"There is no notification {name!r}.", notification=name, reason="notification")
    return _of_row(row, latest(transaction, [row["id"]]))


def _row(transaction: Transaction, project_id: int, target: Target) -> dict[str, Any]:
    flow_id = None if target.flow is None else saved.get(transaction, project_id, target.flow).flow_id
    return {
        "url": target.url,
        "addresses": list(dict.fromkeys(target.addresses)),
        "flow_id": flow_id,
        "enabled": target.enabled,
        **{f"on_{end}": end in target.ends for end in ENDS},
    }


def _new_secret() -> str:
    return SECRET_PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def _sealed(transaction: Transaction, platform: Platform, project_id: int, name: str, key: str | None) -> str | None:
    if key is None:
        return None
    return sealed.ring(transaction, platform).encrypt(WEBHOOKS.owner(project_id, name), key)


def _expected(transaction: Transaction, project_id: int, name: str, expected: int) -> Notification:
    """Hold the row; whoever changes it meanwhile has to look again. Raises NotFound, Conflict."""
    held = sa.select(notification.c.id).where(notification.c.project_id == project_id, notification.c.name == name)
    transaction.core.execute(held.with_for_update())
    found = get(transaction, project_id, name)
    if found.version != expected:
        raise Conflict(f"Notification {name!r} was changed meanwhile.", version=found.version, reason="changed")
    return found


def _of_row(row: sa.RowMapping, last: Mapping[int, Delivery]) -> Notification:
    ends = [end for end in ENDS if row[f"on_{end}"]]
    flow = row["flow"] and saved.shown_name(row["flow"])
    return Notification(
        id=row["id"],
        name=row["name"],
        kind=row["kind"],
        target=Target(row["url"], row["addresses"], ends, flow, row["enabled"]),
        version=row["version"],
        created_at=row["created_at"],
        created_by=row["creator"],
        last=last.get(row["id"]),
    )


def _audited(kind: Kind, target: Target) -> dict[str, Any]:
    """Of a URL its host only: services take the rest for a password."""
    parts = urlsplit(target.url or "")
    shown = {"url": f"{parts.scheme}://{parts.hostname}"} if target.url else {}
    return {"kind": kind} | asdict(target) | shown


def record(
    transaction: Transaction,
    actor: Actor,
    action: str,
    project_id: int,
    name: str,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Note in the audit record what became of a notification."""
    audit.append(transaction, actor, action, f"notification:{name}", project_id=project_id, before=before, after=after)
