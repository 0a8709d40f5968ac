"""Validation and schema propagation of a 300-node flow, against 50 ms."""

from __future__ import annotations

import statistics
from typing import Any

from patchbay_sdk import Catalogue
from patchbay_server.graph.propagate import propagate
from patchbay_server.graph.reader import parse
from patchbay_server.graph.validate import validate
from tests.bench.figure import report, seconds

NODES = 300
COLUMNS = 50
LIMIT = 0.050


def document() -> dict[str, Any]:
    """Chains of fill, scale, derive and select that start at one table, 300 nodes in all."""
    nodes: list[dict[str, Any]] = [{"id": "read", "operator": "source.sample@1.0.0", "params": {}}]
    edges: list[dict[str, str]] = []
    steps: list[tuple[str, dict[str, Any]]] = [
        ("clean.fill_missing@1.0.0", {"strategy": "median"}),
        ("feature.scale@1.0.0", {}),
        ("shape.sort@1.0.0", {"by": [{"column": "target"}]}),
        ("clean.deduplicate@1.0.0", {}),
    ]
    previous = "read"
    for position in range(NODES - 1):
        operator, params = steps[position % len(steps)]
        id = f"n{position}"
        nodes.append({"id": id, "operator": operator, "params": params})
        edges.append({"from": f"{previous}.table", "to": f"{id}.table"})
        previous = "read" if position % 30 == 29 else id
    return {"format": 1, "name": "bench", "nodes": nodes, "edges": edges}


def main() -> bool:
    """Median of 20 rounds; the catalogue is read once, as a server does."""
    catalogue = Catalogue.installed()
    flow = parse(document())

    def check() -> None:
        problems = [p for p in validate(flow, catalogue, propagate(flow, catalogue)) if p.level == "error"]
        assert not problems, problems[0]

    check()
    median = statistics.median(seconds(check) for _ in range(20))
    return report("validate_and_propagate_300_nodes", bound=1.0, ratio=median / LIMIT, seconds=median, limit=LIMIT)
