"""Which flows follow from a flow: those that read the datasets it writes, those that read what these write, ..."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from patchbay_sdk.errors import PatchbayError
from patchbay_sdk.registry import Catalogue
from patchbay_server.engine import flows
from patchbay_server.engine.flows import Revision
from patchbay_server.graph.document import FlowDocument
from patchbay_server.graph.flow_params import bind, body_of
from patchbay_server.graph.reader import parse
from patchbay_server.services.datasets.adopt import WRITER
from patchbay_server.services.datasets.pins import reads_of
from patchbay_server.store.database import Transaction


@dataclass(frozen=True, slots=True)
class PlannedFlow:
    """A flow that a backfill runs for each of its times. `after`: positions of the flows that it reads from."""

    flow_id: int
    revision_id: int
    after: tuple[int, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {"flow_id": self.flow_id, "revision_id": self.revision_id, "after": list(self.after)}


@dataclass(slots=True)
class _Traffic:
    """The datasets that a flow reads, as their latest version, and those that it writes."""

    reads: set[str] = field(default_factory=set)
    writes: set[str] = field(default_factory=set)


def plan(
    transaction: Transaction, catalogue: Catalogue, root: Revision, params: Mapping[str, Any]
) -> list[PlannedFlow]:
    """A flow and all that follows from it, each after what it reads from; flows that read each other once.

    `params`: of the root. Flows that ask for a version by number do not follow: what they read does not change.
    """
    revisions = {known.flow_id: known for known in flows.newest(transaction, root.project_id)} | {root.flow_id: root}
    traffic = {id: _traffic(known, params, catalogue) for id, known in revisions.items()}
    order = _order(traffic, root.flow_id)
    places = {id: place for place, id in enumerate(order)}

    def feeds(one: int, other: int) -> bool:
        return bool(traffic[one].writes & traffic[other].reads)

    return [
        PlannedFlow(
            id,
            revisions[id].id,
            tuple(
                place for place, other in enumerate(order[: places[id]]) if traffic[other].writes & traffic[id].reads
            ),
        )
        for id in order
    ]


def shared(document: FlowDocument, params: Mapping[str, Any]) -> dict[str, Any]:
    """Those of the params that a flow has, too: what a flow downstream gets of them."""
    return {name: value for name, value in params.items() if name in document.params}


def _order(traffic: Mapping[int, _Traffic], root: int) -> list[int]:
    """The root and what follows, each before all that follow from it, but where flows follow from each other."""
    seen: set[int] = set()
    ended: list[int] = []

    def visit(id: int) -> None:
        seen.add(id)
        for other, its in sorted(traffic.items(), reverse=True):
            if other not in seen and traffic[id].writes & its.reads:
                visit(other)
        ended.append(id)

    visit(root)
    return ended[::-1]


def _traffic(revision: Revision, params: Mapping[str, Any], catalogue: Catalogue) -> _Traffic:
    """A flow that cannot be read any more has none: it cannot run either."""
    try:
        document = parse(revision.document)
        own = shared(document, params)
        reads = {name for _, _, name, version in reads_of(revision.document, own, catalogue) if version is None}
        return _Traffic(reads, set(_writes(bind(document, own))))
    except PatchbayError:
        return _Traffic()


def _writes(document: FlowDocument) -> Iterator[str]:
    for node in document.nodes:
        if node.body is not None:
            yield from _writes(body_of(node))
        elif (node.operator or "").partition("@")[0] == WRITER and isinstance(node.params.get("name"), str):
            yield node.params["name"]
