"""How large a flow may be that comes over the net: checked before anything looks at it closely.

Every check of a flow takes time in proportion to its nodes, edges and params; these limits are what makes that a
second at most, whatever somebody sends.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

from patchbay_server.errors import DocumentError
from patchbay_server.graph.document import UNSET, FlowDocument, Node
from patchbay_server.graph.flow_params import REFERENCE
from patchbay_server.graph.problem import Problem, error_of

SIZE = 2 << 20
"""Bytes of the document as JSON."""
NODES = 2000
EDGES = 20_000
PARAMS = 500
"""Params of the flow, or of a body."""
BODIES = 8
"""Bodies within bodies."""
CONDITIONS = 64 << 10
"""Bytes of all conditions of branches and loops: each is a JSON Schema, and checking one takes long."""
CASES = 1000
"""Ways out of all branches."""
DEPTH = 60
"""Lists and objects within each other."""
GIVEN = 256 << 10
"""Bytes of the values that a run, check or schedule gives to the flow's params."""
EXPANDED = 16 << 20
"""Bytes of all nodes' params once the values of flow params are put in."""


def check_limits(raw: Mapping[str, Any]) -> None:
    """Refuse a document that is too large, too deep, or holds a number that JSON does not have.

    Raises:
        DocumentError: says what is too large, and how large it may be.
    """
    _check_values(raw)
    size = len(json.dumps(raw, ensure_ascii=False, separators=(",", ":")).encode())
    if size > SIZE:
        raise _too_much(f"The document has {size:,} bytes of JSON; at most {SIZE:,} are allowed.")
    nodes = edges = cases = conditions = 0
    waiting = [(raw, 0)]
    while waiting:
        document, depth = waiting.pop()
        if depth > BODIES:
            raise _too_much(f"Bodies lie within each other more than {BODIES} deep.")
        if len(_members(document, "params", dict)) > PARAMS:
            raise _too_much(f"A flow or body has at most {PARAMS} params.")
        inside = _members(document, "nodes", list)
        nodes, edges = nodes + len(inside), edges + len(_members(document, "edges", list))
        for node in inside:
            ways = _members(node, "cases", list)
            cases, conditions = cases + len(ways), conditions + _size([ways, _members(node, "until", dict)], {})
            if isinstance(node, dict) and "body" in node:
                waiting.append((node["body"], depth + 1))
    if nodes > NODES:
        raise _too_much(f"The flow has {nodes:,} nodes; at most {NODES:,} are allowed, those of bodies included.")
    if edges > EDGES:
        raise _too_much(f"The flow has {edges:,} edges; at most {EDGES:,} are allowed.")
    if cases > CASES or conditions > CONDITIONS:
        raise _too_much(f"Branches and loops have more than {CASES:,} cases or {CONDITIONS:,} bytes of conditions.")


def check_expansion(document: FlowDocument, given: Mapping[str, Any]) -> None:
    """Refuse values that are too large, and a flow that would be once they and the defaults are put in.

    Raises:
        DocumentError: says what is too large.
    """
    _check_values(given)
    if _size(given, {}) > GIVEN:
        raise _too_much(f"The values for the flow's params have more than {GIVEN:,} bytes.")
    if _expanded(document, {name: _size(value, {}) for name, value in given.items()}) > EXPANDED:
        raise _too_much(f"With the values of its params put in, the flow would have more than {EXPANDED:,} bytes.")


def _check_values(raw: Any) -> None:
    waiting = [(raw, 0)]
    while waiting:
        value, depth = waiting.pop()
        if depth > DEPTH:
            raise _too_much(f"Lists and objects lie within each other more than {DEPTH} deep.")
        if isinstance(value, dict | list):
            items = value.values() if isinstance(value, dict) else value
            waiting += [(item, depth + 1) for item in items]
        elif isinstance(value, float) and not math.isfinite(value):
            raise _too_much("A number is too large to be written as JSON.")


def _members(document: Any, name: str, kind: type) -> Any:
    """A member of a document that may be anything: empty unless it is of this kind."""
    found = document.get(name) if isinstance(document, dict) else None
    return found if isinstance(found, kind) else kind()


def _expanded(document: FlowDocument, given: Mapping[str, int]) -> int:
    """About how many bytes the nodes' params have; `given`: param of the flow -> bytes of its value."""
    defaults = {name: _size(param.default, {}) for name, param in document.params.items() if param.default is not UNSET}
    sizes = {**defaults, **given}
    return sum(_expanded_node(node, sizes) for node in document.nodes)


def _expanded_node(node: Node, sizes: Mapping[str, int]) -> int:
    own = {name: _size(value, sizes) for name, value in node.params.items()}
    return sum(own.values()) + (0 if node.body is None else _expanded(node.body, own))


def _size(value: Any, sizes: Mapping[str, int]) -> int:
    """About the bytes of a value as JSON, with references counted as what they stand for."""
    if isinstance(value, dict):
        if REFERENCE in value:
            name = value[REFERENCE]
            return sizes.get(name, 0) if isinstance(name, str) else 0
        return sum(len(key) + _size(item, sizes) for key, item in value.items())
    if isinstance(value, list):
        return len(value) + sum(_size(item, sizes) for item in value)
    return len(value) if isinstance(value, str) else 8


def _too_much(message: str) -> DocumentError:
    return error_of(DocumentError, [Problem("limit", message)])
