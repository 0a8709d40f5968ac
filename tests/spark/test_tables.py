"""Tables between this process, the store and Spark."""

from __future__ import annotations

import tempfile
from pathlib import Path

import polars as pl
import pytest
from pyspark.sql import SparkSession

from patchbay_runners.artifacts import ArtifactStore
from patchbay_runners.engines.use import Site
from patchbay_sdk import Table
from tests.engines import connected
from tests.spark.tables import TRICKY, assert_same

pytestmark = [pytest.mark.heavy, pytest.mark.xdist_group("spark")]

FRAME = TRICKY.with_columns(n0=pl.lit(None), l=pl.concat_list("i", "j"), e=pl.col("i").cast(pl.Decimal(12, 3))).rename(
    {"s": "a.b `s` ü"}
)


def test_every_type_there_and_back(spark: SparkSession, tmp_path: Path) -> None:
    store = ArtifactStore(tmp_path / "store")
    local = store.load(store.save(Table(FRAME), "table", "a"))
    id = store.save(Table(local.spark(spark)), "table", "b")
    assert store.manifest(id).meta["rows"] == FRAME.height
    assert store.manifest(id).meta["encoding"] == "parquet"
    again = store.load(id)
    assert_same(again, Table(FRAME), "from Spark", ordered=True)
    assert again.polars().schema == FRAME.schema
    assert_same(Table(again.spark(spark)), Table(FRAME), "to Spark again")
    assert_same(Table(again.arrow()), Table(FRAME), "as Arrow")
    store.verify(id)


def test_the_copy_for_spark_is_made_once(spark: SparkSession, tmp_path: Path) -> None:
    store = ArtifactStore(tmp_path / "store")
    id = store.save(Table(TRICKY), "table", "a")
    first = store.load(id)
    first.spark(spark).count()
    assert first.replica is not None
    made = first.replica.stat().st_ino
    store.load(id).spark(spark).count()
    assert store.load(id).replica.stat().st_ino == made
    assert [path.name for path in first.replica.parent.iterdir()] == [f"{id}.parquet"]


def test_copies_of_tables_outside_a_store_end_with_the_session(
    spark: SparkSession, site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with connected("spark", site) as session:
        assert Table(pl.DataFrame({"v": [1, 2]})).spark(session).count() == 2
        assert len(list(tmp_path.rglob("*.parquet"))) == 1
    assert list(tmp_path.iterdir()) == []


def test_nothing_and_no_columns(spark: SparkSession, tmp_path: Path) -> None:
    store = ArtifactStore(tmp_path / "store")
    empty = store.load(store.save(Table(Table(FRAME.clear()).spark(spark)), "table", "a"))
    assert (empty.num_rows, empty.schema) == (0, Table(FRAME).schema)
    assert sum(batch.num_rows for batch in empty.batches()) == 0


def test_rows_are_numbered_over_all_files_also_equal_ones(spark: SparkSession, tmp_path: Path) -> None:
    paths = []
    for number, rows in enumerate(([1, 2], [3], [1, 2])):
        paths.append(tmp_path / f"{number}.parquet")
        pl.DataFrame({"v": rows}).write_parquet(paths[-1])
    table = Table.open([paths[0], paths[1], paths[0]])
    found = table.spark(spark, "row").toArrow().to_pydict()
    assert dict(zip(found["row"], found["v"], strict=True)) == {0: 1, 1: 2, 2: 3, 3: 1, 4: 2}
    assert [batch.num_rows for batch in table.batches(2)] == [2, 1, 2]
