"""Filling against scikit-learn and pandas, on other tables than the training one, and in every type."""

from __future__ import annotations

import datetime
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from sklearn.impute import SimpleImputer

from patchbay_sdk import DataError, ParamError
from tests.datasets import secom
from tests.operators.running import replay, run


@pytest.mark.parametrize("strategy", ["mean", "median", "most_frequent"])
def test_secom_is_filled_as_by_scikit_learn(tmp_path: Path, strategy: str) -> None:
    frame = secom()
    train, test = frame.head(1000), frame.tail(567)
    sensors = [name for name in frame.columns if name.startswith("sensor") and train[name].drop_nulls().len()]
    fitted = run("clean.fill_missing", tmp_path, {"table": train}, columns=sensors, strategy=strategy)["fitted"]
    filled = replay(fitted, test, tmp_path / "stored").polars().select(sensors).to_numpy()
    imputer = SimpleImputer(strategy=strategy).fit(train.select(sensors).to_pandas())
    np.testing.assert_allclose(filled, imputer.transform(test.select(sensors).to_pandas()), rtol=1e-12)


def test_groups_are_filled_as_by_pandas(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    tool, chamber = rng.choice(["A", "B", None], 300).tolist(), rng.integers(1, 4, 300)
    heat = np.where(rng.random(300) < 0.3, np.nan, rng.normal(size=300))
    frame = pl.DataFrame({"tool": tool, "chamber": chamber, "heat": heat})
    ran = run(
        "clean.fill_missing", tmp_path, {"table": frame}, columns=["heat"], by=["tool", "chamber"], strategy="mean"
    )
    pandas = frame.to_pandas()
    means = pandas.groupby(["tool", "chamber"], dropna=False)["heat"].transform("mean")
    np.testing.assert_allclose(ran["table"].polars()["heat"], pandas["heat"].fillna(means))
    other = pl.DataFrame({"tool": ["new"], "chamber": [1.0], "heat": [None]}, schema_overrides={"heat": pl.Float64})
    new = replay(ran["fitted"], other, tmp_path / "stored").polars()["heat"].item()
    assert new == pytest.approx(pandas["heat"].mean())


def test_types_stay(tmp_path: Path) -> None:
    frame = pl.DataFrame(
        {
            "small": pl.Series([1, None, 4], dtype=pl.Int8),
            "unsigned": pl.Series([200, None, 255], dtype=pl.UInt8),
            "single": pl.Series([1.0, None, 4.0], dtype=pl.Float32),
            "when": pl.Series(
                [datetime.datetime(2024, 1, 1), None, datetime.datetime(2024, 1, 3)], dtype=pl.Datetime("ms")
            ),
            "day": [datetime.date(2024, 1, 1), None, datetime.date(2024, 1, 2)],
            "ok": [True, None, True],
            "grade": pl.Series(["a", None, "a"], dtype=pl.Categorical),
            "bin": pl.Series(["low", None, "low"], dtype=pl.Enum(["low", "high"])),
        }
    )
    numbers = run("clean.fill_missing", tmp_path, {"table": frame}, columns=frame.columns[:5], strategy="mean")["table"]
    assert numbers.polars().schema == frame.schema
    assert numbers.polars().row(1)[:5] == (2, 228, 2.5, datetime.datetime(2024, 1, 2), datetime.date(2024, 1, 1))
    frequent = run(
        "clean.fill_missing", tmp_path, {"table": frame}, columns=frame.columns[5:], strategy="most_frequent"
    )
    assert frequent["table"].polars().schema == frame.schema
    assert frequent["table"].polars().row(1)[5:] == (True, "a", "low")


@pytest.mark.parametrize(
    ("column", "value", "expected"),
    [
        (pl.Series([1, None]), 0, 0),
        (pl.Series([1.5, float("nan")]), 2, 2.0),
        (pl.Series(["x", None]), "?", "?"),
        (pl.Series([True, None]), False, False),
        (pl.Series([datetime.date(2024, 1, 1), None]), "2024-02-29", datetime.date(2024, 2, 29)),
        (pl.Series(["a", None], dtype=pl.Enum(["a", "b"])), "b", "b"),
    ],
)
def test_a_constant_fills_every_type(tmp_path: Path, column: pl.Series, value: object, expected: object) -> None:
    frame = column.rename("c").to_frame()
    ran = run("clean.fill_missing", tmp_path, {"table": frame}, columns=["c"], strategy="constant", value=value)
    assert ran["table"].polars()["c"].to_list()[1] == expected
    assert replay(ran["fitted"], frame, tmp_path / "stored").polars().equals(ran["table"].polars())


@pytest.mark.parametrize(
    ("column", "value"),
    [
        (pl.Series([1, None]), 2.5),
        (pl.Series([1, None], dtype=pl.Int8), 1000),
        (pl.Series([datetime.date(2024, 1, 1), None]), "tomorrow"),
        (pl.Series(["a", None], dtype=pl.Enum(["a"])), "z"),
    ],
)
def test_a_constant_that_does_not_fit_is_refused(tmp_path: Path, column: pl.Series, value: object) -> None:
    with pytest.raises(ParamError, match="does not fit column 'c'"):
        frame = column.rename("c").to_frame()
        run("clean.fill_missing", tmp_path, {"table": frame}, columns=["c"], strategy="constant", value=value)


def test_text_has_no_mean(tmp_path: Path) -> None:
    with pytest.raises(ParamError, match="'tool' is string, which cannot be filled with mean"):
        run("clean.fill_missing", tmp_path, {"table": {"tool": ["a", None]}}, columns=["tool"], strategy="mean")


def test_a_column_cannot_be_its_own_group(tmp_path: Path) -> None:
    with pytest.raises(ParamError, match="'a' cannot be filled within groups of itself"):
        run("clean.fill_missing", tmp_path, {"table": {"a": [1.0, None]}}, columns=["a"], by=["a"])


def test_whole_numbers_in_a_later_file_get_the_decimal_that_was_learned(tmp_path: Path) -> None:
    fitted = run("clean.fill_missing", tmp_path, {"table": {"a": [1.0, 2.5, None, 4.0]}}, columns=["a"])["fitted"]
    assert replay(fitted, {"a": [1, None]}, tmp_path / "stored").polars()["a"].to_list() == [1.0, 2.5]


def test_text_in_a_later_file_is_refused_by_name(tmp_path: Path) -> None:
    fitted = run("clean.fill_missing", tmp_path, {"table": {"a": [1.0, None]}}, columns=["a"])["fitted"]
    with pytest.raises(DataError, match="Column 'a' is string, but was float when this step learned from it"):
        replay(fitted, {"a": ["1", None]}, tmp_path / "stored")
    assert replay(fitted, {"a": [None]}, tmp_path / "stored").polars()["a"].to_list() == [1.0]
