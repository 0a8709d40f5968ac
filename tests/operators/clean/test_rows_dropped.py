"""Dropping rows, against pandas."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from patchbay_sdk import DataError
from tests.datasets import secom
from tests.operators.running import run


@pytest.mark.parametrize(
    ("params", "theirs"),
    [
        ({"how": "any"}, {"how": "any"}),
        ({"how": "all"}, {"how": "all"}),
        ({"how": "at_least", "count": 3}, {"thresh": 8}),
    ],
)
def test_rows_with_gaps_go_as_by_pandas(tmp_path: Path, params: dict[str, object], theirs: dict[str, object]) -> None:
    chosen = [f"sensor_{i:03d}" for i in range(70, 80)]
    frame = secom()
    ran = run("clean.drop_missing", tmp_path, {"table": frame}, columns=chosen, **params)
    expected = frame.to_pandas().dropna(subset=chosen, **theirs)
    assert ran["table"].polars()["timestamp"].to_list() == expected["timestamp"].to_list()
    assert ran["metrics"]["dropped"] == len(frame) - len(expected)


@pytest.mark.parametrize(("keep", "theirs"), [("first", "first"), ("last", "last"), ("none", False)])
@pytest.mark.parametrize("columns", [[], ["lot"], ["wafer", "lot"]])
def test_duplicates_go_as_by_pandas(tmp_path: Path, keep: str, theirs: object, columns: list[str]) -> None:
    rng = np.random.default_rng(1)
    frame = pl.DataFrame(
        {
            "lot": rng.choice(["L1", "L2", None], 60),
            "wafer": rng.integers(0, 4, 60),
            "value": rng.choice([0.5, 1.5, np.nan], 60),
            "row": np.arange(60) if columns else np.zeros(60, dtype=int),
        }
    )
    ran = run("clean.deduplicate", tmp_path, {"table": frame}, columns=columns, keep=keep)
    expected = frame.to_pandas().drop_duplicates(subset=columns or None, keep=theirs)
    assert ran["table"].polars()["row"].to_list() == expected["row"].to_list()
    assert ran["table"].polars().drop_nulls("lot").height == expected["lot"].notna().sum()
    assert ran["metrics"]["left"] == len(expected)


def test_lists_and_structs_are_compared_too(tmp_path: Path) -> None:
    frame = pl.DataFrame({"points": [[1, 2], [1, 2], None], "at": [{"x": 1}, {"x": 1}, {"x": 1}]})
    assert run("clean.deduplicate", tmp_path, {"table": frame})["table"].num_rows == 2


@pytest.mark.parametrize("id", ["clean.drop_missing", "clean.deduplicate"])
def test_a_table_without_columns_is_refused(tmp_path: Path, id: str) -> None:
    with pytest.raises(DataError, match="The table has no columns"):
        run(id, tmp_path, {"table": pl.DataFrame()})
