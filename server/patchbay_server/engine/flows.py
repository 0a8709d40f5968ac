"""Flows and their immutable revisions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from patchbay_server.engine.errors import NotFound
from patchbay_server.engine.submit import now_of
from patchbay_server.graph.canonical import digest_of
from patchbay_server.store.database import Transaction
from patchbay_server.store.tables import flow, flow_revision, project

DEFAULT_PROJECT = "default"


@dataclass(frozen=True, slots=True)
class Revision:
    """One immutable state of a flow. `number` counts from 1 within the flow."""

    id: int
    flow_id: int
    flow_name: str
    number: int
    digest: str
    document: dict[str, Any]
    created_at: float


def save_revision(
    transaction: Transaction, document: Mapping[str, Any], project_name: str = DEFAULT_PROJECT
) -> Revision:
    """Keep a flow document as its flow's newest revision; the same document again gives the same revision.

    The flow is the one named `document["name"]`; it and the project are made when they are new.
    """
    name, digest = document["name"], digest_of(document)
    flow_id = _flow_id(transaction, _project_id(transaction, project_name), name)
    newest = _newest(transaction, flow_id)
    if newest is not None and newest.digest == digest:
        return newest
    transaction.core.execute(
        flow_revision.insert().values(
            flow_id=flow_id,
            number=1 if newest is None else newest.number + 1,
            digest=digest,
            document=dict(document),
            created_at=now_of(transaction),
        )
    )
    saved = _newest(transaction, flow_id)
    assert saved is not None
    return saved


def get_revision(transaction: Transaction, revision_id: int) -> Revision:
    """Raises NotFound."""
    row = transaction.core.execute(_select().where(flow_revision.c.id == revision_id)).one_or_none()
    if row is None:
        raise NotFound(f"There is no flow revision {revision_id}.")
    return Revision(*row)


def newest_revision(transaction: Transaction, name: str, project_name: str = DEFAULT_PROJECT) -> Revision:
    """The newest revision of a flow by its name. Raises NotFound naming the flow."""
    statement = (
        _select()
        .join(project, project.c.id == flow.c.project_id)
        .where(flow.c.name == name, project.c.name == project_name)
        .order_by(flow_revision.c.number.desc())
        .limit(1)
    )
    row = transaction.core.execute(statement).one_or_none()
    if row is None:
        raise NotFound(f"There is no flow {name!r}.", flow=name)
    return Revision(*row)


def list_flows(transaction: Transaction, project_name: str = DEFAULT_PROJECT) -> list[Revision]:
    """The newest revision of every flow, by name."""
    newest = sa.select(sa.func.max(flow_revision.c.id)).group_by(flow_revision.c.flow_id)
    statement = (
        _select()
        .join(project, project.c.id == flow.c.project_id)
        .where(flow_revision.c.id.in_(newest), project.c.name == project_name)
        .order_by(flow.c.name)
    )
    return [Revision(*row) for row in transaction.core.execute(statement)]


def _select() -> sa.Select[Any]:
    c = flow_revision.c
    return sa.select(c.id, c.flow_id, flow.c.name, c.number, c.digest, c.document, c.created_at).join(
        flow, flow.c.id == c.flow_id
    )


def _newest(transaction: Transaction, flow_id: int) -> Revision | None:
    statement = _select().where(flow_revision.c.flow_id == flow_id).order_by(flow_revision.c.number.desc()).limit(1)
    row = transaction.core.execute(statement).one_or_none()
    return None if row is None else Revision(*row)


def _project_id(transaction: Transaction, name: str) -> int:
    return _find_or_insert(transaction, project, {"name": name})


def _flow_id(transaction: Transaction, project_id: int, name: str) -> int:
    return _find_or_insert(transaction, flow, {"project_id": project_id, "name": name})


def _find_or_insert(transaction: Transaction, table: sa.Table, key: Mapping[str, Any]) -> int:
    """The id of the row with this key; the row is locked, so that two savers of one flow take turns."""
    wanted = sa.select(table.c.id).where(*(table.c[name] == value for name, value in key.items())).with_for_update()
    found = transaction.core.execute(wanted).scalar_one_or_none()
    if found is not None:
        return int(found)
    insert = _insert_for(transaction)(table).values(**key, created_at=now_of(transaction)).on_conflict_do_nothing()
    transaction.core.execute(insert)
    return int(transaction.core.execute(wanted).scalar_one())


def _insert_for(transaction: Transaction) -> Any:
    from sqlalchemy.dialects import postgresql, sqlite

    return sqlite.insert if transaction.core.dialect.name == "sqlite" else postgresql.insert
