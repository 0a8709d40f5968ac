"""Edges: do they join ports that exist and fit, is every required input fed, does anything run in a circle?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from patchbay_sdk.ports import can_connect
from patchbay_server.graph.document import Edge, PortRef
from patchbay_server.graph.exclusive import cases_of, exclude_each_other
from patchbay_server.graph.problem import Problem, did_you_mean
from patchbay_server.graph.wiring import Wiring


def edge_problems(wiring: Wiring, prefix: str) -> Iterator[Problem]:
    """Every problem of the edges of one document, whose nodes' paths start with `prefix`."""
    yield from _duplicates(wiring, prefix)
    for edge in wiring.document.edges:
        yield from _ends(wiring, prefix, edge)
    for name, refs in wiring.document.inputs.items():
        for ref in refs:
            yield from _unknown_end(wiring, prefix, ref, "input", f"The body's input {name!r}")
    for name, ref in wiring.document.outputs.items():
        yield from _unknown_end(wiring, prefix, ref, "output", f"The body's output {name!r}")
    yield from _inputs(wiring, prefix)
    for cycle in wiring.cycles():
        circle = [prefix + id for id in [*cycle, cycle[0]]]
        message = f"The nodes {' -> '.join(circle)} form a cycle; remove one of these edges."
        yield Problem("cycle", message, circle[0], "edges", circle[:-1])


def _duplicates(wiring: Wiring, prefix: str) -> Iterator[Problem]:
    for edge, count in Counter(wiring.document.edges).items():
        if count > 1:
            message = f"The edge {edge} is there {count} times; keep one."
            yield Problem("duplicate_edge", message, prefix + edge.target.node, _field(edge), str(edge))


def _ends(wiring: Wiring, prefix: str, edge: Edge) -> Iterator[Problem]:
    problems = [
        *_unknown_end(wiring, prefix, edge.source, "output", f"The edge {edge}"),
        *_unknown_end(wiring, prefix, edge.target, "input", f"The edge {edge}"),
    ]
    yield from problems
    source, target = wiring.output_port(edge.source), wiring.input_port(edge.target)
    if source is not None and target is not None and not can_connect(source.type, target.type):
        message = f"{edge.source} is of type {source.type}, but input {target.name!r} takes {target.type}."
        yield Problem("port_type", message, prefix + edge.target.node, _field(edge), source.type, target.type)
    if source is not None and target is not None and edge.source in wiring.one_by_one and not target.many:
        message = (
            f"{edge.source} hands on one {source.type} for each item of a map, but input {target.name!r} takes one."
        )
        yield Problem("map_output", message, prefix + edge.target.node, _field(edge), source.type)


def _unknown_end(wiring: Wiring, prefix: str, ref: PortRef, side: str, what: str) -> Iterator[Problem]:
    if ref.node not in wiring.nodes:
        known = list(wiring.nodes)
        message = f"{what} names node {ref.node!r}, which does not exist.{did_you_mean(ref.node, known)}"
        yield Problem("unknown_node", message, prefix.rstrip("/") or None, "edges", str(ref), known)
    elif ref.node in wiring.ports:
        ports = wiring.ports[ref.node]
        known_ports: Mapping[str, Any] = ports.inputs if side == "input" else ports.outputs
        if ref.port not in known_ports:
            there = (
                f"the {side}s of {ref.node!r} are: {', '.join(known_ports)}" if known_ports else f"it has no {side}s"
            )
            message = f"{what} names {side} {ref.port!r}; {there}.{did_you_mean(ref.port, known_ports)}"
            field = f"{side}s.{ref.port}"
            yield Problem("unknown_port", message, prefix + ref.node, field, ref.port, list(known_ports))


def _inputs(wiring: Wiring, prefix: str) -> Iterator[Problem]:
    """Required inputs that nothing feeds, and inputs that take one edge and get more."""
    from_outside = Counter(ref for refs in wiring.document.inputs.values() for ref in refs)
    cases = None
    for id, ports in wiring.ports.items():
        for port in ports.inputs.values():
            edges = wiring.incoming[id].get(port.name, [])
            sources = list(dict.fromkeys(str(edge.source) for edge in edges))
            outside = from_outside[PortRef(id, port.name)]
            sources += ["the body's inputs"] * outside
            field = f"inputs.{port.name}"
            if not sources and port.required:
                message = f"Input {port.name!r} is required; connect a {port.type} to it."
                yield Problem("input_missing", message, prefix + id, field, None, port.type)
            elif len(sources) > 1 and not port.many:
                cases = cases_of(wiring) if cases is None else cases
                if outside or not exclude_each_other(wiring, edges, cases):
                    message = f"Input {port.name!r} takes one edge, but gets {len(sources)}: from {', '.join(sources)}."
                    yield Problem("too_many_edges", message, prefix + id, field, sources)


def _field(edge: Edge) -> str:
    return f"inputs.{edge.target.port}"
