"""Conversions: every type, odd spellings, and what is lost is told."""

from __future__ import annotations

import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from patchbay_sdk import DataError, ParamError
from tests.operators.running import replay, run, run_with_log

DAY, NOON = datetime.date(2024, 1, 31), datetime.datetime(2024, 1, 31, 12)


def cast(folder: Path, values: Any, type: str, **params: Any) -> list[Any]:
    frame = pl.DataFrame({"c": values})
    ran = run("clean.cast", folder, {"table": frame}, columns=["c"], type=type, on_error="null", **params)
    assert replay(ran["fitted"], frame, folder / "stored").polars().equals(ran["table"].polars())
    values = ran["table"].polars()["c"].to_list()
    assert isinstance(values, list)
    return values


@pytest.mark.parametrize(
    ("type", "values", "expected"),
    [
        (
            "int",
            ["1", " -2 ", "3.0", "1e3", "9007199254740993", "x", "2.5", ""],
            [1, -2, 3, 1000, 9007199254740993, None, None, None],
        ),
        ("int", [1.0, 2.5, float("nan"), float("inf"), 1e30, None], [1, None, None, None, None, None]),
        ("int", [True, None], [1, None]),
        ("int", [Decimal("1.10"), Decimal("2.00")], [None, 2]),
        ("float", ["1.5", "-.5", "1e-3", "1,5", "--"], [1.5, -0.5, 0.001, None, None]),
        ("bool", ["TRUE", "n", " 1 ", "maybe", None], [True, False, True, None, None]),
        ("bool", [1, 0, 2], [True, False, None]),
        ("bool", [1.0, 0.0, 0.5], [True, False, None]),
        ("string", [1, None], ["1", None]),
        ("category", ["a", "b", None], ["a", "b", None]),
        (
            "date",
            ["2024-01-31", "2024/1/31", "2024-01-31 12:00", "31.01.2024", "2024-02-30"],
            [DAY, DAY, DAY, None, None],
        ),
        ("date", [NOON, None], [DAY, None]),
        ("datetime", [DAY], [datetime.datetime(2024, 1, 31)]),
        (
            "datetime",
            ["2024-01-31T12:00:00", "2024-01-31 12:00:00.000", "2024-01-31T12:00:00Z", "2024-01-31T14:00:00+02:00"],
            [NOON] * 4,
        ),
        ("float", [None, None], [None, None]),
    ],
)
def test_values(tmp_path: Path, type: str, values: list[Any], expected: list[Any]) -> None:
    assert cast(tmp_path, values, type) == expected


@pytest.mark.parametrize(
    ("values", "format", "expected"),
    [
        (["31/01/2024 12:00"], "%d/%m/%Y %H:%M", NOON),
        ([20240131], "%Y%m%d", datetime.datetime(2024, 1, 31)),
        ([1706702400], "%s", NOON),
        ([1706702400.0], "%s", NOON),
        (["2024-01-31 20:00 +0800"], "%Y-%m-%d %H:%M %z", NOON),
    ],
)
def test_formats(tmp_path: Path, values: list[Any], format: str, expected: datetime.datetime) -> None:
    assert cast(tmp_path, values, "datetime", format=format) == [expected]


def test_decimal_commas(tmp_path: Path) -> None:
    assert cast(tmp_path, ["1.234,5", "7", "-0,25"], "float", decimal_comma=True) == [1234.5, 7.0, -0.25]


def test_times_as_text(tmp_path: Path) -> None:
    assert cast(tmp_path, [NOON], "string", format="%d.%m.%Y") == ["31.01.2024"]
    with pytest.raises(ParamError, match="format is '%Q'"):
        cast(tmp_path, [NOON], "string", format="%Q")


def test_lost_values_are_counted_not_hidden(tmp_path: Path) -> None:
    frame = {"c": ["x"] * 9 + ["1", "", None]}
    _, log = run_with_log("clean.cast", tmp_path, {"table": frame}, columns=["c"], type="int", on_error="null")
    assert any("9 of 12 values are no int, now gaps: 'x' (row 1), 'x' (row 2)" in line for line in log)


def test_failing_holds_at_prediction_too(tmp_path: Path) -> None:
    fitted = run("clean.cast", tmp_path, {"table": {"c": ["1"]}}, columns=["c"], type="int")["fitted"]
    with pytest.raises(DataError, match=r"Column 'c': 1 of 2 values are no int: 'n/a' \(row 2\)") as failed:
        replay(fitted, {"c": ["1", "n/a"]}, tmp_path / "stored")
    assert failed.value.details["rows"] == [2]


@pytest.mark.parametrize(
    ("values", "type", "message"),
    [
        ([NOON], "float", "a time is not a number"),
        ([[1, 2]], "string", "cannot be converted to string"),
        ([20240131], "date", "give their format"),
        ([True], "date", "is no time"),
    ],
)
def test_what_has_no_meaning_is_refused(tmp_path: Path, values: list[Any], type: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        cast(tmp_path, values, type)
