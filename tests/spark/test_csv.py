"""A CSV file of several blocks on Spark; what the blocks hold is looked at in tests/operators/source."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from patchbay_operators.source._file import bad_rows, open_file, read_file
from patchbay_operators.source._parts import write_parts
from patchbay_sdk import Table
from tests.spark.tables import assert_same

pytestmark = [pytest.mark.heavy, pytest.mark.xdist_group("spark")]


def test_a_file_of_several_blocks(spark: SparkSession, tmp_path: Path) -> None:
    path = tmp_path / "data.csv"
    lines = [f'{n},"tool {n % 7}\n",2024-01-{n % 28 + 1:02d} 10:00,{n % 2}' for n in range(300)]
    path.write_text("\n".join(["n,tool,start,fail", *lines, "too few", "0.5,,,"]))
    options = {"types": {"tool": "category", "fail": "bool"}}
    local = read_file(path, options)
    list(write_parts(open_file(path, options, 1000), tmp_path))
    table, bad = (Table.open(sorted((tmp_path / name).iterdir())) for name in ("table", "bad_rows"))
    assert len(list((tmp_path / "table").iterdir())) > 5
    assert_same(Table(table.spark(spark)), Table(local.frame), "table")
    assert_same(Table(bad.spark(spark)), Table(bad_rows(local.whole.bad)), "bad rows")
    numbered = Table(table.spark(spark, "row")).polars()
    assert numbered.sort("row")["n"].to_list() == local.frame["n"].to_list()
