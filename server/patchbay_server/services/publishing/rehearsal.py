"""What would happen to every saved flow if it went over to the operators of a release. Nothing is changed by asking."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import sqlalchemy as sa

from patchbay_sdk.registry import Catalogue
from patchbay_sdk.spec import OperatorSpec
from patchbay_server.errors import GraphError
from patchbay_server.graph.document import FlowDocument
from patchbay_server.graph.migrate import migrate
from patchbay_server.graph.problem import Problem
from patchbay_server.graph.reader import parse
from patchbay_server.graph.validate import validate
from patchbay_server.services.people.actor import Actor
from patchbay_server.services.platform import Platform
from patchbay_server.services.publishing import releases
from patchbay_server.services.publishing.releases import Release
from patchbay_server.store.database import Database
from patchbay_server.store.tables import flow, flow_revision, project

CHUNK = 200
MOST_SHOWN = 500
"""Flows that are listed; the counts go on."""

Outcome = Literal["breaks", "changes", "stays"]
"""``stays``: nothing but the version of the operator would change."""


@dataclass(frozen=True, slots=True)
class RehearsedFlow:
    """One flow that uses an older version. `changes`: a line each; `problems`: those that it does not have today."""

    project: str
    flow: str
    revision: int
    outcome: Outcome
    changes: tuple[str, ...]
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What an upgrade to a release would do. `flows`: in projects of the asker, those that break first.

    `unaffected`: flows that use none of its operators, or have its version already. `hidden`: flows of projects that
    the asker does not see, by outcome.
    """

    flows: tuple[RehearsedFlow, ...]
    counts: Mapping[Outcome, int]
    unaffected: int
    hidden: Mapping[Outcome, int]


def rehearse(platform: Platform, actor: Actor, name: str, version: str) -> Rehearsal:
    """Apply the release's migrations to a copy of the newest revision of every flow, and check both. Raises NotFound.

    Schemas that only an operator's code can tell count as unknown, before and after.
    """
    found = releases.get(platform, name, version)
    today, upgrades = platform.catalogue, Catalogue(_specs(found))
    tomorrow = Catalogue([*today, *upgrades], withdrawn=today.withdrawn)
    shown: list[RehearsedFlow] = []
    counts: dict[Outcome, int] = {"breaks": 0, "changes": 0, "stays": 0}
    hidden: dict[Outcome, int] = {"breaks": 0, "changes": 0, "stays": 0}
    unaffected = 0
    for row in _newest_revisions(platform.database):
        rehearsed = _rehearsed(row, today, upgrades, tomorrow)
        if rehearsed is None:
            unaffected += 1
        elif actor.may("flow.read", row["project_id"]):
            counts[rehearsed.outcome] += 1
            shown.append(rehearsed)
        else:
            hidden[rehearsed.outcome] += 1
    order = list(counts)
    shown.sort(key=lambda each: order.index(each.outcome))
    return Rehearsal(tuple(shown[:MOST_SHOWN]), counts, unaffected, hidden)


def _specs(found: Release) -> Sequence[OperatorSpec]:
    return [OperatorSpec.from_json(brought.spec, found.root / brought.path) for brought in found.operators]


def _newest_revisions(database: Database) -> Iterator[sa.RowMapping]:
    """The newest revision of every flow of every project, but deleted ones."""
    other = flow_revision.alias()
    newest = sa.select(sa.func.max(other.c.number)).where(other.c.flow_id == flow.c.id).scalar_subquery()
    statement = (
        sa.select(flow.c.id, flow.c.name, flow.c.project_id, project.c.name.label("project"))
        .add_columns(flow_revision.c.number, flow_revision.c.document)
        .select_from(flow.join(project).join(flow_revision, flow_revision.c.flow_id == flow.c.id))
        .where(flow.c.deleted_at.is_(None), sa.not_(flow.c.system), flow_revision.c.number == newest)
        .order_by(flow.c.id)
        .limit(CHUNK)
    )
    after = 0
    while True:
        with database.read() as transaction:
            rows = list(transaction.core.execute(statement.where(flow.c.id > after)).mappings())
        yield from rows
        if len(rows) < CHUNK:
            return
        after = rows[-1]["id"]


def _rehearsed(row: sa.RowMapping, today: Catalogue, upgrades: Catalogue, tomorrow: Catalogue) -> RehearsedFlow | None:
    """None: nothing of the flow would be upgraded."""
    if not _uses(row["document"], {spec.id for spec in upgrades}):
        return None
    before = parse(row["document"])
    try:
        migration = migrate(before, upgrades)
    except GraphError as error:
        problems = tuple(Problem(**problem) for problem in error.details["problems"])
        return RehearsedFlow(row["project"], row["name"], row["number"], "breaks", (), problems)
    if not migration.changes:
        return None
    problems = tuple(_new_problems(before, today, migration.document, tomorrow))
    only_versions = len(migration.changes) == _differing(before, migration.document)
    outcome: Outcome = "breaks" if _errors(problems) else "stays" if only_versions and not problems else "changes"
    return RehearsedFlow(row["project"], row["name"], row["number"], outcome, migration.changes, problems)


def _uses(raw: Mapping[str, Any], ids: set[str]) -> bool:
    for node in raw["nodes"]:
        if str(node.get("operator", "")).partition("@")[0] in ids:
            return True
        if node.get("body") and _uses(node["body"], ids):
            return True
    return False


def _new_problems(
    before: FlowDocument, today: Catalogue, after: FlowDocument, tomorrow: Catalogue
) -> Iterator[Problem]:
    known = {(problem.node, problem.message) for problem in validate(before, today)}
    for problem in validate(after, tomorrow):
        if (problem.node, problem.message) not in known:
            yield problem


def _errors(problems: Sequence[Problem]) -> bool:
    return any(problem.level == "error" for problem in problems)


def _differing(before: FlowDocument, after: FlowDocument) -> int:
    """How many nodes, bodies included, have another operator."""
    found = 0
    for old, new in zip(before.nodes, after.nodes, strict=True):
        found += old.operator != new.operator
        if old.body is not None and new.body is not None:
            found += _differing(old.body, new.body)
    return found
