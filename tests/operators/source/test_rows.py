"""Rows typed by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from patchbay_sdk import DataError
from patchbay_sdk.registry import find_operator
from tests.operators.running import run


@pytest.mark.parametrize(
    ("values", "type"),
    [
        ([1, 2], pl.Int64), ([1, 2.5], pl.Float64), ([True, None], pl.Boolean), (["a", ""], pl.String),
        ([None, None], pl.String), ([10**400, 1], None), ([2**53 + 1], pl.Int64),
    ],
)  # fmt: skip
def test_types_come_from_the_values(values: list[Any], type: Any, tmp_path: Path) -> None:
    rows = [{"晶圆": value} for value in values]
    if type is None:
        with pytest.raises(DataError, match="too large"):
            run("source.rows", tmp_path, {}, rows=rows)
        return
    column = run("source.rows", tmp_path, {}, rows=rows)["table"].polars()["晶圆"]
    assert (column.dtype, column.to_list()) == (type, values)


def test_columns_are_known_before_anything_runs() -> None:
    operator = find_operator("source.rows@1.0.0")
    known = operator.infer({}, rows=[{"a": 1}, {"b": "x"}])["table"]
    assert known is not None and [(column.name, column.type) for column in known] == [("a", "int"), ("b", "string")]
    assert operator.infer({}, rows=[{"a": 1}, {"a": "x"}])["table"] is None
