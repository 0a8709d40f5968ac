"""Warns when something learned from rows that a later split sets aside for testing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import networkx as nx

from patchbay_server.graph.problem import Problem
from patchbay_server.graph.wiring import Wiring

MOST_SPLITS = 20
"""Splits that one warning lists."""


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
    later = _later(tables, splits)
    for learner in learners:
        if later[learner]:
            found = [prefix + split for number, split in enumerate(splits) if later[learner] >> number & 1]
            message = (
                f"It learns from all rows before {found[0]!r} splits them, so test rows leak into training. "
                f"Put it after the split, on the training rows, and use its transform on the test rows."
            )
            yield Problem("leak", message, prefix + learner, value=found[:MOST_SPLITS], level="warning")


def _later(tables: nx.DiGraph[str], splits: Sequence[str]) -> dict[str, int]:
    """Node -> a bit for each split that its tables flow into. One pass: nodes in a circle count as one."""
    bit = {split: 1 << number for number, split in enumerate(splits)}
    groups = nx.condensation(tables)
    below: dict[int, int] = {}
    reached: dict[int, int] = {}
    for group in reversed(list(nx.topological_sort(groups))):
        below[group] = 0
        for successor in groups.successors(group):
            below[group] |= reached[successor]
        own = groups.nodes[group]["members"]
        reached[group] = below[group]
        for node in own:
            reached[group] |= bit.get(node, 0)
    circles = {group for group in groups if len(groups.nodes[group]["members"]) > 1}
    place = groups.graph["mapping"]
    return {node: (reached if place[node] in circles else below)[place[node]] & ~bit.get(node, 0) for node in tables}
