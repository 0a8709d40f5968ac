"""The form of a wizard: one JSON Schema over the flow's params, each derived from the field that it fills.

The first param of a node that is ``{"$param": name}`` says what the flow param `name` is: type, widget, limits,
choices, texts, condition and where columns come from. So the form code that shows a node shows a wizard too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import jsonschema_rs

from patchbay_sdk.registry import Catalogue
from patchbay_sdk.spec import LANGUAGES, OperatorSpec
from patchbay_server.graph.document import UNSET, FlowDocument, FlowParam, Node
from patchbay_server.graph.flow_params import REFERENCE, references
from patchbay_server.graph.wiring import Schemas, Wiring
from patchbay_server.services.wizards.texts import Texts, in_all

TEXT = "$t."
_VALUES = ("default", "enum", "const", "examples")
"""Words of a JSON Schema whose values are data, no texts of the form."""


@dataclass(frozen=True, slots=True)
class Source:
    """The field of a node that a flow param fills."""

    node: Node
    spec: OperatorSpec
    field: str

    @property
    def schema(self) -> dict[str, Any]:
        """The field as the spec has it."""
        return dict(self.spec.params["properties"][self.field])


@dataclass(frozen=True, slots=True)
class Form:
    """`params`: JSON Schema of an object with the flow's params. `ui`: a section for each step that asks for some.

    `i18n`: language -> key -> text, for texts written ``$t.<key>``. `columns`: flow param -> the columns that its
    picker offers, None: not known yet; a picker's `x-source.input` is the param's own name.
    """

    params: dict[str, Any]
    ui: list[dict[str, Any]]
    i18n: dict[str, dict[str, str]]
    columns: dict[str, list[dict[str, str]] | None]


def form_of(document: FlowDocument, catalogue: Catalogue, schemas: Schemas) -> Form:
    """The form of a document with a block `wizard`; `schemas`: what `propagate` found for it.

    A flow param that no node uses is no field: whatever it held, nothing would come of it.
    """
    wiring = Wiring(document, catalogue)
    filled = list(_sources(wiring))
    sources = dict(reversed(filled))
    needed = {name for name, source in filled if source.field in source.spec.params.get("required", ())}
    form = Form({"type": "object", "properties": {}, "required": []}, [], {name: {} for name in LANGUAGES}, {})
    steps = document.wizard.steps if document.wizard else ()
    asked = {name for step in steps for name in step.params}
    used = {reference[REFERENCE] for node in document.nodes for reference in references(node.params)}
    for name, param in document.params.items():
        if name not in used:
            continue
        source = sources.get(name)
        field = _field(name, param, source, form.i18n)
        if source is not None:
            when = _when(source)
            if when is False:
                continue
            if when is not True:
                field["x-when"] = when
            if name in asked and name in needed:
                form.params["required"].append(name)
            _note_columns(form.columns, name, field, wiring, source, schemas)
        form.params["properties"][name] = field
    for step in steps:
        fields = [name for name in step.params if name in form.params["properties"]]
        if fields:
            title = _put(form.i18n, f"steps.{step.id}", in_all(step.title, step.id))
            form.ui.append({"section": title, "fields": fields})
    return form


def param_title(document: FlowDocument, catalogue: Catalogue, name: str) -> Texts:
    """What a flow param is called: by the flow, else by the first field that it fills, else by its name."""
    title = document.params[name].title
    if title is not None:
        return in_all(title, name)
    sources = _sources(Wiring(document, catalogue))
    source = next((source for other, source in sources if other == name), None)
    return in_all(name) if source is None else field_title(source.spec, source.field)


def field_title(spec: OperatorSpec, field: str) -> Texts:
    """What a param of an operator is called."""
    title = spec.params["properties"].get(field, {}).get("title", field)
    return {language: spec.text(title, language) for language in LANGUAGES}


def _sources(wiring: Wiring) -> Iterator[tuple[str, Source]]:
    """Flow params and the fields that they fill, in the order of the nodes."""
    for node in wiring.nodes.values():
        spec = wiring.ports[node.id].spec if node.id in wiring.ports else None
        for field, value in node.params.items() if spec else ():
            name = referenced(value)
            if spec and name is not None and field in spec.params["properties"]:
                yield name, Source(node, spec, field)


def referenced(value: Any) -> str | None:
    """The flow param that stands in for a node's param; None: that has a value of its own."""
    return value[REFERENCE] if isinstance(value, dict) and isinstance(value.get(REFERENCE), str) else None


def _field(name: str, param: FlowParam, source: Source | None, i18n: dict[str, dict[str, str]]) -> dict[str, Any]:
    field = {"type": param.type, "title": name}
    if source is not None:
        field = _taken_over(source.schema, name, source.spec, i18n)
        field.pop("x-when", None)
        field.pop("default", None)
        column = referenced(source.node.params.get(field.pop("x-values-of", "")))
        if column is not None:
            field["x-values-of"] = column
    if param.default is not UNSET and param.default is not None:
        field["default"] = param.default
    for word, text in (("title", param.title), ("description", param.description)):
        if text is not None:
            field[word] = _put(i18n, f"{name}:{word}", in_all(text))
    return field


def _taken_over(value: Any, name: str, spec: OperatorSpec, i18n: dict[str, dict[str, str]]) -> Any:
    """A part of a spec's params, its texts put among those of the form under keys that begin with the param's name."""
    if isinstance(value, str) and value.startswith(TEXT):
        texts = {language: spec.text(value, language) for language in LANGUAGES}
        return _put(i18n, f"{name}.{value.removeprefix(TEXT)}", texts)
    if isinstance(value, Mapping):
        return {
            word: inner if word in _VALUES else _taken_over(inner, name, spec, i18n) for word, inner in value.items()
        }
    return [_taken_over(item, name, spec, i18n) for item in value] if isinstance(value, list) else value


def _put(i18n: dict[str, dict[str, str]], key: str, texts: Mapping[str, str]) -> str:
    for language in LANGUAGES:
        i18n[language][key] = texts[language]
    return TEXT + key


def _when(source: Source) -> list[dict[str, Any]] | bool:
    """The field's condition in terms of flow params; whether it holds, where none of them decides."""
    when = source.schema.get("x-when")
    if when is None:
        return True
    fields, params = source.spec.params["properties"], source.node.params
    alternatives = []
    for alternative in [when] if isinstance(when, Mapping) else when:
        left: dict[str, Any] = {}
        for other, condition in alternative.items():
            name = referenced(params.get(other))
            if name is not None:
                left[name] = condition
            elif not _holds(condition, params.get(other, fields[other].get("default", UNSET))):
                break
        else:
            if not left:
                return True
            alternatives.append(left)
    return alternatives or False


def _holds(condition: Mapping[str, Any], value: Any) -> bool:
    return value is not UNSET and jsonschema_rs.is_valid(dict(condition), value)


def _note_columns(
    columns: dict[str, list[dict[str, str]] | None],
    name: str,
    field: dict[str, Any],
    wiring: Wiring,
    source: Source,
    schemas: Schemas,
) -> None:
    """The columns that a picker offers, or the words of an expression."""
    pickers = list(_pickers(field))
    if not pickers:
        return
    input = pickers[0].get("x-source", {}).get("input", "table")
    for picker in pickers:
        picker["x-source"] = picker.get("x-source", {}) | {"input": name}
    schema = wiring.input_schemas(source.node.id, "", schemas, {}).get(input)
    columns[name] = None if schema is None else schema.to_json()["columns"]


def _pickers(field: Any) -> Iterator[dict[str, Any]]:
    """The parts of a field that name columns."""
    if isinstance(field, list):
        for item in field:
            yield from _pickers(item)
    elif isinstance(field, dict):
        if "x-source" in field or field.get("x-widget") == "expression":
            yield field
        for word, inner in field.items():
            if word not in (*_VALUES, "x-source"):
                yield from _pickers(inner)
