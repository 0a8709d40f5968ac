"""Splits are scikit-learn's, keep times and groups together, and lose no row."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from sklearn.model_selection import GroupShuffleSplit, train_test_split

from patchbay_sdk import DataError, ParamError
from tests.operators.running import run

ROWS = 97
RNG = np.random.default_rng(5)
FRAME = pl.DataFrame(
    {
        "row": range(ROWS),
        "label": RNG.choice(["pass", "fail", "Rework"], ROWS, p=[0.7, 0.2, 0.1]),
        "bin": RNG.integers(0, 3, ROWS),
        "flag": RNG.random(ROWS) < 0.3,
        "lot": [None if value == 0 else f"L{value}" for value in RNG.integers(0, 12, ROWS)],
        "time": pl.Series(RNG.integers(0, 40, ROWS)).map_elements(
            lambda day: datetime(2024, 1 + day // 28, 1 + day % 28)
        ),
    },
    schema_overrides={"time": pl.Datetime("us")},
)


def split(folder: Path, frame: pl.DataFrame = FRAME, seed: int = 0, **params: Any) -> tuple[list[int], list[int]]:
    outputs = run("shape.split", folder, {"table": frame}, seed, **params)
    train, test = outputs["train"].polars()["row"].to_list(), outputs["test"].polars()["row"].to_list()
    assert sorted(train + test) == list(range(frame.height))
    assert outputs["metrics"].values == {
        "train_rows": len(train),
        "test_rows": len(test),
        "test_share": len(test) / frame.height,
    }
    return train, test


@pytest.mark.parametrize("seed", [0, 42])
@pytest.mark.parametrize("share", [0.2, 0.333])
def test_random_is_scikit_learns(tmp_path: Path, seed: int, share: float) -> None:
    expected = train_test_split(np.arange(ROWS), test_size=share, random_state=seed)
    assert split(tmp_path, seed=seed, method="random", test_share=share) == tuple(map(list, expected))


@pytest.mark.parametrize("column", ["label", "bin", "flag"])
def test_stratified_is_scikit_learns(tmp_path: Path, column: str) -> None:
    classes = FRAME[column].to_list()
    expected = train_test_split(np.arange(ROWS), test_size=0.25, random_state=3, stratify=classes)
    actual = split(tmp_path, seed=3, method="stratified", column=column, test_share=0.25)
    assert actual == tuple(map(list, expected))


def test_order_is_scikit_learns_without_shuffling(tmp_path: Path) -> None:
    expected = train_test_split(np.arange(ROWS), test_size=0.2, shuffle=False)
    assert split(tmp_path, method="order") == tuple(map(list, expected))


def test_group_is_scikit_learns_and_divides_no_group(tmp_path: Path) -> None:
    groups = FRAME["lot"].fill_null("~missing").to_numpy()
    expected = next(GroupShuffleSplit(1, test_size=0.3, random_state=8).split(groups, groups=groups))
    train, test = split(tmp_path, seed=8, method="group", column="lot", test_share=0.3)
    assert (train, test) == tuple(map(list, expected))
    assert not set(groups[train]) & set(groups[test])


def test_time_puts_the_latest_share_into_the_test_and_divides_no_time(tmp_path: Path) -> None:
    train, test = split(tmp_path, method="time", column="time", test_share=0.3)
    times = FRAME["time"].to_list()
    assert max(times[row] for row in train) < min(times[row] for row in test)
    assert train == sorted(train)
    assert len(test) >= 0.3 * ROWS
    first_time_of_test = times.count(min(times[row] for row in test))
    assert len(test) - first_time_of_test < 0.3 * ROWS


@pytest.mark.parametrize("zone", [None, "Asia/Shanghai"])
def test_time_from_a_date_on_in_the_columns_time_zone(tmp_path: Path, zone: str | None) -> None:
    frame = FRAME.with_columns(pl.col("time").dt.replace_time_zone(zone))
    _, test = split(tmp_path, frame, method="time", column="time", cut="start", start="2024-01-20")
    assert test == [row for row, time in enumerate(FRAME["time"]) if time >= datetime(2024, 1, 20)]


def test_time_may_be_a_number(tmp_path: Path) -> None:
    _, test = split(tmp_path, method="time", column="row", cut="start", start="90")
    assert test == list(range(90, ROWS))


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"cut": "start", "start": "soon"}, "'soon' is not a date"),
        ({"cut": "start", "start": "2024-01-02T00:00:00+08:00"}, "has a time zone and column 'time' has none"),
        ({"cut": "start", "start": "2030-01-01"}, "no test rows; 'time' goes from 2024-01-01"),
        ({"cut": "start", "start": "1999-01-01"}, "no training rows"),
        ({"test_share": 0.999}, "no training rows"),
    ],
)
def test_a_cut_that_divides_nothing_is_refused(tmp_path: Path, params: dict[str, Any], message: str) -> None:
    with pytest.raises((DataError, ParamError), match=message):
        split(tmp_path, method="time", column="time", **params)


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"method": "random", "test_share": 0.999}, "leaves none of the 97 rows"),
        ({"method": "stratified", "column": "label", "test_share": 0.01}, "cannot hold all 3 classes"),
        ({"method": "stratified", "column": "row"}, "has only 1 row"),
        ({"method": "group", "column": "flag", "test_share": 0.9}, "has 2 group"),
    ],
)
def test_impossible_splits_are_refused(tmp_path: Path, params: dict[str, Any], message: str) -> None:
    with pytest.raises(DataError, match=message):
        split(tmp_path, **params)
