"""Everything that is wrong with a flow, before it runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError

from patchbay_sdk.registry import Catalogue
from patchbay_sdk.schema import Schema
from patchbay_server.graph.document import UNSET, FlowDocument, Node, PortRef
from patchbay_server.graph.edge_checks import edge_problems
from patchbay_server.graph.flow_params import REFERENCE, bind, body_of, convert, references
from patchbay_server.graph.leaks import leak_problems
from patchbay_server.graph.map_checks import map_problems
from patchbay_server.graph.problem import MOST_ERRORS, Problem, did_you_mean
from patchbay_server.graph.propagate import propagate
from patchbay_server.graph.wiring import Schemas, Wiring
from patchbay_server.graph.wizard_checks import wizard_problems


def validate(
    document: FlowDocument, catalogue: Catalogue, schemas: Schemas | None = None, written: FlowDocument | None = None
) -> list[Problem]:
    """What is wrong with a flow, bodies included; a flow whose problems are all warnings can run.

    Of very many errors the first MOST_ERRORS.
    `schemas`: what `propagate` returned for this document; None: propagated here, without any operator's `infer`.
    Params of the flow count with the values that `bind` gave them, or with their defaults. `written`: the document
    before `bind`; a value that a flow param brings may be one that does not apply, and is left out then.
    """
    if schemas is None:
        schemas = propagate(document, catalogue)
    found: list[Problem] = []
    errors = 0
    whole = chain(
        _problems(bind(document, {}), written or document, catalogue, schemas, "", {}), wizard_problems(document)
    )
    for problem in whole:
        found.append(problem)
        errors += problem.level == "error"
        if errors == MOST_ERRORS:
            break
    return found


def _problems(
    document: FlowDocument,
    written: FlowDocument,
    catalogue: Catalogue,
    schemas: Schemas,
    prefix: str,
    outer: Mapping[PortRef, Schema | None],
) -> Iterator[Problem]:
    wiring = Wiring(document, catalogue)
    brought = {(node.id, name) for node in written.nodes for name, value in node.params.items() if _refers(value)}
    yield from edge_problems(wiring, prefix)
    for id, node in wiring.nodes.items():
        path = prefix + id
        inputs = wiring.input_schemas(id, prefix, schemas, outer)
        yield from _reference_problems(document, node, path)
        for problem in _operator_problems(wiring, node, path, inputs):
            if problem.code != "param_hidden" or (id, str(problem.field).removeprefix("params.")) not in brought:
                yield problem
        if node.body is not None:
            yield from _body_problems(node, path)
            yield from map_problems(wiring, node, path, inputs)
            body = body_of(node)
            entering = {ref: inputs.get(port) for port, refs in body.inputs.items() for ref in refs}
            yield from _problems(body, node.body, catalogue, schemas, f"{path}/", entering)
        yield from _condition_problems(node, path)
    yield from leak_problems(wiring, prefix)


def _refers(value: Any) -> bool:
    return any(references(value))


def _reference_problems(document: FlowDocument, node: Node, path: str) -> Iterator[Problem]:
    known = list(document.params)
    for field, value in node.params.items():
        for reference in references(value):
            name, place = reference[REFERENCE], f"params.{field}"
            if name in document.params:
                message = f"{field} needs flow param {name!r}, which has no value; give it one: --param {name}=..."
                yield Problem("flow_param_missing", message, path, place)
            else:
                hint = did_you_mean(name, known)
                message = f"{field} refers to flow param {name!r}; the flow has: {', '.join(known) or 'none'}.{hint}"
                yield Problem("flow_param_unknown", message, path, place, name, known)


def _operator_problems(wiring: Wiring, node: Node, path: str, inputs: Mapping[str, Schema | None]) -> Iterator[Problem]:
    if node.id in wiring.unknown:
        error = wiring.unknown[node.id]
        allowed = error.details.get("installed") or error.details.get("alike")
        yield Problem("unknown_operator", error.message, path, "operator", node.operator, allowed)
        return
    spec = wiring.ports[node.id].spec
    if spec is None:
        return
    for problem in spec.check_params(node.params, inputs):
        if not any(references(node.params.get(problem.field.partition(".")[0]))):  # else: told above
            field = f"params.{problem.field}"
            code, message = f"param_{problem.code}", problem.message
            yield Problem(code, message, path, field, problem.value, problem.allowed, texts=problem.texts)
    engines = ["auto", *spec.runs.engines]
    if node.settings.engine not in engines:
        message = f"engine {node.settings.engine!r}: {spec.key} runs on: {', '.join(engines)}."
        yield Problem("engine", message, path, "settings.engine", node.settings.engine, engines)


def _body_problems(node: Node, path: str) -> Iterator[Problem]:
    """Params given to a body, and what a loop looks at."""
    assert node.body is not None
    params, outputs = node.body.params, node.body.outputs
    for name, value in node.params.items():
        field = f"params.{name}"
        if name not in params:
            message = f"{name} is not a param of the body; it has: {', '.join(params) or 'none'}."
            yield Problem("param_unknown", message + did_you_mean(name, params), path, field, value, list(params))
            continue
        items = value if node.kind == "map" and name == node.over and isinstance(value, list) else [value]
        for item in items:
            complaint = None if any(references(item)) else convert(item, params[name].type)[1]
            if complaint:
                yield Problem("param_invalid", f"{name}: {complaint}", path, field, item, params[name].type)
    for name, param in params.items():
        if param.default is UNSET and name not in node.params:
            yield Problem("param_missing", f"{name} is required by the body.", path, f"params.{name}")
    if node.until is not None and node.until.output not in outputs:
        message = f"until looks at output {node.until.output!r}; the body has: {', '.join(outputs) or 'none'}."
        yield Problem("unknown_port", message, path, "until.output", node.until.output, list(outputs))


def _condition_problems(node: Node, path: str) -> Iterator[Problem]:
    """Conditions that are no JSON Schema, ports used twice, cases that nothing can reach."""
    conditions = {f"cases.{number}": case.when for number, case in enumerate(node.cases)}
    if node.until is not None:
        conditions["until"] = node.until.when
    for place, when in conditions.items():
        for name, schema in (when or {}).items():
            try:
                Draft202012Validator.check_schema(schema)
            except SchemaError as error:
                field = f"{place}.when.{name}"
                yield Problem("condition", f"{field} is no JSON Schema: {error.message}.", path, field, schema)
    ports = [case.port for case in node.cases]
    for number, case in enumerate(node.cases):
        if case.port in ports[:number]:
            message = f"cases.{number}.port: {case.port!r} is the port of an earlier case."
            yield Problem("duplicate_port", message, path, f"cases.{number}.port", case.port)
        if case.when is None and number < len(node.cases) - 1:
            message = f"cases.{number} has no condition, so no later case can be reached: put it last."
            yield Problem("condition", message, path, f"cases.{number}")
