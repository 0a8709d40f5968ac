"""How rows are divided: by time, by group, else at random, and why."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from patchbay_operators.honest import choose_division, honest_folds
from patchbay_sdk import Context, DataError, Table
from tests.datasets import dataset, secom
from tests.operators.running import run, run_with_log

DAYS = [dt.datetime(2024, 1, 1) + dt.timedelta(hours=hour) for hour in range(60)]
NUMBERS = np.random.default_rng(3).normal(size=60).tolist()
RESULT = ["fail" if row % 6 == 0 else "pass" for row in range(60)]
LOTS = [f"L{row // 4}" for row in range(60)]


def division(columns: dict[str, Any], target: str = "result", **wanted: str) -> tuple[str, str]:
    found = choose_division(Table(columns), target, **wanted)
    assert found.why.en and found.why.zh
    return found.method, found.column


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ({"x": NUMBERS}, ("stratified", "result")),
        ({"measured": DAYS, "x": NUMBERS}, ("time", "measured")),
        ({"measured": DAYS[::-1], "x": NUMBERS}, ("time", "measured")),
        ({"timestamp": sorted(DAYS, key=lambda day: day.hour), "x": NUMBERS}, ("time", "timestamp")),
        ({"birthday": sorted(DAYS, key=lambda day: day.hour), "x": NUMBERS}, ("stratified", "result")),
        ({"birthday": DAYS, "x": NUMBERS}, ("stratified", "result")),
        ({"timestamp": list(range(1000, 1060)), "x": NUMBERS}, ("time", "timestamp")),
        ({"step": list(range(60)), "x": NUMBERS}, ("stratified", "result")),
        ({"day": [DAYS[0]] * 60, "x": NUMBERS}, ("stratified", "result")),
        ({"lot": LOTS, "x": NUMBERS}, ("group", "lot")),
        ({"wafer_id": [row // 3 for row in range(60)], "x": NUMBERS}, ("group", "wafer_id")),
        ({"批次": LOTS, "x": NUMBERS}, ("group", "批次")),
        ({"lot": LOTS, "measured": DAYS}, ("time", "measured")),
        ({"wafer_id": [f"W{row}" for row in range(60)], "x": NUMBERS}, ("stratified", "result")),
        ({"tool": ["A", "B", "C"] * 20, "x": NUMBERS}, ("stratified", "result")),
    ],
)
def test_what_the_rows_say(columns: dict[str, Any], expected: tuple[str, str]) -> None:
    assert division({**columns, "result": RESULT}) == expected


def test_something_whose_rows_have_the_same_answer_is_a_group_whatever_its_name() -> None:
    made_by = [f"op-{row % 24}" for row in range(240)]
    same = ["bad" if int(name[3:]) % 3 == 0 else "good" for name in made_by]
    mixed = ["bad" if row * 7919 % 11 < 4 else "good" for row in range(240)]
    assert division({"made_by": made_by, "result": same}) == ("group", "made_by")
    assert division({"made_by": made_by, "result": mixed}) == ("stratified", "result")
    amount = [float(int(name[3:]) * 10) + row % 3 / 10 for row, name in enumerate(made_by)]
    assert division({"made_by": made_by, "amount": amount}, "amount") == ("group", "made_by")


def test_a_wish_is_followed() -> None:
    columns = {"measured": DAYS, "tool": ["A", "B", "C"] * 20, "result": RESULT}
    assert division(columns, method="random") == ("random", "")
    assert division(columns, method="group", column="tool") == ("group", "tool")
    assert division(columns, method="time") == ("time", "measured")
    assert division({"x": NUMBERS, "result": RESULT}, method="time") == ("time", "")


def test_real_tables() -> None:
    assert choose_division(Table(secom()), "fail").method == "time"
    ccpp = Table(pl.read_csv(dataset("ccpp/ccpp.csv")))
    assert choose_division(ccpp, "PE").method == "random"


def held_out(folder: Path, columns: dict[str, Any], **params: Any) -> tuple[pl.DataFrame, pl.DataFrame, dict[str, Any]]:
    outputs = run("shape.hold_out", folder, {"table": columns}, **params)
    return outputs["train"].polars(), outputs["test"].polars(), json.loads(outputs["how"])


def test_no_group_is_on_both_sides_and_no_later_row_is_learned_from(tmp_path: Path) -> None:
    train, test, how = held_out(tmp_path, {"lot": LOTS, "x": NUMBERS, "result": RESULT}, target="result")
    assert how["method"] == "group" and not set(train["lot"]) & set(test["lot"])
    assert (how["train_rows"], how["test_rows"]) == (train.height, test.height)
    train, test, how = held_out(tmp_path, {"at": DAYS[::-1], "x": NUMBERS, "result": RESULT}, target="result")
    assert how["method"] == "time" and train["at"].max() < test["at"].min()  # type: ignore[operator]
    assert set(how["why"]) == {"en", "zh-CN"}


def test_groups_are_drawn_so_that_a_rare_answer_is_in_both_parts(tmp_path: Path) -> None:
    rare = ["bad" if lot in ("L2", "L9") else "good" for lot in LOTS]
    for seed in range(4):
        outputs = run(
            "shape.hold_out", tmp_path / str(seed), {"table": {"lot": LOTS, "result": rare}}, seed, target="result"
        )
        how, test = json.loads(outputs["how"]), outputs["test"].polars()
        assert (how["method"], how["share"]) == ("group", 0.2) and set(test["result"]) == {"bad", "good"}
    table = Table({"lot": LOTS, "result": rare})
    folds, found = honest_folds(Context(temp_dir=tmp_path), table, "result", choose_division(table, "result"), 0)
    assert found.method == "group" and len(folds) == 2


def test_more_is_put_aside_until_every_answer_is_in_the_test_rows(tmp_path: Path) -> None:
    result = ["bad" if row in (3, 9, 40) else "good" for row in range(60)]
    _, test, how = held_out(tmp_path, {"at": DAYS, "result": result}, target="result")
    assert how["method"] == "time" and how["share"] == 0.4 and "bad" in set(test["result"])


def test_where_time_would_leave_an_answer_out_rows_are_drawn_and_it_says_so(tmp_path: Path) -> None:
    columns = {"at": DAYS, "result": ["bad" if row < 8 else "good" for row in range(60)]}
    outputs, log = run_with_log("shape.hold_out", tmp_path, {"table": columns}, target="result")
    how = json.loads(outputs["how"])
    assert how["method"] == "stratified" and "may be too good" in how["why"]["en"]
    assert any("may be too good" in line for line in log)
    asked, log = run_with_log("shape.hold_out", tmp_path, {"table": columns}, target="result", method="time")
    assert json.loads(asked["how"])["method"] == "time" and any("not everything can be judged" in line for line in log)


def test_folds_are_fewer_where_an_answer_would_be_missing_and_random_where_it_cannot_be_helped(tmp_path: Path) -> None:
    context = Context(temp_dir=tmp_path)
    early = ["bad" if row % 30 == 5 else "good" for row in range(60)]
    table = Table({"at": DAYS, "result": early})
    folds, found = honest_folds(context, table, "result", choose_division(table, "result"), 0)
    labels = np.array(early)
    assert all(len(set(labels[fold.test])) == 2 for fold in folds)
    only_early = Table({"at": DAYS, "result": ["bad" if row < 8 else "good" for row in range(60)]})
    folds, found = honest_folds(context, only_early, "result", choose_division(only_early, "result"), 0)
    assert found.method == "stratified" and "at random" in found.why.en and len(folds) == 5
    with pytest.raises(DataError, match="1 rows are too few"):
        one = Table({"x": [1], "y": [2.5]})
        honest_folds(context, one, "y", choose_division(one, "y"), 0)
