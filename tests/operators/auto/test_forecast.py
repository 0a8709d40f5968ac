"""A forecast that is found by itself: what it finds, that it never looks ahead, and that odd times do not break it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from patchbay_operators.series.steps import Step
from patchbay_sdk import Context, DataError, Model, ParamError, Table
from patchbay_sdk.registry import find_operator
from tests.operators.auto.replays import assert_same
from tests.operators.running import run, run_with_log, saved

START = datetime(2024, 3, 1)
OPERATOR = find_operator("model.auto_forecast@1.0.0")


def series(rows: int, seed: int = 0, noise: float = 0.3) -> pl.DataFrame:
    """Hours with a pattern of a day on a slow walk."""
    draw = np.random.default_rng(seed)
    hours = np.arange(rows)
    value = 5 * np.sin(hours * 2 * np.pi / 24) + np.cumsum(draw.normal(0, 0.1, rows)) + draw.normal(0, noise, rows)
    return pl.DataFrame({"t": [START + timedelta(hours=int(hour)) for hour in hours], "y": value + 50})


def forecast(folder: Path, table: pl.DataFrame, **params: Any) -> Mapping[str, Any]:
    """The outputs of a search of a dozen trials, unless `params` say otherwise."""
    return run("model.auto_forecast", folder, {"table": table}, **{"target": "y", "trials": 12, **params})


def searched(folder: Path, table: pl.DataFrame, **context: Any) -> Mapping[str, Any]:
    """The same of twenty trials with what a context can say."""
    folder.mkdir()
    params = OPERATOR.spec.fill_params({"target": "y", "horizon": 4, "trials": 20})
    return OPERATOR.operator_run(Context(temp_dir=folder, seed=0, **context), "local", {"table": Table(table)}, params)


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Any]:
    return forecast(tmp_path_factory.mktemp("found"), series(400), horizon=12, trials=16)


def test_the_pattern_is_found_and_beats_repeating_the_last_value(found: Mapping[str, Any]) -> None:
    summary = json.loads(found["summary"])
    assert summary["season"] == 24
    assert summary["baseline"]["name"]["en"] == "Repeat the last value"
    assert summary["best"]["score"] < 0.3 * summary["baseline"]["score"]
    assert summary["validation"]["method"] == "time"
    assert summary["ahead"] == {"en": "12 hours", "zh-CN": "12 小时"}


def test_a_saved_model_answers_as_before(found: Mapping[str, Any], tmp_path: Path) -> None:
    model: Model = found["model"]
    again = saved(model, tmp_path / "model")
    rows = Table(series(100, seed=3))
    assert again.predict(rows).polars().equals(model.predict(rows).polars())
    assert again.predict(rows).columns == [f"prediction_{step}" for step in range(1, 13)]


def test_an_answer_does_not_depend_on_later_rows(found: Mapping[str, Any]) -> None:
    rows = series(80, seed=5)
    whole = found["model"].predict(Table(rows)).polars()[:60]
    assert found["model"].predict(Table(rows[:60])).polars().equals(whole)
    changed = rows.with_columns(pl.when(pl.int_range(pl.len()) < 60).then("y").otherwise(-1e6).alias("y"))
    assert found["model"].predict(Table(changed)).polars()[:60].equals(whole)


def test_the_order_of_rows_does_not_matter(found: Mapping[str, Any]) -> None:
    rows = series(80, seed=5)
    shuffled = rows.with_row_index().sample(fraction=1, shuffle=True, seed=0)
    answers = found["model"].predict(Table(shuffled.drop("index"))).polars()
    back = answers.with_columns(shuffled["index"]).sort("index").drop("index")
    assert np.allclose(back.to_numpy(), found["model"].predict(Table(rows)).polars().to_numpy())


def test_next_values_go_on_after_the_last_row(found: Mapping[str, Any], tmp_path: Path) -> None:
    rows = series(600)
    ahead = run("apply.forecast", tmp_path, {"table": rows[:-12], "model": found["model"]})["table"].polars()
    assert ahead["t"].to_list() == rows["t"][-12:].to_list()
    assert (ahead["low"] <= ahead["forecast"]).all() and (ahead["forecast"] <= ahead["high"]).all()
    assert (ahead["forecast"] - rows["y"][-12:]).abs().mean() < 1.5


def test_the_record_replays_to_the_same_answer_whatever_the_seed(found: Mapping[str, Any], tmp_path: Path) -> None:
    again = forecast(tmp_path, series(400), seed=99, horizon=12, minutes=1e-6, replay=found["schedule"])
    assert_same(again, found, Table(series(60, seed=9)))


def test_finish_now_keeps_the_best_so_far(tmp_path: Path) -> None:
    outputs = searched(tmp_path / "a", series(200), finish_requested=lambda: True)
    assert json.loads(outputs["summary"])["stopped"] == "finish"
    assert outputs["leaderboard"].num_rows == 1


def test_what_was_begun_with_is_tuned_until_nothing_gets_better(tmp_path: Path) -> None:
    outputs = forecast(tmp_path, series(200), horizon=4, trials=500, patience=12)
    params = [json.loads(each) for each in outputs["leaderboard"].polars()["params"]]
    smoothed = [each["alpha"] for each in params if "alpha" in each]
    assert len({*smoothed} - {1.0, 100.0}) > 3
    assert {each["lags"] for each in params if "lags" in each} - {24, 48, 49}
    assert json.loads(outputs["summary"])["stopped"] == "patience"


def test_a_length_of_time_is_named_in_a_round_number() -> None:
    half_hours = Step("time", 30 * 60e6, 0.0, True)
    assert [half_hours.about(count).en for count in (435, 96, 90, 1)] == ["9 days", "2 days", "45 hours", "30 minutes"]
    assert Step("months", 3, 0.0, True).about(5).en == "15 months"


def test_killed_it_goes_on_to_the_same_answer(tmp_path: Path) -> None:
    reported: list[int] = []

    class Kill(Exception):
        pass

    def emit(kind: str, data: dict[str, Any]) -> None:
        if kind == "metric" and data["name"] == "best_score":
            reported.append(data["step"])
            if len(reported) == 11:
                raise Kill

    whole, kept = searched(tmp_path / "whole", series(200)), tmp_path / "kept"
    kept.mkdir()
    with pytest.raises(Kill):
        searched(tmp_path / "killed", series(200), emit=emit, checkpoint_dir=kept)
    resumed = searched(tmp_path / "again", series(200), emit=emit, checkpoint_dir=kept)
    assert reported == list(range(1, 21))
    assert resumed["schedule"] == whole["schedule"]


def test_what_was_tried_is_named_in_both_languages(found: Mapping[str, Any]) -> None:
    board, (bars,) = found["leaderboard"].polars(), found["chart"].series
    assert list(bars["x"][0]) == ["en", "zh-CN"] == list(found["chart"].title)
    assert list(bars["x"][0].values()) == [board["name"][0], board["name_zh"][0]]


def test_gaps_and_doubles_are_told_and_do_not_count(tmp_path: Path) -> None:
    rows = series(280)
    holes = rows.filter(pl.int_range(pl.len()) % 50 != 7)
    doubled = pl.concat([holes, holes[10:13]])
    given = {"target": "y", "horizon": 6, "trials": 3}
    outputs, log = run_with_log("model.auto_forecast", tmp_path, {"table": doubled}, **given)
    told = " ".join(note["en"] for note in json.loads(outputs["summary"])["notes"])
    assert "Rows with the same time as another row of their series: 3." in told
    assert "Times without a row: 6." in told
    assert any("Times without a row: 6." in line for line in log)


def test_uneven_times_are_told(tmp_path: Path) -> None:
    draw = np.random.default_rng(0)
    minutes = np.cumsum(draw.integers(20, 100, 300))
    rows = series(300).with_columns(pl.Series("t", [START + timedelta(minutes=int(each)) for each in minutes]))
    outputs = forecast(tmp_path, rows, horizon=3)
    assert "not evenly spaced" in json.loads(outputs["summary"])["notes"][0]["en"]


def test_months_are_even_though_they_vary_in_length(tmp_path: Path) -> None:
    months = pl.date_range(datetime(2010, 1, 1), datetime(2019, 12, 1), "1mo", eager=True)
    value = [10.0 + month.month + 0.01 * place for place, month in enumerate(months)]
    rows = pl.DataFrame({"t": months, "y": value})
    outputs = forecast(tmp_path, rows, horizon=3)
    summary = json.loads(outputs["summary"])
    assert (summary["season"], summary["ahead"]["en"], summary["notes"]) == (12, "3 months", [])
    ahead = run("apply.forecast", tmp_path, {"table": rows, "model": outputs["model"]})["table"].polars()
    assert [str(day) for day in ahead["t"]] == ["2020-01-01", "2020-02-01", "2020-03-01"]


def test_several_series_are_forecast_each_from_its_own_past(tmp_path: Path) -> None:
    one, other = series(200).with_columns(tool=pl.lit("A")), series(200, seed=1).with_columns(tool=pl.lit("B"))
    rows = pl.concat([one, other.with_columns(pl.col("y") * 100)]).sample(fraction=1, shuffle=True, seed=0)
    outputs = forecast(tmp_path, rows, group="tool", horizon=4)
    alone = outputs["model"].predict(Table(one)).polars()
    both = outputs["model"].predict(Table(pl.concat([one, other]))).polars()
    assert np.allclose(alone.to_numpy(), both[:200].to_numpy())
    ahead = run("apply.forecast", tmp_path, {"table": rows, "model": outputs["model"]})["table"].polars()
    means = dict(ahead.group_by("tool").agg(pl.col("forecast").mean()).rows())
    assert 40 < means["A"] < 60 and 4000 < means["B"] < 6000


def test_another_column_helps_where_it_leads(tmp_path: Path) -> None:
    draw = np.random.default_rng(0)
    plan = draw.normal(0, 1, 280)
    rows = series(280).with_columns(plan=plan, y=pl.Series(np.roll(plan, 2)))
    outputs = forecast(tmp_path, rows, horizon=2, trials=16)
    summary = json.loads(outputs["summary"])
    assert "the other columns" in summary["best"]["name"]["en"]
    assert summary["best"]["score"] < 0.2 * summary["baseline"]["score"]
    given = {"model": outputs["model"], "train": rows[:240], "test": rows[240:], "summary": outputs["summary"]}
    report = json.loads(run("evaluate.report_forecast", tmp_path, given)["report"])
    drivers = next(each for each in report["sections"] if each["id"] == "drivers")
    importance, dependence, example = drivers["charts"][:3]
    assert importance["series"][0]["x"][0] == {"en": "“plan”", "zh-CN": "“plan”"}
    assert dependence["x_title"]["en"] == "plan" and dependence["series"][0]["y"] == sorted(
        dependence["series"][0]["y"]
    )
    assert len(example["series"][0]["x"]) == len(importance["series"][0]["x"])
    assert "hang most on “plan”" in str(drivers["sentences"])


@pytest.mark.parametrize(
    ("rows", "params", "error", "words"),
    [
        (series(20), {"horizon": 12}, DataError, "too few rows"),
        (series(50).with_columns(s=pl.col("t")), {}, DataError, "there are several"),
        (series(50), {"time": "t", "group": "t"}, ParamError, "three different columns"),
        (series(50), {"replay": "{}"}, ParamError, "no schedule"),
        (series(50).with_columns(y=pl.lit(None, pl.Float64)), {}, DataError, "too few values"),
    ],
)
def test_what_cannot_be_forecast_is_refused(
    rows: pl.DataFrame, params: dict[str, Any], error: type[Exception], words: str, tmp_path: Path
) -> None:
    with pytest.raises(error, match=words):
        forecast(tmp_path, rows, **{"horizon": 4, **params})


def test_the_report_says_what_forecasts_are_worth(found: Mapping[str, Any], tmp_path: Path) -> None:
    rows = series(500)
    rows = rows.with_columns(shift=pl.when(pl.col("t").dt.hour() < 12).then(pl.lit("day")).otherwise(pl.lit("night")))
    given = {"model": found["model"], "train": rows[:400], "test": rows[400:], "summary": found["summary"]}
    ahead = run("apply.forecast", tmp_path, {"table": rows, "model": found["model"]})["table"]
    report = run("evaluate.report_forecast", tmp_path, {**given, "next": ahead}, unit="degrees", by=["shift"])
    document = json.loads(report["report"])
    answers = report["predictions"].polars()
    assert answers["t"].to_list()[:96] == rows["t"][400:496].to_list()
    assert answers["actual"].to_list()[:96] == rows["y"][400:496].to_list()
    assert document["headline"]["en"].startswith("Forecasts of “y” for the next 12 hours are off by 0.4")
    assert document["headline"]["zh-CN"].startswith("“y”未来 12 小时的预测平均偏差为")
    assert [each["id"] for each in document["sections"]] == ["good", "trust", "drivers", "errors", "help"]
    charts = {each["title"]["en"]: each for section in document["sections"] for each in section["charts"]}
    assert "The next 12 hours" in charts
    model, simple = charts["Average error"]["series"][0]["y"]
    assert (
        model == pytest.approx((rows["y"][412:] - answers["forecast"][-88:]).abs().mean(), rel=0.2) and model < simple
    )
    assert charts["Average error"]["series"][0]["x"][1]["en"] == "repeating the value 24 hours before"
    day = (rows["y"] - rows["y"].shift(24))[401:].abs().mean()
    assert simple == pytest.approx(day, rel=0.1), "the last value would be further off"
    inside = answers.filter(pl.col("actual").is_between("low", "high")).height / answers.height
    stated = charts["Real values within the stated range"]["series"]
    assert sum(stated[0]["y"]) / 12 == pytest.approx(100 * inside, abs=8) and set(stated[1]["y"]) == {80}
    folds = json.loads(found["summary"])["best"]["folds"]
    assert charts["The score in each try"]["series"][0]["y"] == folds
    assert charts["Errors by shift"]["series"][0]["x"] == ["night", "day"]
    board = next(each for each in document["sections"][0]["tables"] if "was tried" in each["title"]["en"])
    assert "Repeat the last value (the simplest)" in [row[0]["en"] for row in board["rows"]]


def test_what_repeats_the_day_before_is_not_praised_for_beating_the_last_value(tmp_path: Path) -> None:
    rows = series(300)
    replay = {"format": 1, "seed": 0, "tried": [{"kind": "season", "params": {"season": 24}}]}
    model = forecast(tmp_path, rows[:240], horizon=12, replay=json.dumps(replay))["model"]
    given = {"model": model, "train": rows[:240], "test": rows[240:]}
    headline = json.loads(run("evaluate.report_forecast", tmp_path, given)["report"])["headline"]
    assert headline["en"].startswith(
        "This is no better than repeating the value 24 hours before, which needs no model."
    )
    assert headline["zh-CN"].startswith("它并不比重复 24 小时前的值更好，而后者不需要模型。")


def test_saved_trees_answer_as_before(tmp_path: Path) -> None:
    replay = {"format": 1, "seed": 0, "tried": [
        {"kind": "boosting", "params": {"lags": 24, "trees": 5, "rate": 0.3, "leaves": 7}}]}  # fmt: skip
    outputs = forecast(tmp_path, series(200), horizon=3, replay=json.dumps(replay))
    rows = Table(series(60, seed=9))
    again = saved(outputs["model"], tmp_path / "model")
    assert again.predict(rows).polars().equals(outputs["model"].predict(rows).polars())


def test_other_last_values_change_what_comes_next(found: Mapping[str, Any], tmp_path: Path) -> None:
    history = series(60, seed=5)
    inputs = {"history": Table(history), "model": found["model"]}
    as_it_is = run("apply.forecast", tmp_path, {"table": history, "model": found["model"]})["table"].polars()
    # Times as pages hand them on: as text.
    last = history.tail(2).with_columns(pl.col("t").dt.to_string("iso"), pl.lit(80.0).alias("y"))
    changed = run("apply.forecast_changed", tmp_path, {**inputs, "table": last})
    assert changed["table"].polars()["t"].to_list() == as_it_is["t"].to_list()
    assert changed["table"].polars()["forecast"][0] > as_it_is["forecast"][0] + 5
    said = json.loads(changed["report"])
    assert [line["name"]["zh-CN"] for line in said["sections"][0]["charts"][0]["series"]] == [
        "截至现在",
        "修改后",
        "不修改",
    ]
    later = last.with_columns(pl.lit((START + timedelta(hours=60)).isoformat()).alias("t")).head(1)
    longer = run("apply.forecast_changed", tmp_path, {**inputs, "table": later})["table"].polars()
    assert longer["t"][0] == START + timedelta(hours=61), "a time that the history lacks is added"


def test_rows_without_a_value_at_the_end_are_what_is_forecast(found: Mapping[str, Any], tmp_path: Path) -> None:
    rows = series(112).with_columns(pl.when(pl.int_range(pl.len()) < 100).then("y").alias("y"))
    ahead = run("apply.forecast", tmp_path, {"table": rows, "model": found["model"]})["table"].polars()
    assert ahead["t"].to_list() == rows["t"][100:].to_list()
    alone = run("apply.forecast", tmp_path, {"table": rows[:100], "model": found["model"]})["table"].polars()
    assert ahead.equals(alone)


def test_what_never_was_below_zero_is_not_forecast_below_zero(tmp_path: Path) -> None:
    counts = np.random.default_rng(0).poisson(np.where(np.arange(200) % 7 < 5, 2.0, 0.1))
    table = pl.DataFrame({"t": [START + timedelta(days=day) for day in range(200)], "y": counts})
    model = run("model.auto_forecast", tmp_path, {"table": table}, target="y", horizon=7)["model"]
    ahead = run("apply.forecast", tmp_path, {"table": table, "model": model})["table"].polars()
    assert ahead.select(pl.min_horizontal("forecast", "low", "high").min()).item() == 0.0
