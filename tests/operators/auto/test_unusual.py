"""Unusual rows that are found by themselves: which, why, and the same for new rows."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from sklearn.metrics import roc_auc_score

from patchbay_sdk import Model, Table
from tests.operators.auto.replays import assert_same
from tests.operators.running import run, saved

START = datetime(2024, 1, 1)


def sensors(rows: int = 400, seed: int = 0) -> pl.DataFrame:
    """Two sensors that move together; row 100 has one far away, row 200 both within their range but apart."""
    draw = np.random.default_rng(seed)
    pressure = draw.normal(10, 1, rows)
    flow = 2 * pressure + draw.normal(0, 0.2, rows)
    pressure[100] = 30.0
    return pl.DataFrame({"pressure": pressure, "flow": flow})


def test_the_far_row_comes_first_with_its_reason(tmp_path: Path) -> None:
    table = sensors().with_columns(tool=pl.when(pl.int_range(400) % 2 == 0).then(pl.lit("A")).otherwise(pl.lit("B")))
    found = run("model.auto_unusual", tmp_path, {"table": table}, share=0.01)
    given = {"model": found["model"], "table": table, "summary": found["summary"]}
    report = run("evaluate.report_unusual", tmp_path, given, unit="wafer", by=["tool"])
    answers = report["predictions"].polars()
    assert answers["score"].arg_max() == 100
    assert answers["reason"][100].startswith("pressure is high: 30, usually about 9.95")
    assert answers["unusual"].sum() == 4
    document = json.loads(report["report"])
    headline = document["headline"]
    assert headline["en"].startswith("The 4 of 400 wafers that stand out most; the strangest: pressure is high: 30")
    assert headline["zh-CN"].startswith("400 片晶圆中最突出的 4 片")
    charts = {each["title"]["en"]: each for section in document["sections"] for each in section["charts"]}
    summary = json.loads(found["summary"])
    assert charts["The score in each try"]["series"][0]["y"] == summary["best"]["folds"]
    assert charts["The best of each kind against the simplest"]["series"][0]["y"][0] == pytest.approx(
        summary["best"]["score"], rel=0.01
    )
    strange = charts["How strange an ordinary row would be with another “pressure”"]["series"][0]
    assert strange["x"][-1] == 30 and strange["y"][-1] > 2 > min(strange["y"])
    here = (
        report["predictions"]
        .polars()
        .group_by("tool")
        .agg((100 * pl.col("unusual").mean()).alias("share"))
        .sort("tool")
    )
    assert charts["Unusual ones by tool"]["series"][0]["y"] == pytest.approx(here["share"].to_list(), abs=0.051)
    assert "How far confirmed" in [each["term"]["en"] for each in document["terms"]]


def test_the_strangest_rows_are_called_by_their_names(tmp_path: Path) -> None:
    table = sensors().with_columns(wafer=pl.format("W{}", pl.int_range(400)), row=pl.int_range(400) * 7 % 400)
    found = run("model.auto_unusual", tmp_path, {"table": table}, share=0.01, exclude=["row"])
    report = json.loads(run("evaluate.report_unusual", tmp_path, {"model": found["model"], "table": table})["report"])
    strangest = report["sections"][0]["tables"][0]
    assert [each["en"] for each in strangest["columns"]] == ["row", "wafer", "one in", "why"]
    assert strangest["rows"][0][:2] == [101, "W100"]


def test_new_rows_are_judged_by_what_was_usual_and_a_saved_model_does_the_same(tmp_path: Path) -> None:
    model: Model = run("model.auto_unusual", tmp_path, {"table": sensors()})["model"]
    one = Table({"pressure": [10.0, 30.0, None], "flow": [20.0, 20.0, 20.0]})
    answers = model.predict(one).polars()
    assert answers["prediction"].to_list() == [False, True, True]
    again = saved(model, tmp_path / "model")
    assert again.predict(one).polars().equals(answers)


def test_what_is_usual_and_has_changed_is_told(tmp_path: Path) -> None:
    table = sensors().with_columns(t=pl.int_range(pl.len()))
    table = table.with_columns(flow=pl.when(pl.col("t") < 320).then("flow").otherwise(pl.col("flow") + 30))
    found = run("model.auto_unusual", tmp_path, {"table": table}, time="t")
    report = run("evaluate.report_unusual", tmp_path, {"model": found["model"], "table": table})
    [told] = [each for part in json.loads(report["report"])["sections"] for each in part["findings"]]
    assert told["title"]["en"] == "What is usual for “flow” has moved over time"
    assert told["meaning"]["en"].startswith("“flow” is usually 20.2 in the first part of the time and 49.8 in the last")


def test_rows_that_stray_further_than_before_are_told(tmp_path: Path) -> None:
    draw, wide = np.random.default_rng(0), np.where(np.arange(400) < 320, 1.0, 4.0)
    table = pl.DataFrame({"t": np.arange(400), "x": draw.normal(0, 1, 400) * wide})
    found = run("model.auto_unusual", tmp_path, {"table": table}, time="t")
    report = run("evaluate.report_unusual", tmp_path, {"model": found["model"], "table": table})
    [told] = [each for part in json.loads(report["report"])["sections"] for each in part["findings"]]
    assert told["title"]["en"] == "What is usual has changed"


def test_a_row_that_is_wrong_for_its_own_machine_is_found(tmp_path: Path) -> None:
    draw, machine = np.random.default_rng(0), np.arange(400) % 4
    heat = 100 + 40 * machine + draw.normal(0, 1, 400)
    heat[[100, 203]] = [140.0, 180.0]  # usual elsewhere
    table = pl.DataFrame({"machine": [f"M{each}" for each in machine], "heat": heat})
    table = table.with_columns(recipe=pl.when(pl.int_range(400) == 301).then(pl.lit("trial")).otherwise(pl.lit("A")))
    found = run("model.auto_unusual", tmp_path, {"table": table}, group="machine", share=0.01)
    again = saved(found["model"], tmp_path / "model")
    report = run("evaluate.report_unusual", tmp_path, {"model": again, "table": table, "summary": found["summary"]})
    answers = report["predictions"].polars()
    assert {100, 203, 301} <= set(answers["score"].arg_sort(descending=True)[:4])
    assert answers["reason"][100].startswith("heat is high: 140, usually about 99.9")
    assert answers["reason"][301] == "recipe is trial, which is rare"
    drivers = next(part for part in json.loads(report["report"])["sections"] if part["id"] == "drivers")
    assert drivers["sentences"][0]["en"].startswith("Each row was compared with what is usual for its “machine”")
    asked = {"model": again, "table": table[100:101], "background": table}
    one = json.loads(run("apply.explain_unusual", tmp_path, asked)["report"])
    assert one["headline"]["en"].startswith("Unusual")
    new = again.predict(Table({"machine": ["M9"], "heat": [160.0], "recipe": ["new"]})).polars()
    assert new["prediction"].to_list() == [True]


def test_a_row_whose_columns_do_not_go_together_is_found_though_each_is_usual(tmp_path: Path) -> None:
    table = sensors(seed=1).with_columns(x=np.random.default_rng(1).normal(0, 1, 400))
    odd = pl.int_range(400) == 200
    pressure, flow = pl.when(odd).then(10.8).otherwise("pressure"), pl.when(odd).then(18.4).otherwise("flow")
    table = table.with_columns(pressure=pressure, flow=flow)
    model = run("model.auto_unusual", tmp_path, {"table": table}, share=0.005)["model"]
    asked = {"model": saved(model, tmp_path / "model"), "table": table}
    answers = run("apply.unusual", tmp_path, asked)["table"].polars()
    assert answers["score"].arg_sort(descending=True).to_list()[:2] in ([100, 200], [200, 100])
    assert "does not go with the other columns: " in answers["reason"][200]
    one = run("apply.explain_unusual", tmp_path, {**asked, "table": table[200:201], "background": table})["report"]
    [rows] = [each["rows"] for part in json.loads(one)["sections"] for each in part["tables"]]
    assert {"en": "flow, by the other columns", "zh-CN": "flow（按其他列）"} in [row[0] for row in rows]


def test_stretches_of_time_are_those_of_one_machine(tmp_path: Path) -> None:
    rows = np.arange(600)
    table = pl.DataFrame({"t": rows, "machine": [f"M{each % 2}" for each in rows], "x": np.where(rows % 2, 50.0, 0.0)})
    table = table.with_columns(x=pl.col("x") + np.random.default_rng(0).normal(0, 1, 600))
    moved = (pl.col("t") >= 500) & (pl.col("machine") == "M0")
    odd = table.with_columns(x=pl.when(moved).then(pl.col("x") + 3).otherwise("x"))
    model = run("model.auto_unusual", tmp_path, {"table": table}, time="t", group="machine")["model"]
    score = model.predict(Table(odd)).polars()["score"].to_numpy()
    assert score[560::2].mean() > score[561::2].mean() + 1


def test_what_is_usual_at_an_hour_is_learned(tmp_path: Path) -> None:
    draw = np.random.default_rng(0)
    hours = np.arange(24 * 60)
    value = 50 + 30 * np.sin(hours * 2 * np.pi / 24) + draw.normal(0, 1, len(hours))
    strange = np.arange(900, 912)
    value[strange] = 50 - 30 * np.sin(strange * 2 * np.pi / 24)
    table = pl.DataFrame({"t": [START + timedelta(hours=int(hour)) for hour in hours], "value": value})
    found = run("model.auto_unusual", tmp_path, {"table": table}, time="t")
    summary = json.loads(found["summary"])
    assert summary["cycle"] == "day"
    assert summary["validation"]["method"] == "time"
    score = found["model"].predict(Table(table)).polars()["score"].to_numpy()
    assert roc_auc_score(np.isin(hours, strange), score) > 0.9
    assert roc_auc_score(np.isin(hours, strange), np.abs(value - np.median(value))) < 0.7


def test_an_answer_does_not_depend_on_later_rows(tmp_path: Path) -> None:
    table = sensors().with_columns(t=pl.int_range(pl.len()))
    model = run("model.auto_unusual", tmp_path, {"table": table}, time="t")["model"]
    assert model.predict(Table(table[:150])).polars().equals(model.predict(Table(table)).polars()[:150])


def test_a_higher_share_shows_more(tmp_path: Path) -> None:
    few, many = (run("model.auto_unusual", tmp_path, {"table": sensors()}, share=share) for share in (0.01, 0.1))
    assert (few["metrics"]["unusual"], many["metrics"]["unusual"]) == (4, 40)


def test_the_record_replays_to_the_same_answer_whatever_the_seed(tmp_path: Path) -> None:
    found = run("model.auto_unusual", tmp_path, {"table": sensors()})
    again = run("model.auto_unusual", tmp_path, {"table": sensors()}, seed=99, replay=found["schedule"])
    assert_same(again, found, Table(sensors(seed=1)))
