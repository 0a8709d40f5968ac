"""Reports on too little, on odd names, and without what is optional."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from patchbay_sdk import DataError, Model, ParamError, Table
from tests.operators.evaluate.reports import line, report, trained
from tests.operators.running import run

TRAIN, TEST = line(200, 1), line(80, 2)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Model:
    folder = tmp_path_factory.mktemp("model")
    return trained("model.logistic", TRAIN, folder, features=["pressure", "noise"], positive="fail")


@pytest.mark.parametrize(
    ("rows", "headline"),
    [
        (TEST.filter(pl.col("result") == "pass").head(1), "There are no bad wafers among the test rows"),
        (TEST.filter(pl.col("result") == "fail").head(1), "the one bad wafer"),
        (TEST.head(0), "There are no bad wafers among the test rows"),
        (TEST.filter(pl.col("result") == "fail"), "bad wafers; no alarm is false."),
    ],
    ids=["one good row", "one bad row", "no row", "one class"],
)
def test_rows_too_few_to_judge(model: Model, rows: pl.DataFrame, headline: str, tmp_path: Path) -> None:
    said = report(tmp_path, model, TRAIN, rows, unit="wafer")
    assert headline in said.headline
    assert "nan" not in said.outputs["report"]
    if rows.height:
        assert "few_positives" in said.codes


@pytest.mark.parametrize("rows", [0, 1, 2])
def test_numbers_too_few_to_judge(rows: int, tmp_path: Path) -> None:
    frame = pl.DataFrame({"x": [-1.0, 0.0, 1.0, 2.0], "y": [-2.0, 0.0, 2.0, 4.0]})
    said = report(tmp_path, trained("model.ridge", frame, tmp_path, "y"), frame, frame.head(rows), "y")
    assert said.headline.startswith("It is not certain that" if rows else "There are no test rows")
    assert ("few_rows" in said.codes) == (rows > 0)


def test_a_number_that_is_always_the_same(tmp_path: Path) -> None:
    frame = pl.DataFrame({"x": np.arange(60.0), "y": np.arange(60.0) % 7})
    model = trained("model.baseline", frame, tmp_path, "y")
    said = report(tmp_path, model, frame, frame, "y")
    assert said.codes == {"same_answer"}
    flat = pl.DataFrame({"x": np.arange(60.0), "y": [5.0] * 60})
    assert report(tmp_path, trained("model.ridge", flat, tmp_path, "y"), flat, flat, "y").headline.endswith(
        "Predictions of “y” are off by 0 on average; always answering the average would be off by 0."
    )


def test_classes_that_were_never_seen(tmp_path: Path) -> None:
    frame = pl.DataFrame({"x": [0.0, 1.0, 2.0] * 20, "kind": ["a", "b", "c"] * 20})
    model = trained("model.logistic", frame, tmp_path, "kind")
    said = report(tmp_path, model, frame, pl.DataFrame({"x": [0.0, 5.0], "kind": ["a", "新"]}), "kind")
    assert said.headline.endswith("Right for 1 of 2 rows; always answering “a” would be right for 1 of 2 rows.")


def test_a_model_that_guesses_is_not_praised(tmp_path: Path) -> None:
    random = np.random.default_rng(3)
    frame = pl.DataFrame({"x": random.normal(size=400), "result": random.choice(["fail", "pass"], 400, p=[0.1, 0.9])})
    test = frame[300:].with_columns(x=pl.when(pl.col("result") == "fail").then(-3.0).otherwise("x"))
    model = trained("model.logistic", frame[:300].with_columns(x=pl.col("x") + (pl.col("result") == "fail")), tmp_path)
    said = report(tmp_path, replace(model, threshold=0.0), frame[:300], test, unit="wafer")
    assert said.headline.startswith("This is no better than guessing: do not use it.")
    assert "but it raises an alarm for 100 of 100 wafers" in said.headline
    assert said.json["headline"]["zh-CN"].startswith("它并不比随机猜测更好：请不要使用。")
    assert "no_better" in said.codes


def test_a_number_that_is_guessed_is_not_praised(tmp_path: Path) -> None:
    random = np.random.default_rng(3)
    frame = pl.DataFrame({"x": random.normal(size=80), "y": random.normal(size=80)})
    model = trained("model.ridge", pl.DataFrame({"x": [0.0, 1.0, 2.0], "y": [0.0, 5.0, 10.0]}), tmp_path, "y")
    said = report(tmp_path, model, frame, frame, "y")
    assert said.headline.startswith("This is no better than always answering the average: do not use it.")


def test_one_class_against_all_others(tmp_path: Path) -> None:
    frame = pl.DataFrame({"x": [0.0, 3.0, 9.0] * 20, "kind": ["a", "b", "fail"] * 20})
    model = trained("model.logistic", frame, tmp_path, "kind")
    said = report(tmp_path, model, frame, frame, "kind", positive="fail", unit="wafer")
    assert "20 bad wafers among them" in said.text("good")


def test_a_class_that_the_scores_do_not_speak_of(model: Model, tmp_path: Path) -> None:
    with pytest.raises(ParamError, match="trained to find 'fail'"):
        report(tmp_path, model, TRAIN, TEST, positive="pass")


def test_columns_with_hostile_names(tmp_path: Path) -> None:
    names = {"pressure": "<script>alert(1)</script>", "tool": '机台 "A" & </td>', "result": "{target}\n|x|"}
    train, test = TRAIN.rename(names), TEST.rename(names)
    target = names["result"]
    model = trained("model.logistic", train, tmp_path, target, features=[names["pressure"], "noise"], positive="fail")
    said = report(tmp_path, model, train, test, target, by=[names["tool"]], language="zh-CN", unit="<i>")
    page = said.outputs["page"].path.read_text(encoding="utf-8")
    assert "<script" not in page and "<i>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert names["pressure"] in said.text("drivers")


def test_rows_that_were_prepared_before(tmp_path: Path) -> None:
    filled = run("clean.fill_missing", tmp_path, {"table": TRAIN}, columns=["pressure", "noise"])
    scaled = run("feature.scale", tmp_path, {"table": filled["table"]}, columns=["pressure", "noise"])
    model = run("model.logistic", tmp_path, {"table": scaled["table"]}, target="result", features=["pressure"])["model"]
    raw = report(tmp_path, model, TRAIN, TEST)
    assert "“pressure”" in raw.text("drivers")
    assert "One example" in raw.text("drivers")


def test_rows_without_a_target_are_left_out(model: Model, tmp_path: Path) -> None:
    gaps = TEST.with_columns(result=pl.when(pl.int_range(pl.len()) < 30).then(None).otherwise("result"))
    said = report(tmp_path, model, TRAIN, gaps)
    assert "tested on 50 rows" in said.text("good")
    assert said.outputs["predictions"].num_rows == 80


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        ({"summary": [1]}, "summary: it must be a JSON object"),
        ({"findings": [{"code": "x"}]}, "findings: it must be a JSON list of findings"),
        ({"findings": {"a": 1}}, "findings: it must be"),
    ],
)
def test_texts_that_are_no_summary_and_no_findings(
    model: Model, texts: dict[str, Any], message: str, tmp_path: Path
) -> None:
    with pytest.raises(DataError, match=message):
        report(tmp_path, model, TRAIN, TEST, **texts)


def test_a_summary_of_next_to_nothing(model: Model, tmp_path: Path) -> None:
    for summary in (
        {},
        {"best": None, "metric": "auc"},
        {"best": {"score": 0.5}, "metric": "strange", "validation": None},
    ):
        assert report(tmp_path, model, TRAIN, TEST, summary=summary).json["kind"] == "category"


def test_clusters_have_another_report(tmp_path: Path) -> None:
    frame = pl.DataFrame({"x": [0.0, 1.0, 9.0, 10.0]})
    model = run("model.k_means", tmp_path, {"table": frame}, clusters=2)["model"]
    with pytest.raises(DataError, match="The model does clustering"):
        report(tmp_path, model, frame, Table(frame), "x")
