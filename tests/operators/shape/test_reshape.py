"""Grouping, pivot and melt agree with pandas."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pytest

from patchbay_sdk import DataError
from tests.operators.running import run

RNG = np.random.default_rng(2)
ROWS = 300
FRAME = pl.DataFrame(
    {
        "tool": RNG.choice(["B", "A", "晶圆"], ROWS),
        "step": RNG.integers(0, 4, ROWS),
        "x": np.where(RNG.random(ROWS) < 0.2, np.nan, RNG.normal(size=ROWS)),
        "n": RNG.integers(-5, 5, ROWS),
        "text": RNG.choice(["p", "q", ""], ROWS),
    }
)
FUNCTIONS = {"mean": "mean", "sum": "sum", "min": "min", "max": "max", "std": "std", "median": "median"}
FUNCTIONS |= {"count": "count", "n_unique": "nunique", "first": "first", "last": "last"}


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("column", ["x", "n"])
def test_aggregations_as_pandas(tmp_path: Path, function: str, column: str) -> None:
    params = {"keys": ["tool", "step"], "aggregations": [{"column": column, "function": function, "name": "value"}]}
    grouped = run("shape.group_by", tmp_path, {"table": FRAME}, **params)["table"].polars()
    expected = FRAME.to_pandas().groupby(["tool", "step"], sort=False)[column].agg(FUNCTIONS[function])
    assert grouped.select("tool", "step").rows() == expected.index.to_list()
    np.testing.assert_allclose(grouped["value"].to_numpy(), expected.to_numpy(), rtol=1e-12)


def test_quantile_as_numpy(tmp_path: Path) -> None:
    params = {"aggregations": [{"column": "x", "function": "quantile", "quantile": 0.9}]}
    [[value]] = run("shape.group_by", tmp_path, {"table": FRAME}, **params)["table"].polars().rows()
    assert value == pytest.approx(np.nanquantile(FRAME["x"].to_numpy(), 0.9), rel=1e-12)


def test_aggregations_of_other_types(tmp_path: Path) -> None:
    frame = pl.DataFrame(
        {
            "day": pl.Series(["2024-01-02", "2024-01-01"]).str.to_date(),
            "flag": [True, None],
            "kind": pl.Series(["b", "a"], dtype=pl.Categorical),
            "small": pl.Series([100, 100], dtype=pl.Int8),
        }
    )
    wanted = [("day", "min"), ("flag", "sum"), ("flag", "mean"), ("kind", "min"), ("kind", "first"), ("small", "sum")]
    params = {"aggregations": [{"column": column, "function": function} for column, function in wanted]}
    [row] = run("shape.group_by", tmp_path, {"table": frame}, **params)["table"].polars().rows()
    assert [str(value) for value in row] == ["2024-01-01", "1", "1.0", "a", "b", "200"]


@pytest.mark.parametrize("function", ["mean", "sum", "max", "count"])
def test_pivot_as_pandas(tmp_path: Path, function: str) -> None:
    params = {"index": ["tool"], "names_from": "step", "values_from": "n", "function": function, "prefix": "step_"}
    wide = run("shape.pivot", tmp_path, {"table": FRAME}, **params)["table"].polars()
    expected = FRAME.to_pandas().pivot_table(index="tool", columns="step", values="n", aggfunc=function)
    assert wide.columns == ["tool", *(f"step_{step}" for step in expected.columns)]
    expected = expected.loc[wide["tool"].to_list()]
    np.testing.assert_allclose(wide.drop("tool").to_numpy(), expected.to_numpy(), rtol=1e-12)


def test_pivot_tells_a_missing_value_from_the_text_missing(tmp_path: Path) -> None:
    frame = pl.DataFrame({"lot": ["a", "a"], "sensor": ["missing", None], "x": [1, 2]})
    with pytest.raises(DataError, match="Two columns would be called 'missing'"):
        run("shape.pivot", tmp_path, {"table": frame}, index=["lot"], names_from="sensor", values_from="x")


def test_melt_undoes_pivot(tmp_path: Path) -> None:
    wide = FRAME.unique(["tool", "step"], maintain_order=True).pivot(on="step", index="tool", values="n")
    long = run("shape.melt", tmp_path, {"table": wide}, id_columns=["tool"], name_column="step")["table"].polars()
    expected = wide.to_pandas().melt("tool", var_name="step")
    pd.testing.assert_frame_equal(long.to_pandas(), expected, check_dtype=False)
    params = {"index": ["tool"], "names_from": "step", "values_from": "value"}
    again = run("shape.pivot", tmp_path, {"table": long}, **params)["table"].polars()
    assert again.select(wide.columns).equals(wide)
