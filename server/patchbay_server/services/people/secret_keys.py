"""Changing the keys of all secrets: the new key first, then every secret, the old keys last.

It can be stopped anywhere and done again: until the last secret has the new key, the file holds the old ones too.
"""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from patchbay_server import key_ring
from patchbay_server.key_ring import KeyRing
from patchbay_server.services.errors import Invalid
from patchbay_server.services.people import audit
from patchbay_server.services.people.actor import Actor
from patchbay_server.services.people.sealed import ALL, Sealed, is_empty, take_turn
from patchbay_server.services.platform import Platform
from patchbay_server.store.database import Transaction

AT_ONCE = 100
"""Secrets in one transaction."""


@dataclass(frozen=True, slots=True)
class Rotated:
    """How many secrets have the new key; `continued`: an earlier rotation had not come to its end."""

    secrets: int
    continued: bool


def rotate(platform: Platform, actor: Actor) -> Rotated:
    """Give every secret a new key. Workers go on meanwhile.

    Raises:
        KeyFileError: the keys are lost, or open to others.
        BrokenSecret: a ciphertext was changed; the old keys stay.
        Invalid: there is no secret yet.
        DatabaseError: the database is away; do it again.
    """
    continued = platform.database.transact(_begin, platform)
    count = 0
    for sealed in ALL:
        after = 0
        while batch := platform.database.transact(_encrypt_some, platform, sealed, after):
            after, count = batch[-1], count + len(batch)
    platform.database.make_durable()
    platform.database.transact(_record, actor, count)
    platform.database.transact(_drop_older, platform)
    return Rotated(count, continued)


def _begin(transaction: Transaction, platform: Platform) -> bool:
    """Put a new key in front, unless one is there from a rotation that was stopped; whether one was."""
    take_turn(transaction)
    if is_empty(transaction):
        raise Invalid("There is no secret yet, and so no key to change.")
    ring = key_ring.load(platform.settings.secret_keys)
    if len(ring) > 1:
        return True
    ring.with_new_key()
    return False


def _encrypt_some(transaction: Transaction, platform: Platform, sealed: Sealed, after: int) -> list[int]:
    """Encrypt the next of a table that have an older key; their ids, none at the end."""
    take_turn(transaction)
    ring = key_ring.load(platform.settings.secret_keys)
    c = sealed.table.c
    wanted = sa.select(c.id, c.project_id, c.name, c.ciphertext).where(c.id > after, _has_older_key(sealed, ring))
    rows = transaction.core.execute(wanted.order_by(c.id).limit(AT_ONCE)).all()
    for row in rows:
        owner = sealed.owner(row.project_id, row.name)
        text = ring.encrypt(owner, ring.decrypt(owner, row.ciphertext))
        transaction.core.execute(sealed.table.update().where(c.id == row.id).values(ciphertext=text))
    return [row.id for row in rows]


def _record(transaction: Transaction, actor: Actor, count: int) -> None:
    audit.append(transaction, actor, "secret.keys_rotated", "secret:*", after={"secrets": count})


def _drop_older(transaction: Transaction, platform: Platform) -> None:
    """Drop the older keys. Nobody writes a secret meanwhile, so nothing needs them any more."""
    take_turn(transaction)
    ring = key_ring.load(platform.settings.secret_keys)
    for sealed in ALL:
        left = transaction.core.execute(sa.select(sa.func.count()).where(_has_older_key(sealed, ring))).scalar_one()
        assert left == 0, f"{left} of {sealed.table.name} still have an older key"
    ring.with_newest_only()


def _has_older_key(sealed: Sealed, ring: KeyRing) -> sa.ColumnElement[bool]:
    return sa.not_(sealed.table.c.ciphertext.startswith(f"{ring.newest}:"))  # of none it is not true either
