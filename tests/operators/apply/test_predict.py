"""A raw, a half prepared and a prepared table predict alike; rows and their order stay."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from patchbay_sdk import Catalogue, DataError, Model, Table
from patchbay_sdk.testing import run_operator

CATALOGUE = Catalogue.installed()


def run(operator: str, inputs: dict[str, Any], folder: Path, **params: Any) -> Any:
    return run_operator(CATALOGUE.latest(operator), inputs, params, folder)[0]


@pytest.fixture(scope="module")
def frame() -> pl.DataFrame:
    random = np.random.default_rng(2)
    pressure = random.normal(size=80)
    gaps = random.random(80) < 0.2
    return pl.DataFrame(
        {
            "lot": [f"批 {number}" for number in range(80)],
            "pressure": [None if gap else value for value, gap in zip(pressure, gaps, strict=True)],
            "state": np.where(pressure > 0.8, "坏", "ok"),
        }
    )


@pytest.fixture
def prepared(frame: pl.DataFrame, tmp_path: Path) -> tuple[list[Table], Model]:
    """The raw, filled, derived and scaled table, and a model trained on the last one."""
    raw = Table(frame)
    filled = run("clean.fill_missing", {"table": raw}, tmp_path)["table"]
    expression = {"name": "square", "expression": "pressure * pressure"}
    derived = run("shape.derive_column", {"table": filled}, tmp_path, **expression)["table"]
    scaled = run("feature.scale", {"table": derived}, tmp_path)["table"]
    return [raw, filled, derived, scaled], run("model.logistic", {"table": scaled}, tmp_path, target="state")["model"]


def test_however_prepared_the_answers_are_the_same(prepared: tuple[list[Table], Model], tmp_path: Path) -> None:
    tables, model = prepared
    results = [run("apply.predict", {"table": table, "model": model}, tmp_path)["table"] for table in tables]
    answers = [result.polars()["lot", "prediction", "score"] for result in results]
    assert all(answer.equals(answers[0]) for answer in answers)
    assert results[0].columns == ["lot", "pressure", "state", "prediction", "score"]
    assert [len(result.lineage) for result in results] == [0, 1, 2, 3]


def test_new_rows_need_no_target_and_keep_their_order(
    frame: pl.DataFrame, prepared: tuple[list[Table], Model], tmp_path: Path
) -> None:
    _, model = prepared
    assert model.input_schema.names == ["pressure"]
    whole = run("apply.predict", {"table": Table(frame), "model": model}, tmp_path)["table"].polars()
    new = frame.select("pressure", "lot").reverse()
    answers = run("apply.predict", {"table": Table(new), "model": model}, tmp_path)["table"].polars()
    assert answers["lot"].to_list() == new["lot"].to_list()
    assert answers["score"].to_list() == whole["score"].reverse().to_list()


def test_a_derived_target_needs_no_label_column_at_prediction(frame: pl.DataFrame, tmp_path: Path) -> None:
    expression = {"name": "bad", "expression": "state = '坏'"}
    labelled = run("shape.derive_column", {"table": Table(frame)}, tmp_path, **expression)["table"]
    model = run("model.hist_gradient_boosting", {"table": labelled}, tmp_path, target="bad")["model"]
    answers = run("apply.predict", {"table": Table(frame.drop("state")), "model": model}, tmp_path)["table"].polars()
    assert answers.columns == ["lot", "pressure", "prediction", "score"]
    assert answers["prediction"].dtype == pl.Boolean


def test_no_rows_give_no_answers(frame: pl.DataFrame, prepared: tuple[list[Table], Model], tmp_path: Path) -> None:
    _, model = prepared
    answers = run("apply.predict", {"table": Table(frame.head(0)), "model": model}, tmp_path)["table"].polars()
    assert answers.height == 0
    assert answers.schema["prediction"] == pl.String
    assert answers.schema["score"] == pl.Float64


def test_a_table_prepared_otherwise_is_refused(
    frame: pl.DataFrame, prepared: tuple[list[Table], Model], tmp_path: Path
) -> None:
    _, model = prepared
    other = run("feature.scale", {"table": Table(frame)}, tmp_path)["table"]
    with pytest.raises(DataError, match="prepared differently from the model's training table: its step 1 is feature"):
        run("apply.predict", {"table": other, "model": model}, tmp_path)


def test_a_threshold_moves_the_line(frame: pl.DataFrame, prepared: tuple[list[Table], Model], tmp_path: Path) -> None:
    _, model = prepared
    for threshold in (0.0, 0.3, 1.0):
        inputs = {"table": Table(frame), "model": model}
        table = run("apply.predict", inputs, tmp_path, threshold=threshold)["table"].polars()
        assert (table["prediction"] == "坏").to_list() == (table["score"] >= threshold).to_list()


LEARNED = pl.DataFrame(
    {
        "flow": [float(n % 7) for n in range(60)],
        "day": [date(2026, 1, 1) + timedelta(days=n) for n in range(60)],
        "bin": [str(n % 3) if n % 9 else "A" for n in range(60)],
        "y": [float(n % 7) for n in range(60)],
    }
)


@pytest.fixture(scope="module")
def of_dates(tmp_path_factory: pytest.TempPathFactory) -> Model:
    """A model of numbers, dates and codes; gaps are filled."""
    folder = tmp_path_factory.mktemp("model")
    filled = run("clean.fill_missing", {"table": Table(LEARNED)}, folder, columns=["flow", "day"])["table"]
    parts = run("feature.date_parts", {"table": filled}, folder, column="day", parts=["day"])["table"]
    encoded = run("feature.encode", {"table": parts}, folder, columns=["bin"])["table"]
    model: Model = run("model.ridge", {"table": encoded}, folder, target="y")["model"]
    return model


def scored(model: Model, folder: Path, **columns: Any) -> tuple[list[float], list[str]]:
    inputs = {
        "table": Table(LEARNED.head(4).with_columns(**{n: pl.Series(v) for n, v in columns.items()})),
        "model": model,
    }
    outputs, logs = run_operator(CATALOGUE.latest("apply.predict"), inputs, {}, folder)
    return outputs["table"].polars()["prediction"].to_list(), [each["message"] for each in logs]


@pytest.mark.parametrize(
    "columns",
    [
        {"flow": ["0", "1.0", " 2", "3"]},
        {"flow": ["0,0", "1,0", "2,0", "3,0"]},
        {"day": ["2026-01-01", "2026-01-02", "2026-01-03", "2026-01-04"]},
    ],
)
def test_a_file_whose_types_were_guessed_otherwise_is_read_as_in_training(
    columns: dict[str, Any], of_dates: Model, tmp_path: Path
) -> None:
    usual, _ = scored(of_dates, tmp_path)
    assert scored(of_dates, tmp_path, **columns) == (usual, [])


def test_dates_that_can_be_read_in_two_ways_are_not_guessed(of_dates: Model, tmp_path: Path) -> None:
    with pytest.raises(
        DataError, match=r"'day' must hold dates such as 2026-11-26, but holds text such as '01\.02\.2026'"
    ):
        scored(of_dates, tmp_path, day=["01.02.2026"] * 4)


def test_words_among_numbers_count_as_missing_and_are_named(of_dates: Model, tmp_path: Path) -> None:
    gap, _ = scored(of_dates, tmp_path, flow=[0.0, None, 2.0, 3.0])
    answers, warnings = scored(of_dates, tmp_path, flow=["0", "n.d.", "2", "3"])
    assert answers == gap
    assert any("in 1 row of 4 there is “n.d.”" in text for text in warnings)
    with pytest.raises(DataError, match="'flow' must hold numbers, but holds text such as 'high'"):
        scored(of_dates, tmp_path, flow=["1", "high", "low", "high"])


def test_codes_that_look_like_numbers_in_a_new_file_are_still_codes(of_dates: Model, tmp_path: Path) -> None:
    texts, _ = scored(of_dates, tmp_path, bin=["1", "2", "0", "1"])
    assert scored(of_dates, tmp_path, bin=[1, 2, 0, 1]) == (texts, [])


def test_clean_numbers_are_read_where_training_had_to_read_a_decimal_comma(tmp_path: Path) -> None:
    frame = LEARNED.select("y", flow=pl.col("flow").cast(pl.String).str.replace(".", ",", literal=True))
    read = run("clean.cast", {"table": Table(frame)}, tmp_path, columns=["flow"], type="float", decimal_comma=True)[
        "table"
    ]
    model = run("model.ridge", {"table": read}, tmp_path, target="y")["model"]
    answers, _ = scored(model, tmp_path, flow=[0.0, 1.0, 2.0, 3.5])
    assert answers == pytest.approx([0, 1, 2, 3.5], abs=0.1)
