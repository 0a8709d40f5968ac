"""Versions that runs have written become known: what `export.dataset` left on disk is entered into SQL.

A run writes files and knows no database. So versions are entered when datasets are looked at, and by the reconciler
from time to time.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from patchbay_server.config import Settings
from patchbay_server.engine.submit import now_of
from patchbay_server.services.datasets.folders import DATA, DESCRIPTION, NAME
from patchbay_server.services.people import audit
from patchbay_server.services.people.actor import PLATFORM
from patchbay_server.services.platform import Platform
from patchbay_server.services.project_folder import project_folder
from patchbay_server.store.data import dataset, dataset_version, upload
from patchbay_server.store.database import Transaction
from patchbay_server.store.tables import flow, project, run, task

WRITER = "export.dataset"
"""The operator that saves versions."""
SLACK = 2.0
"""Seconds by which the clocks of the file system and the database may differ."""
_NUMBER = re.compile(r"[1-9][0-9]{0,8}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Found:
    """A version on disk; `schema` as `Schema.to_json`, `saved_at` in seconds since 1970."""

    name: str
    number: int
    rows: int
    size: int
    """Bytes."""
    schema: dict[str, Any]
    content_hash: str
    saved_at: float


def adopt(platform: Platform, project_id: int, name: str | None = None) -> int:
    """Enter every version of a project, or of one dataset, that SQL does not know; how many there were."""
    with platform.database.read() as transaction:
        missing = list(_missing(transaction, platform.settings, project_id, name))
    if not missing:
        return 0
    return platform.database.transact(_enter_all, project_id, missing)


def adopt_everywhere(platform: Platform) -> int:
    """`adopt` for all projects."""
    with platform.database.read() as transaction:
        projects = list(transaction.core.execute(sa.select(project.c.id)).scalars())
    return sum(adopt(platform, project_id) for project_id in projects)


def adopt_within(transaction: Transaction, settings: Settings, project_id: int, name: str) -> None:
    """`adopt` for one dataset, as a part of a transaction."""
    _enter_all(transaction, project_id, list(_missing(transaction, settings, project_id, name)))


def insert_dataset(transaction: Transaction, project_id: int, name: str, created_by: int | None) -> int:
    """The id of the dataset of that name, made when there is none."""
    here = sa.select(dataset.c.id).where(dataset.c.project_id == project_id, dataset.c.name == name)
    found = transaction.core.execute(here).scalar_one_or_none()
    if found is None:
        row = {"project_id": project_id, "name": name, "meta": {}, "created_by": created_by}
        insert_new(transaction, dataset, row | {"created_at": now_of(transaction)})
        found = transaction.core.execute(here).scalar_one()
    return int(found)


def _missing(transaction: Transaction, settings: Settings, project_id: int, name: str | None) -> Iterator[Found]:
    """The versions on disk that SQL does not know, of one dataset or (None) of all."""
    statement = (
        sa.select(dataset.c.name, dataset_version.c.number)
        .join(dataset_version, dataset_version.c.dataset_id == dataset.c.id)
        .where(dataset.c.project_id == project_id, dataset.c.deleted_at.is_(None))
    )
    root = project_folder(settings, project_id) / "datasets"
    if name is None:
        names = [folder.name for folder in _folders(root)]
    else:
        names, statement = [name], statement.where(dataset.c.name == name)
    numbers: dict[str, set[int]] = {}
    for known, number in transaction.core.execute(statement):
        numbers.setdefault(known, set()).add(number)
    for each in filter(NAME.fullmatch, names):
        if (root / each).is_symlink():
            continue
        there = {int(folder.name) for folder in _folders(root / each) if _NUMBER.fullmatch(folder.name)}
        for number in sorted(there - numbers.get(each, set())):
            found = _read(root / each, number)
            if found is not None:
                yield found


def _folders(folder: Path) -> list[Path]:
    try:
        with os.scandir(folder) as entries:
            return sorted(Path(entry.path) for entry in entries if entry.is_dir(follow_symlinks=False))
    except (FileNotFoundError, NotADirectoryError):
        return []


def _read(folder: Path, number: int) -> Found | None:
    """A version by its description; None when that is not one, or the rows are missing."""
    description = folder / str(number) / DESCRIPTION
    try:
        said = json.loads(description.read_text(encoding="utf-8"))
        if not (folder / str(number) / DATA).is_file():
            return None
        return Found(
            name=folder.name,
            number=number,
            rows=int(said["rows"]),
            size=(folder / str(number) / DATA).stat().st_size,
            schema=dict(said["schema"]),
            content_hash=str(said["content_hash"]),
            saved_at=description.stat().st_mtime,
        )
    except (OSError, ValueError, TypeError, KeyError):
        return None


def _enter_all(transaction: Transaction, project_id: int, missing: list[Found]) -> int:
    for found in missing:
        _enter(transaction, project_id, found)
    return len(missing)


def _enter(transaction: Transaction, project_id: int, found: Found) -> None:
    maker = _maker(transaction, project_id, found)
    by = maker["created_by"] if maker else None
    row = {
        "dataset_id": insert_dataset(transaction, project_id, found.name, by),
        "number": found.number,
        "content_hash": found.content_hash,
        "rows": found.rows,
        "bytes": found.size,
        "schema": found.schema,
        "source": _source(transaction, maker),
        "run_id": maker["run_id"] if maker else None,
        "created_at": found.saved_at,
        "created_by": by,
    }
    if insert_new(transaction, dataset_version, row):
        thing, after = f"dataset:{found.name}", {"version": found.number, "rows": found.rows, "run": row["run_id"]}
        audit.append(transaction, PLATFORM, "dataset.version_added", thing, project_id=project_id, after=after)


def _maker(transaction: Transaction, project_id: int, found: Found) -> sa.RowMapping | None:
    """The task that saved this version: the one of that name that ran at that moment, when there is only one."""
    candidates = transaction.core.execute(
        sa.select(task.c.run_id, task.c.path, task.c.params, run.c.created_by, run.c.resumed_from, flow.c.name)
        .join(run, run.c.id == task.c.run_id)
        .join(flow, flow.c.id == task.c.flow_id)
        .where(
            task.c.project_id == project_id,
            task.c.operator.startswith(f"{WRITER}@"),
            task.c.started_at <= found.saved_at + SLACK,
            sa.or_(task.c.ended_at.is_(None), task.c.ended_at >= found.saved_at - SLACK),
        )
    ).mappings()
    writers = [row for row in candidates if row["params"].get("name") == found.name]
    return writers[0] if len(writers) == 1 else None


def _source(transaction: Transaction, maker: Mapping[str, Any] | sa.RowMapping | None) -> dict[str, Any]:
    """Where a version comes from, as `dataset_version.source` keeps it."""
    if maker is None:
        return {"kind": "unknown"}
    runs = [id for id in (maker["run_id"], maker["resumed_from"]) if id is not None]
    imported = transaction.core.execute(sa.select(upload).where(upload.c.run_id.in_(runs))).mappings().first()
    if imported is None:
        return {"kind": "run", "run": maker["run_id"], "flow": maker["name"], "node": maker["path"]}
    file = {"file_name": imported["file_name"], "size": imported["size"], "sha256": imported["sha256"]}
    return {"kind": "upload", **file, **(imported["source"] or {})}


def insert_new(transaction: Transaction, table: sa.Table, row: Mapping[str, Any]) -> bool:
    """Insert a row unless one with its key is there; whether it was inserted."""
    from sqlalchemy.dialects import postgresql, sqlite

    insert: Any = sqlite.insert if transaction.core.dialect.name == "sqlite" else postgresql.insert
    statement = insert(table).values(**row).on_conflict_do_nothing()
    # Of an insertion, SQLAlchemy keeps the number of rows only when asked to: it says -1 on PostgreSQL.
    return transaction.core.execute(statement, execution_options={"preserve_rowcount": True}).rowcount == 1
