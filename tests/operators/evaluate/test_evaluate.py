"""Evaluation against scikit-learn's own functions, on random predictions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from sklearn import metrics

from patchbay_sdk import Catalogue, DataError, Metrics, Model, ParamError, Table
from patchbay_sdk.testing import run_operator

CATALOGUE = Catalogue.installed()
RANDOM = np.random.default_rng(5)
ROWS = 400


def run(operator: str, inputs: dict[str, Any], folder: Path, seed: int = 0, **params: Any) -> Any:
    return run_operator(CATALOGUE.latest(operator), inputs, params, folder, seed=seed)[0]


@pytest.fixture(scope="module")
def binary() -> pl.DataFrame:
    score = RANDOM.random(ROWS)
    truth = RANDOM.random(ROWS) < score**3
    tool = RANDOM.choice(["晶圆机 1", "B", "C"], ROWS, p=[0.6, 0.38, 0.02])
    return pl.DataFrame(
        {"fail": truth.astype(int), "prediction": (score > 0.5).astype(int), "score": score, "tool": tool}
    )


@pytest.fixture(scope="module")
def three() -> pl.DataFrame:
    probabilities = RANDOM.dirichlet([1, 1, 1], ROWS)
    truth = [RANDOM.choice(["a", "b", "c"], p=row) for row in probabilities]
    called = np.array(["a", "b", "c"])[probabilities.argmax(axis=1)]
    columns = {f"probability_{name}": probabilities[:, at] for at, name in enumerate("abc")}
    return pl.DataFrame({"kind": truth, "prediction": called, **columns})


def test_two_classes(binary: pl.DataFrame, tmp_path: Path) -> None:
    outputs = run("evaluate.classification", {"table": Table(binary)}, tmp_path, target="fail", positive="1")
    truth, called, score = (binary[name].to_numpy() for name in ("fail", "prediction", "score"))
    expected = {
        "auc": metrics.roc_auc_score(truth, score),
        "average_precision": metrics.average_precision_score(truth, score),
        "f1": metrics.f1_score(truth, called),
        "precision": metrics.precision_score(truth, called),
        "recall": metrics.recall_score(truth, called),
        "balanced_accuracy": metrics.balanced_accuracy_score(truth, called),
        "mcc": metrics.matthews_corrcoef(truth, called),
        "log_loss": metrics.log_loss(truth, score),
        "brier": metrics.brier_score_loss(truth, score),
    }
    values = outputs["metrics"].values
    assert {name: values[name] for name in expected} == pytest.approx(expected, abs=1e-12)
    cells = {(cell["truth"], cell["prediction"]): cell["rows"] for cell in outputs["metrics"].tables["confusion"]}
    matrix = metrics.confusion_matrix(truth, called)
    assert [[cells["0", "0"], cells["0", "1"]], [cells["1", "0"], cells["1", "1"]]] == matrix.tolist()
    [roc] = outputs["roc"].series
    assert metrics.auc(roc["x"], roc["y"]) == pytest.approx(expected["auc"], abs=0.01)
    assert [chart.kind for chart in (outputs["confusion"], outputs["calibration"])] == ["matrix", "line"]


def test_threshold_table_counts_what_a_threshold_finds(binary: pl.DataFrame, tmp_path: Path) -> None:
    outputs = run("evaluate.classification", {"table": Table(binary)}, tmp_path, target="fail", positive="1")
    rows = outputs["metrics"].tables["thresholds"]
    assert len(rows) == 10
    for step, row in enumerate(rows, start=1):
        called = binary["score"] >= row["threshold"]
        assert row["found"] == (called & (binary["fail"] == 1)).sum()
        assert row["false_alarms"] == (called & (binary["fail"] == 0)).sum()
        assert row["recall"] >= step / 10 > row["recall"] - 1 / row["found"]


def test_several_classes(three: pl.DataFrame, tmp_path: Path) -> None:
    outputs = run("evaluate.classification", {"table": Table(three)}, tmp_path, target="kind")
    truth, called = three["kind"].to_numpy(), three["prediction"].to_numpy()
    probabilities = three[["probability_a", "probability_b", "probability_c"]].to_numpy()
    expected = {
        "accuracy": metrics.accuracy_score(truth, called),
        "macro_f1": metrics.f1_score(truth, called, average="macro"),
        "weighted_precision": metrics.precision_score(truth, called, average="weighted"),
        "macro_auc": metrics.roc_auc_score(truth, probabilities, multi_class="ovr", average="macro"),
        "weighted_auc": metrics.roc_auc_score(truth, probabilities, multi_class="ovr", average="weighted"),
        "log_loss": metrics.log_loss(truth, probabilities),
        "mcc": metrics.matthews_corrcoef(truth, called),
    }
    values = outputs["metrics"].values
    assert {name: values[name] for name in expected} == pytest.approx(expected, abs=1e-12)
    assert [line["name"] for line in outputs["roc"].series] == ["a", "b", "c"]


def test_the_connected_model_says_which_class_is_positive(tmp_path: Path) -> None:
    train = Table({"x": [1, 2, 3, 4, 5], "y": ["pass", "pass", "pass", "fail", "fail"]})
    model = run("model.logistic", {"table": train}, tmp_path, target="y")["model"]
    mostly_fail = Table({"x": [1, 4, 5, 6], "y": ["pass", "fail", "fail", "fail"]})
    table = run("apply.predict", {"table": mostly_fail, "model": model}, tmp_path)["table"]
    with_model = run("evaluate.classification", {"table": table, "model": model}, tmp_path, target="y")["metrics"]
    without = run("evaluate.classification", {"table": table}, tmp_path, target="y")["metrics"]
    assert (with_model.about["positive"], with_model["auc"]) == ("fail", 1.0)
    assert (without.about["positive"], without["auc"]) == ("pass", 0.0)


def test_breakdown_adds_up(binary: pl.DataFrame, tmp_path: Path) -> None:
    params = {"target": "fail", "by": "tool", "positive": "1", "metrics": ["recall", "auc"], "min_rows": 20}
    table = run("evaluate.breakdown", {"table": Table(binary)}, tmp_path, **params)["table"].polars()
    assert table["rows"].sum() == ROWS
    assert table["positives"].sum() == binary["fail"].sum()
    assert table["small"].to_list() == [False, False, True]
    for group, auc in table.filter(~pl.col("small"))["group", "auc"].rows():
        part = binary.filter(pl.col("tool") == group)
        assert auc == pytest.approx(metrics.roc_auc_score(part["fail"], part["score"]))


def test_breakdown_cuts_numbers_and_times_into_equal_shares(binary: pl.DataFrame, tmp_path: Path) -> None:
    from datetime import datetime, timedelta

    times = [None, *(datetime(2024, 1, 1) + timedelta(hours=hour) for hour in range(1, ROWS))]
    frame = binary.with_columns(time=pl.Series(times), large=pl.Series(range(10**12, 10**12 + ROWS)))
    for by, missing in (("time", 1), ("large", 0), ("score", 0)):
        params = {"target": "fail", "by": by, "positive": "1", "metrics": ["recall"], "bins": 4}
        table = run("evaluate.breakdown", {"table": Table(frame)}, tmp_path, **params)["table"].polars()
        assert table["rows"].sum() == ROWS
        assert len(table) == 4 + missing
        assert table["rows"].head(4).min() >= ROWS // 4 - 2


def test_permutation_importance_judges_the_whole_pipeline(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    frame = pl.DataFrame({"signal": random.normal(size=300), "noise": random.normal(size=300), "unread": "x"})
    frame = frame.with_columns(y=(pl.col("signal") > 0).cast(pl.Int64)).with_columns(
        signal=pl.when(pl.int_range(pl.len()) % 10 == 0).then(None).otherwise("signal")
    )
    filled = run("clean.fill_missing", {"table": Table(frame)}, tmp_path, columns=["signal", "noise"])
    scaled = run("feature.scale", {"table": filled["table"]}, tmp_path, columns=["signal", "noise"])
    model = run("model.logistic", {"table": scaled["table"]}, tmp_path, target="y")["model"]
    assert isinstance(model, Model)
    results = [
        run("evaluate.permutation_importance", {"table": table, "model": model}, tmp_path, target="y", seed=1)
        for table in (Table(frame), filled["table"])
    ]
    raw = results[0]["table"].polars()
    assert raw["column"].to_list() == ["signal", "noise"]
    assert raw["importance"][0] > 0.3 > 0.05 > abs(raw["importance"][1])
    assert results[1]["table"].polars()["column"].to_list() == ["signal", "noise"]
    again = run(
        "evaluate.permutation_importance", {"table": Table(frame), "model": model}, tmp_path, target="y", seed=1
    )
    assert again["table"].polars().equals(raw)


def test_clusters_are_measured_on_the_models_own_features(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    frame = pl.DataFrame(
        {"a": random.normal(size=90) + np.repeat([0, 9, 18], 30), "huge": random.normal(size=90) * 1000}
    )
    scaled = run("feature.scale", {"table": Table(frame)}, tmp_path)["table"]
    model = run("model.k_means", {"table": scaled}, tmp_path, clusters=3)["model"]
    table = run("apply.predict", {"table": Table(frame), "model": model}, tmp_path)["table"]
    values = run("evaluate.clustering", {"table": table, "model": model}, tmp_path)["metrics"].values
    clusters, matrix = table.polars()["prediction"].to_numpy(), scaled.polars().to_numpy()
    assert values["silhouette"] == pytest.approx(metrics.silhouette_score(matrix, clusters))
    assert values["calinski_harabasz"] == pytest.approx(metrics.calinski_harabasz_score(matrix, clusters))
    sampled = [
        run("evaluate.clustering", {"table": table, "model": model}, tmp_path, seed=seed, sample_size=40)["metrics"]
        for seed in (1, 1)
    ]
    assert sampled[0]["silhouette"] == sampled[1]["silhouette"] != values["silhouette"]
    assert "a random 40 of 90 rows" in sampled[0].about["notes"][0]


def test_anomalies_can_be_scored_against_a_known_flag(tmp_path: Path) -> None:
    frame = pl.DataFrame({"x": [*np.linspace(-1, 1, 50), 30.0, -30.0], "known": [0] * 50 + [1, 1]})
    inputs = {"table": Table(frame)}
    model = run("model.isolation_forest", inputs, tmp_path, features=["x"], contamination=0.04)["model"]
    table = run("apply.predict", {**inputs, "model": model}, tmp_path)["table"]
    values = run("evaluate.classification", {"table": table}, tmp_path, target="known", positive="1")["metrics"].values
    assert (values["auc"], values["found"]) == (1.0, 2)


def test_scores_with_gaps_are_refused(binary: pl.DataFrame, tmp_path: Path) -> None:
    gaps = binary.with_columns(score=pl.when(pl.col("score") < 0.1).then(None).otherwise("score"))
    with pytest.raises(DataError, match=f"'score' is empty in {gaps['score'].null_count()} of {ROWS} rows"):
        run("evaluate.classification", {"table": Table(gaps)}, tmp_path, target="fail", positive="1")


def test_compare_needs_something_in_common(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no metric in common"):
        run("evaluate.compare", {"metrics": [Metrics({"auc": 1.0}), Metrics({"rmse": 1.0})]}, tmp_path)
    outputs = run("evaluate.compare", {"metrics": [Metrics({"auc": None}), Metrics({"auc": 0.5})]}, tmp_path)
    assert outputs["table"].polars()["auc"].to_list() == [None, 0.5]
    with pytest.raises(ParamError, match="3 names for 1"):
        run("evaluate.compare", {"metrics": [Metrics({"auc": 1.0})]}, tmp_path, names=["a", "b", "c"])
