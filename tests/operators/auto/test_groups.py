"""Groups that are found by themselves: how many, what they are like, and whether they are more than chance."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from sklearn.metrics import adjusted_rand_score

from patchbay_sdk import Table
from tests.operators.auto.replays import assert_same
from tests.operators.running import run, saved


def heaps(centres: list[tuple[float, float]], each: int = 40, seed: int = 0) -> tuple[pl.DataFrame, np.ndarray]:
    """Rows around centres (temperature, pressure), and the centre of each."""
    draw = np.random.default_rng(seed)
    points = np.concatenate([draw.normal(centre, 1, (each, 2)) for centre in centres])
    return pl.DataFrame(points, schema=["temperature", "pressure"]), np.repeat(np.arange(len(centres)), each)


@pytest.mark.parametrize("count", [2, 3, 5])
def test_the_number_of_groups_is_found(count: int, tmp_path: Path) -> None:
    centres = [(0.0, 0.0), (12.0, 0.0), (0.0, 12.0), (12.0, 12.0), (24.0, 24.0)][:count]
    table, truth = heaps(centres)
    found = run("model.auto_groups", tmp_path, {"table": table}, most=7)
    assert found["metrics"]["groups"] == count
    assert adjusted_rand_score(truth, found["model"].predict(Table(table)).polars()["prediction"]) == 1.0
    assert json.loads(found["summary"])["clear"] is True


def test_each_group_is_described_in_words(tmp_path: Path) -> None:
    table, truth = heaps([(0.0, 20.0), (15.0, 0.0)])
    table = pl.concat([table, table[:10]]).with_columns(
        tool=pl.Series([f"T{place}" for place in [*truth, *truth[:10]]])
    )
    found = run("model.auto_groups", tmp_path, {"table": table}, most=4)
    given = {"model": found["model"], "table": table, "summary": found["summary"]}
    report = run("evaluate.report_groups", tmp_path, given, unit="wafer")
    document = json.loads(report["report"])
    words = [each["en"] for each in document["sections"][0]["sentences"]]
    assert words[0] == "Group 1, 50 wafers: mostly tool T0 (100%), high pressure, low temperature."
    assert words[1] == "Group 2, 40 wafers: mostly tool T1 (100%), high temperature, low pressure."
    assert report["predictions"].polars()["group"].to_list() == [1] * 40 + [2] * 40 + [1] * 10
    charts = {each["title"]["en"]: each for section in document["sections"] for each in section["charts"]}
    apart, chance = charts["The groups against no groups at all"]["series"][0]["y"]
    assert apart == found["metrics"]["silhouette"] > chance == found["metrics"]["silhouette_by_chance"]
    folds = json.loads(found["summary"])["best"]["folds"]
    assert charts["The score in each try"]["series"][0]["y"] == folds
    assert charts["Groups by tool (% of the rows there)"]["series"][0]["values"] == [[100, 0], [0, 100]]
    [finding] = [each for section in document["sections"] for each in section["findings"]]
    assert finding["title"]["en"] == "Group 2 comes most where “tool” is T1"
    assert "How clear and steady" in [each["term"]["en"] for each in document["terms"]]


def test_rows_without_groups_are_called_so(tmp_path: Path) -> None:
    draw = np.random.default_rng(0)
    table = pl.DataFrame(draw.normal(0, 1, (200, 4)), schema=["a", "b", "c", "d"])
    table = table.with_columns(made=pl.date_range(date(2024, 1, 1), date(2024, 7, 18), eager=True))
    table = table.with_columns(a=pl.when(pl.int_range(200) % 5 < 2).then(None).otherwise("a"))
    found = run("model.auto_groups", tmp_path, {"table": table}, most=5)
    assert json.loads(found["summary"])["clear"] is False
    report = run("evaluate.report_groups", tmp_path, {"model": found["model"], "table": table})
    document = json.loads(report["report"])
    assert document["headline"]["en"].startswith("No clear groups")
    assert "The groups stay about as large" in str(document["sections"])
    [missing] = [each for section in document["sections"] for each in section["findings"]]
    assert missing["title"]["en"] == "“a” is 40% missing"


def test_groups_that_are_only_times_are_told(tmp_path: Path) -> None:
    table, _ = heaps([(0.0, 0.0), (12.0, 0.0)])
    table = table.with_columns(made=pl.date_range(date(2024, 1, 1), date(2024, 3, 20), eager=True))
    found = run("model.auto_groups", tmp_path, {"table": table}, most=3)
    report = run("evaluate.report_groups", tmp_path, {"model": found["model"], "table": table})
    [told] = [each for part in json.loads(report["report"])["sections"] for each in part["findings"]]
    assert (told["code"], told["values"]["first"], told["values"]["last"]) == ("groups_over_time", 1, 0)


def test_a_few_outliers_are_no_group(tmp_path: Path) -> None:
    table, _ = heaps([(0.0, 0.0), (12.0, 0.0)], each=200)
    wild = pl.concat([table, pl.DataFrame({"temperature": [900.0, 950.0], "pressure": [800.0, 990.0]})])
    found = run("model.auto_groups", tmp_path, {"table": wild}, most=5)
    assert min(each["rows"] for each in found["metrics"].about["portraits"]) > 50


def test_a_saved_model_answers_the_same(tmp_path: Path) -> None:
    table, _ = heaps([(0.0, 0.0), (12.0, 0.0)])
    model = run("model.auto_groups", tmp_path, {"table": table}, most=2)["model"]
    rows = Table({"temperature": [0.0, 12.0, None], "pressure": [0.0, 0.0, 0.0]})
    assert saved(model, tmp_path / "model").predict(rows).polars().equals(model.predict(rows).polars())


def test_the_record_replays_to_the_same_answer_whatever_the_seed(tmp_path: Path) -> None:
    cloud = pl.DataFrame(np.random.default_rng(0).normal(0, 1, (120, 3)), schema=["a", "b", "c"])
    found = run("model.auto_groups", tmp_path, {"table": cloud}, most=4)
    again = run("model.auto_groups", tmp_path, {"table": cloud}, seed=99, most=4, replay=found["schedule"])
    assert_same(again, found, Table(cloud))


@pytest.mark.parametrize("shape", ["evenly spread", "exponential"])
def test_columns_of_any_shape_without_groups_are_called_so(shape: str, tmp_path: Path) -> None:
    draw = np.random.default_rng(21)
    rows = draw.random((200, 4)) if shape == "evenly spread" else draw.exponential(1, (200, 4))
    table = pl.DataFrame(rows, schema=["a", "b", "c", "d"])
    found = run("model.auto_groups", tmp_path, {"table": table}, most=4)
    assert json.loads(found["summary"])["clear"] is False


def test_the_columns_that_tell_groups_apart_are_named_where_others_blur_them(tmp_path: Path) -> None:
    table, _ = heaps([(0.0, 0.0), (6.0, 0.0), (3.0, 6.0)], each=80)
    noise = pl.DataFrame(np.random.default_rng(1).normal(0, 1, (240, 5)), schema=list("vwxyz"))
    table = pl.concat([noise, table], how="horizontal")
    found = run("model.auto_groups", tmp_path, {"table": table}, most=3)
    report = run("evaluate.report_groups", tmp_path, {"model": found["model"], "table": table})
    helpful = next(part for part in json.loads(report["report"])["sections"] if part["id"] == "help")
    [told] = [each for each in helpful["sentences"] if each["en"].startswith("Only ")]
    assert "“temperature”" in told["en"] and "“pressure”" in told["en"] and "the other 5 columns" in told["en"]


@pytest.mark.parametrize("clear", [True, False])
def test_columns_of_yes_and_no_have_groups_where_they_go_together(clear: bool, tmp_path: Path) -> None:
    draw = np.random.default_rng(0)
    kind = draw.integers(0, 2, (150, 1)) if clear else draw.integers(0, 2, (150, 5))
    answers = np.where(draw.random((150, 5)) < 0.9, kind, 1 - kind)
    found = run("model.auto_groups", tmp_path, {"table": pl.DataFrame(answers, schema=list("abcde"))}, most=2)
    assert json.loads(found["summary"])["clear"] is clear
