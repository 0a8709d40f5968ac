"""Leakage: the known traps are named, honest columns are not, and the scores are the textbook ones."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from scipy.stats import spearmanr
from sklearn.metrics import roc_auc_score

from patchbay_sdk import CheckFailed, DataError
from tests.datasets import ai4i2020, secom
from tests.operators.check.chinese import assert_chinese, assert_same
from tests.operators.running import run, run_with_log


def suspicious(ran: Mapping[str, Any]) -> list[str]:
    return ran["problems"].polars()["column"].to_list()


def scores(ran: Mapping[str, Any]) -> dict[str, float]:
    return {row["column"]: row["score"] for row in ran["metrics"].tables["leakage"]}


def test_parts_of_the_target_are_found(tmp_path: Path) -> None:
    ran = run("check.leakage", tmp_path, {"table": ai4i2020()}, target="Machine failure")
    assert set(suspicious(ran)) == {"TWF", "HDF", "PWF", "OSF"}
    assert "Where 'HDF' is 1 (115 rows), 'Machine failure' is 1 in 100%; overall in 3.4%." in ran["report"]


def test_the_report_in_chinese(tmp_path: Path) -> None:
    frame = pl.DataFrame({"fail": [0, 1] * 20, "scrap": [0, 1] * 20})
    report = run("check.leakage", tmp_path, {"table": frame}, target="fail", language="zh-CN")["report"]
    assert report.startswith("# 数据泄漏\n\n目标“fail”，类别；40 行。 **发现 1 个问题。**")
    assert "需要预测时，它的值是否已知？" in report


def test_row_numbers_and_names_that_follow_the_target_are_found(tmp_path: Path) -> None:
    frame = ai4i2020().drop("TWF", "HDF", "PWF", "OSF").sort("Machine failure").with_row_index("row_id")
    frame = frame.with_columns(wafer=pl.format("lot-{}", pl.col("row_id")))  # lot-10 sorts before lot-9 as text
    ran = run("check.leakage", tmp_path, {"table": frame}, target="Machine failure")
    assert set(suspicious(ran)) == {"row_id", "wafer"}
    assert "'row_id' (an identifier: no two rows share a value) alone tells" in ran["report"]


def test_nothing_is_wrong_with_secom_and_the_scores_are_roc_areas(tmp_path: Path) -> None:
    frame = secom()
    ran = run("check.leakage", tmp_path, {"table": frame}, target="fail")
    assert suspicious(ran) == []
    for name in ["sensor_001", "sensor_060", "sensor_104"]:
        known = frame.select(name, "fail").drop_nulls()
        area = roc_auc_score(known["fail"], known[name])
        assert scores(ran)[name] == pytest.approx(max(area, 1 - area), abs=1e-9)


def test_being_missing_can_tell_the_target(tmp_path: Path) -> None:
    fail = [0] * 60 + [1] * 40
    rework = [None] * 60 + [float(i % 7) for i in range(40)]
    ran = run("check.leakage", tmp_path, {"table": {"fail": fail, "rework": rework}}, target="fail")
    assert suspicious(ran) == ["rework"]
    assert "Whether column 'rework' is missing tells whether 'fail' is 1 (AUC 1.000" in ran["report"]


def test_a_reason_written_down_for_some_failures_is_found(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    fail = (rng.random(2000) < 0.05).astype(int)
    reason = [f"code {rng.integers(50)}" if bad and rng.random() < 0.4 else None for bad in fail]
    ran = run(
        "check.leakage",
        tmp_path,
        {"table": {"fail": fail, "reason": reason, "noise": rng.normal(size=2000)}},
        target="fail",
    )
    assert suspicious(ran) == ["reason"]
    assert "Where 'reason' is given" in ran["report"] or "Where 'reason' is" in ran["report"]


def test_several_classes_by_text(tmp_path: Path) -> None:
    target = ["edge", "ring", "none"] * 40
    code = [{"edge": "E", "ring": "R", "none": "-"}[value] for value in target]
    ran = run(
        "check.leakage",
        tmp_path,
        {"table": {"target": target, "code": code, "size": list(range(120))}},
        target="target",
    )
    assert suspicious(ran) == ["code"]


@pytest.mark.parametrize("seed", range(3))
def test_chance_is_not_called_leakage(tmp_path: Path, seed: int) -> None:
    rng = np.random.default_rng(seed)
    data = {f"n{i}": rng.normal(size=80) for i in range(150)} | {
        f"t{i}": rng.choice(list("abcdefgh"), 80) for i in range(150)
    }
    data["sparse"] = [1.0 if i < 6 else None for i in range(80)]
    ran = run("check.leakage", tmp_path, {"table": pl.DataFrame({**data, "y": rng.integers(0, 2, 80)})}, target="y")
    assert suspicious(ran) == []


def test_a_quantity_is_compared_by_rank_and_by_line(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    y = rng.normal(size=500)
    noise = rng.normal(size=500)
    curve = np.where(rng.random(500) < 0.2, np.nan, np.exp(5 * y))
    tool = np.array(["low", "high"])[(y > 0).astype(int)]
    frame = pl.DataFrame({"y": y, "noise": noise, "curve": curve, "tool": tool, "inverse": -2 * y + 1})
    ran = run("check.leakage", tmp_path, {"table": frame}, target="y")
    assert set(suspicious(ran)) == {"curve", "inverse"}
    rank, line = abs(spearmanr(noise, y).statistic), np.corrcoef(noise, y)[0, 1] ** 2
    assert scores(ran)["noise"] == pytest.approx(max(rank, line))
    assert 0.5 < scores(ran)["tool"] < 0.75  # a median split of a normal quantity explains 2/pi


def test_ignored_columns_stay_out_and_failing_names_the_rest(tmp_path: Path) -> None:
    with pytest.raises(CheckFailed, match="'HDF'") as failed:
        run(
            "check.leakage",
            tmp_path,
            {"table": ai4i2020()},
            target="Machine failure",
            ignore=["TWF", "PWF"],
            on_problem="fail",
        )
    assert {problem["column"] for problem in failed.value.details["problems"]} == {"HDF", "OSF"}


def test_text_is_not_a_quantity(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="Target 'y' is String, not a number") as failed:
        run("check.leakage", tmp_path, {"table": {"y": ["a", "b"]}}, target="y", task="regression")
    assert_chinese(failed.value.details["texts"]["zh-CN"])


def test_every_kind_of_leak_is_said_in_chinese_too(tmp_path: Path) -> None:
    half = range(60)
    classes = {
        "y": ["good"] * 60 + ["bad"] * 60,
        "cost": [i % 7 for i in half] + [i % 7 + 9 for i in half],
        "code": ["E1"] * 60 + ["E2"] * 60,
        "rework": [None] * 60 + [i % 7 for i in half],
        "remark": [None] * 60 + [f"m{i % 30}" for i in half],
        "row": range(120),
    }
    y = [0.0] * 15 + [1.0, 1.1, 1.2, 1.3, 1.4]
    quantities = {
        "y": y * 2,
        "line": [3 * value for value in y] * 2,
        "order": ([0] * 15 + [1, 10, 100, 1000, 10000]) * 2,
        "lot": (["L1"] * 15 + ["L2"] * 5) * 2,
        "late": ([None] * 15 + [1.5] * 5) * 2,
    }
    said = ""
    for table in (classes, quantities):
        ran = run("check.leakage", tmp_path, {"table": pl.DataFrame(table)}, target="y", limit=0.51)
        for english, chinese in ran["problems"].polars().select("message", "message_zh").iter_rows():
            assert_same(english, chinese)
            said += chinese
    for part in (
        "仅凭列“cost”就能判断“y”是否为“bad”（AUC 1.000；0.5 为随机，1 为完全准确）。",
        "仅凭列“row”（编号列：每行的值都不同）就能判断",
        "仅凭列“rework”是否缺失就能判断",
        "“code”为“E2”的 60 行中，“y”为“bad”的占 100%，而在全部行中占 50%。",
        "仅凭列“line”就能推算“y”（R2 1.000；0 为随机，1 为完全准确）。",
        "仅凭列“order”的大小顺序就能推算“y”（Spearman 1.000；",
        "仅凭列“late”是否缺失就能推算“y”（R2 0.982；",
        "列“lot”的类别解释了“y”变化的 98.1%。",
    ):
        assert part in said


def test_big_tables_are_sampled_alike_every_time(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    frame = pl.DataFrame({"y": rng.integers(0, 2, 150_000), "a": rng.normal(size=150_000)})
    first, log = run_with_log("check.leakage", tmp_path, {"table": frame}, seed=7, target="y")
    assert scores(first) == scores(run("check.leakage", tmp_path, {"table": frame}, seed=7, target="y"))
    assert any("100,000 of 150,000 rows" in line for line in log)


@pytest.mark.parametrize("name", ["class", "value", "rows", "len", "目标"])
def test_any_target_name_will_do(tmp_path: Path, name: str) -> None:
    ran = run("check.leakage", tmp_path, {"table": {name: [0, 1] * 30, "flag": ["n", "y"] * 30}}, target=name)
    assert suspicious(ran) == ["flag"]
