"""Advice on what is to be predicted: how rare it is, whether it fits, what gives it away, how it changes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from tests.operators.check.advising import applied, ask, bad, wafers
from tests.operators.check.messy_tables import BAD, MESSY, NOISE, RNG, TIMES, N, some, with_


@pytest.mark.parametrize(
    ("values", "other"), [(["yes", None], "no"), ([1, None], 0), ([0, None], 1), ([True, None], False)]
)
def test_where_only_one_case_is_written_down_empty_cells_become_the_other(
    values: list[Any], other: Any, tmp_path: Path
) -> None:
    frame = with_(hit=values * 300).drop("fail")
    found = ask(tmp_path, frame, target="hit")["wrong_kind"]
    after, then = applied(tmp_path, frame, found, target="hit")
    assert after["hit"].to_list() == [values[0], other] * 300
    assert "wrong_kind" not in then


def test_how_rare_the_rare_case_is_and_what_that_means(tmp_path: Path) -> None:
    found = ask(tmp_path, wafers(3000, share=0.03), target="fail", positive="fail")
    finding = found["imbalance"]
    assert finding["title"]["en"] == "“fail” is “fail” in 90 of 3,000 rows (3 of 100)"
    assert "always says “pass” would be right for 97 of 100 rows" in finding["meaning"]["en"]


def test_too_few_rows_of_the_rare_case(tmp_path: Path) -> None:
    found = ask(tmp_path, wafers(1500, share=0.01), target="fail")
    assert found["few_rows"]["severity"] == "warn"
    assert found["few_rows"]["values"] == {"fail": 15}
    assert ask(tmp_path, wafers(25), target="fail")["few_rows"]["severity"] == "stop"


@pytest.mark.parametrize(
    ("frame", "params", "words"),
    [
        (wafers(), {"target": "fail", "kind": "number"}, "holds no numbers"),
        (with_(f=[0, 1] * 300), {"target": "f", "kind": "number"}, "only two different values"),
        (wafers(), {"target": "pressure", "kind": "category"}, "600 different values"),
        (with_(fail=["pass"] * N), {"target": "fail"}, "is always “pass”"),
        (wafers(), {"target": ""}, "not chosen yet"),
        (wafers(), {"target": "fail", "positive": "broken"}, "“broken” does not occur"),
    ],
)
def test_a_target_that_does_not_fit_stops(frame: pl.DataFrame, params: Any, words: str, tmp_path: Path) -> None:
    first = next(iter(ask(tmp_path, frame, **params).values()))
    assert first["severity"] == "stop"
    assert words in first["title"]["en"]


def test_a_target_of_numbers_in_text_is_read_not_refused(tmp_path: Path) -> None:
    frame = with_(cd=some([f"{n:.2f}" for n in NOISE], "n/a", 30))
    found = ask(tmp_path, frame, kind="number", target="cd")
    assert "wrong_kind" not in found
    after, then = applied(tmp_path, frame, found["numbers_as_text"], kind="number", target="cd")
    assert after["cd"].null_count() == 20
    assert bad(then) == {"target_missing"}


def test_a_quantity_given_away(tmp_path: Path) -> None:
    cd = np.array(NOISE)
    frame = pl.DataFrame({"cd": cd, "cd_nm": [f"{x * 1000:.1f} nm" for x in cd], "x": RNG.normal(size=N)})
    assert ask(tmp_path, frame, kind="number", target="cd")["leakage"]["columns"] == ["cd_nm"]
    parts = pl.DataFrame({"a": RNG.normal(size=N), "b": RNG.normal(size=N), "c": RNG.normal(size=N)})
    frame = parts.with_columns(total=pl.col("a") + pl.col("b"))
    assert sorted(ask(tmp_path, frame, kind="number", target="total")["leakage_together"]["columns"]) == ["a", "b"]


def test_a_failure_rate_that_changes_is_told_with_its_numbers(tmp_path: Path) -> None:
    fail = [int(RNG.random() < (0.30 if place < 300 else 0.05)) for place in range(N)]
    frame = with_(made=TIMES, f=fail).drop("fail")
    finding = ask(tmp_path, frame, target="f", positive="1")["target_drift"]
    assert finding["values"]["shares"][0] > 0.2 > finding["values"]["shares"][-1]


def test_a_random_test_of_rows_in_time_order_is_warned_of(tmp_path: Path) -> None:
    frame = with_(made=TIMES)
    assert ask(tmp_path, frame, target="fail", split="random")["time_order"]["severity"] == "warn"
    honest = ask(tmp_path, frame, target="fail", split="time", split_by="made")
    assert honest["time_order"]["severity"] == "good"


def test_a_lot_whose_wafers_share_their_fate_is_a_group_and_a_bad_tool_no_stop(tmp_path: Path) -> None:
    lots = [f"L{place // 20:02d}" for place in range(N)]
    fate = ["fail" if int(lot[1:]) % 4 == 0 else "pass" for lot in lots]
    found = ask(tmp_path, with_(lot=lots).with_columns(fail=pl.Series(fate)), target="fail")
    assert "leakage" not in found
    assert "all rows of one “lot” even have the same answer" in found["groups"]["meaning"]["en"]
    tools = ["E9" if x == "fail" and place % 3 == 0 else f"E{place % 5}" for place, x in enumerate(BAD)]
    found = ask(tmp_path, with_(tool=tools), target="fail")
    assert "leakage" not in found
    assert found["strong_columns"]["columns"] == ["tool"]


@pytest.mark.parametrize("name", ["iris", "wine", "breast_cancer"])
def test_very_good_measurements_are_no_reason_to_stop(name: str, tmp_path: Path) -> None:
    from sklearn import datasets

    frame = pl.from_pandas(getattr(datasets, f"load_{name}")(as_frame=True).frame)
    found = ask(tmp_path, frame, target="target")
    assert "leakage" not in found
    assert "it is good news: keep it" in found["strong_columns"]["meaning"]["en"]


def test_a_code_of_several_classes_is_a_leak(tmp_path: Path) -> None:
    kinds = ["edge", "ring", "none"] * 200
    code = [{"edge": 7.0, "ring": 2.0, "none": 4.0}[kind] + place % 3 / 10 for place, kind in enumerate(kinds)]
    found = ask(tmp_path, with_(defect=kinds, code=code).drop("fail"), target="defect")
    assert found["leakage"]["columns"] == ["code"]


def test_names_of_answers_matter_where_answers_take_them(tmp_path: Path) -> None:
    frame = with_(score=NOISE, group=["a", "b"] * 300)
    assert "taken_names" not in ask(tmp_path, frame, kind="number", target="pressure")
    assert "taken_names" not in ask(tmp_path, frame, kind="groups")
    renamed, _ = applied(tmp_path, frame, ask(tmp_path, frame, target="fail")["taken_names"], target="fail")
    assert "score_given" in renamed.columns
    left_out = ask(tmp_path, frame, target="fail", exclude=["score"])["taken_names"]
    assert "columns to leave out" in left_out["meaning"]["en"] and left_out["fix"] is None
    classes = with_(defect=["edge", "ring", "none"] * 200, probability_ring=NOISE)
    assert ask(tmp_path, classes, target="defect")["taken_names"]["columns"] == ["probability_ring"]


def test_columns_left_out_are_not_looked_at(tmp_path: Path) -> None:
    frame = MESSY["copy of the target in words"][0]
    assert "leakage" not in ask(tmp_path, frame, target="fail", exclude=["verdict"])
