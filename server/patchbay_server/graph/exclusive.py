"""Edges of which only one can ever deliver: they hang on different cases of one branch, and may share an input."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from patchbay_server.graph.document import Edge
from patchbay_server.graph.wiring import Wiring

Cases = dict[str, frozenset[str]]
"""Branch -> those of its cases of which one must have been taken; a branch that is not here may have gone any way."""


def cases_of(wiring: Wiring) -> dict[str, Cases]:
    """Node -> the cases that must have been taken for it to run. Nodes in cycles are left out."""
    found: dict[str, Cases] = {}
    for id in wiring.order():
        found[id] = _of_node(wiring, id, found)
    return found


def exclude_each_other(wiring: Wiring, edges: Sequence[Edge], cases: dict[str, Cases]) -> bool:
    """Whether at most one of these edges delivers, whatever the values are. `cases`: `cases_of` the wiring."""
    behind = [_of_edge(wiring, edge, cases) for edge in edges]
    return all(_disjoint(one, other) for one, other in combinations(behind, 2))


def _of_node(wiring: Wiring, id: str, known: dict[str, Cases]) -> Cases:
    """All that the required inputs of a node ask for."""
    ports = wiring.ports.get(id)
    found: Cases = {}
    for port in ports.inputs.values() if ports else ():
        edges = wiring.incoming[id].get(port.name, ())
        if port.required and edges:
            each = [_of_edge(wiring, edge, known) for edge in edges]
            shared = set(each[0]).intersection(*each[1:])
            for branch in shared:  # one of the edges is enough
                cases = frozenset().union(*(one[branch] for one in each))
                found[branch] = found.get(branch, cases) & cases
    return found


def _of_edge(wiring: Wiring, edge: Edge, known: dict[str, Cases]) -> Cases:
    source = edge.source
    cases = dict(known.get(source.node, {}))
    if wiring.nodes[source.node].kind == "branch":
        cases[source.node] = frozenset([source.port])
    return cases


def _disjoint(one: Cases, other: Cases) -> bool:
    return any(one[branch].isdisjoint(other[branch]) for branch in one.keys() & other.keys())
