"""Reads a flow document from JSON, or says everything that is wrong with its form."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from patchbay_server.errors import DocumentError
from patchbay_server.graph.canonical import canonical_json
from patchbay_server.graph.document import (
    UNSET,
    Case,
    Edge,
    FlowDocument,
    FlowParam,
    Node,
    NodeSettings,
    Note,
    ParamFix,
    PortRef,
    Until,
    Wizard,
    WizardStep,
    changed_settings,
    walk,
)
from patchbay_server.graph.flow_params import REFERENCE, convert, references
from patchbay_server.graph.problem import MOST_ERRORS, Problem, error_of, shown
from patchbay_server.graph.shape import shape_problems


def parse(raw: Mapping[str, Any]) -> FlowDocument:
    """The flow document of a JSON object.

    Raises:
        DocumentError: names every node and field that is not as docs/flow-document.md says.
    """
    problems = shape_problems(raw)
    if problems:
        raise error_of(DocumentError, problems)
    document = _graph(raw)
    problems = list(islice(_form_problems(document), MOST_ERRORS))
    if problems:
        raise error_of(DocumentError, problems)
    return document


def _graph(raw: Mapping[str, Any]) -> FlowDocument:
    return FlowDocument(
        name=raw.get("name", ""),
        title=raw.get("title"),
        params={
            name: FlowParam(param["type"], param.get("default", UNSET), param.get("description"), param.get("title"))
            for name, param in raw.get("params", {}).items()
        },
        nodes=tuple(_node(node) for node in raw["nodes"]),
        edges=tuple(Edge(PortRef.of(edge["from"]), PortRef.of(edge["to"])) for edge in raw.get("edges", ())),
        notes=tuple(_note(note) for note in raw.get("notes", ())),
        inputs={port: tuple(map(PortRef.of, refs)) for port, refs in raw.get("inputs", {}).items()},
        outputs={port: PortRef.of(ref) for port, ref in raw.get("outputs", {}).items()},
        wizard=_wizard(raw["wizard"]) if "wizard" in raw else None,
    )


def _wizard(raw: Mapping[str, Any]) -> Wizard:
    steps = [WizardStep(**{**step, "params": tuple(step.get("params", ()))}) for step in raw["steps"]]
    fixes = [ParamFix(**fix) for fix in raw.get("fixes", ())]
    return Wizard(**{**raw, "steps": tuple(steps), "fixes": tuple(fixes)})


def _node(raw: Mapping[str, Any]) -> Node:
    position = raw.get("position")
    until = raw.get("until")
    return Node(
        id=raw["id"],
        kind=raw.get("kind", "operator"),
        operator=raw.get("operator"),
        params=raw.get("params", {}),
        settings=_settings(raw.get("settings", {})),
        title=raw.get("title"),
        position=None if position is None else (position[0], position[1]),
        body=_graph(raw["body"]) if "body" in raw else None,
        over=raw.get("over"),
        by=raw.get("by"),
        parallel=None if raw.get("parallel") is None else int(raw["parallel"]),
        on_failure=raw.get("on_failure", "stop"),
        times=None if "times" not in raw else int(raw["times"]),
        until=None if until is None else Until(until["output"], until["when"]),
        cases=tuple(Case(case["port"], case.get("when")) for case in raw.get("cases", ())),
    )


def _note(raw: Mapping[str, Any]) -> Note:
    (x, y), (width, height) = raw["position"], raw["size"]
    return Note(raw["id"], raw["text"], (x, y), (width, height), raw.get("kind", "comment"))


def _settings(raw: Mapping[str, Any]) -> NodeSettings:
    """JSON Schema takes 2.0 for an integer, who counts with it does not."""
    whole = {name: int(raw[name]) for name in ("retries", "seed", "priority") if raw.get(name) is not None}
    return NodeSettings(**{**raw, **whole})


def _form_problems(document: FlowDocument) -> Iterator[Problem]:
    """What a JSON Schema cannot say: ids used twice, defaults of the wrong type, values that JSON cannot hold."""
    yield from _graph_problems(document, None)
    yield from _wizard_problems(document.wizard)
    for path, node in walk(document):
        if node.body is not None:
            yield from _graph_problems(node.body, path)
        yield from _param_problems(path, node)


def _graph_problems(document: FlowDocument, outer: str | None) -> Iterator[Problem]:
    for id, count in Counter(node.id for node in document.nodes).items():
        if count > 1:
            path = f"{outer}/{id}" if outer else id
            message = f"{count} nodes have the id {id!r}; give each its own."
            yield Problem("duplicate_id", message, path, "id", id)
    for name, param in document.params.items():
        if param.default is not UNSET and param.default is not None:
            complaint = convert(param.default, param.type)[1]
            if complaint:
                field = f"params.{name}.default"
                message = f"{field}: {complaint}"
                yield Problem("flow_param_type", message, outer, field, param.default, param.type)


def _wizard_problems(wizard: Wizard | None) -> Iterator[Problem]:
    for id, count in Counter(step.id for step in wizard.steps).items() if wizard else ():
        if count > 1:
            message = f"{count} steps of the wizard have the id {id!r}; give each its own."
            yield Problem("duplicate_id", message, None, "wizard.steps", id)


def _param_problems(path: str, node: Node) -> Iterator[Problem]:
    for reference in references(node.params):
        if set(reference) != {REFERENCE} or not isinstance(reference[REFERENCE], str):
            message = f'{shown(reference)} is not a reference; write {{"{REFERENCE}": "name of a flow param"}}.'
            yield Problem("reference", message, path, "params", reference)
    for name, value in {"params": node.params, "settings": changed_settings(node.settings)}.items():
        try:
            canonical_json(value)
        except (TypeError, ValueError) as error:
            yield Problem("not_json", f"{name} cannot be written as JSON: {error}.", path, name)
