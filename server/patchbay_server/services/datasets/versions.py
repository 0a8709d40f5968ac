"""Versions of a dataset: immutable, numbered, looked into through the table reader."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from patchbay_server.engine.errors import NotFound
from patchbay_server.services.datasets import datasets
from patchbay_server.services.datasets.folders import DATA, version_folder
from patchbay_server.services.errors import Conflict
from patchbay_server.services.platform import Platform
from patchbay_server.store.data import dataset_version
from patchbay_server.store.database import Transaction
from patchbay_server.store.paging import Page, page
from patchbay_server.store.people import user_account


@dataclass(frozen=True, slots=True)
class Version:
    """One state of a dataset. `schema` as `Schema.to_json`; `source`: what it was made from, by `kind`.

    `run_id`: the run that saved it, where known. `expired_at`: its rows are gone since then.
    """

    number: int
    rows: int
    schema: dict[str, Any]
    content_hash: str
    source: dict[str, Any]
    run_id: int | None
    created_at: float
    created_by: str | None
    expired_at: float | None

    @property
    def columns(self) -> int:
        """How many."""
        return len(self.schema["columns"])


def listed(
    platform: Platform, project_id: int, name: str, *, cursor: str | None = None, limit: int = 50
) -> Page[Version]:
    """The versions of a dataset, newest first. Raises NotFound, CursorError."""
    known = datasets.find(platform, project_id, name)
    with platform.database.read() as transaction:
        statement = _select(known.id)
        found = page(transaction, statement, dataset_version.c.number, cursor=cursor, limit=limit, descending=True)
    return found.map(lambda row: Version(**row))


def find(platform: Platform, project_id: int, name: str, number: int | None = None) -> Version:
    """A version; None: the newest. Raises NotFound."""
    known = datasets.find(platform, project_id, name)
    with platform.database.read() as transaction:
        return _get(transaction, known, number)


def data_file(platform: Platform, project_id: int, name: str, version: Version) -> Path:
    """The Parquet file with the rows of a version.

    Raises:
        Conflict: they have expired.
        NotFound: the file is missing.
    """
    if version.expired_at is not None:
        raise Conflict(
            f"The rows of version {version.number} of {name!r} have expired; its description is kept.",
            reason="expired",
            version=version.number,
        )
    path = version_folder(platform.settings, project_id, name, version.number) / DATA
    if not path.is_file() or path.is_symlink():
        raise NotFound(
            f"The file of version {version.number} of {name!r} is missing: {path}.", dataset=name, reason="version_file"
        )
    return path


def _get(transaction: Transaction, known: datasets.Dataset, number: int | None) -> Version:
    wanted = number if number is not None else known.latest
    row = transaction.core.execute(_select(known.id).where(dataset_version.c.number == wanted)).mappings().one_or_none()
    if row is None:
        which = f"no version {number}" if number is not None else "no version yet"
        raise NotFound(f"Dataset {known.name!r} has {which}.", dataset=known.name, reason="version")
    return Version(**row)


def _select(dataset_id: int) -> sa.Select[Any]:
    creator = user_account.c.name.label("created_by")
    columns = (creator if name == "created_by" else dataset_version.c[name] for name in Version.__slots__)
    joined = sa.select(*columns).outerjoin(user_account, user_account.c.id == dataset_version.c.created_by)
    return joined.where(dataset_version.c.dataset_id == dataset_id)


def kept_statistics(platform: Platform, project_id: int, name: str, number: int) -> list[dict[str, Any]] | None:
    """The statistics of a version, if they were computed before. Raises NotFound."""
    known = datasets.find(platform, project_id, name)
    statement = sa.select(dataset_version.c.statistics)
    wanted = dataset_version.c.dataset_id == known.id, dataset_version.c.number == number
    with platform.database.read() as transaction:
        kept: list[dict[str, Any]] | None = transaction.core.execute(statement.where(*wanted)).scalar_one_or_none()
    return kept
