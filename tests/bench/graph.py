"""Validation and schema propagation of a 300-node flow, against 50 ms."""

from __future__ import annotations

import statistics
from collections.abc import Mapping
from typing import Any

from patchbay_sdk import Catalogue, OperatorSpec, Schema
from patchbay_sdk.propagation import Schemas
from patchbay_server.graph.propagate import propagate
from patchbay_server.graph.reader import parse
from patchbay_server.graph.validate import validate
from tests.bench.figure import report, seconds

NODES = 300
COLUMNS = 50
LIMIT = 0.050


def document() -> dict[str, Any]:
    """Chains of fill, scale, filter, derive and deduplicate that start at one table, 300 nodes in all."""
    nodes: list[dict[str, Any]] = [{"id": "read", "operator": "source.sample@1.0.0", "params": {}}]
    edges: list[dict[str, str]] = []
    steps: list[tuple[str, dict[str, Any]]] = [
        ("clean.fill_missing@1.0.0", {"strategy": "median"}),
        ("feature.scale@1.0.0", {}),
        ("shape.filter_rows@1.0.0", {"expression": "c0 > 0.5 AND c1 IS NOT NULL"}),
        ("shape.derive_column@1.0.0", {"name": "ratio", "expression": "c1 / nullif(c2, 0)"}),
        ("clean.deduplicate@1.0.0", {}),
    ]
    previous = "read.table"
    for position in range(NODES - 1):
        operator, params = steps[position % len(steps)]
        id = f"n{position}"
        nodes.append({"id": id, "operator": operator, "params": params})
        edges.append({"from": previous, "to": f"{id}.table"})
        output = "kept" if operator.startswith("shape.filter_rows") else "table"
        previous = "read.table" if position % 30 == 29 else f"{id}.{output}"
    return {"format": 1, "name": "bench", "nodes": nodes, "edges": edges}


def main() -> bool:
    """Median of 20 rounds; the catalogue is read once, as a server does."""
    catalogue = Catalogue.installed()
    flow = parse(document())

    columns = Schema.of({f"c{position}": "float" for position in range(COLUMNS)})

    def infer(spec: OperatorSpec, params: Mapping[str, Any], schemas: Schemas) -> Schemas:
        """What the plugin host would answer; its own cost is not the graph's."""
        return {port.name: schemas.get("table", columns) for port in spec.outputs if port.type == "table"}

    def check() -> None:
        problems = [p for p in validate(flow, catalogue, propagate(flow, catalogue, infer)) if p.level == "error"]
        assert not problems, problems[0]

    check()
    median = statistics.median(seconds(check) for _ in range(20))
    return report("validate_and_propagate_300_nodes", bound=1.0, ratio=median / LIMIT, seconds=median, limit=LIMIT)
