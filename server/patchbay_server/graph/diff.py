"""What changed between two revisions of a flow, in the words of its author: nodes, params, edges."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from patchbay_server.graph.canonical import canonical_json
from patchbay_server.graph.document import Edge, FlowDocument, Node


@dataclass(frozen=True, slots=True)
class Change:
    """A field that differs: ``params.strategy``, ``operator``, ``settings.seed``; None: not there."""

    node: str | None
    """None: a field of the flow itself."""
    field: str
    old: Any
    new: Any


@dataclass(frozen=True, slots=True)
class DocumentDiff:
    """`renamed`: old id -> new id of nodes that are otherwise equal. Positions do not count."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    renamed: Mapping[str, str]
    changes: tuple[Change, ...]
    edges_added: tuple[Edge, ...]
    edges_removed: tuple[Edge, ...]

    def __bool__(self) -> bool:
        return any((self.added, self.removed, self.renamed, self.changes, self.edges_added, self.edges_removed))


def diff(old: FlowDocument, new: FlowDocument) -> DocumentDiff:
    """What changed from `old` to `new`; edges that only follow a renamed node have not changed."""
    before, after = {node.id: node for node in old.nodes}, {node.id: node for node in new.nodes}
    removed = [id for id in before if id not in after]
    added = [id for id in after if id not in before]
    renamed = _renamed([before[id] for id in removed], [after[id] for id in added])
    moved = dict.fromkeys(_renamed_edge(edge, renamed) for edge in old.edges)
    edges = dict.fromkeys(new.edges)
    changes = [Change(None, field, a, b) for field, a, b in _differences(_flow_fields(old), _flow_fields(new))]
    for id, node in before.items():
        if id in after:
            changes += [Change(id, *found) for found in _differences(_node_fields(node), _node_fields(after[id]))]
    new_names = set(renamed.values())
    return DocumentDiff(
        added=tuple(id for id in added if id not in new_names),
        removed=tuple(id for id in removed if id not in renamed),
        renamed=renamed,
        changes=tuple(changes),
        edges_added=tuple(edge for edge in edges if edge not in moved),
        edges_removed=tuple(edge for edge in moved if edge not in edges),
    )


def _renamed(removed: Iterable[Node], added: Iterable[Node]) -> dict[str, str]:
    """Pairs a removed with an added node when both are equal but for id and position, first come first served."""
    waiting: dict[bytes, list[str]] = {}
    for node in added:
        waiting.setdefault(canonical_json(_node_fields(node)), []).append(node.id)
    pairs = {}
    for node in removed:
        alike = waiting.get(canonical_json(_node_fields(node)))
        if alike:
            pairs[node.id] = alike.pop(0)
    return pairs


def _renamed_edge(edge: Edge, renamed: Mapping[str, str]) -> Edge:
    source, target = (replace(ref, node=renamed.get(ref.node, ref.node)) for ref in (edge.source, edge.target))
    return Edge(source, target)


def _flow_fields(document: FlowDocument) -> dict[str, Any]:
    json = document.to_json()
    return _flat({name: json[name] for name in ("name", "title", "params", "wizard") if name in json})


def _node_fields(node: Node) -> dict[str, Any]:
    """The node's fields but id and position, one level of ``params`` and ``settings`` flattened."""
    (json,) = FlowDocument(nodes=(node,)).to_json()["nodes"]
    return _flat({name: value for name, value in json.items() if name not in ("id", "position")})


def _flat(json: Mapping[str, Any]) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in json.items():
        if name in ("params", "settings", "wizard"):
            flat |= {f"{name}.{inner}": item for inner, item in value.items()}
        else:
            flat[name] = value
    return flat


def _differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[tuple[str, Any, Any]]:
    names = dict.fromkeys([*old, *new])
    return [
        (name, old.get(name), new.get(name))
        for name in names
        if (name in old) != (name in new) or canonical_json(old.get(name)) != canonical_json(new.get(name))
    ]


def to_json(found: DocumentDiff) -> dict[str, Any]:
    """The diff as plain JSON; edges as ``{"from": "a.table", "to": "b.table"}``."""
    return {
        "added": list(found.added),
        "removed": list(found.removed),
        "renamed": dict(found.renamed),
        "changes": [{"node": c.node, "field": c.field, "old": c.old, "new": c.new} for c in found.changes],
        "edges_added": [{"from": str(edge.source), "to": str(edge.target)} for edge in found.edges_added],
        "edges_removed": [{"from": str(edge.source), "to": str(edge.target)} for edge in found.edges_removed],
    }
