"""The quality gate on real sensors, against figures counted in another way, and on samples without any drift."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from patchbay_sdk import CheckFailed, Table
from patchbay_sdk.registry import installed_catalogue
from patchbay_sdk.testing import run_operator
from tests.datasets import secom
from tests.operators.check.chinese import assert_chinese, assert_same
from tests.operators.running import run


def problems(ran: Mapping[str, Any], check: str) -> list[str]:
    table = ran["problems"].polars()
    return table.filter(pl.col("check") == check)["column"].to_list()


def test_secom_has_the_known_problems(tmp_path: Path) -> None:
    frame = secom()
    pandas = frame.to_pandas()
    ran = run("check.quality_gate", tmp_path, {"table": frame}, target="fail")
    assert ran["metrics"]["missing_share"] == pytest.approx(pandas.isna().to_numpy().mean())
    assert set(problems(ran, "missing")) == set(pandas.columns[pandas.isna().mean() > 0.5])
    assert set(problems(ran, "constant")) == set(pandas.columns[pandas.nunique() <= 1])
    assert len(problems(ran, "constant")) == 116
    assert ran["metrics"]["smallest_class_share"] == pytest.approx(104 / 1567)
    assert "116 columns of 592" in ran["report"]
    assert ran["table"].polars().equals(frame)


def test_extremes_by_both_measures(tmp_path: Path) -> None:
    frame = secom()
    chosen = ["sensor_001", "sensor_005", "sensor_026"]
    by_mad = run("check.quality_gate", tmp_path, {"table": frame}, columns=chosen, max_robust_z=5, max_extreme_share=0)
    by_iqr = run(
        "check.quality_gate", tmp_path, {"table": frame}, columns=chosen, extreme_method="iqr", max_extreme_share=0
    )
    for name in chosen:
        x = frame[name].drop_nulls().drop_nans().to_numpy()
        mad = 1.4826 * np.median(np.abs(x - np.median(x)))
        q1, q3 = np.percentile(x, [25, 75])
        far = {"mad": np.abs(x - np.median(x)) > 5 * mad, "iqr": (x < q1 - 3 * (q3 - q1)) | (x > q3 + 3 * (q3 - q1))}
        for ran, outside in ((by_mad, far["mad"]), (by_iqr, far["iqr"])):
            found = ran["problems"].polars().filter((pl.col("check") == "extremes") & (pl.col("column") == name))
            assert found["value"].sum() == pytest.approx(outside.mean())


def test_infinite_numbers_are_extreme_and_do_not_hide_others(tmp_path: Path) -> None:
    ran = run(
        "check.quality_gate", tmp_path, {"table": {"a": [1.0, 2.0, 3.0, 4.0, float("inf"), 900.0]}}, check_rows=False
    )
    assert ran["metrics"]["largest_extreme_share"] == pytest.approx(2 / 6)


def test_drift_is_the_population_stability_index(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    then, now = rng.normal(0, 1, 4000), rng.normal(0.7, 1, 3000)
    inputs = {"table": Table(pl.DataFrame({"p": now})), "reference": Table(pl.DataFrame({"p": then}))}
    ran = run("check.quality_gate", tmp_path, inputs, check_duplicates=False)
    edges = [-np.inf, *np.quantile(then, np.arange(0.1, 1, 0.1)), np.inf]
    p, q = (np.histogram(x, edges)[0] + 0.5 for x in (now, then))
    p, q = p / p.sum(), q / q.sum()
    assert ran["metrics"]["largest_psi"] == pytest.approx(np.sum((p - q) * np.log(p / q)))
    assert problems(ran, "drift") == ["p"]


@pytest.mark.parametrize("rows", [12, 60, 300])
def test_small_samples_of_one_distribution_do_not_drift(tmp_path: Path, rows: int) -> None:
    rng = np.random.default_rng(rows)

    def sample() -> Table:
        numbers = {f"n{i}": rng.normal(size=rows) for i in range(40)}
        texts = {f"t{i}": rng.choice(list("abcdefgh"), rows) for i in range(10)}
        names = {"wafer": [f"W{i}" for i in rng.integers(0, 10**9, rows)]}
        return Table(pl.DataFrame({**numbers, **texts, **names}))

    ran = run("check.quality_gate", tmp_path, {"table": sample(), "reference": sample()}, check_rows=False)
    assert problems(ran, "drift") == []


def test_drift_of_gaps_types_and_times(tmp_path: Path) -> None:
    then = pl.DataFrame(
        {
            "gaps": [1.0] * 50 + [2.0] * 50,
            "kind": [1] * 100,
            "when": pl.datetime_range(pl.datetime(2024, 1, 1), pl.datetime(2024, 1, 1, 1, 39), "1m", eager=True),
        }
    )
    now = pl.DataFrame(
        {
            "gaps": [1.0] * 50 + [None] * 50,
            "kind": ["1"] * 100,
            "when": then["when"].dt.offset_by("1y"),
            "new": [1] * 100,
        }
    )
    ran = run("check.quality_gate", tmp_path, {"table": Table(now), "reference": Table(then)}, check_duplicates=False)
    assert problems(ran, "drift") == ["kind", "gaps"]
    assert "'kind' is String, in the reference Int64" in ran["report"]


def test_failing_lists_the_problems_and_names_columns(tmp_path: Path) -> None:
    with pytest.raises(CheckFailed, match="Column 'site' holds only 'F1'") as failed:
        run(
            "check.quality_gate",
            tmp_path,
            {"table": {"site": ["F1"] * 3, "a": [1, 2, 3]}},
            check_rows=False,
            on_problem="fail",
        )
    [problem] = failed.value.details["problems"]
    assert problem["check"] == "constant" and problem["column"] == "site" and problem["level"] == "warning"


def test_many_problems_are_told_in_a_few_lines(tmp_path: Path) -> None:
    with pytest.raises(CheckFailed) as failed:
        run("check.quality_gate", tmp_path, {"table": {f"c{i}": [0] * 3 for i in range(500)}}, on_problem="fail")
    assert len(failed.value.details["problems"]) == 502
    assert len(failed.value.message) < 2000
    assert "and 484 more" in failed.value.message
    chinese = failed.value.details["texts"]["zh-CN"]
    assert chinese.startswith("数据有 502 个问题。行数：表格有 3 行，至少需要 100 行。常量列：列“c0”只有一个值“0”：")
    assert "“c15”等 492 列也是如此。" in chinese
    assert_chinese(chinese)


def test_everything_is_said_in_chinese_too(tmp_path: Path) -> None:
    rows = 60
    frame = pl.DataFrame(
        {
            "site": ["F1"] * rows,
            "nothing": pl.Series([None] * rows, dtype=pl.Float64),
            "p": [*range(5), 900] * 10,
            "kind": ["1"] * rows,
            "grade": ["ok"] * 57 + ["bad"] + [None] * 2,
        }
    )
    reference = pl.DataFrame({"p": range(100, 200), "kind": [1] * 100, "tool": ["T"] * 100})
    inputs = {"table": Table(frame), "reference": Table(reference)}
    limits = {"target": "grade", "duplicate_columns": ["p", "site"]}
    gate = installed_catalogue().latest("check.quality_gate")
    outputs, log = run_operator(gate, inputs, limits, tmp_path)
    told = outputs["problems"].polars()
    for english, chinese in told.select("message", "message_zh").iter_rows():
        assert_same(english, chinese)
    assert {
        "全部值中有 20.7% 缺失，最多允许 20%。",
        "列“nothing”没有任何值：请去掉该列（删除常量列）。",
        "列“p”有 16.7% 的值偏离超过 8 倍稳健标准差，最多允许 1%。",
        "54 行（90%）的“p”、“site”与前面某一行相同，最多允许 0%。",
        "目标“grade”的类别“bad”占 1.7% 的行，至少要占 5%。",
        "列“kind”的类型是 String，在参考表中是 Int64：请转换其中一个的类型。",
    } <= set(told["message_zh"])
    warned = [line["texts"]["zh-CN"] for line in log if line["level"] == "warning"]
    assert len(warned) == told["check"].n_unique() == 7
    assert "类别均衡：目标“grade”在 2 行中缺失，这些行不能用于训练模型。" in "".join(warned)
    for text in warned:
        assert_chinese(text)
    with pytest.raises(CheckFailed) as failed:
        run_operator(gate, inputs, {**limits, "on_problem": "fail"}, tmp_path)
    assert failed.value.details["problems"] == told.to_dicts()


def test_the_report_in_chinese(tmp_path: Path) -> None:
    limits = {"min_rows": 4, "check_extremes": False, "check_duplicates": False, "language": "zh-CN"}
    report = run("check.quality_gate", tmp_path, {"table": {"a": [1, 2, 3], "b": [1, 1, 1]}}, **limits)["report"]
    assert report.splitlines()[:9] == [
        "# 数据质量",
        "",
        "3 行，2 列。 **发现 2 个问题。**",
        "",
        "| 检查 | 结果 | 问题数 |",
        "| --- | --- | ---: |",
        "| 行数 | 3 行 | 1 |",
        "| 缺失值 | 全部值的 0%；0 列有缺失 | 0 |",
        "| 常量列 | 2 列中有 1 列 | 1 |",
    ]
    assert "- 表格有 3 行，至少需要 4 行。" in report


def test_everything_can_be_switched_off(tmp_path: Path) -> None:
    off = dict.fromkeys(
        ["check_rows", "check_missing", "check_constant", "check_extremes", "check_duplicates", "check_drift"], False
    )
    ran = run("check.quality_gate", tmp_path, {"table": {"a": [None, None]}}, on_problem="fail", **off)
    assert ran["metrics"].values == {"problems": 0}
    assert "No problem found." in ran["report"]


@pytest.mark.parametrize("name", ["count", "value", "class", "rows", "len", "晶圆 编号", "a|b"])
def test_any_column_name_will_do(tmp_path: Path, name: str) -> None:
    table = Table(pl.DataFrame({name: ["x", "y"] * 100}))
    ran = run(
        "check.quality_gate", tmp_path, {"table": table, "reference": table}, target=name, duplicate_columns=[name]
    )
    assert problems(ran, "drift") == []


def test_the_target_may_be_rare_missing_a_single_class_or_a_quantity(tmp_path: Path) -> None:
    def balance(values: list[object]) -> list[str]:
        ran = run(
            "check.quality_gate",
            tmp_path,
            {"table": {"y": values}},
            target="y",
            check_rows=False,
            check_missing=False,
            check_constant=False,
            check_duplicates=False,
        )
        return ran["problems"].polars()["message"].to_list()

    assert balance([True] * 30 + [False]) == [
        "Target 'y': class False makes up 3.2% of the rows; at least 5% are wanted."
    ]
    assert balance(["ok", "bad", None]) == ["Target 'y' is missing in 1 row; such rows cannot train a model."]
    assert balance([1, 1]) == ["Target 'y' holds only 1: at least two classes are needed."]
    assert balance([i / 7 for i in range(50)]) == []
