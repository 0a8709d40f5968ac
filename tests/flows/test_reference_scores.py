"""The flows that come with Patchbay, run by the real engine, against plain scikit-learn scripts: the same scores.

Each script reads the file with pandas, splits it in the same way and does the same steps by hand.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn import cluster, datasets, dummy, ensemble, linear_model, metrics, pipeline, preprocessing
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.feature_selection import SelectKBest
from sklearn.impute import SimpleImputer
from sklearn.model_selection import train_test_split

import patchbay_server
from tests.datasets import dataset
from tests.processes import leaving_nothing_behind

FLOWS = Path(patchbay_server.__file__).parent / "flows"
SEED = 0
"""A node that names no seed has this one."""

Scores = dict[str, dict[str, float | None]]


def run(flow: str | Path, folder: Path, **params: object) -> Scores:
    """Node -> its scores, of a flow run by the command, as a user would; the platform lives only for this run."""
    file = flow if isinstance(flow, Path) else FLOWS / f"{flow}.json"
    own = ("PATCHBAY_", "DATABASE_", "REDIS_")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(own)}
    given = [argument for name, value in params.items() for argument in ("--param", f"{name}={value}")]
    command = [sys.executable, "-m", "patchbay_server.cli", "run", str(file), "--json", *given]
    environment["PATCHBAY_HOME"] = str(folder)
    with leaving_nothing_behind():
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=150)
    assert done.returncode == 0, done.stdout + done.stderr
    return {found["path"]: found["values"] for found in json.loads(done.stdout)["scores"]}


def assert_same(actual: dict[str, float | None], expected: dict[str, float]) -> None:
    assert {name: actual[name] for name in expected} == pytest.approx(expected, rel=0, abs=1e-6)


def two_class_scores(truth: np.ndarray, score: np.ndarray) -> dict[str, float]:
    called = score >= 0.5
    return {
        "auc": metrics.roc_auc_score(truth, score),
        "average_precision": metrics.average_precision_score(truth, score),
        "recall": metrics.recall_score(truth, called),
        "precision": metrics.precision_score(truth, called),
        "f1": metrics.f1_score(truth, called),
        "balanced_accuracy": metrics.balanced_accuracy_score(truth, called),
        "mcc": metrics.matthews_corrcoef(truth, called),
        "log_loss": metrics.log_loss(truth, score),
        "brier": metrics.brier_score_loss(truth, score),
    }


def plain_yield(train: pd.DataFrame, test: pd.DataFrame, fails: pd.Series) -> np.ndarray:
    """Probability of failing per test row: the steps of the yield flow by hand, learned on the training rows."""
    kept = [name for name in train if train[name].isna().mean() <= 0.5 and train[name].nunique() > 1]
    median = SimpleImputer(strategy="median").set_output(transform="pandas")
    filled = median.fit_transform(train[kept])
    best = SelectKBest(k=20).fit(filled, fails).get_support()
    scaler = preprocessing.StandardScaler().fit(filled.loc[:, best])
    model = linear_model.LogisticRegression(C=0.1, class_weight="balanced", max_iter=1000)
    model.fit(scaler.transform(filled.loc[:, best]), fails)
    scaled = scaler.transform(median.transform(test[kept]).loc[:, best])
    return model.predict_proba(scaled)[:, 1]


@pytest.mark.accept
def test_yield_on_secom(tmp_path: Path) -> None:
    file = dataset("secom/secom.csv.gz")
    scores = run("yield", tmp_path, file=file, target="fail", positive=1, time="timestamp", by="timestamp")
    rows = pd.read_csv(file, parse_dates=["timestamp"])
    sensors = rows.drop(columns=["timestamp", "fail"])
    cut = rows["timestamp"].sort_values().iloc[-int(np.ceil(0.2 * len(rows)))]
    is_test = rows["timestamp"] >= cut
    score = plain_yield(sensors[~is_test], sensors[is_test], rows["fail"][~is_test])
    assert_same(scores["evaluate"], two_class_scores(rows["fail"][is_test].to_numpy(), score))
    assert_same(scores["split"], {"train_rows": (~is_test).sum(), "test_rows": is_test.sum()})


def test_the_first_version_of_yield_on_the_sample_that_scikit_learn_carries(tmp_path: Path) -> None:
    """A flow document is opened for ever: this one is as Patchbay wrote it first."""
    scores = run(Path(__file__).with_name("yield_of_the_first_version.json"), tmp_path)
    bunch = datasets.load_breast_cancer(as_frame=True)
    train_rows = int(len(bunch.data) * 0.8)
    malignant = bunch.target == 0
    train, test = bunch.data[:train_rows], bunch.data[train_rows:]
    score = plain_yield(train, test, malignant[:train_rows])
    truth = malignant[train_rows:].to_numpy()
    assert_same(scores["evaluate"], two_class_scores(truth, score))
    ranges = pd.qcut(test["mean radius"], 5, labels=False)
    recalls = [
        metrics.recall_score(truth[part], score[part] >= 0.5)
        for part in (np.flatnonzero(ranges == number) for number in range(5))
        if truth[part].any()
    ]
    assert_same(scores["breakdown"], {"groups": 5, "recall_best": max(recalls), "recall_worst": min(recalls)})


@pytest.mark.accept
def test_regression_on_ccpp(tmp_path: Path) -> None:
    file = dataset("ccpp/ccpp.csv")
    scores = run("regression", tmp_path, file=file, target="PE")
    rows = pd.read_csv(file)
    train, test = train_test_split(rows, test_size=0.2, random_state=SEED)
    scaler = preprocessing.StandardScaler().fit(train.drop(columns="PE"))
    models = {
        "baseline": dummy.DummyRegressor(),
        "ridge": linear_model.Ridge(),
        "boosting": ensemble.HistGradientBoostingRegressor(early_stopping=False, random_state=SEED),
    }
    for name, model in models.items():
        model.fit(scaler.transform(train.drop(columns="PE")), train["PE"])
        predicted = model.predict(scaler.transform(test.drop(columns="PE")))
        expected = {
            "rmse": metrics.root_mean_squared_error(test["PE"], predicted),
            "mae": metrics.mean_absolute_error(test["PE"], predicted),
            "r2": metrics.r2_score(test["PE"], predicted),
            "max_error": metrics.max_error(test["PE"], predicted),
        }
        assert_same(scores[f"evaluate_{name}"], expected)
    best = scores["compare"]["best_rmse"]
    assert (
        best == min(scores[f"evaluate_{name}"]["rmse"] or 0 for name in models) == scores["evaluate_boosting"]["rmse"]
    )


@pytest.mark.accept
def test_text_on_sms_spam(tmp_path: Path) -> None:
    file = dataset("sms_spam/SMSSpamCollection.gz")
    scores = run("text", tmp_path, file=file, positive="spam")
    rows = pd.read_csv(file, sep="\t", names=["label", "text"], quoting=3, keep_default_na=False)
    rows["text"] = rows["text"].str.strip()
    rows = rows.drop_duplicates("text")
    train, test = train_test_split(rows, test_size=0.2, stratify=rows["label"], random_state=SEED)
    model = pipeline.make_pipeline(
        TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, max_features=1000),
        preprocessing.FunctionTransformer(lambda words: words.toarray(), accept_sparse=True),
        linear_model.LogisticRegression(C=10, max_iter=1000),
    )
    model.fit(train["text"], train["label"] == "spam")
    score = model.predict_proba(test["text"])[:, 1]
    assert_same(scores["evaluate"], two_class_scores((test["label"] == "spam").to_numpy(), score))


@pytest.mark.accept
def test_clustering_on_wholesale_customers(tmp_path: Path) -> None:
    file = dataset("wholesale_customers/wholesale_customers.csv")
    scores = run("clustering", tmp_path, file=file, label="Channel", ignore="Channel,Region", clusters=2)
    rows = pd.read_csv(file)
    spend = preprocessing.StandardScaler().fit_transform(np.log1p(rows.drop(columns=["Channel", "Region"])))
    found = cluster.KMeans(2, n_init=10, random_state=SEED).fit(spend)
    expected = {
        "silhouette": metrics.silhouette_score(spend, found.labels_),
        "davies_bouldin": metrics.davies_bouldin_score(spend, found.labels_),
        "calinski_harabasz": metrics.calinski_harabasz_score(spend, found.labels_),
        "adjusted_rand": metrics.adjusted_rand_score(rows["Channel"], found.labels_),
        "normalized_mutual_information": metrics.normalized_mutual_info_score(rows["Channel"], found.labels_),
    }
    assert_same(scores["evaluate"], expected)
    assert scores["group"]["training_inertia"] == pytest.approx(found.inertia_, abs=1e-6)
