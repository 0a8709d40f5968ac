"""Replacing values and tidying text, the same after a trip through the store."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from patchbay_sdk import DataError
from tests.operators.running import replay, run


def test_patterns_keep_their_order_through_the_store(tmp_path: Path) -> None:
    frame = pl.DataFrame({"t": ["cab", "b"]})
    params = {"patterns": True, "replacements": {"b": "a", "a": "x"}}
    ran = run("clean.replace_values", tmp_path, {"table": frame}, **params)
    assert ran["table"].polars()["t"].to_list() == ["cxx", "x"]
    assert replay(ran["fitted"], frame, tmp_path / "stored").polars().equals(ran["table"].polars())


def test_whole_values_do_not_chain(tmp_path: Path) -> None:
    ran = run("clean.replace_values", tmp_path, {"table": {"t": ["a", "b"]}}, replacements={"a": "b", "b": "a"})
    assert ran["table"].polars()["t"].to_list() == ["b", "a"]


def test_numbers_categories_and_what_does_not_concern_a_column(tmp_path: Path) -> None:
    frame = pl.DataFrame(
        {
            "n": pl.Series([1, -999, 3], dtype=pl.Int16),
            "f": pl.Series([0.1, -999.0, float("nan")], dtype=pl.Float32),
            "c": pl.Series(["?", "b", None], dtype=pl.Categorical),
            "flag": [True, False, None],
        }
    )
    ran = run("clean.replace_values", tmp_path, {"table": frame}, gaps=["-999", "?", "0.5"], replacements={"3": "4"})
    after = ran["table"].polars()
    assert after.schema == frame.schema
    assert after["n"].to_list() == [1, None, 4]
    assert after["f"].null_count() == 1
    assert after["c"].to_list() == [None, "b", None]
    assert after["flag"].to_list() == [True, False, None]


def test_text_is_tidied_alike_at_prediction(tmp_path: Path) -> None:
    frame = {"tool": ["ＥＴＣＨ－１", " etch  -  1\u3000", "\ufeffetch-1", "ﬁlm", "\u200b"]}
    ran = run("clean.trim_text", tmp_path, {"table": frame}, case="lower")
    assert ran["table"].polars()["tool"].to_list() == ["etch-1", "etch - 1", "etch-1", "film", None]
    assert replay(ran["fitted"], frame, tmp_path / "stored").polars().equals(ran["table"].polars())
    assert replay(ran["fitted"], {"tool": [None]}, tmp_path / "empty").polars()["tool"].to_list() == [None]
    with pytest.raises(DataError, match="Column 'tool' is Int64, not text"):
        replay(ran["fitted"], {"tool": [1]}, tmp_path / "number")


def test_everything_can_be_left_as_it_is(tmp_path: Path) -> None:
    frame = pl.DataFrame({"tool": [" Ａ ", ""]})
    params = {"spaces": False, "normalize": False, "empty_is_gap": False}
    assert run("clean.trim_text", tmp_path, {"table": frame}, **params)["table"].polars().equals(frame)
