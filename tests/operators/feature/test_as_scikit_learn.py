"""What is learned on training rows and replayed on test rows equals a plain scikit-learn pipeline."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from sklearn.decomposition import PCA
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.feature_selection import SelectKBest, chi2, f_classif, f_regression, mutual_info_classif
from sklearn.impute import SimpleImputer
from sklearn.model_selection import KFold, StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import (
    FunctionTransformer,
    KBinsDiscretizer,
    MaxAbsScaler,
    MinMaxScaler,
    OneHotEncoder,
    OrdinalEncoder,
    RobustScaler,
    StandardScaler,
    TargetEncoder,
)

from tests.datasets import dataset
from tests.operators.running import replay, run

RNG = np.random.default_rng(11)
TOLERANCE = 1e-9


def numbers(rows: int) -> pl.DataFrame:
    values = RNG.normal(size=(rows, 6)) * [1, 1e-6, 1e6, 3, 1, 0] + [0, 0, 0, 100, 0, 7]
    values[:, 4] = values[:, 0] * 2 + values[:, 3] / 50
    return pl.DataFrame(values, schema=["a", "b", "c", "d", "e", "constant"], orient="row")


TRAIN, TEST = numbers(150), numbers(40)


def both(operator: str, folder: Path, train: pl.DataFrame, test: pl.DataFrame, **params: Any) -> list[pl.DataFrame]:
    """The training table as the operator gives it, and the test table through the stored transform."""
    outputs = run(operator, folder, {"table": train}, **params)
    return [outputs["table"].polars(), replay(outputs["fitted"], test, folder / "fitted").polars()]


@pytest.mark.parametrize("log", [False, True])
@pytest.mark.parametrize(
    ("method", "scaler"),
    [("standard", StandardScaler), ("min_max", MinMaxScaler), ("robust", RobustScaler), ("max_abs", MaxAbsScaler)],
)
def test_scale(tmp_path: Path, method: str, scaler: Any, log: bool) -> None:
    train, test = TRAIN.with_columns(pl.all().abs()), TEST.with_columns(pl.all().abs())
    train = train.with_columns(pl.when(pl.col("a") > 1).then(float("nan")).otherwise(pl.col("a")).alias("a"))
    pipeline = make_pipeline(FunctionTransformer(np.log1p if log else None), scaler()).fit(train.to_numpy())
    for ours, table in zip(
        both("feature.scale", tmp_path, train, test, method=method, log=log), (train, test), strict=True
    ):
        np.testing.assert_allclose(
            ours.to_numpy(), pipeline.transform(table.to_numpy()), rtol=TOLERANCE, atol=TOLERANCE
        )


CATEGORIES = ["A", "B", "C", "D", "晶圆"]
TRAIN_TEXT = pl.DataFrame(
    {"tool": RNG.choice(CATEGORIES, 120, p=[0.4, 0.3, 0.2, 0.05, 0.05]), "step": RNG.choice([2, 10, 9], 120)}
)
TEST_TEXT = pl.DataFrame({"tool": ["A", "new", "晶圆", "D"], "step": [9, 2, 10, 77]})


@pytest.mark.parametrize("most", [2, 4, 20])
def test_one_hot(tmp_path: Path, most: int) -> None:
    encoder = OneHotEncoder(max_categories=most, handle_unknown="infrequent_if_exist", sparse_output=False)
    expected = encoder.fit_transform(TRAIN_TEXT.to_numpy())
    ours, replayed = both(
        "feature.encode", tmp_path, TRAIN_TEXT, TEST_TEXT, columns=["tool", "step"], max_categories=most
    )
    np.testing.assert_array_equal(ours.to_numpy(), expected)
    if most == 20:  # otherwise scikit-learn warns of what is meant here: unknown ones share the column of rare ones
        assert replayed.row(1, named=True) == {name: int(name == "step__2") for name in ours.columns}
        assert ours.columns == [*(f"tool__{c}" for c in sorted(CATEGORIES)), "step__2", "step__9", "step__10"]
    else:
        assert replayed["tool__other"].to_list() == [0, 1, 1, 1]


def test_one_hot_categories_called_like_the_special_ones(tmp_path: Path) -> None:
    frame = pl.DataFrame({"t": ["other", "missing", None, "x", "x", "missing", None, "other", "rare"]})
    ours = run("feature.encode", tmp_path, {"table": frame}, columns=["t"], max_categories=5)["table"].polars()
    assert ours.columns == ["t__missing", "t__other", "t__rare", "t__x", "t__missing_"]
    cut = run("feature.encode", tmp_path, {"table": frame}, columns=["t"], max_categories=4)["table"].polars()
    assert cut.columns == ["t__other", "t__x", "t__missing", "t__other_"]
    assert (cut.sum_horizontal() == 1).all()


def test_ordinal(tmp_path: Path) -> None:
    encoder = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1).fit(TRAIN_TEXT.to_pandas())
    tables = both("feature.encode", tmp_path, TRAIN_TEXT, TEST_TEXT, columns=["tool", "step"], method="ordinal")
    for ours, table in zip(tables, (TRAIN_TEXT, TEST_TEXT), strict=True):
        np.testing.assert_array_equal(ours.to_numpy(), encoder.transform(table.to_pandas()))


@pytest.mark.parametrize("task", ["binary", "continuous"])
@pytest.mark.parametrize("smoothing", [0.0, 10.0])
def test_target_means(tmp_path: Path, task: str, smoothing: float) -> None:
    binary = task == "binary"
    y = np.where(RNG.random(120) < 0.3, "fail", "pass") if binary else RNG.normal(size=120)
    splitter = (StratifiedKFold if binary else KFold)(5, shuffle=True, random_state=0)
    encoder = TargetEncoder(target_type=task, smooth=smoothing, cv=splitter)
    expected = encoder.fit_transform(TRAIN_TEXT.to_numpy(), y)
    ours, replayed = both(
        "feature.encode",
        tmp_path,
        TRAIN_TEXT.with_columns(y=y),
        TEST_TEXT,
        columns=["tool", "step"],
        method="target",
        target="y",
        smoothing=smoothing,
    )
    np.testing.assert_allclose(ours.select("tool__mean", "step__mean").to_numpy(), expected, rtol=TOLERANCE)
    np.testing.assert_allclose(replayed.to_numpy(), encoder.transform(TEST_TEXT.to_numpy()), rtol=TOLERANCE)


def test_a_target_mean_does_not_know_its_own_row(tmp_path: Path) -> None:
    frame = pl.DataFrame({"id": [str(row) for row in range(100)], "y": RNG.normal(size=100)})
    ours = run("feature.encode", tmp_path, {"table": frame}, columns=["id"], method="target", target="y", smoothing=0)[
        "table"
    ].polars()
    assert abs(np.corrcoef(ours["id__mean"], ours["y"])[0, 1]) < 0.5
    assert ours["id__mean"].n_unique() == 5


@pytest.mark.parametrize(("method", "strategy"), [("quantile", "quantile"), ("width", "uniform")])
def test_bin(tmp_path: Path, method: str, strategy: str) -> None:
    names = ["a", "c", "d"]
    options = {"quantile_method": "linear"} if method == "quantile" else {}
    binner = KBinsDiscretizer(7, encode="ordinal", strategy=strategy, **options).fit(TRAIN.select(names).to_numpy())
    tables = both("feature.bin", tmp_path, TRAIN, TEST, columns=names, method=method, bins=7, output="int")
    for ours, table in zip(tables, (TRAIN, TEST), strict=True):
        expected = binner.transform(table.select(names).to_numpy())
        np.testing.assert_array_equal(ours.select(f"{name}_bin" for name in names).to_numpy(), expected)


def test_bins_have_readable_and_different_names(tmp_path: Path) -> None:
    frame = pl.DataFrame({"a": [1.0000000001, 1.0000000002, 1.0000000003, 1.0000000004]})
    ours = run("feature.bin", tmp_path, {"table": frame}, columns=["a"], bins=4)["table"].polars()
    assert ours["a_bin"].n_unique() == 4


@pytest.mark.parametrize("standardize", [True, False])
@pytest.mark.parametrize("size", [{"size": "components", "components": 3}, {"size": "variance", "variance": 0.9}])
def test_pca(tmp_path: Path, standardize: bool, size: dict[str, Any]) -> None:
    scaler = StandardScaler(with_mean=standardize, with_std=standardize)
    pipeline = make_pipeline(scaler, PCA(size.get("components", size.get("variance")), svd_solver="full"))
    pipeline.fit(TRAIN.to_numpy())
    for ours, table in zip(
        both("feature.pca", tmp_path, TRAIN, TEST, standardize=standardize, **size), (TRAIN, TEST), strict=True
    ):
        expected = pipeline.transform(table.to_numpy())
        assert ours.columns == [f"pc{number}" for number in range(1, expected.shape[1] + 1)]
        np.testing.assert_allclose(ours.to_numpy(), expected, rtol=TOLERANCE, atol=TOLERANCE * np.abs(expected).max())


LABELS = np.where(TRAIN["a"].to_numpy() + RNG.normal(size=150) > 0, "good", "bad")


@pytest.mark.parametrize(
    ("task", "score", "function", "target"),
    [
        ("classification", "f_test", f_classif, LABELS),
        ("classification", "mutual_info", lambda x, y: mutual_info_classif(x, y, random_state=0), LABELS),
        ("classification", "chi2", chi2, LABELS),
        ("regression", "f_test", f_regression, TRAIN["a"].to_numpy() ** 2),
    ],
)
@pytest.mark.filterwarnings("ignore:Features:UserWarning", "ignore:invalid value:RuntimeWarning")
def test_select_k_best(tmp_path: Path, task: str, score: str, function: Any, target: Any) -> None:
    train = TRAIN.with_columns(pl.all().abs()) if score == "chi2" else TRAIN
    train = train.with_columns(b=pl.when(pl.col("b") > 1e-6).then(None).otherwise(pl.col("b")))
    pipeline = make_pipeline(SimpleImputer(strategy="median"), SelectKBest(function, k=2))
    kept = pipeline.fit(train.to_numpy(), target)[-1].get_support(indices=True)
    ours, replayed = both(
        "feature.select_k_best",
        tmp_path,
        train.with_columns(y=target),
        TEST,
        target="y",
        task=task,
        score=score,
        k=2,
    )
    assert ours.columns == [*(train.columns[position] for position in kept), "y"]
    assert replayed.equals(TEST.select(ours.columns[:-1]))


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"ngram_max": 2, "sublinear_tf": True, "min_df": 2, "max_features": 300, "stop_words": "english"},
        {"analyzer": "char_wb", "ngram_min": 2, "ngram_max": 3, "max_df": 0.5, "lowercase": False, "max_features": 200},
    ],
)
def test_tfidf_of_real_messages(tmp_path: Path, options: dict[str, Any]) -> None:
    frame = pl.read_csv(
        dataset("sms_spam/SMSSpamCollection.gz"), separator="\t", has_header=False, quote_char=None, n_rows=800
    ).rename({"column_0": "label", "column_1": "text"})
    train, test = frame[:600], frame[600:]
    ngrams = (options.get("ngram_min", 1), options.get("ngram_max", 1))
    plain = {name: value for name, value in options.items() if not name.startswith("ngram")}
    vectorizer = TfidfVectorizer(**{"max_features": 1000, **plain, "ngram_range": ngrams})
    expected = vectorizer.fit_transform(train["text"]).toarray()
    ours, replayed = both("feature.tfidf", tmp_path, train, test, column="text", **options)
    assert ours.columns[1:] == [f"text__{term}" for term in vectorizer.get_feature_names_out()]
    np.testing.assert_allclose(ours.drop("label").to_numpy(), expected, rtol=0, atol=1e-12)
    np.testing.assert_allclose(
        replayed.drop("label").to_numpy(), vectorizer.transform(test["text"]).toarray(), rtol=0, atol=1e-12
    )
