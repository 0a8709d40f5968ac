"""What each table will look like before anything has run: schemas, from node to node."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass

from patchbay_sdk.propagation import Infer, output_schemas
from patchbay_sdk.registry import Catalogue
from patchbay_sdk.schema import Column, Schema
from patchbay_server.graph.document import FlowDocument, Node, PortRef
from patchbay_server.graph.flow_params import bind, body_of
from patchbay_server.graph.wiring import Wiring

MOST_COLUMNS = 1_000_000
"""Columns of all schemas of a flow together; beyond, they stay unknown."""

ITEM_TYPES = {"string": "string", "integer": "int", "number": "float", "boolean": "bool"}
"""Type of a flow param -> type of a column of its values."""


def propagate(
    document: FlowDocument, catalogue: Catalogue, infer: Infer | None = None, *, unknown: Container[str] = ()
) -> dict[tuple[str, str], Schema | None]:
    """(path of a node, output port) -> schema of every table port; None where it is unknown.

    Unknown are: what an operator must be asked for when `infer` is None or fails, what depends on params that do not
    fit, and what is more than MOST_COLUMNS. Nodes in cycles, nodes whose operator is not installed and the nodes
    `unknown` are left out.
    """
    schemas: dict[tuple[str, str], Schema | None] = {}
    _propagate(bind(document, {}), catalogue, infer, "", {}, schemas, _Spent(), unknown)
    return schemas


@dataclass(slots=True)
class _Spent:
    """How many columns have been found so far."""

    columns: int = 0


def _propagate(
    document: FlowDocument,
    catalogue: Catalogue,
    infer: Infer | None,
    prefix: str,
    outer: Mapping[PortRef, Schema | None],
    schemas: dict[tuple[str, str], Schema | None],
    spent: _Spent,
    unknown: Container[str] = (),
) -> None:
    wiring = Wiring(document, catalogue)
    for id in wiring.order():
        if id in unknown:
            continue
        node = wiring.nodes[id]
        inputs = wiring.input_schemas(id, prefix, schemas, outer)
        found: Mapping[str, Schema | None]
        if node.body is not None:
            body, inside = body_of(node), f"{prefix}{id}/"
            entering = {ref: inputs.get(port) for port, refs in body.inputs.items() for ref in refs}
            _propagate(body, catalogue, infer, inside, entering, schemas, spent)
            found = {port: schemas.get((inside + ref.node, ref.port)) for port, ref in body.outputs.items()}
            if node.over is not None and node.over in body.params:
                found = {port: _naming_item(node.over, body, schema) for port, schema in found.items()}
        elif id not in wiring.ports:
            continue
        else:
            found = _of_node(node, wiring, inputs, infer)
        spent.columns += sum(len(schema.columns) for schema in found.values() if schema is not None)
        known = spent.columns <= MOST_COLUMNS
        schemas.update({(prefix + id, port): schema if known else None for port, schema in found.items()})


def _naming_item(over: str, body: FlowDocument, schema: Schema | None) -> Schema | None:
    """The schema of a map's tables put together: a column names the item, where the items are plain values."""
    type = ITEM_TYPES.get(body.params[over].type)
    if schema is None or type is None or over in schema.names:
        return schema
    return Schema.of([*schema.columns, Column(over, type)], open=schema.open)


def _of_node(
    node: Node, wiring: Wiring, inputs: Mapping[str, Schema | None], infer: Infer | None
) -> Mapping[str, Schema | None]:
    ports = wiring.ports[node.id]
    if ports.spec is None:  # branch and approval hand on what they get
        return {port: inputs.get("value") for port in ports.outputs}
    unknown: dict[str, Schema | None] = {port.name: None for port in ports.spec.outputs if port.type == "table"}
    if not unknown:
        return unknown
    try:
        return output_schemas(ports.spec, ports.spec.fill_params(node.params), inputs, infer)
    except Exception:  # noqa: BLE001 - a plugin's infer may raise anything, and params are not checked yet
        return unknown
