"""Warns when something learned from rows that a later split sets aside for testing."""

from __future__ import annotations

from collections.abc import Iterator

import networkx as nx

from patchbay_server.graph.problem import Problem
from patchbay_server.graph.wiring import Wiring


def leak_problems(wiring: Wiring, prefix: str) -> Iterator[Problem]:
    """One warning for each node that learns and whose tables flow into a split; its `value` lists those splits."""
    splits = [id for id, ports in wiring.ports.items() if ports.spec is not None and ports.spec.splits]
    if not splits:
        return
    learners = [
        id for id, ports in wiring.ports.items() if ports.spec and any(output.learns for output in ports.spec.outputs)
    ]
    tables: nx.DiGraph[str] = nx.DiGraph()
    tables.add_nodes_from(wiring.nodes)
    for edge in wiring.edges:
        port = wiring.output_port(edge.source)
        if port is not None and port.type in ("table", "any"):
            tables.add_edge(edge.source.node, edge.target.node)
    for learner in learners:
        below = nx.descendants(tables, learner)
        later = [prefix + split for split in splits if split in below]
        if later:
            message = (
                f"It learns from all rows before {later[0]!r} splits them, so test rows leak into training. "
                f"Put it after the split, on the training rows, and use its transform on the test rows."
            )
            yield Problem("leak", message, prefix + learner, value=later, level="warning")
