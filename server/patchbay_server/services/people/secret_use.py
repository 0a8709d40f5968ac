"""Which nodes name which secrets."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from patchbay_sdk.registry import Catalogue
from patchbay_server.engine.secrets import stored
from patchbay_server.graph.document import FlowDocument
from patchbay_server.graph.flow_params import bind, body_of
from patchbay_server.graph.plan import PlannedTask
from patchbay_server.graph.problem import Problem
from patchbay_server.graph.reader import parse
from patchbay_server.services.platform import Platform
from patchbay_server.store.database import Transaction
from patchbay_server.store.paging import Page, page
from patchbay_server.store.tables import flow, flow_revision


@dataclass(frozen=True, slots=True)
class Use:
    """A node that names a secret, in a param `field`."""

    node: str
    field: str
    secret: str


@dataclass(frozen=True, slots=True)
class FlowUse:
    """A flow whose newest revision names a secret, and the paths of the nodes that do."""

    flow: str
    nodes: list[str]


def in_document(document: FlowDocument, catalogue: Catalogue, prefix: str = "") -> Iterator[Use]:
    """Every secret that a flow names, bodies included, with the values that its params have now."""
    for node in bind(document, {}).nodes:
        if node.body is not None:
            yield from in_document(body_of(node), catalogue, f"{prefix}{node.id}/")
        else:
            yield from _of_node(prefix + node.id, node.operator, node.params, catalogue)


def in_tasks(tasks: Iterable[PlannedTask], catalogue: Catalogue) -> Iterator[Use]:
    """Every secret that the tasks of a plan name."""
    for task in tasks:
        yield from _of_node(task.path, task.operator, task.params, catalogue)


def missing(transaction: Transaction, project_id: int, uses: Iterable[Use]) -> list[Problem]:
    """A problem for every secret that is named and that the project does not have."""
    named = list(uses)
    if not named:
        return []
    have = stored(transaction, project_id, {use.secret for use in named})
    return [
        Problem(
            "secret_unknown",
            f"{use.field} names the secret {use.secret!r}, which this project does not have: make it first.",
            use.node,
            f"params.{use.field}",
            use.secret,
        )
        for use in named
        if use.secret not in have
    ]


def where_used(
    platform: Platform, project_id: int, name: str, *, cursor: str | None = None, limit: int = 50
) -> Page[FlowUse]:
    """The flows that name a secret, by name. A page may hold fewer than `limit`."""
    other = flow_revision.alias()
    newest = sa.select(sa.func.max(other.c.number)).where(other.c.flow_id == flow.c.id).scalar_subquery()
    statement = (
        sa.select(flow.c.name, flow_revision.c.document)
        .join(flow, flow.c.id == flow_revision.c.flow_id)
        .where(
            flow.c.project_id == project_id,
            flow.c.deleted_at.is_(None),
            flow_revision.c.number == newest,
            sa.cast(flow_revision.c.document, sa.Text).contains(json.dumps(name), autoescape=True),
        )
    )
    with platform.database.read() as transaction:
        found = page(transaction, statement, flow.c.name, cursor=cursor, limit=limit)
    items = [FlowUse(row["name"], _nodes(parse(row["document"]), platform.catalogue, name)) for row in found.items]
    return Page([item for item in items if item.nodes], found.next)


def _nodes(document: FlowDocument, catalogue: Catalogue, name: str) -> list[str]:
    return list(dict.fromkeys(use.node for use in in_document(document, catalogue) if use.secret == name))


def _of_node(path: str, operator: str | None, params: Mapping[str, Any], catalogue: Catalogue) -> Iterator[Use]:
    if operator is not None and operator in catalogue:
        for field, name in catalogue.get(operator).named_secrets(params):
            yield Use(path, field, name)
