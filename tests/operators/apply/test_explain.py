"""Why a model answers as it does: the parts are right, and add up."""

from __future__ import annotations

import json
from datetime import date
from itertools import permutations
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from patchbay_operators.explained import Asked, explain_rows
from patchbay_sdk import DataError, Model, Table
from tests.operators.running import run

RANDOM = np.random.default_rng(0)
ROWS = 300
TRAIN = pl.DataFrame({name: RANDOM.normal(size=ROWS) for name in "abcd"}).with_columns(
    tool=pl.Series(RANDOM.choice(["A", "B"], ROWS)),
    y=pl.when(pl.col("a") * pl.col("b") + pl.col("c") > 0).then(pl.lit("fail")).otherwise(pl.lit("pass")),
)


@pytest.fixture(scope="module")
def forest(tmp_path_factory: pytest.TempPathFactory) -> Model:
    folder = tmp_path_factory.mktemp("forest")
    params = {"target": "y", "features": ["a", "b", "c", "d"], "positive": "fail", "trees": 20}
    model: Model = run("model.random_forest", folder, {"table": TRAIN}, **params)["model"]
    return model


def explain(folder: Path, model: Model, rows: Any, background: Any = TRAIN, **params: Any) -> tuple[pl.DataFrame, Any]:
    inputs = {"table": rows, "model": model} | ({} if background is None else {"background": background})
    outputs = run("apply.explain", folder, inputs, **params)
    return outputs["table"].polars(), json.loads(outputs["report"])


@pytest.mark.parametrize("columns", [1, 2, 10])
def test_average_and_parts_add_up_to_the_answer(forest: Model, columns: int, tmp_path: Path) -> None:
    rows, _ = explain(tmp_path, forest, TRAIN.head(6), columns=columns)
    effects = [name for name in rows.columns if name.startswith("effect_")]
    assert len(effects) == min(4, columns + 1)
    assert ("effect_of_others" in effects) == (columns < 4)
    total = rows["average"] + rows.select(pl.sum_horizontal(effects)).to_series()
    assert total.to_list() == pytest.approx(rows["score"].to_list(), abs=1e-9)


def test_parts_are_shapley_values(forest: Model) -> None:
    """Against the definition: the mean gain of a column over all orders and all background rows."""
    names = ["a", "b", "c", "d"]
    asked, row, background = Asked(forest, Table(TRAIN)), TRAIN.select(names)[0], TRAIN.select(names)[10:40]
    exact = dict.fromkeys(names, 0.0)
    for order in permutations(names):
        rows, before = background, asked(background).mean()
        for name in order:
            rows = rows.with_columns(pl.lit(row[name][0]).alias(name))
            after = asked(rows).mean()
            exact[name] += (after - before) / 24
            before = after
    found = [explain_rows(asked, row, background, 4, seed) for seed in range(3)]
    for name, value in exact.items():
        parts = [each.effects[0, list(each.columns).index(name)] for each in found]
        assert np.mean(parts) == pytest.approx(value, abs=0.04)
    assert found[0].average == pytest.approx(asked(background).mean())


def test_a_column_that_is_not_read_has_no_part(forest: Model, tmp_path: Path) -> None:
    rows, report = explain(tmp_path, forest, TRAIN.head(1), unit="wafer")
    assert "effect_tool" not in rows.columns and "effect_y" not in rows.columns
    text = "\n".join(sentence["en"] for sentence in report["sections"][0]["sentences"])
    share = f"{100 * rows['score'][0]:.0f}%"
    assert f"The model says {share} as the probability that it is one of the bad wafers" in text
    assert (
        f"y: {rows['prediction'][0]}. The probability that it is one of the bad wafers is {share}"
        in report["headline"]["en"]
    )
    assert report["kind"] == "row"


def test_what_was_not_typed_is_taken_as_usual_and_said(forest: Model, tmp_path: Path) -> None:
    rows, report = explain(tmp_path, forest, {"a": [1], "c": ["0.5"]})
    usual = {name: TRAIN[name].sort()[ROWS // 2] for name in "bd"}
    full, _ = explain(tmp_path, forest, {"a": [1.0], "c": [0.5], **{name: [value] for name, value in usual.items()}})
    assert rows["score"].to_list() == full["score"].to_list()
    assert report["sections"][0]["sentences"][0]["en"] == "Not given, and taken as usual: “b” and “d”."
    with pytest.raises(DataError, match="'c' must be a number, not 'high'"):
        explain(tmp_path, forest, {"a": [1.0], "c": ["high"]})
    with pytest.raises(DataError, match="the table lacks: 'b'"):
        explain(tmp_path, forest, {"a": [1.0]}, background=None)


def test_dates_and_categories_that_were_typed(tmp_path: Path) -> None:
    days = [date(2026, 1, 1 + at % 28) for at in range(ROWS)]
    frame = TRAIN.select("tool", "a").with_columns(day=pl.Series(days), y=pl.col("a") + 3 * (pl.col("tool") == "A"))
    parts = run("feature.date_parts", tmp_path, {"table": frame}, column="day", parts=["weekday"])["table"]
    encoded = run("feature.encode", tmp_path, {"table": parts}, columns=["tool"])["table"]
    model = run("model.ridge", tmp_path, {"table": encoded}, target="y")["model"]
    rows, _ = explain(tmp_path, model, {"tool": ["A"], "a": [0.0], "day": ["2026-01-05"]}, frame.drop("y"))
    assert rows["prediction"][0] == pytest.approx(3, abs=0.1)
    assert rows["effect_tool"][0] > 1 > abs(rows["effect_day"][0])
    with pytest.raises(DataError, match=r"'day' must be a date, written like 2026-11-26, not '5\.1\.26'"):
        explain(tmp_path, model, {"tool": ["A"], "a": [0.0], "day": ["5.1.26"]}, frame)


def test_of_several_classes_the_answered_one_is_explained(tmp_path: Path) -> None:
    kinds = pl.Series("kind", ["a", "b", "c"] * 100)
    frame = pl.DataFrame(
        {
            "x": (kinds == "b").cast(int) * 4 + RANDOM.normal(size=300),
            "z": (kinds == "c").cast(int) * 4 + RANDOM.normal(size=300),
            "kind": kinds,
        }
    )
    model = run("model.logistic", tmp_path, {"table": frame}, target="kind")["model"]
    rows, report = explain(tmp_path, model, {"x": [0.0, 5.0, 0.0], "z": [0.0, 0.0, 5.0]}, frame)
    assert rows["prediction"].to_list() == ["a", "b", "c"]
    for row in rows.iter_rows(named=True):
        assert row["average"] + row["effect_x"] + row["effect_z"] == pytest.approx(
            row[f"probability_{row['prediction']}"]
        )
    assert report["headline"]["zh-CN"] == "3 行数据的答案。"


def test_too_many_rows_no_rows_and_names_that_are_taken(forest: Model, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="51 rows are many to explain"):
        explain(tmp_path, forest, TRAIN.head(51))
    rows, report = explain(tmp_path, forest, TRAIN.head(0))
    assert (rows.height, report["headline"]["en"]) == (0, "There is no row yet.")
    before, _ = explain(tmp_path, forest, TRAIN.head(1).with_columns(prediction=1.0, average=2.0))
    assert before.select("prediction_given", "average_given").row(0) == (1, 2)
    assert before["average"][0] != 2


def test_a_row_is_tried_as_it_was_written_before_fixes_changed_the_rows(tmp_path: Path) -> None:
    """The steps before the model learned, such as the fixes of a wizard, are done to a row that is typed too."""
    frame = TRAIN_OF_TEXTS
    read = run("clean.cast", tmp_path, {"table": frame}, columns=["p"], type="float", decimal_comma=True)["table"]
    named = run("shape.rename_columns", tmp_path, {"table": read}, names={"score": "score_given"})["table"]
    model = run("model.ridge", tmp_path, {"table": named}, target="y")["model"]
    for p in ("3,5", 3.5):
        rows, _ = explain(tmp_path, model, {"p": [p], "score": [2.0]}, named)
        assert rows["prediction"][0] == pytest.approx(5.5, abs=0.1)
        assert rows["average"][0] + rows["effect_p"][0] + rows["effect_score_given"][0] == pytest.approx(
            rows["prediction"][0]
        )
    rows, report = explain(tmp_path, model, {"p": ["3,5"]}, named)
    assert rows["prediction"][0] == pytest.approx(3.5 + 2.0, abs=0.1)
    assert "score_given" in report["sections"][0]["sentences"][0]["en"]  # not given, and taken as usual


TRAIN_OF_TEXTS = pl.DataFrame(
    {
        "p": [f"{n % 7},{n % 2 * 5}" for n in range(100)],
        "score": [float(n % 5) for n in range(100)],
        "y": [n % 7 + n % 2 * 0.5 + n % 5 for n in range(100)],
    }
)
