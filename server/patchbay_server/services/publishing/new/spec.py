"""The spec of a new operator."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from patchbay_server.services.publishing.new.answers import Answers, Param, Port

_TYPES = {"int": "integer", "float": "number", "bool": "boolean", "text": "string", "column": "string"}
_SAMPLE_TEXT = "some text"
OPEN = {"columns": [], "open": True}
"""A table of which nothing is known before it is there."""


def spec_of(answers: Answers) -> dict[str, Any]:
    """The spec, with an example whose expectation is still empty."""
    table = next((port.name for port in answers.inputs if port.type == "table"), None)
    texts = {"title": answers.title, "description": answers.description, "basic": "Basics"}
    texts_zh = {"title": answers.title_zh, "description": answers.description, "basic": "基本"}
    for param in answers.params:
        texts[param.name] = texts_zh[param.name] = param.name.replace("_", " ").capitalize()
    if not answers.params:
        del texts["basic"], texts_zh["basic"]
    return {
        "id": answers.id,
        "version": "1.0.0",
        "category": answers.category,
        "icon": "box",
        "implementation": f"{answers.package}.{answers.name}:{answers.class_name}",
        "inputs": [{"name": port.name, "type": port.type} for port in answers.inputs],
        "outputs": [_output(port, answers, table) for port in answers.outputs],
        "params": {
            "type": "object",
            "properties": {param.name: _field(param, table) for param in answers.params},
            "required": [param.name for param in answers.params if param.default is None],
        },
        "ui": [{"section": "$t.basic", "fields": [each.name for each in answers.params]}] if answers.params else [],
        "runs": {"engines": ["local"], "cpu": 1, "memory": "512Mi"},
        "i18n": {"en": texts, "zh-CN": texts_zh},
        "examples": [
            {
                "title": "a small table" if table else "the usual case",
                "params": {p.name: _sample(p, answers) for p in answers.params if p.default is None},
                "inputs": {port.name: _input(port, answers) for port in answers.inputs},
                "expect": {"outputs": {}},
            }
        ],
    }


def _output(port: Port, answers: Answers, table: str | None) -> dict[str, Any]:
    output: dict[str, Any] = {"name": port.name, "type": port.type}
    if port.type == "table":
        output["schema"] = {"from": table} if table else OPEN
        if answers.learns:
            output["learned"] = next(each.name for each in answers.outputs if each.type == "transform")
    return output


def _field(param: Param, table: str | None) -> dict[str, Any]:
    field: dict[str, Any] = {"title": f"$t.{param.name}"}
    if param.type == "choice":
        field |= {"enum": list(param.choices), "x-widget": "segmented" if len(param.choices) < 4 else "select"}
    elif param.type == "columns":
        field |= {"type": "array", "items": {"type": "string"}}
        field |= {"x-widget": "columns", "x-source": {"input": table}} if table else {"x-widget": "list"}
    else:
        field["type"] = _TYPES[param.type]
    if param.type == "column" and table:
        field |= {"x-widget": "column", "x-source": {"input": table}}
    if param.default is not None:
        field["default"] = param.default
    return field


def _input(port: Port, answers: Answers) -> Any:
    return {"columns": answers.sample} if port.type == "table" else _SAMPLE_TEXT


def _sample(param: Param, answers: Answers) -> Any:
    """A value of a param that must be given: of columns, one with numbers, or one with texts for a group."""
    numbers = [name for name, values in answers.sample.items() if any(isinstance(v, int | float) for v in values)]
    others = [name for name in answers.sample if name not in numbers]
    wants_group = param.name in ("by", "group") or param.name.startswith("group")
    column = next(iter((*others, *numbers) if wants_group else (*numbers, *others)), "value")
    return {"int": 1, "float": 1.0, "bool": True, "text": _SAMPLE_TEXT, "column": column, "columns": [column]}[
        param.type
    ]


def with_expectation(spec: Mapping[str, Any], found: Mapping[str, Any]) -> dict[str, Any]:
    """The spec with what its example gave, and with the output schemas that fit to that."""
    [example] = spec["examples"]
    expected = {port: _tidy(value) for port, value in found["outputs"].items()}
    outputs = []
    for output in spec["outputs"]:
        before = (found["inputs"].get(output["schema"]["from"]) if "from" in output.get("schema", {}) else None) or {}
        outputs.append(output | _fitting(output, before, found["schemas"].get(output["name"])))
    return {**spec, "outputs": outputs, "examples": [example | {"expect": {"outputs": expected}}]}


def without_schemas(spec: Mapping[str, Any]) -> dict[str, Any]:
    """The spec with nothing said about the columns of its tables: they depend on more than one example shows."""
    outputs = []
    for output in spec["outputs"]:
        lineage = output.get("schema", {}).get("from")
        outputs.append(
            output | ({"schema": OPEN} if "schema" in output else {}) | ({"lineage": lineage} if lineage else {})
        )
    return {**spec, "outputs": outputs}


def _fitting(output: Mapping[str, Any], before: Mapping[str, Any], after: Mapping[str, Any] | None) -> dict[str, Any]:
    """The schema of an output table: that of its input, with columns added or replaced; else unknown."""
    if after is None or not before:
        return {}
    old = {column["name"]: column["type"] for column in before["columns"]}
    new = {column["name"]: column["type"] for column in after["columns"]}
    source = output["schema"]["from"]
    if list(new)[: len(old)] != list(old):
        return {"schema": OPEN, "lineage": source}
    added = [{"name": name, "type": type} for name, type in new.items() if old.get(name) != type]
    return {"schema": {"from": source, **({"add": added} if added else {})}}


def _tidy(value: Any) -> Any:
    """An expected table without the types that its values show anyway."""
    if not isinstance(value, dict) or "types" not in value:
        return value
    plain = {"int": int, "float": float, "string": str, "bool": bool}
    types = {
        name: type
        for name, type in value["types"].items()
        if type not in plain or not all(item.__class__ is plain[type] for item in value["columns"][name])
    }
    return {"columns": value["columns"], **({"types": types} if types else {})}
