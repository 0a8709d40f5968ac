"""Models that Spark trains: portable, and answering as Spark does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from pyspark.sql import SparkSession

from patchbay_operators.model import _spark_training
from patchbay_sdk import Context, DataError, Model, Table, portable
from patchbay_sdk.mlflow_loader import _load_pyfunc
from patchbay_sdk.registry import installed_catalogue
from patchbay_sdk.testing import run_operator

pytestmark = [pytest.mark.heavy, pytest.mark.xdist_group("spark")]

RNG = np.random.default_rng(0)
X = RNG.normal(size=(120, 3)).round(2)
FRAME = pl.DataFrame({"a": X[:, 0], "b": X[:, 1], "c": X[:, 2]}).with_columns(
    two=pl.Series(np.where(X[:, 0] + X[:, 1] ** 2 > 1.5, "fail", "pass")),
    three=pl.Series(np.digitize(X[:, 0] + X[:, 1], [-0.5, 0.5])),
    number=pl.Series(X[:, 0] * 2 - X[:, 1] + 0.1 * X[:, 2]),
)
FEATURES = ["a", "b", "c"]


def train(spark: SparkSession, folder: Path, operator: str, engine: str = "spark", **params: Any) -> dict[str, Any]:
    spec = installed_catalogue().latest(operator)
    inputs = {"table": Table(FRAME)}
    if operator != "model.k_means":
        params = {"features": FEATURES, **params}
    return dict(run_operator(spec, inputs, params, folder, seed=1, engine=engine, session=spark)[0])


@pytest.mark.parametrize(
    ("operator", "params"),
    [
        ("model.logistic", {"target": "two", "class_weight": "balanced"}),
        ("model.logistic", {"target": "three"}),
        ("model.random_forest", {"target": "three", "trees": 3, "max_depth": 6}),
        ("model.random_forest", {"target": "number", "task": "regression", "trees": 3}),
        ("model.gradient_boosting", {"target": "two", "trees": 3}),
        ("model.gradient_boosting", {"target": "number", "task": "regression", "trees": 3}),
        ("model.k_means", {"features": FEATURES, "clusters": 3, "starts": 1}),
    ],
    ids=lambda value: value if isinstance(value, str) else str(value.get("target")),
)
def test_the_portable_model_answers_as_spark_does(
    spark: SparkSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, operator: str, params: dict[str, Any]
) -> None:
    fitted = _remembering(monkeypatch)
    outputs = train(spark, tmp_path, operator, **params)
    model = saved_and_loaded(outputs["model"], tmp_path / "saved")
    context = Context(temp_dir=tmp_path)
    context.session = spark
    data = _spark_training.for_clusters(context, Table(FRAME), FEATURES).data
    answers = fitted[-1].transform(data).toArrow().to_pandas()
    matrix = FRAME.select(FEATURES).to_numpy()
    if hasattr(model.estimator, "predict_proba"):
        expected = np.array([list(each["values"]) for each in answers["probability"]])
        np.testing.assert_allclose(model.estimator.predict_proba(matrix), expected, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(model.estimator.predict(matrix), answers["prediction"], rtol=1e-9)
    assert model.predict(Table(FRAME)).num_rows == FRAME.height
    if params.get("target") == "two":
        of_mlflow = _load_pyfunc(str(tmp_path / "saved")).predict(FRAME.select(FEATURES).to_pandas())
        assert of_mlflow["score"].tolist() == model.predict(Table(FRAME)).polars()["score"].to_list()


def _remembering(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What Spark has fitted, kept as it passes by."""
    from pyspark.ml.base import Estimator

    kept: list[Any] = []
    fit = Estimator.fit

    def remember(self: Any, dataset: Any, params: Any = None) -> Any:
        kept.append(fit(self, dataset, params))
        return kept[-1]

    monkeypatch.setattr(Estimator, "fit", remember)
    return kept


def saved_and_loaded(model: Model, folder: Path) -> Model:
    folder.mkdir()
    model.save(folder)
    assert (folder / "model.npz").exists() and not (folder / "model.skops").exists()
    return Model.load({path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()})


@pytest.mark.accept
def test_logistic_regression_is_that_of_scikit_learn(spark: SparkSession, tmp_path: Path) -> None:
    for params in ({"target": "two", "c": 0.5, "class_weight": "balanced"}, {"target": "three"}):
        local = train(spark, tmp_path, "model.logistic", "local", max_iterations=1000, **params)
        remote = train(spark, tmp_path, "model.logistic", max_iterations=1000, **params)
        names = [name for name in local["model"].predict(Table(FRAME)).columns if name != "prediction"]
        one, two = (each["model"].predict(Table(FRAME)).polars().select(names).to_numpy() for each in (local, remote))
        np.testing.assert_allclose(two, one, atol=2e-3)
        assert local["model"].classes == remote["model"].classes
        assert local["metrics"].about == remote["metrics"].about


@pytest.mark.accept
def test_scores_of_other_models_are_as_good(spark: SparkSession, tmp_path: Path) -> None:
    forest = train(spark, tmp_path, "model.random_forest", target="two", trees=20)["metrics"]
    assert forest["training_auc"] > 0.98
    clusters = [train(spark, tmp_path, "model.k_means", engine, clusters=3, starts=5, features=FEATURES)["metrics"]
                for engine in ("local", "spark")]  # fmt: skip
    assert (
        clusters[1]["inertia" if "inertia" in clusters[1].values else "training_inertia"]
        < 1.1 * clusters[0]["training_inertia"]
    )


def test_more_classes_than_spark_boosts_are_refused(spark: SparkSession, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="'three' has 3 classes; on Spark gradient boosting takes two"):
        train(spark, tmp_path, "model.gradient_boosting", target="three")


def test_equal_estimators_give_equal_files(tmp_path: Path) -> None:
    for name in "ab":
        portable.Centres(np.eye(2)).save(tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
