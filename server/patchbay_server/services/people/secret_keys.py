"""Changing the keys of all secrets: the new key first, then every secret, the old keys last.

It can be stopped anywhere and done again: until the last secret has the new key, the file holds the old ones too.
"""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from patchbay_server import key_ring
from patchbay_server.key_ring import KeyRing, Owner
from patchbay_server.services.errors import Invalid
from patchbay_server.services.people import audit
from patchbay_server.services.people.actor import Actor
from patchbay_server.services.people.secrets import take_turn
from patchbay_server.services.platform import Platform
from patchbay_server.store.database import Transaction
from patchbay_server.store.people import secret

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
    after, count = 0, 0
    while batch := platform.database.transact(_encrypt_some, platform, after):
        after, count = batch[-1], count + len(batch)
    platform.database.make_durable()
    platform.database.transact(_record, actor, count)
    platform.database.transact(_drop_older, platform)
    return Rotated(count, continued)


def _begin(transaction: Transaction, platform: Platform) -> bool:
    """Put a new key in front, unless one is there from a rotation that was stopped; whether one was."""
    take_turn(transaction)
    if transaction.core.execute(sa.select(secret.c.id).limit(1)).first() is None:
        raise Invalid("There is no secret yet, and so no key to change.")
    ring = key_ring.load(platform.settings.secret_keys)
    if len(ring) > 1:
        return True
    ring.with_new_key()
    return False


def _encrypt_some(transaction: Transaction, platform: Platform, after: int) -> list[int]:
    """Encrypt the next secrets that have an older key; their ids, none at the end."""
    take_turn(transaction)
    ring = key_ring.load(platform.settings.secret_keys)
    columns = (secret.c.id, secret.c.project_id, secret.c.name, secret.c.ciphertext)
    wanted = sa.select(*columns).where(secret.c.id > after, _has_older_key(ring)).order_by(secret.c.id).limit(AT_ONCE)
    rows = transaction.core.execute(wanted).all()
    for row in rows:
        owner = Owner(row.project_id, row.name)
        sealed = ring.encrypt(owner, ring.decrypt(owner, row.ciphertext))
        transaction.core.execute(secret.update().where(secret.c.id == row.id).values(ciphertext=sealed))
    return [row.id for row in rows]


def _record(transaction: Transaction, actor: Actor, count: int) -> None:
    audit.append(transaction, actor, "secret.keys_rotated", "secret:*", after={"secrets": count})


def _drop_older(transaction: Transaction, platform: Platform) -> None:
    """Drop the older keys. Nobody writes a secret meanwhile, so nothing needs them any more."""
    take_turn(transaction)
    ring = key_ring.load(platform.settings.secret_keys)
    left = transaction.core.execute(sa.select(sa.func.count()).where(_has_older_key(ring))).scalar_one()
    assert left == 0, f"{left} secrets still have an older key"
    ring.with_newest_only()


def _has_older_key(ring: KeyRing) -> sa.ColumnElement[bool]:
    return sa.not_(secret.c.ciphertext.startswith(f"{ring.newest}:"))
