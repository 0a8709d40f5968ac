"""feature_meta: what the columns of a dataset mean, beside what their values say about them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from patchbay_server.engine.errors import NotFound
from patchbay_server.engine.submit import now_of
from patchbay_server.services.datasets import datasets, look, versions
from patchbay_server.services.datasets.adopt import insert_new
from patchbay_server.services.datasets.datasets import Dataset
from patchbay_server.services.datasets.meta import checked_feature
from patchbay_server.services.errors import Conflict
from patchbay_server.services.people import audit
from patchbay_server.services.people.actor import Actor
from patchbay_server.services.platform import Platform
from patchbay_server.store.data import feature_meta
from patchbay_server.store.database import Transaction
from patchbay_server.store.paging import CursorError, Page
from patchbay_server.store.people import user_account
from patchbay_server.table_reader import TableReaderError


@dataclass(frozen=True, slots=True)
class Feature:
    """A column. `meta`: see `meta.FEATURE_TEXTS`; `version` 0: nobody has said anything yet.

    `column_type`, `missing_rate`, `coverage_rate` (share of rows with a value): of the newest version; None where it
    does not have the column, the rates also where they cannot be computed.
    """

    name: str
    column_type: str | None
    missing_rate: float | None
    coverage_rate: float | None
    meta: dict[str, Any]
    version: int
    changed_at: float | None
    changed_by: str | None


def listed(
    platform: Platform, project_id: int, name: str, *, q: str = "", cursor: str | None = None, limit: int = 50
) -> Page[Feature]:
    """The columns of the newest version in its order, then those that it has no more. `q`: part of a name or meta.

    Raises NotFound, CursorError.
    """
    wanted = [feature for feature in everything(platform, project_id, name) if _holds(feature, q.casefold())]
    begin = 0
    if cursor is not None:
        if not (cursor.isascii() and cursor.isdigit() and len(cursor) < 10):
            raise CursorError("The cursor is not one that this list gave: begin without one.")
        begin = int(cursor)
    end = begin + limit
    return Page(wanted[begin:end], str(end) if end < len(wanted) else None)


def find(platform: Platform, project_id: int, name: str, column: str) -> Feature:
    """Raises NotFound."""
    for feature in everything(platform, project_id, name):
        if feature.name == column:
            return feature
    raise NotFound(f"Dataset {name!r} has no column {column!r}.", dataset=name, column=column, reason="column")


def everything(platform: Platform, project_id: int, name: str) -> list[Feature]:
    """All columns, as `listed` orders them. Raises NotFound."""
    known = datasets.find(platform, project_id, name)
    types, missing = _columns(platform, project_id, known)
    with platform.database.read() as transaction:
        said = {row["name"]: row for row in transaction.core.execute(_select(known.id)).mappings()}
    return [
        _view(column, types.get(column), missing.get(column), said.get(column))
        for column in dict.fromkeys([*types, *said])
    ]


def change(
    platform: Platform, actor: Actor, project_id: int, name: str, column: str, *, expected: int, meta: Mapping[str, Any]
) -> Feature:
    """Say what a column means; `expected`: its version, 0 where nobody has said anything.

    Raises:
        NotFound: there is no such dataset or column.
        Invalid: a value cannot be used.
        Conflict: it was changed meanwhile.
    """
    values = checked_feature(meta)
    before = find(platform, project_id, name, column)
    if before.version != expected:
        raise Conflict(f"Column {column!r} was changed meanwhile.", version=before.version, reason="changed")

    def write(transaction: Transaction) -> None:
        known = datasets.get(transaction, project_id, name)
        put(transaction, actor, known, column, values, expected)
        thing, old = f"feature:{name}/{column}", before.meta
        audit.append(transaction, actor, "feature.changed", thing, project_id=project_id, before=old, after=values)

    platform.database.transact(write)
    return find(platform, project_id, name, column)


def put(
    transaction: Transaction, actor: Actor, known: Dataset, column: str, values: Mapping[str, Any], expected: int
) -> None:
    """Write the meta of a column, whose version must be `expected`. Raises Conflict."""
    new = {"meta": dict(values), "changed_at": now_of(transaction), "changed_by": actor.user_id}
    if expected == 0:
        row = {"dataset_id": known.id, "name": column, **new}
        done = insert_new(transaction, feature_meta, row)
    else:
        wanted = (
            feature_meta.c.dataset_id == known.id,
            feature_meta.c.name == column,
            feature_meta.c.version == expected,
        )
        statement = feature_meta.update().where(*wanted).values(**new, version=expected + 1)
        done = bool(transaction.core.execute(statement).rowcount)
    if not done:
        raise Conflict(f"Column {column!r} was changed meanwhile.", column=column, reason="changed")


def _columns(platform: Platform, project_id: int, known: Dataset) -> tuple[dict[str, str], dict[str, float]]:
    """Types and missing rates of the columns of the newest version; none when there is none."""
    if known.latest is None:
        return {}, {}
    version = versions.find(platform, project_id, known.name, known.latest)
    types = {column["name"]: column["type"] for column in version.schema["columns"]}
    try:
        figures = look.statistics(platform, project_id, known.name, known.latest)
    except (TableReaderError, NotFound, Conflict):  # what the columns mean can be said without their figures
        figures = []
    return types, {column["name"]: column["missing_rate"] for column in figures}


def _view(name: str, type: str | None, missing: float | None, said: sa.RowMapping | None) -> Feature:
    rates = (missing, None if missing is None else 1.0 - missing)
    if said is None:
        return Feature(name, type, *rates, {}, 0, None, None)
    return Feature(name, type, *rates, said["meta"], said["version"], said["changed_at"], said["changed_by"])


def _holds(feature: Feature, text: str) -> bool:
    return any(text in str(value).casefold() for value in (feature.name, *feature.meta.values()))


def _select(dataset_id: int) -> sa.Select[Any]:
    c = feature_meta.c
    return (
        sa.select(c.name, c.meta, c.version, c.changed_at, user_account.c.name.label("changed_by"))
        .outerjoin(user_account, user_account.c.id == c.changed_by)
        .where(c.dataset_id == dataset_id)
        .order_by(c.name)
    )
