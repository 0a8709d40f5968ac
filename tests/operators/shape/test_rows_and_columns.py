"""Steps on rows and columns, and how prediction repeats those on columns."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from patchbay_sdk import DataError, ExpressionError, ParamError, Table
from tests.operators.running import replay, run, run_with_log

FRAME = pl.DataFrame({"a": [3, 1, 2], "b": [0.5, None, 1.5], "tool": ["x", "y", None]})


def test_derived_column_is_computed_again_from_another_table(tmp_path: Path) -> None:
    outputs = run("shape.derive_column", tmp_path, {"table": FRAME}, name="c", expression="a * 2 + coalesce(b, 0)")
    assert outputs["table"].polars()["c"].to_list() == [6.5, 2.0, 5.5]
    new = pl.DataFrame({"b": [1.0], "a": [10], "more": ["?"]})
    replayed = replay(outputs["fitted"], new, tmp_path / "fitted").polars()
    assert replayed.to_dicts() == [{"b": 1.0, "a": 10, "more": "?", "c": 21.0}]
    with pytest.raises(DataError, match="needs 'a'"):
        replay(outputs["fitted"], new.drop("a"), tmp_path / "again")


def test_derived_column_is_missing_where_the_target_is_empty(tmp_path: Path) -> None:
    outputs = run("shape.derive_column", tmp_path, {"table": FRAME}, name="bad", expression="tool = 'x'")
    empty = FRAME.with_columns(pl.lit(None, dtype=pl.String).alias("tool"))
    assert replay(outputs["fitted"], empty, tmp_path / "fitted").polars()["bad"].to_list() == [None] * 3


@pytest.mark.parametrize("expression", ["cast(tool AS int) > 1", "tool + 1", "regexp_matches(tool, '(')"])
@pytest.mark.parametrize("operator", ["shape.filter_rows", "shape.derive_column"])
def test_expressions_that_do_not_fit_the_values_are_named(tmp_path: Path, operator: str, expression: str) -> None:
    name = {"name": "c"} if operator == "shape.derive_column" else {}
    with pytest.raises(ExpressionError) as error:
        run(operator, tmp_path, {"table": FRAME}, expression=expression, **name)
    assert expression in error.value.message


def test_filter_gives_every_row_once(tmp_path: Path) -> None:
    outputs = run("shape.filter_rows", tmp_path, {"table": FRAME}, expression="b > 1 OR tool = 'x'")
    assert outputs["kept"].polars()["a"].to_list() == [3, 2]
    assert outputs["rejected"].polars()["a"].to_list() == [1]
    everything = run("shape.filter_rows", tmp_path, {"table": FRAME}, expression="1 < 2")
    assert everything["kept"].num_rows == 3


def test_selection_at_prediction_does_without_the_target(tmp_path: Path) -> None:
    kept = run("shape.select_columns", tmp_path, {"table": FRAME}, columns=["tool", "a"])
    assert replay(kept["fitted"], FRAME.drop("tool"), tmp_path / "kept").columns == ["a"]
    dropped = run("shape.select_columns", tmp_path, {"table": FRAME}, columns=["tool"], mode="drop")
    assert replay(dropped["fitted"], FRAME.drop("tool"), tmp_path / "dropped").columns == ["a", "b"]


def test_renaming_is_repeated(tmp_path: Path) -> None:
    outputs = run("shape.rename_columns", tmp_path, {"table": FRAME}, names={"a": "b", "b": "a"})
    assert replay(outputs["fitted"], FRAME.select("b", "a"), tmp_path / "fitted").columns == ["a", "b"]


def test_union_of_types_and_of_empty_tables(tmp_path: Path) -> None:
    tables = [
        pl.DataFrame({"a": pl.Series([1], dtype=pl.Int8), "t": pl.Series(["x"], dtype=pl.Categorical)}),
        pl.DataFrame({"t": ["y"], "a": pl.Series([2], dtype=pl.Int64)}),
        pl.DataFrame({"a": [None], "t": [None]}),
        pl.DataFrame(schema={"a": pl.Float32, "t": pl.String}),
    ]
    united = run("shape.union", tmp_path, {"tables": tables})["table"]
    assert united.polars().rows() == [(1.0, "x"), (2.0, "y"), (None, None)]


def test_union_warns_of_different_preparations(tmp_path: Path) -> None:
    scaled = run("feature.scale", tmp_path, {"table": FRAME}, columns=["b"])["table"]
    _, log = run_with_log("shape.union", tmp_path, {"tables": [scaled, scaled.replace(scaled.polars())]})
    assert log == []
    _, log = run_with_log("shape.union", tmp_path, {"tables": [scaled, Table(scaled.polars())]})
    assert "prepared by different steps" in log[0]


def test_sort_as_pandas(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    frame = pl.DataFrame({"k": rng.choice(["b", "a", None], 200), "x": rng.integers(0, 5, 200), "row": range(200)})
    by = [{"column": "k", "order": "descending"}, {"column": "x"}]
    ours = run("shape.sort", tmp_path, {"table": frame}, by=by)["table"].polars()
    theirs = frame.to_pandas().sort_values(["k", "x"], ascending=[False, True], kind="stable")
    assert ours["row"].to_list() == theirs["row"].to_list()


def test_categories_are_sorted_as_text(tmp_path: Path) -> None:
    frame = pl.DataFrame({"k": pl.Series(["b", "c", "a"], dtype=pl.Categorical)})
    assert run("shape.sort", tmp_path, {"table": frame}, by=[{"column": "k"}])["table"].polars()["k"].to_list() == [
        *"abc"
    ]


def test_random_sample_follows_the_seed(tmp_path: Path) -> None:
    frame = pl.DataFrame({"row": range(1000)})
    samples = [
        run("shape.sample", tmp_path, {"table": frame}, seed, share=0.05)["table"].polars()["row"].to_list()
        for seed in (1, 1, 2)
    ]
    assert samples[0] == samples[1] != samples[2]
    assert samples[0] == sorted(set(samples[0])) and len(samples[0]) == 50


@pytest.mark.parametrize("share", [0.01, 0.1, 0.5, 0.97])
def test_stratified_sample_keeps_shares_to_one_row(tmp_path: Path, share: float) -> None:
    sizes = {"good": 700, "bad": 40, "rework": 3, None: 57}
    frame = pl.DataFrame({"y": [value for value, size in sizes.items() for _ in range(size)]}).sample(
        fraction=1.0, shuffle=True, seed=4
    )
    sample = run("shape.sample", tmp_path, {"table": frame}, share=share, stratify="y")["table"].polars()
    assert sample.height == int(np.ceil(share * 800))
    for value, size in sizes.items():
        assert abs(sample.filter(pl.col("y").eq_missing(value)).height - share * size) <= 1


def test_renaming_refuses_unknown_and_empty_names(tmp_path: Path) -> None:
    with pytest.raises(ParamError, match="column 'z' is not in input 'table'"):
        run("shape.rename_columns", tmp_path, {"table": FRAME}, names={"z": "y"})
    with pytest.raises(ParamError, match="must not be empty"):
        run("shape.rename_columns", tmp_path, {"table": FRAME}, names={"a": ""})
