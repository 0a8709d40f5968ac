"""Rights per operator: which roles of a project may run flows with certain operators, engines or GPUs.

A subject is ``operator:<id>``, ``family:<first part of the id>``, ``engine:<name>`` or ``gpu``. What no restriction
names, everybody may run who may start runs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from patchbay_sdk.registry import Catalogue
from patchbay_sdk.spec import OperatorSpec
from patchbay_server.engine.errors import NotFound
from patchbay_server.engine.submit import now_of
from patchbay_server.graph.document import FlowDocument, Node, walk
from patchbay_server.graph.problem import Problem
from patchbay_server.services.errors import Invalid
from patchbay_server.services.people import audit
from patchbay_server.services.people.actor import COMMAND, Actor
from patchbay_server.services.people.rights import ROLES, Role
from patchbay_server.services.platform import Platform
from patchbay_server.store.database import Transaction
from patchbay_server.store.paging import Page, page
from patchbay_server.store.people import restriction
from patchbay_server.store.statement import Statement, to_json

SUBJECT = re.compile(r"operator:[A-Za-z_][A-Za-z0-9_.-]{0,199}|(family|engine):[A-Za-z_][A-Za-z0-9_-]{0,99}|gpu")
_BUILDERS: tuple[Role, ...] = ("admin", "engineer", "scientist")
DEFAULTS: Mapping[str, tuple[Role, ...]] = {
    "operator:source.sql": _BUILDERS,
    "operator:export.sql_table": _BUILDERS,
    "family:code": ("admin", "engineer"),
    "engine:ray": _BUILDERS,
    "engine:deepspeed": _BUILDERS,
    "gpu": _BUILDERS,
}
"""What new projects begin with: other people's databases and scarce machines are for those who build flows, code
for those who publish it."""


@dataclass(frozen=True, slots=True)
class Restriction:
    """Only members with one of these roles may run flows with what `subject` names."""

    subject: str
    roles: list[Role]
    created_at: float


PUT = Statement(
    "INSERT INTO restriction (project_id, subject, roles, created_at) VALUES (:project_id, :subject, :roles, $now)"
    " ON CONFLICT (project_id, subject) DO UPDATE SET roles = excluded.roles"
)
_RESTRICTIONS = sa.select(restriction.c.subject, restriction.c.roles, restriction.c.created_at)


def listed(platform: Platform, project_id: int, *, cursor: str | None = None, limit: int = 50) -> Page[Restriction]:
    """The restrictions of a project by subject. Raises CursorError."""
    statement = _RESTRICTIONS.where(restriction.c.project_id == project_id)
    with platform.database.read() as transaction:
        found = page(transaction, statement, restriction.c.subject, cursor=cursor, limit=limit)
    return found.map(lambda row: Restriction(**row))


def insert_defaults(transaction: Transaction, project_id: int) -> None:
    """Give a new project the restrictions that new projects have."""
    own = {"project_id": project_id, "created_at": now_of(transaction)}
    rows = [own | {"subject": subject, "roles": list(roles)} for subject, roles in DEFAULTS.items()]
    transaction.core.execute(restriction.insert(), rows)


def put(platform: Platform, actor: Actor, project_id: int, subject: str, *, roles: Sequence[Role]) -> Restriction:
    """Restrict a subject to these roles, instead of those that were there before. Raises Invalid."""
    if not SUBJECT.fullmatch(subject):
        raise Invalid(
            f"{subject!r} is no subject; write operator:<id>, family:<name>, engine:<name> or gpu.",
            field="subject",
            reason="subject",
        )
    wanted = [role for role in ROLES if role in roles]

    def write(transaction: Transaction) -> Restriction:
        before = _roles(transaction, project_id).get(subject)
        row = {"project_id": project_id, "subject": subject, "roles": to_json(wanted)}
        transaction.run(PUT, row)
        old = None if before is None else {"roles": before}
        thing, after = f"restriction:{subject}", {"roles": wanted}
        audit.append(transaction, actor, "restriction.set", thing, project_id=project_id, before=old, after=after)
        here = restriction.c.project_id == project_id, restriction.c.subject == subject
        return Restriction(**transaction.core.execute(_RESTRICTIONS.where(*here)).mappings().one())

    return platform.database.transact(write)


def delete(platform: Platform, actor: Actor, project_id: int, subject: str) -> None:
    """Lift a restriction. Raises NotFound."""

    def write(transaction: Transaction) -> None:
        before = _roles(transaction, project_id).get(subject)
        if before is None:
            raise NotFound(f"There is no restriction of {subject!r}.", subject=subject, reason="restriction")
        here = restriction.c.project_id == project_id, restriction.c.subject == subject
        transaction.core.execute(restriction.delete().where(*here))
        thing, old = f"restriction:{subject}", {"roles": before}
        audit.append(transaction, actor, "restriction.lifted", thing, project_id=project_id, before=old)

    platform.database.transact(write)


def refused(
    transaction: Transaction, actor: Actor, project_id: int, document: FlowDocument, catalogue: Catalogue
) -> list[Problem]:
    """A problem for each node of a flow, bodies included, that this actor may not run."""
    if actor == COMMAND:  # whoever can read the data folder may everything
        return []
    role = actor.role(project_id)
    closed = {subject: roles for subject, roles in _roles(transaction, project_id).items() if role not in roles}
    if not closed:
        return []
    return [
        Problem(
            "not_allowed", _message(subject, node, closed[subject]), path, "operator", node.operator, closed[subject]
        )
        for path, node in walk(document)
        if node.operator is not None and (subject := _closed_by(node, node.operator, catalogue, closed))
    ]


def _message(subject: str, node: Node, roles: Sequence[Role]) -> str:
    kind, _, name = subject.partition(":")
    what = {"engine": f"engine {name}", "gpu": "a GPU"}.get(kind)
    needs = f"needs {what}, which" if what else "is an operator that"
    return f"{node.operator} {needs} only these roles may use here: {', '.join(roles) or 'none'}."


def _closed_by(node: Node, operator: str, catalogue: Catalogue, closed: Mapping[str, Sequence[Role]]) -> str | None:
    """The first subject that keeps an operator from being run."""
    spec = catalogue.get(operator) if operator in catalogue else None
    return next((subject for subject in _subjects(node, operator, spec) if subject in closed), None)


def _subjects(node: Node, operator: str, spec: OperatorSpec | None) -> Iterator[str]:
    id = operator.partition("@")[0]
    yield f"operator:{id}"
    yield f"family:{id.partition('.')[0]}"
    if spec is not None and spec.runs.gpu > 0:
        yield "gpu"
    if node.settings.engine != "auto":
        yield f"engine:{node.settings.engine}"
    elif spec is not None:  # whether Spark takes it then is the platform's choice, not that of who runs it
        yield f"engine:{'local' if 'local' in spec.runs.engines else spec.runs.engines[0]}"


def _roles(transaction: Transaction, project_id: int) -> dict[str, list[Role]]:
    statement = sa.select(restriction.c.subject, restriction.c.roles).where(restriction.c.project_id == project_id)
    return {row.subject: row.roles for row in transaction.core.execute(statement)}
