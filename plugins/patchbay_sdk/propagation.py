"""Output schemas of an operator from its spec alone: what a port will carry, before anything has run."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from patchbay_sdk.schema import TYPES, Column, Schema
from patchbay_sdk.spec import OperatorSpec

Schemas = Mapping[str, Schema | None]
Infer = Callable[[OperatorSpec, Mapping[str, Any], Schemas], Schemas]
"""Calls an operator's `infer` wherever its code may run: (spec, params, input schemas) -> output schemas."""


def output_schemas(
    spec: OperatorSpec, params: Mapping[str, Any], inputs: Schemas, infer: Infer | None = None
) -> dict[str, Schema | None]:
    """Schema of each table output; None where it cannot be known yet.

    `params` are filled (defaults in place); `inputs` maps input ports to schemas. `infer` is called at most once.
    """
    declared = {port.name: port.schema or {} for port in spec.outputs if port.type == "table"}
    inferred: Schemas = {}
    if infer is not None and any(schema.get("infer") for schema in declared.values()):
        inferred = infer(spec, params, inputs)
    return {
        name: inferred.get(name) if schema.get("infer") else _declared(schema, params, inputs)
        for name, schema in declared.items()
    }


def _declared(declaration: Mapping[str, Any], params: Mapping[str, Any], inputs: Schemas) -> Schema | None:
    if "from" in declaration:
        start = inputs.get(declaration["from"])
        if start is None or declaration.keys() == {"from"}:
            return start
        columns, open = {column.name: column for column in start}, start.open
    else:
        fixed = declaration.get("columns", [])
        columns, open = {c["name"]: Column(c["name"], c["type"]) for c in fixed}, False
    if "keep" in declaration:
        kept = _names(declaration["keep"], params)
        open = open and not columns.keys() >= set(kept)  # a column not known yet may be there, of a type not known
        columns = {name: columns[name] for name in kept if name in columns}
    for name in _names(declaration.get("drop"), params):
        columns.pop(name, None)
    if "rename" in declaration:
        renames = params.get(declaration["rename"]["param"]) or {}
        renamed = [Column(renames[c.name], c.type) if c.name in renames else c for c in columns.values()]
        columns = {column.name: column for column in renamed}
    for added in declaration.get("add", ()):
        for name in _names(added["name"], params):
            columns[name] = Column(name, _type(added["type"], params, columns))
    return Schema(tuple(columns.values()), open or bool(declaration.get("open")))


def _names(reference: Any, params: Mapping[str, Any]) -> Sequence[str]:
    if reference is None:
        return []
    if isinstance(reference, str):
        return [reference]
    value = params.get(reference["param"])
    names = [value] if isinstance(value, str) else list(value or [])
    return [reference.get("prefix", "") + name + reference.get("suffix", "") for name in names]


def _type(reference: Any, params: Mapping[str, Any], columns: Mapping[str, Column]) -> str:
    if isinstance(reference, str):
        return reference
    if "param" in reference:
        value = params.get(reference["param"])
        return value if value in TYPES else "other"
    column = columns.get(params.get(reference["column"]["param"], ""))
    return "other" if column is None else column.type
