"""Tables: one value, three views, no needless copy."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from patchbay_sdk import DataError, Schema, Table
from patchbay_sdk.ports import write_arrow


def test_views_agree_whatever_it_was_made_from() -> None:
    columns = {"a": [1, 2], "b": ["x", None]}
    for data in (columns, pl.DataFrame(columns), pl.LazyFrame(columns), pa.table(columns), pd.DataFrame(columns)):
        table = Table(data)
        assert table.columns == ["a", "b"]
        assert table.num_rows == 2
        assert table.polars().to_dict(as_series=False) == columns
        assert table.arrow().column("a").to_pylist() == [1, 2]
        assert table.pandas()["a"].tolist() == [1, 2]
        assert table.lazy().select("a").collect()["a"].to_list() == [1, 2]
        assert table.schema.names == ["a", "b"]


def test_numbers_are_not_copied_between_views() -> None:
    arrow = pa.table({"a": pa.array(range(1000), pa.int64())})
    table = Table(Table(arrow).polars())
    address = arrow.column("a").chunk(0).buffers()[1].address
    assert table.polars()["a"].to_arrow().buffers()[1].address == address


def test_an_opened_file_is_memory_mapped(tmp_path: Path) -> None:
    path = tmp_path / "table.arrow"
    write_arrow(Table({"a": list(range(100_000))}), path)
    before = pa.total_allocated_bytes()
    table = Table.open(path)
    assert table.num_rows == 100_000
    assert table.polars()["a"].sum() == sum(range(100_000))
    assert pa.total_allocated_bytes() - before < 100_000


def test_logical_types() -> None:
    frame = pl.DataFrame(
        {"i": [1], "f": [1.5], "b": [True], "s": ["x"], "l": [[1]]},
    ).with_columns(
        d=pl.lit("2024-01-01").str.to_date(),
        t=pl.lit("2024-01-01T00:00:00").str.to_datetime(),
        c=pl.lit("x").cast(pl.Categorical),
    )
    types = {column.name: column.type for column in Table(frame).schema}
    assert types == {
        "i": "int",
        "f": "float",
        "b": "bool",
        "s": "string",
        "l": "list",
        "d": "date",
        "t": "datetime",
        "c": "category",
    }


def test_a_missing_column_is_named_with_what_there_is() -> None:
    with pytest.raises(DataError, match=r"Columns 'x', 'y' not in the table; it has: a, b\."):
        Table({"a": [1], "b": [2]}).require("x", "a", "y")


def test_rubbish_is_refused() -> None:
    with pytest.raises(DataError, match="cannot be made from int"):
        Table(3)


def test_schema_survives_json() -> None:
    schema = Schema.of({"a": "int", "b": "string"}, open=True)
    assert Schema.from_json(schema.to_json()) == schema
    assert schema.of_kind("number") == ["a"]
    assert "a" in schema and "c" not in schema
