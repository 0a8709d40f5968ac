"""Flows: checked, saved as revisions, listed, compared, upgraded."""

from __future__ import annotations

import json
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import sqlalchemy as sa

import patchbay_server
from patchbay_sdk.propagation import Infer
from patchbay_sdk.registry import Catalogue
from patchbay_sdk.schema import Schema
from patchbay_server.engine import flows as saved
from patchbay_server.engine.flows import FlowSummary, Revision, RevisionSummary
from patchbay_server.graph.diff import DocumentDiff, diff
from patchbay_server.graph.document import FlowDocument, walk
from patchbay_server.graph.flow_params import bind
from patchbay_server.graph.limits import check_expansion, check_limits
from patchbay_server.graph.migrate import migrate
from patchbay_server.graph.problem import Problem
from patchbay_server.graph.propagate import propagate
from patchbay_server.graph.reader import parse
from patchbay_server.graph.validate import validate
from patchbay_server.services.errors import AlreadyExists, Conflict, Forbidden, Invalid
from patchbay_server.services.located import within
from patchbay_server.services.people import audit, restrictions, secret_use
from patchbay_server.services.people.actor import Actor
from patchbay_server.services.platform import Platform
from patchbay_server.services.project_folder import data_roots
from patchbay_server.services.publishing import faults
from patchbay_server.store.data import schedule
from patchbay_server.store.database import Transaction
from patchbay_server.store.paging import Page

SAMPLES = Path(patchbay_server.__file__).with_name("flows")


@dataclass(frozen=True, slots=True)
class CheckedFlow:
    """A flow with its params put in, everything that is wrong with it, and the schema of every table port."""

    document: FlowDocument
    problems: list[Problem]
    schemas: Mapping[tuple[str, str], Schema | None]


@dataclass(frozen=True, slots=True)
class SavedFlow:
    """A revision, and what keeps it from running, or is doubtful: drafts can be saved."""

    revision: Revision
    problems: list[Problem]


@dataclass(frozen=True, slots=True)
class Upgrade:
    """A flow on the newest versions of its operators. `saved`: as which revision; None: not saved."""

    document: FlowDocument
    changes: tuple[str, ...]
    saved: Revision | None


def check(
    document: FlowDocument,
    params: Mapping[str, Any],
    catalogue: Catalogue,
    infer: Infer | None = None,
    data_roots: Sequence[str] = (),
    unknown: Container[str] = (),
) -> CheckedFlow:
    """Check a flow with these values for its params. Without `infer`, schemas that only code can tell stay unknown.

    `data_roots`: folders that its operators may touch, now as in a run. `unknown`: nodes whose tables are left unknown.

    Raises:
        DocumentError: with the values of its params put in, it would be too large.
        FlowParamError: a param is unknown or has a value of another type.
    """
    check_expansion(document, params)
    bound = bind(document, params)
    schemas = propagate(bound, catalogue, infer and within(infer, data_roots), unknown=unknown)
    return CheckedFlow(bound, validate(bound, catalogue, schemas, document), schemas)


def check_for(
    platform: Platform, actor: Actor, project_id: int, document: FlowDocument, params: Mapping[str, Any] | None = None
) -> CheckedFlow:
    """Check a flow for somebody who edits it: with what they may not run. Raises as `check`."""
    roots = data_roots(platform.settings, project_id)
    catalogue = platform.catalogue
    checked = check(document, params or {}, catalogue, platform.plugin_host.infer, roots)
    with platform.database.read() as transaction:
        refused = restrictions.refused(transaction, actor, project_id, document, catalogue)
        refused += faults.problems(transaction, [(path, node.operator) for path, node in walk(document)])
        refused += secret_use.missing(transaction, project_id, secret_use.in_document(checked.document, catalogue))
    return replace(checked, problems=[*refused, *checked.problems])


def check_draft(
    platform: Platform, actor: Actor, project_id: int, raw: Mapping[str, Any], params: Mapping[str, Any]
) -> CheckedFlow:
    """Check a document that need not be saved, for somebody who edits it: with what they may not run.

    Raises:
        DocumentError: it is no flow document, or too large.
        FlowParamError: a param is unknown or has a value of another type.
    """
    return check_for(platform, actor, project_id, read(raw), params)


def create(platform: Platform, actor: Actor, project_id: int, raw: Mapping[str, Any]) -> SavedFlow:
    """Save a document as a new flow.

    Raises:
        DocumentError: it is no flow document, or too large.
        AlreadyExists: the project has a flow of that name.
    """
    document = read(raw)
    problems = check_for(platform, actor, project_id, document).problems
    return SavedFlow(platform.database.transact(save_new, actor, project_id, document), problems)


def save_new(transaction: Transaction, actor: Actor, project_id: int, document: FlowDocument) -> Revision:
    """Keep a document as a new flow. Raises AlreadyExists: the project has a flow of that name."""
    if saved.find(transaction, project_id, document.name) is not None:
        raise AlreadyExists(f"There is a flow {document.name!r} already.", field="document.name")
    revision = saved.save_revision(transaction, project_id, document.to_json(), actor.user_id)
    if revision.number > 1:  # another was faster
        raise AlreadyExists(f"There is a flow {document.name!r} already.", field="document.name")
    thing, after = f"flow:{document.name}", {"revision": revision.number}
    audit.append(transaction, actor, "flow.created", thing, project_id=project_id, after=after)
    return revision


def change(
    platform: Platform, actor: Actor, project_id: int, name: str, raw: Mapping[str, Any], *, expected: int
) -> SavedFlow:
    """Save a document as the next revision of a flow; the same document again gives the same revision.

    Raises:
        NotFound: there is no such flow.
        DocumentError: it is no flow document, or too large.
        Invalid: the document names another flow.
        Conflict: the flow's newest revision is not `expected`.
        Forbidden: a schedule starts the flow, and the actor may not run an operator of it.
    """
    document = read(raw)
    if document.name != name:
        raise Invalid(f"The document is named {document.name!r}, the flow {name!r}.", field="document.name")
    problems = check_for(platform, actor, project_id, document).problems
    revision = platform.database.transact(save, actor, project_id, document, expected, platform.catalogue)
    return SavedFlow(revision, problems)


def save(
    transaction: Transaction,
    actor: Actor,
    project_id: int,
    document: FlowDocument,
    expected: int,
    catalogue: Catalogue,
) -> Revision:
    """Keep a document as what follows revision `expected` of its flow. Raises NotFound, Conflict, Forbidden."""
    flow_id = saved.lock(transaction, project_id, document.name)
    before = _expected(transaction, project_id, document.name, expected)
    revision = saved.save_revision(transaction, project_id, document.to_json(), actor.user_id)
    if revision.number != before.number:
        _check_schedules(transaction, actor, project_id, flow_id, document, catalogue)
        old, new = {"revision": before.number}, {"revision": revision.number}
        thing = f"flow:{document.name}"
        audit.append(transaction, actor, "flow.changed", thing, project_id=project_id, before=old, after=new)
    return revision


def delete(platform: Platform, actor: Actor, project_id: int, name: str, *, expected: int) -> None:
    """Take a flow away and free its name; its runs and revisions stay.

    Raises:
        NotFound: there is no such flow.
        Conflict: its newest revision is not `expected`, or a schedule starts it.
    """

    def write(transaction: Transaction) -> None:
        flow_id = saved.lock(transaction, project_id, name)
        before = _expected(transaction, project_id, name, expected)
        schedules = _schedules(transaction, flow_id)
        if schedules:
            message = f"Flow {name!r} is started by schedule {', '.join(map(repr, schedules))}: delete that first."
            raise Conflict(message, schedules=schedules, reason="flow_scheduled")
        saved.delete(transaction, flow_id)
        old = {"revision": before.number}
        audit.append(transaction, actor, "flow.deleted", f"flow:{name}", project_id=project_id, before=old)

    platform.database.transact(write)


def upgrade(
    platform: Platform,
    actor: Actor,
    project_id: int,
    name: str,
    *,
    nodes: Sequence[str] | None = None,
    expected: int | None = None,
) -> Upgrade:
    """A flow on the newest versions of its operators, or of those of `nodes` (paths); saved only with `expected`.

    Raises:
        NotFound: there is no such flow.
        MigrationError: a migration cannot be applied to a node.
        Conflict, Forbidden: as `change`.
    """
    found = migrate(document(platform.engine.flow(project_id, name)), platform.catalogue, nodes)
    if expected is None:
        return Upgrade(found.document, found.changes, None)
    revision = platform.database.transact(save, actor, project_id, found.document, expected, platform.catalogue)
    return Upgrade(found.document, found.changes, revision)


def document(revision: Revision) -> FlowDocument:
    """The document of a revision."""
    return parse(revision.document)


def get(platform: Platform, project_id: int, name: str, number: int | None = None) -> Revision:
    """A revision of a flow; without `number` the newest. Raises NotFound."""
    return platform.engine.flow(project_id, name, number)


def samples() -> list[FlowDocument]:
    """The flows that come with Patchbay, to start from."""
    return [parse(json.loads(path.read_text(encoding="utf-8"))) for path in sorted(SAMPLES.glob("*.json"))]


def listed(
    platform: Platform, project_id: int, *, q: str = "", cursor: str | None = None, limit: int = 50
) -> Page[FlowSummary]:
    """The newest revision of every flow, by name; `q`: a part of its name or title. Raises CursorError."""
    return platform.engine.flows(project_id, q=q, cursor=cursor, limit=limit)


def revisions(
    platform: Platform, project_id: int, name: str, *, cursor: str | None = None, limit: int = 50
) -> Page[RevisionSummary]:
    """The revisions of a flow, newest first. Raises NotFound, CursorError."""
    with platform.database.read() as transaction:
        return saved.page_revisions(transaction, project_id, name, cursor=cursor, limit=limit)


def compare(platform: Platform, project_id: int, name: str, before: int, after: int | None = None) -> DocumentDiff:
    """What changed from one revision to another, by default to the newest. Raises NotFound."""
    old, new = (document(get(platform, project_id, name, number)) for number in (before, after))
    return diff(old, new)


def read(raw: Mapping[str, Any]) -> FlowDocument:
    """The document of a JSON object that somebody sent. Raises DocumentError: it is none, or too large."""
    check_limits(raw)
    return parse(raw)


def _check_schedules(
    transaction: Transaction,
    actor: Actor,
    project_id: int,
    flow_id: int,
    document: FlowDocument,
    catalogue: Catalogue,
) -> None:
    """Refuse what a schedule would run with the rights of its owner, and the actor may not run."""
    schedules = _schedules(transaction, flow_id)
    refused = restrictions.refused(transaction, actor, project_id, document, catalogue) if schedules else []
    if refused:
        names = ", ".join(map(repr, schedules))
        message = "\n".join(problem.text() for problem in refused)
        raise Forbidden(
            f"Flow {document.name!r} is started by schedule {names}, with the rights of who saved that:\n{message}",
            problems=[problem.to_json() for problem in refused],
            reason="schedule_rights",
        )


def _schedules(transaction: Transaction, flow_id: int) -> list[str]:
    """Names of the schedules that start a flow."""
    statement = sa.select(schedule.c.name).where(schedule.c.flow_id == flow_id, schedule.c.deleted_at.is_(None))
    return list(transaction.core.execute(statement.order_by(schedule.c.name)).scalars())


def _expected(transaction: Transaction, project_id: int, name: str, expected: int) -> Revision:
    newest = saved.get(transaction, project_id, name)
    if newest.number != expected:
        raise Conflict(f"Flow {name!r} was changed meanwhile.", revision=newest.number, reason="changed")
    return newest
