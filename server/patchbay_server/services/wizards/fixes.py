"""Fixes: nodes put before the node that checks the data, or params set, by a click; taken back by another."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from patchbay_sdk.registry import Catalogue
from patchbay_sdk.spec import OperatorSpec
from patchbay_server.engine.errors import NotFound
from patchbay_server.graph.document import Edge, FlowDocument, Node, PortRef, Text
from patchbay_server.services.errors import Conflict, Invalid
from patchbay_server.services.wizards import param_fixes
from patchbay_server.services.wizards.texts import Texts, in_all, joined

FIX_ID = re.compile(r"fix_(?P<code>[a-z][a-z0-9_]*)_[0-9]+")
PREPARES = ("clean", "shape", "feature")
"""Categories of operators that a fix may use: what prepares rows."""
WIDTH = 260
"""By how much the canvas makes place for a node."""


@dataclass(frozen=True, slots=True)
class Fix:
    """What to do about a finding: `operator` (``id@version``) with `params`, called `label`."""

    code: str
    label: Text
    operator: str
    params: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class AppliedFix:
    """A fix that is in a flow; `id`: of its node. `operator` None: it is none, but has set these flow params."""

    id: str
    code: str
    label: Texts
    operator: str | None
    params: Mapping[str, Any]


def applied(document: FlowDocument) -> list[AppliedFix]:
    """The fixes of a flow: nodes in the order in which its document has them, then what was set."""
    found = [(node, FIX_ID.fullmatch(node.id)) for node in document.nodes if node.operator]
    nodes = [
        AppliedFix(node.id, match["code"], in_all(node.title, node.id), node.operator, node.params)
        for node, match in found
        if match
    ]
    return nodes + [
        AppliedFix(fix.id, fix.code, in_all(fix.label, fix.id), None, fix.after)
        for fix in param_fixes.in_effect(document)
    ]


def insert(document: FlowDocument, catalogue: Catalogue, fix: Fix) -> FlowDocument:
    """The flow with a fix before the node that checks it; if the last one there is of the same kind, it takes it in.

    An earlier one does not: what stands between has brought up the finding, or made it possible to mend it.

    Raises:
        Invalid: the operator is not installed, or does not prepare rows.
        Conflict: the flow has no node that checks, or nothing feeds it.
    """
    checked = _check_edge(document)
    last = next((node for node in document.nodes if node.id == checked.source.node and _takes_in(node, fix)), None)
    if last is not None:
        merged = replace(last, params=_united(last.params, fix.params), title=joined(last.title, fix.label))
        return replace(document, nodes=tuple(merged if node is last else node for node in document.nodes))
    takes, gives = _ports(catalogue, fix.operator)
    id = _free_id(document, fix.code)
    place = next(node.position for node in document.nodes if node.id == checked.target.node)
    node = Node(id, operator=fix.operator, params=fix.params, title=fix.label, position=place)
    moved = _moved(document, place, WIDTH)
    edges: list[Edge] = []
    for edge in document.edges:
        if edge == checked:
            edges += [Edge(edge.source, PortRef(id, takes)), Edge(PortRef(id, gives), edge.target)]
        else:
            edges.append(edge)
    at = next(number for number, other in enumerate(moved) if other.id == checked.target.node)
    return replace(document, nodes=(*moved[:at], node, *moved[at:]), edges=tuple(edges))


def remove(document: FlowDocument, id: str) -> FlowDocument:
    """The flow without a fix. Raises NotFound: it has none of this id."""
    fix = next((fix for fix in applied(document) if fix.id == id), None)
    if fix is None:
        raise NotFound(f"The flow has no fix {id!r}; it may have been undone already.", reason="fix")
    if fix.operator is None:
        return param_fixes.remove(document, id)
    gone = next(node for node in document.nodes if node.id == id)
    left = replace(document, nodes=_moved(document, gone.position, -WIDTH))
    return without(left, {id})


def without_fixes(document: FlowDocument) -> FlowDocument:
    """The flow as it is but for its fixes."""
    return without(document, {fix.id for fix in applied(document)})


def without(document: FlowDocument, ids: set[str]) -> FlowDocument:
    """The flow without these nodes; what came into one goes to where its outputs went."""
    edges = list(document.edges)
    for id in ids:
        into = [edge.source for edge in edges if edge.target.node == id]
        edges = [
            replace(edge, source=into[0]) if edge.source.node == id else edge
            for edge in edges
            if edge.target.node != id and (edge.source.node != id or into)
        ]
    nodes = tuple(node for node in document.nodes if node.id not in ids)
    return replace(document, nodes=nodes, edges=tuple(dict.fromkeys(edges)))


def _takes_in(node: Node, fix: Fix) -> bool:
    """Whether a node is a fix of the same finding whose lists can be made longer, all else being equal."""
    match = FIX_ID.fullmatch(node.id)
    return (
        match is not None
        and match["code"] == fix.code
        and node.operator == fix.operator
        and node.params.keys() == fix.params.keys()
        and all(_unites(node.params[name], value) for name, value in fix.params.items())
    )


def _unites(old: Any, new: Any) -> bool:
    return bool(old == new) or (isinstance(old, list) and isinstance(new, list))


def _united(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: [*value, *(item for item in new[name] if item not in value)] if isinstance(value, list) else value
        for name, value in old.items()
    }


def _ports(catalogue: Catalogue, operator: str) -> tuple[str, str]:
    """The ports by which an operator stands between two tables. Raises Invalid."""
    if operator not in catalogue:
        raise Invalid(f"No operator {operator!r} is installed.", field="node.operator", value=operator)
    spec: OperatorSpec = catalogue.get(operator)
    takes = [port for port in spec.inputs if port.required]
    gives = [port for port in spec.outputs if port.type == "table"]
    if spec.category not in PREPARES or [port.type for port in takes] != ["table"] or not gives:
        message = f"{operator} is no fix: that takes one table and makes one, to {', '.join(PREPARES)} rows."
        raise Invalid(message, field="node.operator", value=operator)
    return takes[0].name, gives[0].name


def _check_edge(document: FlowDocument) -> Edge:
    """The edge on which fixes are put. Raises Conflict."""
    steps = document.wizard.steps if document.wizard else ()
    check = next((step.node for step in steps if step.view == "check" and step.node), None)
    edge = next((edge for edge in document.edges if edge.target.node == check), None)
    if edge is None:
        what = "has no step that checks the data" if check is None else f"has nothing that feeds node {check!r}"
        raise Conflict(f"Flow {document.name!r} {what}, so no fix can be put there.", node=check, reason="no_check")
    return edge


def _free_id(document: FlowDocument, code: str) -> str:
    taken = {node.id for node in document.nodes}
    number = 1
    while f"fix_{code}_{number}" in taken:
        number += 1
    return f"fix_{code}_{number}"


def _moved(document: FlowDocument, place: tuple[float, float] | None, by: float) -> tuple[Node, ...]:
    """The nodes, those at this place and to its right moved; a document without positions stays as it is."""
    if place is None:
        return document.nodes
    return tuple(
        replace(node, position=(node.position[0] + by, node.position[1]))
        if node.position is not None and node.position[0] >= place[0]
        else node
        for node in document.nodes
    )
