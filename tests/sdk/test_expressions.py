"""The expression language: what it computes, what it refuses, and that it never runs code."""

from __future__ import annotations

import subprocess
import sys
from datetime import date, datetime
from typing import Any

import polars as pl
import pytest

from patchbay_sdk import ExpressionError, Table
from patchbay_sdk.expressions import FUNCTIONS, parse
from tests.operators.errors import assert_chinese

FRAME = pl.DataFrame(
    {
        "a": [1, 2, None],
        "x": [0.5, -4.0, 9.0],
        "s": ["ab", "", None],
        "flow rate": [1.0, 2.0, 3.0],
        "d": [datetime(2024, 2, 29, 13, 45), datetime(2023, 12, 31), None],
        "ok": [True, False, None],
    }
)
SCHEMA = Table(FRAME).schema


@pytest.mark.parametrize(
    ("text", "type", "expected"),
    [
        ("a + 1", "int", [2, 3, None]),
        ("a / 2", "float", [0.5, 1.0, None]),
        ("-x", "float", [-0.5, 4.0, -9.0]),
        ("a * (x - 1)", "float", [-0.5, -10.0, None]),
        ("7 % 4 + 9 // 2", "int", [7]),
        ("a > 1 AND ok", "bool", [False, False, None]),
        ("a > 1 OR x > 0", "bool", [True, True, True]),
        ("NOT ok", "bool", [False, True, None]),
        ("a IS NULL", "bool", [False, False, True]),
        ("ok IS TRUE", "bool", [True, False, False]),
        ("a IN (1, 5)", "bool", [True, False, None]),
        ("x BETWEEN 0 AND 1", "bool", [True, False, False]),
        ("s LIKE 'a_'", "bool", [True, False, None]),
        ("s ILIKE 'A%'", "bool", [True, False, None]),
        ("regexp_matches(s, '^a')", "bool", [True, False, None]),
        ("CASE WHEN a = 1 THEN 'one' WHEN a = 2 THEN 'two' ELSE 'none' END", "string", ["one", "two", "none"]),
        ("CASE a WHEN 1 THEN 10 END", "int", [10, None, None]),
        ("if(x > 0, 1, 0)", "int", [1, 0, 1]),
        ("coalesce(a, 0)", "int", [1, 2, 0]),
        ("nullif(a, 2)", "int", [1, None, None]),
        ("greatest(a, x)", "float", [1.0, 2.0, 9.0]),
        ("round(x / 3, 2)", "float", [0.17, -1.33, 3.0]),
        ("sqrt(abs(x))", "float", [0.5**0.5, 2.0, 3.0]),
        ("log10(100.0) + log2(8.0)", "float", [5.0]),
        ("power(x, 2)", "float", [0.25, 16.0, 81.0]),
        ('"flow rate" * 2', "float", [2.0, 4.0, 6.0]),
        ("upper(s) || '!'", "string", ["AB!", "!", None]),
        ("concat(s, a)", "string", ["ab1", "2", ""]),
        ("length(s)", "int", [2, 0, None]),
        ("substring(s, 2, 1)", "string", ["b", "", None]),
        ("replace(s, 'a', 'z')", "string", ["zb", "", None]),
        ("year(d) * 100 + month(d)", "int", [202402, 202312, None]),
        ("dayofweek(d)", "int", [4, 0, None]),
        ("CAST(x AS INT)", "int", [0, -4, 9]),
        ("TRY_CAST(s AS DOUBLE)", "float", [None, None, None]),
        ("d >= TIMESTAMP '2024-01-01'", "bool", [True, False, None]),
        ("DATE '2024-01-02'", "date", [date(2024, 1, 2)]),
    ],
)
def test_value_and_type(text: str, type: str, expected: list[Any]) -> None:
    expression = parse(text, SCHEMA)
    values = FRAME.select(expression.polars().alias("result"))["result"].to_list()
    assert values == pytest.approx(expected) if type == "float" and None not in expected else values == expected
    assert expression.type(SCHEMA) == type


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("", "empty"),
        ("a +", "cannot be read: something is missing at column 3"),
        ("a b c", "cannot be read"),
        ("nope + 1", "Column 'nope' is not in the table"),
        ("flow_rate", "did you mean 'flow rate'"),
        ("t.a", "column name alone"),
        ("__import__('os')", "__import__"),
        ("eval('1')", "eval"),
        ("sum(a)", "not allowed"),
        ("row_number() OVER (ORDER BY a)", "not allowed"),
        ("(SELECT 1)", "statement"),
        ("a IN (SELECT a FROM t)", "statement"),
        ("DROP TABLE t", "statement"),
        ("a; a", "not allowed"),
        ("x -> x + 1", "not allowed"),
        ("CAST(a AS BLOB)", "Cannot cast"),
        ("s LIKE s", "pattern must be a quoted text"),
        ("(" * 300 + "a" + ")" * 300, "nested"),
        ("a + " * 5000 + "a", "characters"),
    ],
)
def test_refused_with_a_clear_error(text: str, part: str) -> None:
    with pytest.raises(ExpressionError, match=r"(?s).*" + part.replace("(", r"\(")) as raised:
        parse(text, SCHEMA)
    assert_chinese(raised.value)


def test_types_that_do_not_fit_are_an_expression_error() -> None:
    with pytest.raises(ExpressionError, match="does not fit") as raised:
        parse("upper(a)", SCHEMA).type(SCHEMA)
    assert_chinese(raised.value)


def test_columns_are_listed_in_order() -> None:
    assert parse('x + a * x + "flow rate"').columns == ("x", "a", "flow rate")


def test_every_listed_function_is_known() -> None:
    for name in FUNCTIONS:
        arguments = {"if": "a > 1, 1, 2", "replace": "s, 'a', 'b'", "substring": "s, 1, 1", "regexp_matches": "s, 'a'"}
        two = [
            "coalesce",
            "contains",
            "ends_with",
            "greatest",
            "least",
            "nullif",
            "power",
            "starts_with",
            "round",
            "concat",
        ]
        parse(f"{name}({arguments.get(name, 'a, 1' if name in two else 'a')})")


def test_checking_an_expression_needs_no_polars() -> None:
    code = (
        "import sys; from patchbay_sdk import Schema; from patchbay_sdk.expressions import parse;"
        "parse('upper(s) = 1', Schema.of({'s': 'string'})); print('polars' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
