"""The profile against pandas, and what it suggests."""

from __future__ import annotations

import datetime
from pathlib import Path

import polars as pl
import pytest

from tests.datasets import secom
from tests.operators.check.chinese import assert_same
from tests.operators.running import run


def test_figures_agree_with_pandas(tmp_path: Path) -> None:
    frame = secom()
    profile = run("check.profile", tmp_path, {"table": frame})["profile"].polars()
    described = frame.to_pandas().drop(columns="timestamp").describe(percentiles=[0.05, 0.25, 0.5, 0.75, 0.95])
    names = {"mean": "mean", "std": "std", "min": "min", "max": "max", "p5": "5%", "median": "50%", "p95": "95%"}
    for ours, theirs in names.items():
        got = profile.filter(pl.col("column") != "timestamp")[ours].to_list()
        assert got == pytest.approx(described.loc[theirs].tolist(), rel=1e-9)
    assert profile["constant"].sum() == 116
    assert profile["missing"].sum() == frame.to_pandas().isna().to_numpy().sum()


def suggestion(folder: Path, values: pl.Series) -> str:
    text = (
        run("check.profile", folder, {"table": values.rename("c").to_frame()})["profile"].polars()["suggestion"].item()
    )
    assert isinstance(text, str)
    return text


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (pl.Series([1.0, float("inf"), 2.0]), "1 infinite number: replace or clip."),
        (pl.Series([1.5, -999.0, 2.0]), "-999 may stand for a missing value."),
        (pl.Series([1.0, None, None, 2.0, None]), "Mostly missing: drop it, or find out why."),
        (pl.Series([float("nan")] * 3), "Holds no value: drop it."),
        (
            pl.Series(["a note", "another", "a third"]),
            "A different text in every row: an identifier or free text, not a category.",
        ),
        (pl.Series(["x ", "x ", "y "]), "Some values have spaces around them: trim the text."),
        (pl.Series([True, False, True]), ""),
    ],
)
def test_suggestions(tmp_path: Path, values: pl.Series, expected: str) -> None:
    assert suggestion(tmp_path, values) == expected


def test_suggestions_in_chinese(tmp_path: Path) -> None:
    frame = pl.DataFrame(
        {
            "empty": pl.Series([None] * 5, dtype=pl.Float64),
            "site": ["F1"] * 5,
            "gaps": [1.5, 2.5, None, None, None],
            "id": [6, 7, 8, 9, 10],
            "far": [1.5, float("inf"), 2.5, 2.5, 2.5],
            "code": [1.5, -999.0, 2.5, 2.5, 2.5],
            "dose": ["1.5", "?", "n/a", "2", "2"],
            "day": ["2024-01-01"] * 4 + ["2024-01-02"],
            "note": ["a", "b", "c", "d", "e"],
            "tool": ["A", "a ", "A", "B", "B"],
            "space": ["x ", "x ", "y", "y", "y"],
            "fine": ["x", "x", "y", "y", "y"],
        }
    )
    profile = run("check.profile", tmp_path, {"table": frame}, top=0)["profile"].polars()
    told = {row["column"]: (row["suggestion"], row["suggestion_zh"]) for row in profile.iter_rows(named=True)}
    assert told.pop("fine") == ("", "")
    for english, chinese in told.values():
        assert_same(english, chinese)
    assert told["dose"][1] == "“?”、“n/a”可能表示缺失。文本中存的是数字：请转换列类型。"
    assert told["far"][1] == "有 1 个无穷大的值：请替换或截断。"


def test_the_report_in_chinese(tmp_path: Path) -> None:
    frame = pl.DataFrame({"heat": [1.5, None, 3.5], "to|ol": ["A", "B", "B"]})
    report = run("check.profile", tmp_path, {"table": frame}, top=0, language="zh-CN")["report"]
    assert report.splitlines() == [
        "# 列概况",
        "",
        "3 行，2 列，缺失 16.7%。",
        "",
        "| 列 | 类型 | 缺失 | 不同值 | 范围 | 中位数 | 常见值 | 建议 |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
        "| heat | float | 33.3% | 2 | 1.5 至 3.5 | 2.5 |  |  |",
        "| to\\|ol | string | 0% | 2 | A 至 B |  |  |  |",
    ]


def test_odd_columns_are_described_too(tmp_path: Path) -> None:
    frame = pl.DataFrame(
        {
            "list": [[1], [1], None],
            "struct": [{"a": 1}, {"a": 2}, {"a": 1}],
            "bytes": [b"1", b"2", None],
            "duration": [datetime.timedelta(hours=1), None, None],
            "count": ["a|b", "a|b", "line\nbreak"],
            "nothing": [None, None, None],
        }
    )
    ran = run("check.profile", tmp_path, {"table": frame})
    assert ran["profile"].polars()["distinct"].to_list() == [1, 2, 2, 1, 2, 0]
    assert len(ran["report"].splitlines()) == 12
