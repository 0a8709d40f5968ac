"""Moves a flow's nodes to newer versions of their operators, by the migrations that the specs bring."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from patchbay_sdk.errors import UnknownOperator
from patchbay_sdk.registry import Catalogue
from patchbay_sdk.spec import OperatorSpec
from patchbay_server.errors import MigrationError
from patchbay_server.graph.document import FlowDocument, Node, walk
from patchbay_server.graph.problem import Problem, error_of, shown


@dataclass(frozen=True, slots=True)
class Migration:
    """The upgraded document and what changed, one line each; no lines: everything was up to date."""

    document: FlowDocument
    changes: tuple[str, ...]


def migrate(document: FlowDocument, catalogue: Catalogue, nodes: Iterable[str] | None = None) -> Migration:
    """Every node (or those whose paths are given) on the newest installed version of its operator.

    Nodes whose operator is not installed at all stay as they are: `validate` names them.

    Raises:
        MigrationError: a step renames onto a param that the node has already.
    """
    changes: list[str] = []
    chosen = None if nodes is None else set(nodes)
    newest = _newest(document, catalogue)
    return Migration(_migrated(document, newest, chosen, "", changes), tuple(changes))


def _newest(document: FlowDocument, catalogue: Catalogue) -> dict[str, OperatorSpec]:
    """Operator id -> its newest version, of the operators that the flow uses and that are installed."""
    used = {(node.operator or "").partition("@")[0] for _, node in walk(document)}
    found = {}
    for id in used & {spec.id for spec in catalogue}:
        with suppress(UnknownOperator):
            found[id] = catalogue.latest(id)
    return found


def _migrated(
    document: FlowDocument,
    newest: Mapping[str, OperatorSpec],
    chosen: Container[str] | None,
    prefix: str,
    changes: list[str],
) -> FlowDocument:
    nodes = []
    for node in document.nodes:
        path = prefix + node.id
        if node.body is not None:
            node = replace(node, body=_migrated(node.body, newest, chosen, f"{path}/", changes))
        elif node.operator is not None and (chosen is None or path in chosen):
            node = _upgraded(node, newest, path, changes)
        nodes.append(node)
    return replace(document, nodes=tuple(nodes))


def _upgraded(node: Node, newest: Mapping[str, OperatorSpec], path: str, changes: list[str]) -> Node:
    id, _, version = (node.operator or "").partition("@")
    spec = newest.get(id)
    if spec is None or _number(spec.version) <= _number(version):
        return node
    changes.append(f"{path}: {id} {version} -> {spec.version}")
    params = dict(node.params)
    for migration in _due(spec, version):
        for step in migration["steps"]:
            params = _stepped(step, params, path, changes)
    return replace(node, operator=spec.key, params=params)


def _due(spec: OperatorSpec, version: str) -> list[Mapping[str, Any]]:
    """The migrations from this version on, oldest first. A patch release changes no params: 1.0.3 counts as 1.0."""
    due = [m for m in spec.migrations if _number(m["from"])[:2] >= _number(version)[:2]]
    return sorted(due, key=lambda migration: _number(migration["from"]))


def _stepped(step: Mapping[str, Any], params: dict[str, Any], path: str, changes: list[str]) -> dict[str, Any]:
    """The params after one step: a rename, a default for what is not there, or a drop."""
    renames = {old: new for old, new in step.get("rename", {}).items() if old in params}
    for old, new in renames.items():
        if new in params and new not in renames:
            message = f"The upgrade renames param {old!r} to {new!r}, but the node has {new!r} already; remove one."
            raise error_of(MigrationError, [Problem("migration", message, path, f"params.{old}", new)])
        changes.append(f"{path}: param {old} is now called {new}")
    params = {renames.get(name, name): value for name, value in params.items()}
    for name, value in step.get("default", {}).items():
        if name not in params:
            params[name] = value
            changes.append(f"{path}: param {name} is set to {shown(value)}")
    for name in step.get("drop", ()):
        if name in params:
            changes.append(f"{path}: param {name} is dropped (was {shown(params.pop(name))})")
    return params


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))
