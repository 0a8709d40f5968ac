"""What each table will look like before anything has run: schemas, from node to node."""

from __future__ import annotations

from collections.abc import Mapping

from patchbay_sdk.propagation import Infer, output_schemas
from patchbay_sdk.registry import Catalogue
from patchbay_sdk.schema import Schema
from patchbay_server.graph.document import FlowDocument, Node, PortRef
from patchbay_server.graph.flow_params import bind, body_of
from patchbay_server.graph.wiring import Wiring


def propagate(
    document: FlowDocument, catalogue: Catalogue, infer: Infer | None = None
) -> dict[tuple[str, str], Schema | None]:
    """(path of a node, output port) -> schema of every table port; None where it is unknown.

    Unknown are: what an operator must be asked for when `infer` is None or fails, what depends on params that do not
    fit. Nodes in cycles and nodes whose operator is not installed are left out.
    """
    schemas: dict[tuple[str, str], Schema | None] = {}
    _propagate(bind(document, {}), catalogue, infer, "", {}, schemas)
    return schemas


def _propagate(
    document: FlowDocument,
    catalogue: Catalogue,
    infer: Infer | None,
    prefix: str,
    outer: Mapping[PortRef, Schema | None],
    schemas: dict[tuple[str, str], Schema | None],
) -> None:
    wiring = Wiring(document, catalogue)
    for id in wiring.order():
        node = wiring.nodes[id]
        inputs = wiring.input_schemas(id, prefix, schemas, outer)
        found: Mapping[str, Schema | None]
        if node.body is not None:
            body, inside = body_of(node), f"{prefix}{id}/"
            entering = {ref: inputs.get(port) for port, refs in body.inputs.items() for ref in refs}
            _propagate(body, catalogue, infer, inside, entering, schemas)
            found = {port: schemas.get((inside + ref.node, ref.port)) for port, ref in body.outputs.items()}
        elif id not in wiring.ports:
            continue
        else:
            found = _of_node(node, wiring, inputs, infer)
        schemas.update({(prefix + id, port): schema for port, schema in found.items()})


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
