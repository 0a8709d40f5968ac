"""Tables of several Parquet files: opened by their footers, with what Spark noted there about types."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from patchbay_sdk import DataError, Table
from patchbay_sdk.ports import load, save
from patchbay_sdk.spark_frames import write_replica
from patchbay_sdk.spark_types import ROW_METADATA, arrow_schema, spark_schema, spark_types, to_storage

FRAME = pl.DataFrame(
    {
        "x": [1.5, float("nan"), None],
        "c": pl.Series(["a", None, "晶"], dtype=pl.Categorical),
        "z": pl.Series([datetime(2024, 3, 31, 1, tzinfo=UTC), None, datetime(1900, 1, 1, tzinfo=UTC)]).cast(
            pl.Datetime("us", "Europe/Berlin")
        ),
        "d": [timedelta(microseconds=5), None, timedelta(days=-3)],
        "n": [None, None, None],
    }
)


def as_spark_writes(table: pa.Table, path: Path) -> Path:
    types = spark_types(table.schema)
    stored = to_storage(table, types)
    pq.write_table(stored.replace_schema_metadata({ROW_METADATA: json.dumps(spark_schema(types))}), path)
    return path


@pytest.fixture
def parts(tmp_path: Path) -> list[Path]:
    return [as_spark_writes(FRAME[rows].to_arrow(), tmp_path / str(rows)) for rows in (slice(0, 2), slice(2, 3))]


def test_types_that_parquet_does_not_know_come_back(parts: list[Path]) -> None:
    table = Table.open(parts)
    assert table.schema == Table(FRAME).schema
    assert table.polars().equals(FRAME)
    assert Table(table.arrow()).polars().equals(FRAME)


def test_rows_and_columns_are_known_without_reading(parts: list[Path]) -> None:
    table = Table.open(parts)
    assert (table.num_rows, table.columns) == (3, FRAME.columns)
    assert table.lazy().select("x").tail(1).collect()["x"].to_list() == [None]


def test_they_are_stored_as_they_are(parts: list[Path], tmp_path: Path) -> None:
    folder = tmp_path / "stored"
    folder.mkdir()
    meta = save(Table.open(parts), "table", folder)
    assert (meta["rows"], meta["encoding"]) == (3, "parquet")
    again = load("table", {path.name: path for path in folder.iterdir()}, meta)
    assert again.polars().equals(FRAME)


@pytest.mark.parametrize(
    ("type", "values"),
    [(pa.timestamp("ns"), [1]), (pa.uint64(), [2**63])],
)
def test_what_spark_cannot_hold_exactly_is_named(tmp_path: Path, type: Any, values: list[int]) -> None:
    with pytest.raises(DataError, match=r"Column 'v'.*cannot hold exactly"):
        write_replica(pa.table({"v": pa.array(values, type)}), tmp_path / "replica")
    assert not list(tmp_path.iterdir())


def test_a_type_that_spark_does_not_have_is_named() -> None:
    with pytest.raises(DataError, match="Column 't' is time64"):
        spark_types(pa.schema([("t", pa.time64("us"))]))


def test_types_there_and_back() -> None:
    schema = pa.schema([("l", pa.list_(pa.int64())), ("d", pa.decimal128(38, 2)), ("t", pa.timestamp("us"))])
    assert arrow_schema(spark_schema(spark_types(schema))["fields"]) == schema
