"""Joins agree with pandas; nothing explodes unseen."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import polars as pl
import pytest

from patchbay_sdk import DataError, ParamError
from tests.operators.running import run, run_with_log

LEFT = pl.DataFrame(
    {"tool": ["A", "B", None, "C", "A"], "step": [1, 2, 1, 1, 2], "x": [1.0, 2.0, 3.0, 4.0, 5.0], "n": [1, 2, 3, 4, 5]}
)
RIGHT = pl.DataFrame(
    {"machine": ["A", "A", "B", None, "D"], "no": [1, 2, 2, 1, 1], "x": [0.1, 0.2, 0.3, 0.4, 0.5], "m": [9, 8, 7, 6, 5]}
)


@pytest.mark.parametrize("how", ["inner", "left", "right", "full"])
@pytest.mark.parametrize("keys", [["tool"], ["tool", "step"]])
def test_as_pandas_without_missing_keys(tmp_path: Path, how: str, keys: list[str]) -> None:
    theirs = RIGHT.rename({"machine": "tool", "no": "step"}).rename({} if "step" in keys else {"step": "step_right"})
    ours, right = LEFT.drop_nulls(), theirs.drop_nulls()
    expected = pd.merge(
        ours.to_pandas(), right.to_pandas(), on=keys, how="outer" if how == "full" else how, suffixes=("", "_right")
    )
    joined = run("shape.join", tmp_path, {"left": ours, "right": right}, how=how, left_on=keys, max_rows=100)[
        "table"
    ].polars()
    order = list(expected.columns)
    assert set(joined.columns) == set(order)
    pd.testing.assert_frame_equal(
        joined.select(order).to_pandas().sort_values(order, ignore_index=True),
        expected.sort_values(order, ignore_index=True),
        check_dtype=False,
    )


@pytest.mark.parametrize(
    ("how", "rows"), [("inner", 5), ("left", 7), ("right", 7), ("full", 9), ("semi", 3), ("anti", 2)]
)
def test_missing_keys_match_nothing_and_the_size_is_known_before(tmp_path: Path, how: str, rows: int) -> None:
    tables = {"left": LEFT, "right": RIGHT}
    params = {"how": how, "left_on": ["tool"], "right_on": ["machine"]}
    outputs = run("shape.join", tmp_path, tables, **params, max_rows=rows)
    assert outputs["table"].num_rows == outputs["metrics"]["rows"] == rows
    assert outputs["metrics"]["unmatched_left"] == outputs["metrics"]["unmatched_right"] == 2
    with pytest.raises(DataError, match=f"would give {rows} rows"):
        run("shape.join", tmp_path, tables, **params, max_rows=rows - 1)


def test_rows_keep_the_order_of_the_left_table(tmp_path: Path) -> None:
    outputs = run(
        "shape.join", tmp_path, {"left": LEFT, "right": RIGHT}, how="left", left_on=["tool"], right_on=["machine"]
    )
    assert outputs["table"].polars()["n"].to_list() == [1, 1, 2, 3, 4, 5, 5]
    assert outputs["table"].columns == ["tool", "step", "x", "n", "no", "x_right", "m"]


def test_a_join_that_would_fill_the_memory_is_refused_at_once(tmp_path: Path) -> None:
    same = pl.DataFrame({"lot": ["L1"]}).select(pl.col("lot").repeat_by(200_000).explode(empty_as_null=True))
    with pytest.raises(DataError, match="would give 40000000000 rows") as error:
        run("shape.join", tmp_path, {"left": same, "right": same}, how="inner", left_on=["lot"])
    assert "lot = 'L1' alone gives 200000 x 200000" in error.value.message
    with pytest.raises(DataError, match="would give 40000000000 rows"):
        run("shape.join", tmp_path, {"left": same, "right": same}, how="cross")


def test_storage_types_of_keys_may_differ(tmp_path: Path) -> None:
    left = pl.DataFrame({"k": pl.Series([1, 2], dtype=pl.Int32), "t": pl.Series(["a", "b"], dtype=pl.Categorical)})
    right = pl.DataFrame({"k": pl.Series([2, 1], dtype=pl.UInt8), "t": ["b", "a"], "y": [20, 10]})
    joined = run("shape.join", tmp_path, {"left": left, "right": right}, left_on=["k", "t"])["table"]
    assert joined.polars()["y"].to_list() == [10, 20]


def test_time_zones_of_keys_must_agree(tmp_path: Path) -> None:
    times = pl.DataFrame({"t": ["2024-01-01"]}).select(pl.col("t").str.to_datetime())
    zoned = times.select(pl.col("t").dt.replace_time_zone("UTC"))
    with pytest.raises(DataError, match="Key 't' is Datetime"):
        run("shape.join", tmp_path, {"left": times, "right": zoned}, left_on=["t"])


@pytest.mark.parametrize(
    ("expect", "side"), [("one_to_one", "left"), ("one_to_many", "left"), ("many_to_one", "right")]
)
def test_keys_that_should_be_unique(tmp_path: Path, expect: str, side: str) -> None:
    with pytest.raises(DataError, match=f"repeat in the {side} table, for example tool = 'A' \\(2 rows\\)"):
        right = RIGHT.rename({"machine": "tool"})
        run("shape.join", tmp_path, {"left": LEFT, "right": right}, left_on=["tool"], expect=expect)


def test_missing_keys_may_repeat(tmp_path: Path) -> None:
    table = pl.DataFrame({"k": ["a", None, None]})
    run("shape.join", tmp_path, {"left": table, "right": table}, left_on=["k"], expect="one_to_one")


def test_clashing_names_and_unequal_keys_are_named(tmp_path: Path) -> None:
    right = pl.DataFrame({"tool": ["A"], "x": [1], "x_right": [2]})
    with pytest.raises(ParamError, match="two columns would be called 'x_right'"):
        run("shape.join", tmp_path, {"left": LEFT, "right": right}, left_on=["tool"])
    run("shape.join", tmp_path, {"left": LEFT, "right": right}, how="semi", left_on=["tool"])
    with pytest.raises(ParamError, match="right_on names 2 column"):
        run("shape.join", tmp_path, {"left": LEFT, "right": right}, left_on=["tool"], right_on=["tool", "x"])


def test_a_harmless_join_warns_of_nothing(tmp_path: Path) -> None:
    right = RIGHT.rename({"machine": "tool"})
    _, log = run_with_log("shape.join", tmp_path, {"left": LEFT, "right": right}, left_on=["tool"])
    assert log == []
