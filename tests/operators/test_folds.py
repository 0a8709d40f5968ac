"""Folds: every row tested at most once, classes, groups and times kept as promised, and clear refusals."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from patchbay_operators.folds import make_folds
from patchbay_sdk import DataError, ParamError, Table
from tests.operators.errors import assert_chinese


@settings(deadline=None)
@given(
    values=st.lists(st.one_of(st.none(), st.integers(0, 9)), min_size=2, max_size=60),
    method=st.sampled_from(["random", "stratified", "group", "time"]),
    count=st.integers(2, 5),
    seed=st.integers(0, 3),
)
def test_promises(values: list[Any], method: str, count: int, seed: int) -> None:
    table = Table(pl.DataFrame({"c": pl.Series(values, dtype=pl.Int64)}))
    try:
        folds = make_folds(table, method, "c", count, seed)
    except DataError:
        return
    assert [fold.number for fold in folds] == list(range(1, count + 1))
    tested = np.concatenate([fold.test for fold in folds])
    assert len(set(tested.tolist())) == len(tested)
    for fold in folds:
        assert len(fold.train) and len(fold.test)
        assert not set(fold.train) & set(fold.test)
        assert (np.diff(fold.train) > 0).all() and (np.diff(fold.test) > 0).all()
        trained, asked = [values[row] for row in fold.train], [values[row] for row in fold.test]
        if method == "time":
            assert max(trained) < min(asked)
        else:
            assert len(fold.train) + len(fold.test) == len(values)
        if method == "group":
            assert not set(trained) & set(asked)
        if method == "stratified":
            for value in set(values):
                share = values.count(value) / count
                assert share - 1 < asked.count(value) < share + 1


def test_without_a_time_column_the_order_of_the_rows_counts() -> None:
    folds = make_folds(Table({"a": list(range(6))}), "time", "", 2, 0)
    assert [(fold.train.tolist(), fold.test.tolist()) for fold in folds] == [([0, 1], [2, 3]), ([0, 1, 2, 3], [4, 5])]


@pytest.mark.parametrize(
    ("data", "method", "message"),
    [
        ({"c": [1]}, "random", "needs at least 2"),
        ({"c": [1, 2]}, "random", "2 rows cannot make 3 folds"),
        ({"c": ["a", "a", "a", "b"]}, "stratified", "Class 'b' of 'c' has 1 row"),
        ({"c": ["a", "a", "b"]}, "group", r"'c' has 2 group\(s\)"),
        ({"c": [1, 1, 1, 1, 2]}, "time", "2 different times in 5 rows"),
        ({"c": ["a", "b", "c", "d"]}, "time", "need times or numbers"),
        ({"c": [dt.date(2024, 1, 1), None, dt.date(2024, 1, 2)]}, "time", r"1 row\(s\) have no 'c'"),
    ],
)
def test_refusals(data: dict[str, Any], method: str, message: str) -> None:
    with pytest.raises(DataError, match=message) as raised:
        make_folds(Table(data), method, "c", 3, 0)
    assert_chinese(raised.value)


def test_a_column_is_needed() -> None:
    with pytest.raises(ParamError, match="column: group folds need one") as raised:
        make_folds(Table({"c": [1, 2, 3]}), "group", "", 2, 0)
    assert_chinese(raised.value)
