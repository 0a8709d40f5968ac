"""Types of CSV columns: found out from all rows, or declared; dates without guessing."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import pytest

from patchbay_sdk import ParamError
from tests.operators.source.reading import read


def test_types_come_from_all_rows(tmp_path: Path) -> None:
    rows = 5000
    content = "late_float,late_text,late_value,id\n" + "1,1,,9\n" * (rows - 1) + "0.5,x,7,10\n"
    result = read(tmp_path, content)
    assert [column.type for column in result.table.schema] == ["float", "string", "int", "int"]
    assert (
        "Column 'late_text' stays text: 1 of 5000 values are no numbers, the first is 'x' in line 5001"
        in result.warnings[0]
    )


@pytest.mark.parametrize(
    ("values", "type", "expected"),
    [
        (["1", "-2", "+3"], "int", [1, -2, 3]),
        (["9223372036854775807", "1"], "int", [9223372036854775807, 1]),
        (["98765432109876543210", "1"], "string", ["98765432109876543210", "1"]),
        (["007", "012"], "string", ["007", "012"]),
        (["0", "10"], "int", [0, 10]),
        (["1.0", "2.0"], "float", [1.0, 2.0]),
        (["1e3", ".5"], "float", [1000.0, 0.5]),
        (["NaN", "1"], "int", [None, 1]),
        (["?", "", "NA"], "float", [None, None, None]),
        (["inf", "1"], "float", [float("inf"), 1.0]),
        (["True", "false"], "bool", [True, False]),
        (["1,000", "2"], "string", ["1,000", "2"]),
        ([" a ", "b"], "string", ["a", "b"]),
        (["0x10", "1"], "string", ["0x10", "1"]),
        (["2024-01-31", "2024-2-1"], "date", [datetime.date(2024, 1, 31), datetime.date(2024, 2, 1)]),
        (["2024-01-31", "n/a"], "string", ["2024-01-31", "n/a"]),
        (["2024-02-30", "2024-01-01"], "string", ["2024-02-30", "2024-01-01"]),
    ],
)
def test_inferred_types(tmp_path: Path, values: list[str], type: str, expected: list[Any]) -> None:
    content = "other\tv\n" + "".join(f"z\t{value}\n" for value in values)
    result = read(tmp_path, content)
    assert result.table.schema.columns[1].type == type
    assert result.frame["v"].to_list() == expected


@pytest.mark.parametrize(
    ("values", "dates", "expected"),
    [
        (["19/07/2008 11:55:00", "1/8/2008 1:05:00.25"], "auto", ["2008-07-19T11:55:00", "2008-08-01T01:05:00.250000"]),
        (["07/19/2008 1:05:00 PM"], "auto", ["2008-07-19T13:05:00"]),
        (["12.03.2020"], "day_first", ["2020-03-12"]),
        (["12/03/2020"], "month_first", ["2020-12-03"]),
        (["05/05/2020"], "auto", ["2020-05-05"]),
        (["12/03/2020"], "iso", ["12/03/2020"]),
        (["2020-03-12"], "off", ["2020-03-12"]),
        (["2024-01-01T08:00:00+08:00", "2024-01-01T00:00:00Z"], "auto", ["2024-01-01T00:00:00"] * 2),
        (["2024/1/5 8:30"], "iso", ["2024-01-05T08:30:00"]),
        (["05-JAN-2024"], "auto", ["2024-01-05"]),
        (["19/07/2008", "20/07/08"], "auto", ["19/07/2008", "20/07/08"]),
        (["13/01/2020", "01/13/2020"], "auto", ["13/01/2020", "01/13/2020"]),
    ],
)
def test_dates(tmp_path: Path, values: list[str], dates: str, expected: list[str]) -> None:
    result = read(tmp_path, "v\n" + "\n".join(values) + "\n", dates=dates, delimiter="comma")
    got = [value if isinstance(value, str) else value.isoformat() for value in result.frame["v"].to_list()]
    assert got == expected


def test_ambiguous_dates_warn_and_a_declared_one_asks(tmp_path: Path) -> None:
    content = "d,n\n01/02/2024,1\n03/04/2024,2\n"
    assert "can be read day-first and month-first" in read(tmp_path, content).warnings[0]
    with pytest.raises(ParamError, match="set dates to day_first or month_first"):
        read(tmp_path, content, types={"d": "date"})
    assert read(tmp_path, content, types={"d": "date"}, dates="day_first").frame["d"][0] == datetime.date(2024, 2, 1)


def test_declared_types(tmp_path: Path) -> None:
    content = "id,when,flag,code,tool\n007,20240319,1,3.0,A\n8,20240320,0,4,B\n"
    types = {"id": "string", "when": "date", "flag": "bool", "code": "int", "tool": "category"}
    result = read(tmp_path, content, types=types)
    assert [column.type for column in result.table.schema] == ["string", "date", "bool", "int", "category"]
    assert result.frame.row(0) == ("007", datetime.date(2024, 3, 19), True, 3, "A")


def test_a_declared_type_for_a_column_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ParamError, match="types names column 'b', which the file lacks; it has: a"):
        read(tmp_path, "a\n1\n", types={"b": "int"})
