"""The steps that learn which columns to drop: against pandas, the same at prediction, and never by chance."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from patchbay_sdk import DataError, Model, Table
from patchbay_sdk.registry import installed_catalogue
from tests.datasets import secom
from tests.operators.running import replay, run


def dropped(fitted: object) -> list[str]:
    return list(fitted.state["dropped"])  # type: ignore[attr-defined]


def test_constant_and_mostly_missing_columns_of_secom(tmp_path: Path) -> None:
    frame, keep = secom(), ["timestamp", "fail"]
    pandas = frame.to_pandas()
    constant = run("clean.drop_constant", tmp_path, {"table": frame}, keep=keep)["fitted"]
    assert set(dropped(constant)) == set(pandas.columns[pandas.nunique() <= 1])
    with_gaps = run("clean.drop_constant", tmp_path, {"table": frame}, keep=keep, gaps_count=True)["fitted"]
    assert set(dropped(with_gaps)) == set(pandas.columns[pandas.nunique(dropna=False) <= 1])
    empty = run("clean.drop_mostly_missing", tmp_path, {"table": frame}, keep=keep, limit=0.4)["fitted"]
    assert set(dropped(empty)) == set(pandas.columns[pandas.isna().mean() > 0.4])


@pytest.mark.parametrize("limit", [0.8, 0.95])
def test_correlated_columns_of_secom_as_by_pandas(tmp_path: Path, limit: float) -> None:
    frame = secom()
    sensors = frame.drop("timestamp", "fail")
    strength = sensors.to_pandas().corr(min_periods=157).abs()
    stays: list[str] = []
    for name in sensors.columns:
        if not (strength.loc[name, stays] >= limit).any():
            stays.append(name)
    params = {"limit": limit, "identical": False, "keep": ["timestamp", "fail"]}
    ran = run("clean.drop_correlated", tmp_path, {"table": frame}, **params)
    assert ran["table"].columns == [name for name in frame.columns if name in (*stays, "timestamp", "fail")]


def test_spearman_as_by_pandas(tmp_path: Path) -> None:
    sensors = secom().select(f"sensor_{i:03d}" for i in range(1, 60)).fill_null(0)
    strength = sensors.to_pandas().corr(method="spearman").abs().to_numpy()
    strength = np.nan_to_num(strength)
    stays: list[int] = []
    for position in range(len(sensors.columns)):
        if not (strength[position, stays] >= 0.7).any():
            stays.append(position)
    params = {"limit": 0.7, "identical": False, "method": "spearman"}
    ran = run("clean.drop_correlated", tmp_path, {"table": sensors}, **params)
    assert ran["table"].columns == [sensors.columns[position] for position in stays]


def test_a_large_offset_does_not_blur_correlations(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=500), rng.normal(size=500)
    data = {"a": 1e9 + a, "b": 1e9 + b, "c": 1e-9 * a, "flat": np.full(500, 0.1), "flat_too": np.full(500, 0.2)}
    data["d"] = np.where(rng.random(500) < 0.5, np.inf, 1e6 * b)
    ran = run("clean.drop_correlated", tmp_path, {"table": pl.DataFrame(data)})
    assert dropped(ran["fitted"]) == ["c", "d"]


def test_the_left_column_stays_and_kept_columns_are_not_compared(tmp_path: Path) -> None:
    x = np.arange(20.0)
    frame = pl.DataFrame(
        {"second": x, "first": 2 * x, "target": 3 * x, "name": ["a", "b"] * 10, "copy": ["a", "b"] * 10}
    )
    ran = run("clean.drop_correlated", tmp_path, {"table": frame}, keep=["target"])
    assert ran["table"].columns == ["second", "target", "name"]
    turned = run("clean.drop_correlated", tmp_path, {"table": frame.select(reversed(frame.columns))}, keep=["target"])
    assert turned["table"].columns == ["copy", "target", "first"]


def test_identical_columns_compare_gaps_and_types(tmp_path: Path) -> None:
    frame = pl.DataFrame({"a": ["x", None], "b": ["x", ""], "c": ["x", None], "n": [1, 2], "m": ["1", "2"]})
    assert run("clean.drop_correlated", tmp_path, {"table": frame})["table"].columns == ["a", "b", "n", "m"]


def test_at_prediction_dropped_columns_need_not_exist_and_new_ones_stay(tmp_path: Path) -> None:
    train = pl.DataFrame({"a": [1.0, 2.0, 3.0], "flat": [5, 5, 5], "fail": [0, 1, 0]})
    fitted = run("clean.drop_constant", tmp_path, {"table": train}, keep=["fail"])["fitted"]
    assert replay(fitted, {"a": [1.0], "extra": ["x"]}, tmp_path / "one").columns == ["a", "extra"]
    assert replay(fitted, {"a": [1.0], "flat": [7]}, tmp_path / "two").columns == ["a"]


def test_a_model_needs_only_what_was_not_dropped(tmp_path: Path) -> None:
    from sklearn.tree import DecisionTreeClassifier

    train = Table(pl.DataFrame({"a": [1.0, None, 3.0, 4.0], "flat": [5.0] * 4, "fail": [0, 0, 1, 1]}))
    for id in ("clean.drop_constant", "clean.fill_missing", "clean.clip_outliers"):
        params = {"keep": ["fail"]} if id == "clean.drop_constant" else {"columns": ["a"]}
        train = run(id, tmp_path, {"table": train}, **params)["table"]
    tree = DecisionTreeClassifier().fit(train.polars().select("a").to_numpy(), train.polars()["fail"])
    model = Model.fitted(tree, train, task="classification", features=["a"], target="fail", classes=[0, 1])
    assert model.input_schema.names == ["a"]
    assert model.prepare(Table({"a": [None, 9.0]})).polars()["a"].to_list() == pytest.approx([3.0, 3.97])


@pytest.mark.parametrize("id", ["clean.drop_constant", "clean.drop_mostly_missing", "clean.drop_correlated"])
def test_before_a_run_only_kept_columns_are_sure(tmp_path: Path, id: str) -> None:
    from patchbay_sdk import Schema
    from patchbay_sdk.propagation import output_schemas

    spec = installed_catalogue().latest(id)
    known = {"table": Schema.of({"a": "float", "b": "string"})}
    schema = output_schemas(spec, spec.fill_params({"keep": ["b"]}), known)["table"]
    assert schema == Schema.of({"b": "string"}, open=True)


@pytest.mark.parametrize("id", ["clean.drop_constant", "clean.drop_mostly_missing"])
def test_a_table_does_not_vanish_silently(tmp_path: Path, id: str) -> None:
    with pytest.raises(DataError, match="No column would be left"):
        run(
            id,
            tmp_path,
            {"table": pl.DataFrame({"a": [None, None], "b": [None, None]}, schema={"a": pl.Int64, "b": pl.String})},
        )
