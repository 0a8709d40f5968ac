"""Schemas of shape and feature operators before anything has run: unknown stays unknown, open stays open."""

from __future__ import annotations

from pathlib import Path

import pytest

from patchbay_sdk import Schema, Table
from patchbay_sdk.propagation import output_schemas
from patchbay_sdk.registry import load_operator
from patchbay_sdk.testing import Case, example_cases, value_of

CASES = [
    case
    for case in example_cases("patchbay_operators")
    if case.spec.category in ("shape", "feature")
    and "error" not in case.example["expect"]
    and not any(port.many for port in case.spec.inputs)
]

KNOWN_BY_NAME = ("shape.group_by", "shape.select_columns")
"""What these give is known from their params, whatever else comes in."""


def schemas_of(case: Case, inputs: dict[str, Schema | None]) -> dict[str, Schema | None]:
    operator, params = load_operator(case.spec), case.spec.fill_params(case.example.get("params", {}))
    found = output_schemas(
        case.spec, params, inputs, lambda spec, params, schemas: operator.operator_infer(schemas, params)
    )
    fixed = {port.name for port in case.spec.outputs if "columns" in (port.schema or {})}
    return {name: schema for name, schema in found.items() if name not in fixed}


def inputs_of(case: Case, folder: Path) -> dict[str, Schema]:
    values = {name: value_of(raw, folder) for name, raw in case.example["inputs"].items()}
    return {name: value.schema for name, value in values.items() if isinstance(value, Table)}


@pytest.mark.parametrize("case", CASES, ids=str)
def test_unknown_stays_unknown(case: Case, tmp_path: Path) -> None:
    unknown: dict[str, Schema | None] = dict.fromkeys(inputs_of(case, tmp_path))
    assert set(schemas_of(case, unknown).values()) == {None}


@pytest.mark.parametrize("case", [case for case in CASES if case.spec.id not in KNOWN_BY_NAME], ids=str)
def test_open_is_never_taken_for_complete(case: Case, tmp_path: Path) -> None:
    inputs: dict[str, Schema | None] = {n: Schema((), open=True) for n in inputs_of(case, tmp_path)}
    for schema in schemas_of(case, inputs).values():
        assert schema is None or schema.open
