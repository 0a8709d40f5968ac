"""Secrets of a project: written, never read back; only the tasks that name them get their values."""

from __future__ import annotations

import re
from dataclasses import dataclass

import sqlalchemy as sa

from patchbay_runners.mask import SHORTEST, parts_of
from patchbay_server.engine.errors import NotFound
from patchbay_server.engine.submit import now_of
from patchbay_server.services.errors import AlreadyExists, Conflict, Invalid
from patchbay_server.services.people import audit
from patchbay_server.services.people.actor import Actor
from patchbay_server.services.people.sealed import SECRETS, ring, take_turn
from patchbay_server.services.platform import Platform
from patchbay_server.store.database import Transaction
from patchbay_server.store.paging import Page, page
from patchbay_server.store.people import secret, user_account

NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}")
LARGEST = 64 << 10
"""Bytes of a value in UTF-8."""
MOST_PARTS = 1000
"""Lines of a value, or texts of a JSON document: each is looked for in all that a task prints."""


@dataclass(frozen=True, slots=True)
class Secret:
    """`created_by`: a user's name, None: the command line. `changed_at`: when the value was set last."""

    name: str
    description: str
    version: int
    created_at: float
    created_by: str | None
    changed_at: float


_SECRETS = sa.select(
    secret.c.name,
    secret.c.description,
    secret.c.version,
    secret.c.created_at,
    user_account.c.name.label("created_by"),
    secret.c.changed_at,
).outerjoin(user_account, user_account.c.id == secret.c.created_by)


def listed(platform: Platform, project_id: int, *, cursor: str | None = None, limit: int = 50) -> Page[Secret]:
    """The secrets of a project by name, without their values."""
    with platform.database.read() as transaction:
        statement = _SECRETS.where(secret.c.project_id == project_id)
        found = page(transaction, statement, secret.c.name, cursor=cursor, limit=limit)
    return found.map(lambda row: Secret(**row))


def find(platform: Platform, project_id: int, name: str) -> Secret:
    """Raises NotFound."""
    with platform.database.read() as transaction:
        return _get(transaction, project_id, name)


def create(
    platform: Platform, actor: Actor, project_id: int, *, name: str, value: str, description: str = ""
) -> Secret:
    """Keep a new secret.

    Raises:
        Invalid: the name or the value cannot be one.
        AlreadyExists: the project has a secret of that name.
        KeyFileError: the keys are lost, or open to others.
    """
    if not NAME.fullmatch(name):
        raise Invalid(
            f"Secret name {name!r}: use letters, digits and _ . - only, at most 100.",
            field="name",
            reason="secret_name",
        )
    check_value(value)

    def write(transaction: Transaction) -> Secret:
        take_turn(transaction)
        if transaction.core.execute(_SECRETS.where(*_named(project_id, name))).first():
            raise AlreadyExists(f"There is a secret {name!r} already.", field="name")
        now = now_of(transaction)
        row = {"project_id": project_id, "name": name, "description": description, "created_by": actor.user_id}
        times = {"created_at": now, "changed_at": now}
        sealed = ring(transaction, platform).encrypt(SECRETS.owner(project_id, name), value)
        transaction.core.execute(secret.insert().values(**row, **times, ciphertext=sealed))
        after = {"description": description}
        audit.append(transaction, actor, "secret.created", f"secret:{name}", project_id=project_id, after=after)
        return _get(transaction, project_id, name)

    return platform.database.transact(write)


def change(
    platform: Platform,
    actor: Actor,
    project_id: int,
    name: str,
    *,
    expected: int,
    value: str | None = None,
    description: str | None = None,
) -> Secret:
    """Set value or description; None: it stays.

    Raises:
        NotFound, Invalid, KeyFileError: as for `create`.
        Conflict: it was changed meanwhile.
    """
    if value is not None:
        check_value(value)

    def write(transaction: Transaction) -> Secret:
        take_turn(transaction)
        before = _expected(transaction, project_id, name, expected)
        row: dict[str, object] = {"version": expected + 1}
        if description is not None:
            row["description"] = description
        if value is not None:
            sealed = ring(transaction, platform).encrypt(SECRETS.owner(project_id, name), value)
            row |= {"ciphertext": sealed, "changed_at": now_of(transaction)}
        transaction.core.execute(secret.update().where(*_named(project_id, name)).values(row))
        after = _get(transaction, project_id, name)
        audit.append(
            transaction,
            actor,
            "secret.changed",
            f"secret:{name}",
            project_id=project_id,
            before={"description": before.description},
            after={"description": after.description, "value_changed": value is not None},
        )
        return after

    return platform.database.transact(write)


def delete(platform: Platform, actor: Actor, project_id: int, name: str, *, expected: int) -> None:
    """Forget a secret; flows that name it cannot run from now on. Raises NotFound, Conflict."""

    def write(transaction: Transaction) -> None:
        take_turn(transaction)
        before = _expected(transaction, project_id, name, expected)
        transaction.core.execute(secret.delete().where(*_named(project_id, name)))
        old = {"description": before.description}
        audit.append(transaction, actor, "secret.deleted", f"secret:{name}", project_id=project_id, before=old)

    platform.database.transact(write)


def check_value(value: str) -> None:
    """Raise Invalid unless this can be the value of a secret; the message does not hold it."""
    if len(value.strip()) < SHORTEST:
        raise Invalid(
            f"The value has fewer than {SHORTEST} characters: it could not be taken out of logs.",
            field="value",
            reason="secret_short",
            shortest=SHORTEST,
        )
    try:
        size = len(value.encode())
    except UnicodeEncodeError:
        raise Invalid("The value is not text.", field="value", reason="secret_not_text") from None
    if "\0" in value:
        raise Invalid("The value is not text: it holds a zero byte.", field="value", reason="secret_not_text")
    if size > LARGEST:
        raise Invalid(
            f"The value has {size} bytes; at most {LARGEST} are allowed.",
            field="value",
            reason="secret_large",
            largest=LARGEST,
        )
    if len(parts_of(value)) > MOST_PARTS:
        raise Invalid(
            f"The value has more than {MOST_PARTS} lines or texts: keep a file elsewhere.",
            field="value",
            reason="secret_parts",
            most=MOST_PARTS,
        )


def _named(project_id: int, name: str) -> tuple[sa.ColumnElement[bool], ...]:
    return secret.c.project_id == project_id, secret.c.name == name


def _get(transaction: Transaction, project_id: int, name: str) -> Secret:
    row = transaction.core.execute(_SECRETS.where(*_named(project_id, name))).mappings().one_or_none()
    if row is None:
        raise NotFound(f"There is no secret {name!r} in this project.", secret=name, reason="secret")
    return Secret(**row)


def _expected(transaction: Transaction, project_id: int, name: str, expected: int) -> Secret:
    found = _get(transaction, project_id, name)
    if found.version != expected:
        raise Conflict(f"Secret {name!r} was changed meanwhile.", version=found.version, reason="changed")
    return found
