"""The vectors that server and browser share: conditions compiled to plain JSON Schema give the expected verdicts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from patchbay_sdk.conditions import compile_schema
from patchbay_sdk.params import field_verdicts
from patchbay_sdk.registry import specs_folder

FOLDER = specs_folder("patchbay_operators") / "vectors"


def cases() -> list[Any]:
    return [
        pytest.param(document["schema"], case, id=f"{path.stem}: {case['title']}")
        for path in sorted(FOLDER.glob("*.json"))
        for document in [json.loads(Path(path).read_text(encoding="utf-8"))]
        for case in document["cases"]
    ]


@pytest.mark.parametrize(("schema", "case"), cases())
def test_verdict_per_field(schema: dict[str, Any], case: dict[str, Any]) -> None:
    assert field_verdicts(schema, case["values"]) == case["verdicts"]


@pytest.mark.parametrize(("schema", "case"), cases())
def test_the_compiled_schema_alone_accepts_and_refuses_alike(schema: dict[str, Any], case: dict[str, Any]) -> None:
    valid = all(verdict in ("ok", "absent") for verdict in case["verdicts"].values())
    compiled = compile_schema(schema)
    Draft202012Validator.check_schema(compiled)
    assert "x-" not in json.dumps(compiled)
    assert Draft202012Validator(compiled).is_valid(case["values"]) == valid
