"""A document seen as a graph: each node's ports, each port's edges, the order of the nodes, the cycles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import networkx as nx

from patchbay_sdk.errors import UnknownOperator
from patchbay_sdk.registry import Catalogue
from patchbay_sdk.schema import Schema, united
from patchbay_sdk.spec import InputPort, OperatorSpec, OutputPort
from patchbay_server.graph.document import Edge, FlowDocument, Node, PortRef
from patchbay_server.graph.problem import MOST_ERRORS

Schemas = Mapping[tuple[str, str], Schema | None]
"""(path of a node, output port) -> schema; None: unknown."""


@dataclass(frozen=True, slots=True)
class Ports:
    """The ports of a node, whatever its kind; `spec` for operators only."""

    inputs: Mapping[str, InputPort]
    outputs: Mapping[str, OutputPort]
    spec: OperatorSpec | None = None


class Wiring:
    """The nodes of one document (bodies are a Wiring of their own), their ports and edges.

    `ports` lacks nodes whose operator is not installed; `edges` holds only those between nodes that exist.
    `one_by_one`: output ports that hand on what a map's items make one by one, not being tables.
    """

    def __init__(self, document: FlowDocument, catalogue: Catalogue) -> None:
        self.document = document
        self.nodes: dict[str, Node] = {node.id: node for node in document.nodes}
        self.unknown: dict[str, UnknownOperator] = {}
        self.bodies: dict[str, Wiring] = {}
        self.ports: dict[str, Ports] = {}
        self.one_by_one: set[PortRef] = set()
        for node in document.nodes:
            if node.body is not None:
                self.bodies[node.id] = Wiring(node.body, catalogue)
            try:
                self.ports[node.id] = self._ports_of(node, catalogue)
            except UnknownOperator as error:
                self.unknown[node.id] = error
        self.edges = [edge for edge in document.edges if {edge.source.node, edge.target.node} <= self.nodes.keys()]
        self.incoming: dict[str, dict[str, list[Edge]]] = {id: {} for id in self.nodes}
        for edge in self.edges:
            self.incoming[edge.target.node].setdefault(edge.target.port, []).append(edge)
        self.graph: nx.DiGraph[str] = nx.DiGraph()
        self.graph.add_nodes_from(self.nodes)
        self.graph.add_edges_from((edge.source.node, edge.target.node) for edge in self.edges)

    def _ports_of(self, node: Node, catalogue: Catalogue) -> Ports:
        match node.kind:
            case "operator":
                key = node.operator or ""
                if len(self.unknown) >= MOST_ERRORS and key not in catalogue:  # spares the look for similar names
                    raise UnknownOperator(f"No operator {key!r} is installed.", operator=key)
                spec = catalogue.get(key)
                return Ports(
                    {port.name: port for port in spec.inputs}, {port.name: port for port in spec.outputs}, spec
                )
            case "branch":
                return Ports(
                    {"value": InputPort("value", "any")}, {c.port: OutputPort(c.port, "any") for c in node.cases}
                )
            case "approval":
                return Ports({"value": InputPort("value", "any")}, {"value": OutputPort("value", "any")})
            case "map":
                ports, body = self.bodies[node.id].outer_ports(), node.body
                self.one_by_one |= {PortRef(node.id, p.name) for p in ports.outputs.values() if p.type != "table"}
                if (
                    node.by is None and node.over is not None and body is not None and node.over in body.inputs
                ):  # an item for each edge
                    over = replace(ports.inputs[node.over], many=True)
                    return Ports({**ports.inputs, over.name: over}, ports.outputs)
                return ports
            case _:
                inner = self.bodies[node.id]
                shown = inner.document.outputs.items()
                self.one_by_one |= {PortRef(node.id, name) for name, ref in shown if ref in inner.one_by_one}
                return inner.outer_ports()

    def outer_ports(self) -> Ports:
        """The ports that the node around this body shows: as their counterparts inside."""
        inputs = {}
        for name, refs in self.document.inputs.items():
            inner = [port for port in map(self.input_port, refs) if port is not None]
            type = inner[0].type if inner else "any"
            inputs[name] = InputPort(name, type, any(port.required for port in inner), any(port.many for port in inner))
        outputs = {}
        for name, ref in self.document.outputs.items():
            port = self.output_port(ref)
            outputs[name] = OutputPort(name, port.type if port else "any")
        return Ports(inputs, outputs)

    def input_port(self, ref: PortRef) -> InputPort | None:
        """The input port that `ref` names, or None."""
        ports = self.ports.get(ref.node)
        return None if ports is None else ports.inputs.get(ref.port)

    def output_port(self, ref: PortRef) -> OutputPort | None:
        """The output port that `ref` names, or None."""
        ports = self.ports.get(ref.node)
        return None if ports is None else ports.outputs.get(ref.port)

    def cycles(self) -> list[list[str]]:
        """One cycle of each group of nodes that depend on each other, from its first node in the document."""
        position = {id: number for number, id in enumerate(self.nodes)}
        cycles = []
        for group in nx.strongly_connected_components(self.graph):
            first = min(group, key=position.__getitem__)
            if len(group) > 1 or self.graph.has_edge(first, first):
                cycles.append([source for source, _ in nx.find_cycle(self.graph.subgraph(group), first)])
        return sorted(cycles, key=lambda cycle: position[cycle[0]])

    def order(self) -> list[str]:
        """The nodes, each after those that it depends on, otherwise as in the document; without those in cycles."""
        position = {id: number for number, id in enumerate(self.nodes)}
        try:
            return list(nx.lexicographical_topological_sort(self.graph, key=position.__getitem__))
        except nx.NetworkXUnfeasible:
            in_cycles = {
                id
                for group in nx.strongly_connected_components(self.graph)
                for id in group
                if len(group) > 1 or self.graph.has_edge(id, id)
            }
            acyclic = self.graph.subgraph(self.nodes.keys() - in_cycles)
            return list(nx.lexicographical_topological_sort(acyclic, key=position.__getitem__))

    def input_schemas(
        self, node: str, prefix: str, schemas: Schemas, outer: Mapping[PortRef, Schema | None]
    ) -> dict[str, Schema | None]:
        """Input port -> schema of what its edges bring; `prefix`: path of this body, ending in ``/``, or empty.

        `outer`: schemas that come into this body from outside. Several edges into one port: the union of their columns.
        """
        found: dict[str, Schema | None] = {ref.port: schema for ref, schema in outer.items() if ref.node == node}
        for port, edges in self.incoming[node].items():
            found[port] = _union([schemas.get((prefix + edge.source.node, edge.source.port)) for edge in edges])
        return found


def _union(schemas: list[Schema | None]) -> Schema | None:
    known = [schema for schema in schemas if schema is not None]
    if len(known) < len(schemas):
        return None
    return known[0] if len(known) == 1 else united(known)
