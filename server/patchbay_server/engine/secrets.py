"""Reading secrets as they are stored: encrypted. Who opens them is not the engine's business."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa

from patchbay_server.store.database import Transaction
from patchbay_server.store.people import secret


@dataclass(frozen=True, slots=True)
class StoredSecret:
    """`changed_at`: when the value was changed last, in seconds since 1970."""

    name: str
    ciphertext: str
    changed_at: float


def stored(transaction: Transaction, project_id: int, names: Iterable[str]) -> dict[str, StoredSecret]:
    """The secrets of a project among these names."""
    columns = (secret.c.name, secret.c.ciphertext, secret.c.changed_at)
    wanted = sa.select(*columns).where(secret.c.project_id == project_id, secret.c.name.in_(list(names)))
    return {row.name: StoredSecret(*row) for row in transaction.core.execute(wanted)}
