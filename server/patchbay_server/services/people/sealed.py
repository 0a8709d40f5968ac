"""Whatever is kept encrypted: secrets of projects, and what webhooks sign with. One file of keys opens all of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from patchbay_server import key_ring
from patchbay_server.key_ring import KeyRing, Owner
from patchbay_server.services.platform import Platform
from patchbay_server.store.database import Transaction
from patchbay_server.store.notifications import notification
from patchbay_server.store.people import secret
from patchbay_server.store.statement import Statement

TAKE_TURN = Statement("LOCK TABLE secret IN SHARE ROW EXCLUSIVE MODE")


@dataclass(frozen=True, slots=True)
class Sealed:
    """A table of ciphertexts, with columns `id`, `project_id`, `name` and `ciphertext`.

    `prefix`: what tells its names from those of the other tables.
    """

    table: sa.Table
    prefix: str

    def owner(self, project_id: int, name: str) -> Owner:
        return Owner(project_id, self.prefix + name)


SECRETS = Sealed(secret, "")
WEBHOOKS = Sealed(notification, "webhook:")  # a secret's name has no colon
ALL = (SECRETS, WEBHOOKS)


def take_turn(transaction: Transaction) -> None:
    """Keep others from encrypting anything, or changing the keys, until the transaction ends."""
    if transaction.core.dialect.name != "sqlite":  # SQLite has one writer at a time anyway
        transaction.run(TAKE_TURN, {})


def is_empty(transaction: Transaction) -> bool:
    """Whether nothing is encrypted."""
    return all(transaction.core.execute(_ciphertexts(each).limit(1)).first() is None for each in ALL)


def ciphertexts(transaction: Transaction) -> list[str]:
    """Everything that is encrypted."""
    return [text for each in ALL for text in transaction.core.execute(_ciphertexts(each)).scalars()]


def ring(transaction: Transaction, platform: Platform) -> KeyRing:
    """The keys to encrypt with; made when nothing is encrypted yet, and never over ciphertexts that need others.

    Raises KeyFileError.
    """
    file = platform.settings.secret_keys
    return key_ring.make(file) if is_empty(transaction) else key_ring.load(file)


def _ciphertexts(sealed: Sealed) -> sa.Select[Any]:
    column = sealed.table.c.ciphertext
    return sa.select(column).where(column.is_not(None))
