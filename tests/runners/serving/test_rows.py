"""Rows of a request as a table."""

from datetime import date, datetime, timedelta

import polars as pl
import pytest

from patchbay_runners.serving.rows import MOST_ROWS, RowsError, table_of
from patchbay_sdk.schema import Schema

SCHEMA = Schema.of(
    {
        "n": "int", "x": "float", "ok": "bool", "name": "string", "kind": "category", "day": "date",
        "at": "datetime", "took": "duration", "empty": "other",
    }
)  # fmt: skip
ROW = {
    "n": 3, "x": 1.5, "ok": True, "name": "é", "kind": "a", "day": "2024-05-31", "at": "2024-05-31T08:00:00",
    "took": 1.5, "empty": None, "more": "is not looked at",
}  # fmt: skip


def test_values_have_the_types_of_training():
    frame = table_of(SCHEMA, [ROW, dict.fromkeys(ROW)]).polars()
    assert frame.columns == SCHEMA.names
    assert frame.row(0) == (
        3, 1.5, True, "é", "a", date(2024, 5, 31), datetime(2024, 5, 31, 8), timedelta(seconds=1.5), None,
    )  # fmt: skip
    assert frame.row(1) == (None,) * 9
    assert frame.schema["n"] == pl.Int64 and frame.schema["kind"] == pl.Categorical
    assert table_of(SCHEMA, [{**ROW, "n": 2.5}]).polars()["n"].item() == 2.5
    assert table_of(SCHEMA, [{**ROW, "x": 2}]).polars()["x"].item() == 2.0
    assert table_of(SCHEMA, [{**ROW, "at": "2024-05-31T08:00:00+02:00"}]).polars()["at"].item().hour == 6


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("n", "3", "must be a number, not '3'"),
        ("n", True, "must be a number, not True"),
        ("n", 1 << 70, "must be a number"),
        ("x", [1], "must be a number"),
        ("ok", 1, "must be true or false, not 1"),
        ("name", 5, "must be a text, not 5"),
        ("day", "31.5.2024", "must be a date such as 2024-05-31, not '31.5.2024'"),
        ("at", 5, "must be a time such as"),
        ("took", "long", "must be a number of seconds"),
        ("empty", "now", "had no values in training: only null is taken"),
    ],
)
def test_a_value_that_does_not_fit_is_named_by_row_and_column(column, value, message):
    with pytest.raises(RowsError, match=f"Column '{column}' of row 1 {message[:20]}") as caught:
        table_of(SCHEMA, [ROW, {**ROW, column: value}])
    (problem,) = caught.value.details["problems"]
    assert (problem["row"], problem["column"]) == (1, column) and message in problem["message"]


def test_all_problems_are_told_and_strange_requests_refused():
    missing = {name: value for name, value in ROW.items() if name not in ("n", "x")}
    with pytest.raises(RowsError, match=r"Column 'n' of row 0 is missing; .* \(1 more\)") as caught:
        table_of(SCHEMA, [missing])
    assert [problem["column"] for problem in caught.value.details["problems"]] == ["n", "x"]
    with pytest.raises(RowsError, match="Row 1 is no object"):
        table_of(SCHEMA, [ROW, 5])
    for rows in ([], [ROW] * (MOST_ROWS + 1)):
        with pytest.raises(RowsError, match="1 to 10000 rows"):
            table_of(SCHEMA, rows)
