"""Maps: is there anything to run over?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from patchbay_sdk.schema import Schema
from patchbay_server.graph.document import Node
from patchbay_server.graph.problem import Problem, did_you_mean
from patchbay_server.graph.wiring import Wiring


def map_problems(wiring: Wiring, node: Node, path: str, incoming: Mapping[str, Schema | None]) -> Iterator[Problem]:
    """What is wrong with `over` and `by` of a map. `incoming`: input port -> schema of what its edges bring."""
    if node.over is None or node.body is None:
        return
    inputs, params = node.body.inputs, node.body.params
    if node.over not in [*inputs, *params]:
        allowed = [*inputs, *params]
        message = f"over is {node.over!r}; allowed, inputs and params of the body: {', '.join(allowed) or 'none'}."
        yield Problem("over", message, path, "over", node.over, allowed)
    elif node.by is not None:
        yield from _column_problems(wiring, node, path, incoming.get(node.over))
    elif node.over in params:
        values = node.params.get(node.over)
        if not isinstance(values, list | dict):  # an object is a reference without a value, told elsewhere
            message = f"{node.over} is what the map runs over: give a list of values."
            yield Problem("over", message, path, f"params.{node.over}", values)
        elif values == []:
            message = f"{node.over} is what the map runs over: give it at least one value."
            yield Problem("over", message, path, f"params.{node.over}", values)


def _column_problems(wiring: Wiring, node: Node, path: str, schema: Schema | None) -> Iterator[Problem]:
    assert node.body is not None and node.by is not None
    ports = wiring.ports.get(node.id)
    port = ports.inputs.get(node.over or "") if ports else None
    if node.over not in node.body.inputs or port is None or port.type not in ("table", "any"):
        message = f"by is {node.by!r}, a column; so over must be an input of the body that takes a table."
        yield Problem("by", message, path, "by", node.by)
    elif schema is not None and not schema.open and node.by not in schema.names:
        message = f"by: column {node.by!r} is not in input {node.over!r}; it has: {', '.join(schema.names[:20])}."
        yield Problem("by", message + did_you_mean(node.by, schema.names), path, "by", node.by, schema.names)
