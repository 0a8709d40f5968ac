"""Messages about params name the field, the value and what is allowed; columns are looked up in the inputs."""

from __future__ import annotations

import pytest

from patchbay_sdk import Catalogue, Schema
from patchbay_sdk.params import fill_params

SPEC = Catalogue.installed().latest("clean.fill_missing")
SCHEMAS = {"table": Schema.of({"pressure": "float", "tool": "string"})}


@pytest.mark.parametrize(
    ("params", "code", "message"),
    [
        ({"strategy": "mode"}, "invalid", "strategy is 'mode'; allowed: 'mean', 'median', "),
        ({"columns": "pressure"}, "invalid", "columns is 'pressure'; it must be of type array."),
        ({"columns": ["pressure", 3]}, "invalid", "columns.1 is 3; it must be of type string."),
        (
            {"columns": ["presure"]},
            "column_missing",
            "column 'presure' is not in input 'table'; did you mean 'pressure'?",
        ),
        ({"strategy": "constant"}, "missing", "value is required."),
        ({"value": 1}, "hidden", "value is given but only applies when strategy is 'constant'; remove it."),
        ({"colums": []}, "unknown", "colums is not a param; did you mean columns?"),
    ],
)
def test_message(params: dict[str, object], code: str, message: str) -> None:
    problems = SPEC.check_params(params, SCHEMAS)
    assert [problem.code for problem in problems] == [code]
    assert message in problems[0].message


def test_what_is_wrong_with_an_expression_is_said_in_both_languages() -> None:
    filter_rows = Catalogue.installed().latest("shape.filter_rows")
    (problem,) = filter_rows.check_params({"expression": "presure > 1"}, SCHEMAS)
    assert problem.texts == {
        "en": "Column 'presure' is not in the table; did you mean 'pressure'?",
        "zh-CN": "表中没有“presure”列；是否指“pressure”？",
    }


def test_columns_are_not_judged_while_the_schema_is_open_or_unknown() -> None:
    params = {"columns": ["later"]}
    assert SPEC.check_params(params, {"table": None}) == []
    assert SPEC.check_params(params, {"table": Schema.of({"a": "int"}, open=True)}) == []


def test_defaults_are_filled_for_visible_fields_only() -> None:
    constant = {"x-when": {"strategy": {"const": "constant"}}}
    schema = {
        "type": "object",
        "properties": {
            "columns": {"type": "array", "default": []},
            "strategy": {"enum": ["median", "constant"], "default": "median"},
            "value": {"type": "number", **constant},
            "by": {"type": "array", "default": [], "x-when": {"strategy": {"not": {"const": "constant"}}}},
        },
    }
    assert fill_params(schema, {}) == {"columns": [], "strategy": "median", "by": []}
    assert fill_params(schema, {"strategy": "constant", "value": 0}) == {
        "columns": [],
        "strategy": "constant",
        "value": 0,
    }
