"""Outliers: bounds against numpy, held on other tables, harmless to flags."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from patchbay_sdk import Schema
from patchbay_sdk.registry import installed_catalogue, load_operator
from tests.datasets import secom
from tests.operators.running import replay, run

X = np.array([3.0, 1.0, 4.0, 1.5, 5.0, 9.0, 2.0, 6.0, 50.0, np.nan])


@pytest.mark.parametrize(
    ("params", "bounds"),
    [
        ({"method": "quantile", "lower": 0.1, "upper": 0.9}, np.nanquantile(X, [0.1, 0.9])),
        ({"method": "quantile", "lower": 0, "upper": 0.8}, np.nanquantile(X, [0, 0.8])),
        ({"method": "iqr", "factor": 2}, (2.0 - 2 * 4.0, 6.0 + 2 * 4.0)),
        ({"method": "mad", "deviations": 3}, (4.0 - 3 * 1.4826 * 2.0, 4.0 + 3 * 1.4826 * 2.0)),
    ],
)
def test_bounds(tmp_path: Path, params: dict[str, object], bounds: tuple[float, float]) -> None:
    ran = run("clean.clip_outliers", tmp_path, {"table": {"a": X}}, columns=["a"], **params)
    assert ran["fitted"].state["bounds"]["a"] == pytest.approx(bounds)
    expected = [None if np.isnan(x) else pytest.approx(float(np.clip(x, *bounds))) for x in X]
    assert ran["table"].polars()["a"].to_list() == expected


def test_secom_as_by_numpy_on_later_rows(tmp_path: Path) -> None:
    frame = secom()
    train, test = frame.head(1000), frame.tail(567)
    fitted = run("clean.clip_outliers", tmp_path, {"table": train}, exclude=["fail"])["fitted"]
    clipped = replay(fitted, test, tmp_path / "stored").polars()
    assert len(fitted.state["columns"]) > 400
    for name in fitted.state["columns"][::25]:
        low, high = np.nanquantile(train[name].to_numpy(), [0.01, 0.99])
        np.testing.assert_allclose(clipped[name].to_numpy(), np.clip(test[name].to_numpy(), low, high))


def test_flags_and_rare_labels_are_left_alone_unless_named(tmp_path: Path) -> None:
    fail = [1] + [0] * 499
    ran = run("clean.clip_outliers", tmp_path, {"table": {"fail": fail, "a": [float(i) for i in range(500)]}})
    assert ran["table"].polars()["fail"].to_list() == fail
    assert ran["table"].polars()["a"].to_list()[0] > 0


def test_whole_numbers_stay_whole_in_bounds_and_become_decimal_where_decimals_were_learned(tmp_path: Path) -> None:
    whole = run("clean.clip_outliers", tmp_path, {"table": {"a": list(range(100))}}, columns=["a"])
    assert whole["table"].polars()["a"].dtype == pl.Int64
    assert (whole["table"].polars()["a"].min(), whole["table"].polars()["a"].max()) == (0, 99)
    decimal = run(
        "clean.clip_outliers", tmp_path, {"table": {"a": [0.5, 1.25, 2.0]}}, columns=["a"], lower=0, upper=0.5
    )
    assert replay(decimal["fitted"], {"a": [0, 1, 5]}, tmp_path / "stored").polars()["a"].to_list() == [0.5, 1.0, 1.25]


def test_infinite_values_are_outliers_and_do_not_move_the_bounds(tmp_path: Path) -> None:
    data = {"a": [1.0, 2.0, 3.0, float("inf"), float("-inf"), None]}
    for action, expected in {
        "clip": [1.0, 2.0, 3.0, 3.0, 1.0, None],
        "null": [1.0, 2.0, 3.0, None, None, None],
    }.items():
        ran = run("clean.clip_outliers", tmp_path, {"table": data}, columns=["a"], lower=0, upper=1, action=action)
        assert ran["table"].polars()["a"].to_list() == expected
    ran = run("clean.clip_outliers", tmp_path, {"table": data}, columns=["a"], lower=0, upper=1, action="flag")
    assert ran["table"].polars()["a_outlier"].to_list() == [False, False, False, True, True, False]


def test_schema_of_flags_is_known_before_a_run_when_columns_are_named() -> None:
    spec = installed_catalogue().latest("clean.clip_outliers")
    schemas = {"table": Schema.of({"a": "float"})}
    operator = load_operator(spec)
    named = operator.operator_infer(schemas, spec.fill_params({"columns": ["a"], "action": "flag"}))
    assert named["table"] == Schema.of({"a": "float", "a_outlier": "bool"})
    assert operator.operator_infer(schemas, spec.fill_params({"action": "flag"}))["table"] == Schema.of(
        {"a": "float"}, open=True
    )
    assert operator.operator_infer({"table": None}, spec.fill_params({}))["table"] is None
