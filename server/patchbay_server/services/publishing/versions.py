"""Which versions of which operators a package may bring."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from patchbay_sdk.registry import installed_catalogue
from patchbay_server.store import locks
from patchbay_server.store.database import Transaction
from patchbay_server.store.releases import operator_owner, package, release, release_operator
from patchbay_server.store.statement import Statement

TAKE_TURN = Statement(f"SELECT pg_advisory_xact_lock({locks.PUBLISHING})")


@dataclass(frozen=True, slots=True)
class Brought:
    """An operator of a release. `path`: of its spec, in the release; `content`: see `content.content_digest`."""

    operator: str
    version: str
    spec: dict[str, Any]
    path: str
    content: str

    @property
    def key(self) -> str:
        """``id@version``."""
        return f"{self.operator}@{self.version}"


def number(version: str) -> tuple[int, ...]:
    """A version of an operator, for comparison."""
    return tuple(int(part) for part in version.split("."))


def objections(transaction: Transaction, name: str, brought: Sequence[Brought]) -> list[str]:
    """Why a package of this name may not bring these operators; empty: it may.

    An id belongs to the package that published it first; a published version never changes; a new one is newer.
    """
    return [reason for operator in brought for reason in _objections(transaction, name, operator)]


def _objections(transaction: Transaction, name: str, brought: Brought) -> Iterator[str]:
    if any(spec.id == brought.operator for spec in installed_catalogue()):
        yield f"{brought.operator} is an operator that is installed with the platform: choose another id."
        return
    owner = _owner(transaction, brought.operator)
    if owner not in (None, name):
        yield f"{brought.operator} belongs to package {owner}: choose another id."
        return
    published = _published(transaction, brought.operator)
    same = [content for version, content in published if version == brought.version]
    if same:
        if brought.content not in same:
            yield (
                f"{brought.key} is published already, with another spec or other code: "
                "a version never changes, so give it a new one."
            )
        return
    newest = max((version for version, _ in published), key=number, default=None)
    if newest is not None and number(brought.version) < number(newest):
        yield f"{brought.key} is older than {brought.operator}@{newest}, which is published: give it a newer version."


def _owner(transaction: Transaction, operator: str) -> str | None:
    statement = sa.select(package.c.name).select_from(operator_owner.join(package))
    return transaction.core.execute(statement.where(operator_owner.c.operator == operator)).scalar_one_or_none()


def _published(transaction: Transaction, operator: str) -> list[tuple[str, str]]:
    """Version and content wherever it was published."""
    statement = (
        sa.select(release_operator.c.version, release_operator.c.content)
        .select_from(release_operator.join(release))
        .where(release_operator.c.operator == operator)
        .where(release.c.state.in_(("published", "deprecated", "withdrawn")))
    )
    return [(version, content) for version, content in transaction.core.execute(statement)]


def take_turn(transaction: Transaction) -> None:
    """Wait until nobody else approves a release: what `objections` finds then holds until the transaction ends."""
    if transaction.core.dialect.name != "sqlite":  # SQLite has one writer at a time anyway
        transaction.one(TAKE_TURN, {})


def claim(transaction: Transaction, package_id: int, brought: Sequence[Brought]) -> None:
    """Make the package the owner of those ids that nobody owns yet."""
    for id in sorted({operator.operator for operator in brought}):
        known = transaction.core.execute(
            sa.select(operator_owner.c.package_id).where(operator_owner.c.operator == id)
        ).first()
        if known is None:
            transaction.core.execute(operator_owner.insert().values(operator=id, package_id=package_id))
