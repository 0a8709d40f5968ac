"""Releases of operator packages, as their authors and reviewers see them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import sqlalchemy as sa

from patchbay_server.engine.errors import NotFound
from patchbay_server.services.people.actor import Actor
from patchbay_server.services.platform import Platform
from patchbay_server.services.publishing.folder import OperatorsFolder
from patchbay_server.services.publishing.versions import Brought
from patchbay_server.store.database import Transaction
from patchbay_server.store.paging import Page, page
from patchbay_server.store.people import user_account
from patchbay_server.store.releases import package, release, release_operator

State = Literal["draft", "in_review", "published", "deprecated", "withdrawn"]
STATES: tuple[State, ...] = ("draft", "in_review", "published", "deprecated", "withdrawn")


@dataclass(frozen=True, slots=True)
class Summary:
    """A release in a list. `author`, `reviewer`: names of users; None: the command line, or nobody yet."""

    id: int
    name: str
    version: str
    state: State
    note: str
    created_at: float
    created_by: int | None
    author: str | None
    reviewed_at: float | None
    reviewer: str | None
    etag: int


@dataclass(frozen=True, slots=True)
class Release:
    """One release with everything that a reviewer looks at.

    `lock`: hash-pinned requirements of its own environment; None: the platform's environment runs it.
    """

    summary: Summary
    package_id: int
    owner_id: int | None
    digest: str
    lock: str | None
    environment: str | None
    report: dict[str, Any]
    operators: tuple[Brought, ...]
    root: Path

    @property
    def title(self) -> str:
        """``name version``, as messages and the audit name it."""
        return f"{self.summary.name} {self.summary.version}"


_author, _reviewer = user_account.alias("author"), user_account.alias("reviewer")
_TABLES = (
    release.join(package)
    .outerjoin(_author, _author.c.id == release.c.created_by)
    .outerjoin(_reviewer, _reviewer.c.id == release.c.reviewed_by)
)
_SUMMARY = (
    release.c.id, package.c.name, release.c.version, release.c.state, release.c.note, release.c.created_at,
    release.c.created_by, _author.c.name.label("author"), release.c.reviewed_at,
    _reviewer.c.name.label("reviewer"), release.c.etag,
)  # fmt: skip
_MORE = (
    release.c.package_id, package.c.owner_id, release.c.digest, release.c.lock, release.c.environment,
    release.c.report,
)  # fmt: skip


def listed(
    platform: Platform,
    *,
    state: State | None = None,
    name: str | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[Summary]:
    """The latest releases first. Raises CursorError."""
    statement = sa.select(*_SUMMARY).select_from(_TABLES)
    if state is not None:
        statement = statement.where(release.c.state == state)
    if name is not None:
        statement = statement.where(package.c.name == name)
    with platform.database.read() as transaction:
        found = page(transaction, statement, release.c.id, cursor=cursor, limit=limit, descending=True)
    return found.map(lambda row: Summary(**row))


def get(platform: Platform, name: str, version: str) -> Release:
    """A release. Raises NotFound."""
    with platform.database.read() as transaction:
        return read(transaction, OperatorsFolder(platform.settings.operators), name, version)


def read(transaction: Transaction, folder: OperatorsFolder, name: str, version: str) -> Release:
    """`get` within a transaction."""
    found = find(transaction, folder, name, version)
    if found is None:
        raise NotFound(
            f"There is no release {version!r} of a package {name!r}.", name=name, version=version, reason="release"
        )
    return found


def find(transaction: Transaction, folder: OperatorsFolder, name: str, version: str) -> Release | None:
    """A release, or None."""
    statement = sa.select(*_SUMMARY, *_MORE).select_from(_TABLES)
    statement = statement.where(package.c.name == name, release.c.version == version)
    row = transaction.core.execute(statement).mappings().one_or_none()
    if row is None:
        return None
    summary = Summary(**{field: row[field] for field in Summary.__slots__})
    more = {column.name: row[column.name] for column in _MORE}
    root = folder.release(name, version)
    return Release(summary, **more, operators=tuple(_operators(transaction, summary.id)), root=root)


def _operators(transaction: Transaction, release_id: int) -> Sequence[Brought]:
    columns = [release_operator.c[name] for name in Brought.__slots__]
    statement = sa.select(*columns).where(release_operator.c.release_id == release_id)
    rows = transaction.core.execute(statement.order_by(release_operator.c.operator, release_operator.c.version))
    return [Brought(**row) for row in rows.mappings()]


def is_own(found: Release, actor: Actor) -> bool:
    """Whether the package is the actor's: only its owner, or an admin, publishes and submits."""
    return actor.is_admin or (actor.user_id is not None and found.owner_id == actor.user_id)
