"""Datasets of a project: named, described, deleted. Their rows are in versions."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from patchbay_server.engine.errors import NotFound
from patchbay_server.engine.submit import now_of
from patchbay_server.services.datasets import meta as metas
from patchbay_server.services.datasets.adopt import adopt, insert_dataset
from patchbay_server.services.datasets.folders import NAME, datasets_folder, deleted_folder
from patchbay_server.services.datasets.pins import pins_of
from patchbay_server.services.errors import AlreadyExists, Conflict, Invalid
from patchbay_server.services.people import audit
from patchbay_server.services.people.actor import Actor
from patchbay_server.services.platform import Platform
from patchbay_server.store.data import dataset, dataset_version
from patchbay_server.store.database import Transaction
from patchbay_server.store.paging import Page, page
from patchbay_server.store.people import user_account

DELETED = "~deleted~"
"""Parts the name of a deleted dataset from its id, so that the name is free again."""
MAX_KEPT = 1_000_000


@dataclass(frozen=True, slots=True)
class Dataset:
    """A dataset. `meta`: see `meta.DATASET_TEXTS`. `keep_versions`, `keep_days`: retention, None keeps everything.

    `latest`: number of the newest version, saved at `latest_at`; they, `rows` and `columns` are None where nothing has
    been saved yet.
    """

    id: int
    name: str
    meta: dict[str, Any]
    keep_versions: int | None
    keep_days: int | None
    version: int
    created_at: float
    created_by: str | None
    latest: int | None
    latest_at: float | None
    rows: int | None
    columns: int | None
    versions: int


def create(
    platform: Platform,
    actor: Actor,
    project_id: int,
    *,
    name: str,
    meta: Mapping[str, Any],
    keep_versions: int | None = None,
    keep_days: int | None = None,
) -> Dataset:
    """A new dataset without versions.

    Raises:
        Invalid: the name or a value cannot be used.
        AlreadyExists: there is one of that name.
    """
    check_name(name)
    values = {"meta": metas.checked_dataset(meta, None), **_retention(keep_versions, keep_days)}
    adopt(platform, project_id, name)

    def write(transaction: Transaction) -> Dataset:
        if _row(transaction, project_id, name) is not None:
            raise AlreadyExists(f"There is a dataset {name!r} already.", field="name")
        id = insert_dataset(transaction, project_id, name, actor.user_id)
        transaction.core.execute(dataset.update().where(dataset.c.id == id).values(**values))
        audit.append(transaction, actor, "dataset.created", f"dataset:{name}", project_id=project_id, after=values)
        return get(transaction, project_id, name)

    return platform.database.transact(write)


def find(platform: Platform, project_id: int, name: str) -> Dataset:
    """A dataset, with what runs have saved until now. Raises NotFound."""
    adopt(platform, project_id, name)
    with platform.database.read() as transaction:
        return get(transaction, project_id, name)


def get(transaction: Transaction, project_id: int, name: str) -> Dataset:
    """`find` within a transaction, with what is known already."""
    found = _row(transaction, project_id, name)
    if found is None:
        raise NotFound(f"There is no dataset {name!r} in this project.", dataset=name, reason="dataset")
    return found


def listed(
    platform: Platform, project_id: int, *, q: str = "", cursor: str | None = None, limit: int = 50
) -> Page[Dataset]:
    """The datasets of a project, by name. `q`: a part of name or meta. Raises CursorError."""
    adopt(platform, project_id)
    statement = _select().where(dataset.c.project_id == project_id, dataset.c.deleted_at.is_(None))
    if q:
        texts = (dataset.c.name, sa.type_coerce(dataset.c.meta, sa.Text))
        statement = statement.where(sa.or_(*(text.icontains(q, autoescape=True) for text in texts)))
    with platform.database.read() as transaction:
        found = page(transaction, statement, dataset.c.name, cursor=cursor, limit=limit)
    return found.map(_view)


def change(
    platform: Platform,
    actor: Actor,
    project_id: int,
    name: str,
    *,
    expected: int,
    meta: Mapping[str, Any],
    keep_versions: int | None = None,
    keep_days: int | None = None,
) -> Dataset:
    """Set meta and retention. Raises NotFound, Invalid, or Conflict when it was changed meanwhile."""
    retention = _retention(keep_versions, keep_days)
    adopt(platform, project_id, name)

    def write(transaction: Transaction) -> Dataset:
        before = get(transaction, project_id, name)
        values = {"meta": metas.checked_dataset(meta, latest_columns(transaction, before.id)), **retention}
        guarded = dataset.update().where(dataset.c.id == before.id, dataset.c.version == expected)
        if not transaction.core.execute(guarded.values(**values, version=expected + 1)).rowcount:
            raise Conflict(f"Dataset {name!r} was changed meanwhile.", version=before.version, reason="changed")
        old = {key: getattr(before, key) for key in values}
        thing = f"dataset:{name}"
        audit.append(transaction, actor, "dataset.changed", thing, project_id=project_id, before=old, after=values)
        return get(transaction, project_id, name)

    return platform.database.transact(write)


def delete(platform: Platform, actor: Actor, project_id: int, name: str, *, force: bool = False) -> None:
    """Take a dataset out of every list and free its name; its rows wait for the retention, its description stays.

    Raises:
        NotFound: there is none of that name.
        Conflict: a flow or schedule reads it, and not `force`; the message names them.
    """
    known = find(platform, project_id, name)
    source = datasets_folder(platform.settings, project_id) / name
    target = deleted_folder(platform.settings, project_id, known.id)

    def write(transaction: Transaction) -> None:
        readers = [pin for pin in pins_of(transaction, project_id, platform.catalogue) if pin.dataset == name]
        if readers and not force:
            raise Conflict(
                f"Dataset {name!r} is read by {', '.join(sorted({pin.reader for pin in readers}))}. "
                "Change them first, or delete it with force: they will fail then.",
                used_by=sorted({pin.reader for pin in readers}),
                reason="dataset_used",
            )
        gone = {"name": f"{name}{DELETED}{known.id}", "deleted_at": now_of(transaction)}
        statement = dataset.update().where(dataset.c.id == known.id, dataset.c.deleted_at.is_(None))
        if not transaction.core.execute(statement.values(**gone)).rowcount:
            raise NotFound(f"There is no dataset {name!r} in this project.", dataset=name, reason="dataset")
        before = {"meta": known.meta, "versions": known.versions}
        audit.append(transaction, actor, "dataset.deleted", f"dataset:{name}", project_id=project_id, before=before)
        if source.exists():  # last: what is known of a moved folder is that it is deleted
            os.replace(source, target)

    platform.database.transact(write)


def check_name(name: str) -> None:
    """Raises Invalid."""
    if not NAME.fullmatch(name):
        raise Invalid(
            f"Dataset name {name!r}: use small letters, digits, '-' and '_', beginning with a letter or digit, "
            "at most 100.",
            field="name",
            reason="dataset_name",
        )


def latest_columns(transaction: Transaction, dataset_id: int) -> list[str] | None:
    """Names of the columns of the newest version; None where there is none."""
    statement = sa.select(dataset_version.c.schema).where(dataset_version.c.dataset_id == dataset_id)
    schema = transaction.core.execute(statement.order_by(dataset_version.c.number.desc()).limit(1)).scalar_one_or_none()
    return None if schema is None else [column["name"] for column in schema["columns"]]


def _retention(keep_versions: int | None, keep_days: int | None) -> dict[str, int | None]:
    for name, value in (("keep_versions", keep_versions), ("keep_days", keep_days)):
        if value is not None and not 1 <= value <= MAX_KEPT:
            raise Invalid(
                f"{name}: 1 to {MAX_KEPT}, or nothing to keep all.", field=name, reason="kept_number", highest=MAX_KEPT
            )
    return {"keep_versions": keep_versions, "keep_days": keep_days}


def _select() -> sa.Select[Any]:
    each = dataset_version.alias()
    newest = sa.select(sa.func.max(each.c.number)).where(each.c.dataset_id == dataset.c.id).scalar_subquery()
    count = sa.select(sa.func.count()).where(each.c.dataset_id == dataset.c.id).scalar_subquery()
    own = ("id", "name", "meta", "keep_versions", "keep_days", "version", "created_at")
    return (
        sa.select(
            *(dataset.c[name] for name in own),
            user_account.c.name.label("created_by"),
            dataset_version.c.number.label("latest"),
            dataset_version.c.created_at.label("latest_at"),
            dataset_version.c.rows,
            dataset_version.c.schema,
            count.label("versions"),
        )
        .outerjoin(user_account, user_account.c.id == dataset.c.created_by)
        .outerjoin(
            dataset_version,
            sa.and_(
                dataset_version.c.dataset_id == dataset.c.id,
                dataset_version.c.number == newest,
            ),
        )
    )


def _row(transaction: Transaction, project_id: int, name: str) -> Dataset | None:
    here = dataset.c.project_id == project_id, dataset.c.name == name, dataset.c.deleted_at.is_(None)
    row = transaction.core.execute(_select().where(*here)).mappings().one_or_none()
    return None if row is None else _view(row)


def _view(row: sa.RowMapping) -> Dataset:
    values = {name: value for name, value in row.items() if name != "schema"}
    columns = None if row["schema"] is None else len(row["schema"]["columns"])
    return Dataset(**values, columns=columns)
