"""Every model operator against the same estimator used by hand, saved and loaded, and with bad tables."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from sklearn import cluster, dummy, ensemble, linear_model, neighbors, svm

from patchbay_sdk import Catalogue, DataError, Model, PatchbayError, Table
from patchbay_sdk.testing import run_operator

CATALOGUE = Catalogue.installed()
CLASSES = {"task": "classification", "target": "label"}
NUMBER = {"task": "regression", "target": "amount"}
SEED = 3
MODELS: list[tuple[str, Mapping[str, Any], Any]] = [
    ("baseline", CLASSES, dummy.DummyClassifier(strategy="prior")),
    ("baseline", {**CLASSES, "answer": "stratified"}, dummy.DummyClassifier(strategy="stratified", random_state=SEED)),
    ("baseline", {**NUMBER, "statistic": "median"}, dummy.DummyRegressor(strategy="median")),
    ("logistic", {"target": "label", "c": 0.5}, linear_model.LogisticRegression(C=0.5, max_iter=1000)),
    (
        "logistic",
        {"target": "kind", "class_weight": "balanced"},
        linear_model.LogisticRegression(class_weight="balanced", max_iter=1000),
    ),
    ("ridge", {"target": "amount", "alpha": 2.0}, linear_model.Ridge(alpha=2.0)),
    ("ridge", {**CLASSES, "target": "kind"}, linear_model.RidgeClassifier()),
    ("lasso", {"target": "amount", "alpha": 0.01}, linear_model.Lasso(alpha=0.01, max_iter=10000)),
    ("random_forest", {**CLASSES, "trees": 7}, ensemble.RandomForestClassifier(7, random_state=SEED)),
    (
        "random_forest",
        {**NUMBER, "trees": 7, "max_depth": 3},
        ensemble.RandomForestRegressor(7, max_depth=3, random_state=SEED),
    ),
    (
        "hist_gradient_boosting",
        {**CLASSES, "target": "kind", "trees": 5},
        ensemble.HistGradientBoostingClassifier(max_iter=5, early_stopping=False, random_state=SEED),
    ),
    (
        "hist_gradient_boosting",
        {**NUMBER, "trees": 5},
        ensemble.HistGradientBoostingRegressor(max_iter=5, early_stopping=False, random_state=SEED),
    ),
    ("svm", CLASSES, svm.SVC()),
    ("svm", {**CLASSES, "target": "kind"}, svm.SVC()),
    ("svm", {**NUMBER, "kernel": "linear"}, svm.SVR(kernel="linear")),
    ("nearest_neighbours", CLASSES, neighbors.KNeighborsClassifier()),
    (
        "nearest_neighbours",
        {**NUMBER, "weights": "distance"},
        neighbors.KNeighborsRegressor(weights="distance", algorithm="brute"),
    ),
    ("k_means", {"clusters": 4}, cluster.KMeans(4, n_init=10, random_state=SEED)),
    (
        "isolation_forest",
        {"trees": 9, "contamination": 0.1},
        ensemble.IsolationForest(n_estimators=9, contamination=0.1, random_state=SEED),
    ),
    ("isolation_forest", {"trees": 9}, ensemble.IsolationForest(n_estimators=9, random_state=SEED)),
]
IDS = [f"{name}-{'-'.join(map(str, params.values()))}" for name, params, _ in MODELS]
FEATURES = ["a", "b", "c"]


@pytest.fixture(scope="module")
def frame() -> pl.DataFrame:
    random = np.random.default_rng(0)
    a, b = random.normal(size=(2, 150))
    noise = random.normal(scale=0.3, size=150)
    return pl.DataFrame(
        {
            "a": a,
            "b": b,
            "c": random.integers(0, 4, 150),
            "label": np.where(a + noise > 0.8, "坏", "good"),
            "kind": np.where(a + noise > 0.5, 7, np.where(b > 0, 3, 1)),
            "amount": 3 * a - b + noise,
        }
    )


def train(frame: pl.DataFrame, name: str, params: Mapping[str, Any], folder: Path) -> Model:
    spec = CATALOGUE.latest(f"model.{name}")
    outputs, _ = run_operator(spec, {"table": Table(frame)}, {"features": FEATURES, **params}, folder, seed=SEED)
    model = outputs["model"]
    assert isinstance(model, Model)
    return model


@pytest.mark.parametrize(("name", "params", "estimator"), MODELS, ids=IDS)
def test_predictions_are_those_of_scikit_learn(
    frame: pl.DataFrame, name: str, params: Mapping[str, Any], estimator: Any, tmp_path: Path
) -> None:
    model = train(frame, name, params, tmp_path)
    matrix = frame[FEATURES].to_numpy()
    answers = model.predict(Table(frame)).polars()
    estimator.fit(matrix, frame[params["target"]].to_numpy() if "target" in params else None)
    expected = estimator.predict(matrix)
    if model.task == "anomaly":
        expected = expected == -1
        assert np.allclose(answers["score"].to_numpy(), -estimator.score_samples(matrix), atol=1e-12)
    if model.task == "regression":
        assert np.allclose(answers["prediction"].to_numpy(), expected, atol=1e-12)
    else:
        assert answers["prediction"].to_list() == expected.tolist()
    if hasattr(estimator, "predict_proba"):
        columns = ["score"] if model.positive is not None else [f"probability_{label}" for label in model.classes]
        probabilities = estimator.predict_proba(matrix)
        if model.positive is not None:
            probabilities = probabilities[:, [list(estimator.classes_).index(model.positive)]]
        assert np.allclose(answers[columns].to_numpy(), probabilities, atol=1e-12)


@pytest.mark.parametrize(("name", "params", "estimator"), MODELS, ids=IDS)
def test_a_saved_model_is_repeatable_and_answers_the_same(
    frame: pl.DataFrame, name: str, params: Mapping[str, Any], estimator: Any, tmp_path: Path
) -> None:
    model = train(frame, name, params, tmp_path)
    folders = [tmp_path / "one", tmp_path / "two"]
    for folder, saved in zip(folders, (model, train(frame, name, params, tmp_path)), strict=True):
        folder.mkdir()
        saved.save(folder)
    files = {path.name: path for path in folders[0].iterdir()}
    assert {name: path.read_bytes() for name, path in files.items()} == {
        path.name: path.read_bytes() for path in folders[1].iterdir()
    }
    assert Model.load(files).predict(Table(frame)).polars().equals(model.predict(Table(frame)).polars())


def test_training_scores_say_so_and_travel_with_the_model(frame: pl.DataFrame, tmp_path: Path) -> None:
    from sklearn.metrics import roc_auc_score

    model = train(frame, "logistic", {"target": "label"}, tmp_path)
    score = model.predict(Table(frame)).polars()["score"]
    assert model.positive == "坏"
    assert model.metrics["training_auc"] == pytest.approx(roc_auc_score(frame["label"] == "坏", score))
    assert all(name.startswith("training_") for name in model.metrics)
    assert model.libraries["scikit-learn"]


def test_a_different_seed_gives_a_different_forest(frame: pl.DataFrame, tmp_path: Path) -> None:
    spec = CATALOGUE.latest("model.random_forest")
    params = {"target": "label", "trees": 3, "features": FEATURES}
    scores = [
        run_operator(spec, {"table": Table(frame)}, params, tmp_path, seed=seed)[0]["model"].predict(Table(frame))
        for seed in (1, 1, 2)
    ]
    assert scores[0].polars().equals(scores[1].polars())
    assert not scores[0].polars().equals(scores[2].polars())


@pytest.mark.parametrize(
    ("column", "target", "message"),
    [
        ([1.0, float("inf"), 2.0, 3.0], [0, 1, 0, 1], "Infinite values in 'x'"),
        ([1.0, float("nan"), 2.0, 3.0], [0, 1, 0, 1], "Missing values in 'x'"),
        ([1.0, 2.0, 3.0, 4.0], [None, None, None, None], "there are 0 (4 of 4 have no 'y')"),
        ([1.0, 2.0, 3.0, 4.0], [0.5, 1.5, 2.5, 0.5], "values that are no classes, such as 0.5"),
        ([1.0, 2.0, 3.0, 4.0], [float("inf"), 1.0, 0.0, 1.0], "'y' is infinite in 1 rows"),
        ([1.0, 2.0, 3.0, 4.0], ["a", "b", "c", "d"], "'y' has 4 classes; a positive class is for two"),
    ],
)
def test_what_cannot_be_learned_is_named(column: list[Any], target: list[Any], message: str, tmp_path: Path) -> None:
    table = Table(pl.DataFrame({"x": column, "y": target}))
    params = {"target": "y", "positive": "a"} if target[0] == "a" else {"target": "y"}
    with pytest.raises(PatchbayError) as raised:
        run_operator(CATALOGUE.latest("model.logistic"), {"table": table}, params, tmp_path)
    assert message in str(raised.value)


def test_a_number_with_many_values_is_no_class(tmp_path: Path) -> None:
    table = Table(pl.DataFrame({"x": range(300), "y": range(300)}))
    with pytest.raises(DataError, match="values that are no classes, 300 of them"):
        run_operator(CATALOGUE.latest("model.logistic"), {"table": table}, {"target": "y"}, tmp_path)


def test_too_few_iterations_are_warned_of(frame: pl.DataFrame, tmp_path: Path) -> None:
    spec = CATALOGUE.latest("model.logistic")
    params = {"target": "label", "features": FEATURES, "max_iterations": 1}
    _, logs = run_operator(spec, {"table": Table(frame)}, params, tmp_path)
    warnings = [line["message"] for line in logs if line["level"] == "warning"]
    assert any("LogisticRegression: lbfgs failed to converge" in message for message in warnings)
