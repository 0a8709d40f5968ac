"""Flows of a project and their immutable revisions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from patchbay_server.engine.errors import NameTaken, NotFound
from patchbay_server.engine.submit import now_of
from patchbay_server.graph.canonical import digest_of
from patchbay_server.store.database import Transaction
from patchbay_server.store.paging import Page, page
from patchbay_server.store.people import user_account
from patchbay_server.store.tables import flow, flow_revision, run

DELETED = "\x1f"
"""Between the name that a deleted flow had and its id; no flow can be given a name with it."""


@dataclass(frozen=True, slots=True)
class Revision:
    """One immutable state of a flow. `number` counts from 1 within the flow; `created_by`: the id of a user."""

    id: int
    flow_id: int
    project_id: int
    flow_name: str
    number: int
    digest: str
    document: dict[str, Any]
    created_at: float
    created_by: int | None


@dataclass(frozen=True, slots=True)
class RevisionSummary:
    """A revision without its document. `nodes`: how many, without those of bodies; `created_by`: a user's name."""

    id: int
    flow_id: int
    name: str
    number: int
    title: str | dict[str, str] | None
    nodes: int
    created_at: float
    created_by: str | None


@dataclass(frozen=True, slots=True)
class LastRun:
    """The newest run of a flow."""

    id: int
    state: str
    created_at: float


@dataclass(frozen=True, slots=True)
class FlowSummary(RevisionSummary):
    """A flow as it is now. `last_run`: None: it was never run."""

    last_run: LastRun | None


@dataclass(frozen=True, slots=True)
class StartedFlow(FlowSummary):
    """A flow that a wizard made, as it is now; `wizard_kind`: see docs/wizards.md."""

    wizard_kind: str


def save_revision(
    transaction: Transaction,
    project_id: int,
    document: Mapping[str, Any],
    created_by: int | None = None,
    *,
    system: bool = False,
) -> Revision:
    """Keep a flow document as its flow's newest revision; the same document again gives the same revision.

    The flow is the one named `document["name"]`, made when it is new. `system`: made by the platform, not listed.

    Raises:
        NameTaken: the platform keeps a flow of this name for itself.
    """
    flow_id = _flow_id(transaction, project_id, document["name"], system)
    newest = _newest(transaction, flow_id)
    digest = digest_of(document)
    if newest is not None and newest.digest == digest:
        return newest
    title = document.get("title")
    transaction.core.execute(
        flow_revision.insert().values(
            flow_id=flow_id,
            number=1 if newest is None else newest.number + 1,
            digest=digest,
            document=dict(document),
            title=title,
            nodes=len(document["nodes"]),
            search="\n".join([document["name"], *_texts(title)]).casefold(),
            wizard=wizard_role(document),
            wizard_kind=document["wizard"]["kind"] if "wizard" in document else None,
            created_at=now_of(transaction),
            created_by=created_by,
        )
    )
    saved = _newest(transaction, flow_id)
    assert saved is not None
    return saved


def get_revision(transaction: Transaction, revision_id: int) -> Revision:
    """Raises NotFound."""
    row = transaction.core.execute(_select().where(flow_revision.c.id == revision_id)).one_or_none()
    if row is None:
        raise NotFound(f"There is no flow revision {revision_id}.", reason="revision")
    return Revision(*row)


def find(transaction: Transaction, project_id: int, name: str, number: int | None = None) -> Revision | None:
    """A revision of a project's flow; without `number` the newest. None: there is none."""
    statement = _select().where(*_named(project_id, name)).order_by(flow_revision.c.number.desc()).limit(1)
    if number is not None:
        statement = statement.where(flow_revision.c.number == number)
    row = transaction.core.execute(statement).one_or_none()
    return None if row is None else Revision(*row)


def get(transaction: Transaction, project_id: int, name: str, number: int | None = None) -> Revision:
    """As `find`. Raises NotFound naming the flow."""
    found = find(transaction, project_id, name, number)
    if found is None and number is not None:
        raise NotFound(f"Flow {name!r} has no revision {number}.", flow=name, reason="revision")
    if found is None:
        raise NotFound(f"There is no flow {name!r}.", flow=name, reason="flow")
    return found


def lock(transaction: Transaction, project_id: int, name: str) -> int:
    """The id of a flow, held until the transaction ends, so that two who change it take turns. Raises NotFound."""
    statement = sa.select(flow.c.id).where(*_named(project_id, name)).with_for_update()
    id = transaction.core.execute(statement).scalar_one_or_none()
    if id is None:
        raise NotFound(f"There is no flow {name!r}.", flow=name, reason="flow")
    return int(id)


def page_flows(
    transaction: Transaction, project_id: int, *, q: str | None = None, cursor: str | None = None, limit: int = 50
) -> Page[FlowSummary]:
    """The newest revision of every flow, by name. `q`: a part of its name or title. Raises CursorError."""
    statement = _newest_summaries(project_id)
    if q:
        statement = statement.where(flow_revision.c.search.contains(q.casefold(), autoescape=True))
    found = page(transaction, statement, flow.c.name, cursor=cursor, limit=limit)
    return found.map(lambda row: FlowSummary(**_with_last_run(row)))


def page_started(
    transaction: Transaction, project_id: int, *, cursor: str | None = None, limit: int = 50
) -> Page[StartedFlow]:
    """The flows that wizards made, as they are now, newest first. Raises CursorError."""
    c = flow_revision.c
    statement = _newest_summaries(project_id).add_columns(c.wizard_kind).where(c.wizard == "started")
    found = page(transaction, statement, flow.c.id, cursor=cursor, limit=limit, descending=True)
    return found.map(lambda row: StartedFlow(**_with_last_run(row)))


def published_wizards(transaction: Transaction, project_id: int) -> list[Revision]:
    """The newest revisions of the flows from which others can start, by name."""
    here = flow.c.project_id == project_id, _listed(), flow_revision.c.wizard == "published"
    statement = _select().where(*here, flow_revision.c.number == _newest_number()).order_by(flow.c.name)
    return [Revision(*row) for row in transaction.core.execute(statement)]


def newest(transaction: Transaction, project_id: int) -> list[Revision]:
    """The flows of a project as they are now, by name."""
    here = flow.c.project_id == project_id, _listed()
    statement = _select().where(*here, flow_revision.c.number == _newest_number()).order_by(flow.c.name)
    return [Revision(*row) for row in transaction.core.execute(statement)]


def wizard_role(document: Mapping[str, Any]) -> str | None:
    """What a document with a block `wizard` is for: see the column."""
    wizard = document.get("wizard", {})
    return "published" if wizard.get("published") else "started" if "template" in wizard else None


def page_revisions(
    transaction: Transaction, project_id: int, name: str, *, cursor: str | None = None, limit: int = 50
) -> Page[RevisionSummary]:
    """The revisions of a flow, newest first. Raises NotFound, CursorError."""
    get(transaction, project_id, name)
    statement = _summaries().where(*_named(project_id, name))
    found = page(transaction, statement, flow_revision.c.number, cursor=cursor, limit=limit, descending=True)
    return found.map(lambda row: RevisionSummary(**row))


def delete(transaction: Transaction, flow_id: int) -> None:
    """Take a flow out of every list and free its name; its revisions and runs stay."""
    gone_name = flow.c.name + f"{DELETED}{flow_id}"
    transaction.core.execute(
        flow.update().where(flow.c.id == flow_id).values(name=gone_name, deleted_at=now_of(transaction))
    )


def shown_name(name: str) -> str:
    """The name that people gave a flow, also one that is deleted."""
    return name.partition(DELETED)[0]


def _select() -> sa.Select[Any]:
    c = flow_revision.c
    return sa.select(
        c.id, c.flow_id, flow.c.project_id, flow.c.name, c.number, c.digest, c.document, c.created_at, c.created_by
    ).join(flow, flow.c.id == c.flow_id)


def _summaries() -> sa.Select[Any]:
    c = flow_revision.c
    return (
        sa.select(
            c.id, c.flow_id, flow.c.name, c.number, c.title, c.nodes, c.created_at,
            user_account.c.name.label("created_by"),
        )
        .join(flow, flow.c.id == c.flow_id)
        .outerjoin(user_account, user_account.c.id == c.created_by)
    )  # fmt: skip


def _newest_summaries(project_id: int) -> sa.Select[Any]:
    """The newest revision of each flow with the flow's last run."""
    other_run = run.alias()
    last = sa.select(sa.func.max(other_run.c.id)).where(other_run.c.flow_id == flow.c.id).scalar_subquery()
    return (
        _summaries()
        .add_columns(run.c.id.label("run_id"), run.c.state.label("run_state"), run.c.created_at.label("run_created_at"))
        .outerjoin(run, run.c.id == last)
        .where(flow.c.project_id == project_id, _listed(), flow_revision.c.number == _newest_number())
    )


def _newest_number() -> sa.ScalarSelect[Any]:
    other = flow_revision.alias()
    return sa.select(sa.func.max(other.c.number)).where(other.c.flow_id == flow.c.id).scalar_subquery()


def _with_last_run(row: sa.RowMapping) -> dict[str, Any]:
    values = dict(row)
    id, state, created_at = (values.pop(f"run_{name}") for name in ("id", "state", "created_at"))
    return values | {"last_run": None if id is None else LastRun(id, state, created_at)}


def _named(project_id: int, name: str) -> tuple[sa.ColumnElement[bool], ...]:
    return flow.c.project_id == project_id, flow.c.name == name, _listed()


def _listed() -> sa.ColumnElement[bool]:
    return sa.and_(flow.c.deleted_at.is_(None), sa.not_(flow.c.system))


def _newest(transaction: Transaction, flow_id: int) -> Revision | None:
    statement = _select().where(flow_revision.c.flow_id == flow_id).order_by(flow_revision.c.number.desc()).limit(1)
    row = transaction.core.execute(statement).one_or_none()
    return None if row is None else Revision(*row)


def _texts(title: str | Mapping[str, str] | None) -> list[str]:
    if title is None:
        return []
    return [title] if isinstance(title, str) else list(title.values())


def _flow_id(transaction: Transaction, project_id: int, name: str, system: bool) -> int:
    """The id of the project's flow of this name; its row is locked, so that two savers of one flow take turns."""
    here = flow.c.project_id == project_id, flow.c.name == name
    wanted = sa.select(flow.c.id, flow.c.system).where(*here).with_for_update()
    found = transaction.core.execute(wanted).one_or_none()
    if found is None:
        row = {"project_id": project_id, "name": name, "system": system, "created_at": now_of(transaction)}
        transaction.core.execute(_insert_for(transaction)(flow).values(**row).on_conflict_do_nothing())
        found = transaction.core.execute(wanted).one()
    if found.system != system:
        raise NameTaken(
            f"The name {name!r} is kept for the platform's own use; choose another.", flow=name, reason="kept_name"
        )
    return int(found.id)


def _insert_for(transaction: Transaction) -> Any:
    from sqlalchemy.dialects import postgresql, sqlite

    return sqlite.insert if transaction.core.dialect.name == "sqlite" else postgresql.insert
