"""Which flows and schedules of a project read which datasets: what they read must stay."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from patchbay_sdk.errors import PatchbayError
from patchbay_sdk.registry import Catalogue
from patchbay_sdk.spec import OperatorSpec
from patchbay_server.engine import flows
from patchbay_server.graph.document import FlowDocument
from patchbay_server.graph.flow_params import bind, body_of
from patchbay_server.graph.reader import parse
from patchbay_server.services.schedules.scheduled_time import render
from patchbay_server.store.data import schedule
from patchbay_server.store.database import Transaction

WIDGET = "dataset"
"""A param with this `x-widget` names a dataset; `version` of the same node, where there is one, pins a version."""


@dataclass(frozen=True, slots=True)
class Pin:
    """A node that reads a dataset. `number`: the version it asks for, None: the latest. `reader`: for people."""

    dataset: str
    number: int | None
    node: str
    param: str
    flow: str
    revision: int
    schedule: str | None = None

    @property
    def reader(self) -> str:
        """``flow 'yield'`` or ``schedule 'nightly'``."""
        return f"schedule {self.schedule!r}" if self.schedule is not None else f"flow {self.flow!r}"


def pins_of(transaction: Transaction, project_id: int, catalogue: Catalogue) -> list[Pin]:
    """What the newest revisions of a project's flows read, each also with the params of its schedules.

    A revision that cannot be read any more reads nothing: it cannot run either.
    """
    planned: dict[int, list[tuple[str, Mapping[str, Any]]]] = {}
    c = schedule.c
    schedules = sa.select(c.flow_id, c.name, c.params, c.created_at, c.timezone)
    here = c.project_id == project_id, c.deleted_at.is_(None)
    for flow_id, name, params, at, timezone in transaction.core.execute(schedules.where(*here)):
        planned.setdefault(flow_id, []).append((name, render(params, at, timezone)))
    found: list[Pin] = []
    for revision in flows.newest(transaction, project_id):
        for planner, params in [(None, {}), *planned.get(revision.flow_id, [])]:
            for node, param, dataset, version in reads_of(revision.document, params, catalogue):
                found.append(Pin(dataset, version, node, param, revision.flow_name, revision.number, planner))
    return found


def dataset_params(spec: OperatorSpec, params: Mapping[str, Any]) -> Iterator[tuple[str, str, int | None]]:
    """(param, name of the dataset, version or None) of every dataset that these params name."""
    version = params.get("version")
    for param, field in spec.params.get("properties", {}).items():
        if field.get("x-widget") == WIDGET and isinstance(params.get(param), str):
            yield param, params[param], version if type(version) is int else None


def reads_of(
    document: Mapping[str, Any], params: Mapping[str, Any], catalogue: Catalogue
) -> Iterator[tuple[str, str, str, int | None]]:
    """(path of the node, param, name of the dataset, version or None) of all that a flow reads with these params."""
    try:
        yield from list(_walk(bind(parse(document), params), "", catalogue))
    except PatchbayError:
        return


def _walk(document: FlowDocument, path: str, catalogue: Catalogue) -> Iterator[tuple[str, str, str, int | None]]:
    for node in document.nodes:
        if node.body is not None:
            yield from _walk(body_of(node), f"{path}{node.id}/", catalogue)
        elif node.operator is not None and node.operator in catalogue:
            for param, dataset, version in dataset_params(catalogue.get(node.operator), node.params):
                yield f"{path}{node.id}", param, dataset, version
