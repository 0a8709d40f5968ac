"""Rows drawn at random: other ones on Spark than locally, but as many, and the same ones each time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest
from pyspark.sql import SparkSession

from patchbay_sdk import Table
from patchbay_sdk.registry import installed_catalogue
from patchbay_sdk.testing import run_operator
from tests.spark.tables import TRICKY

pytestmark = [pytest.mark.heavy, pytest.mark.xdist_group("spark"), pytest.mark.timeout(400)]

SPLITS: list[dict[str, Any]] = [
    {"method": "random", "test_share": 0.25},
    {"method": "stratified", "column": "skew", "test_share": 0.25},
    {"method": "group", "column": "c", "test_share": 0.3},
    {"method": "time", "column": "id", "test_share": 0.3},
    {"method": "order", "test_share": 0.3},
]


def test_splits(spark: SparkSession, tmp_path: Path) -> None:
    """Parts are as large as the local ones and exclude each other; groups, times and orders are cut alike."""
    spec = installed_catalogue().latest("shape.split")
    table = Table(TRICKY.filter(pl.col("skew") != "rare"))
    for params in SPLITS:
        drawn = params["method"] in ("random", "stratified")
        runs = [
            run_operator(spec, {"table": table}, params, tmp_path, seed=3, engine=engine, session=spark)[0]
            for engine in ("local", "spark", *(["spark"] if drawn else []))
        ]
        ids = [[sorted(run[part].polars()["id"].to_list()) for part in ("train", "test")] for run in runs]
        assert dict(runs[0]["metrics"].values) == dict(runs[1]["metrics"].values)
        assert sorted(ids[1][0] + ids[1][1]) == sorted(table.polars()["id"].to_list())
        assert ids[1] == (ids[2] if drawn else ids[0]), params


def test_samples(spark: SparkSession, tmp_path: Path) -> None:
    spec = installed_catalogue().latest("shape.sample")
    for more in ({}, {"stratify": "skew"}):
        params = {"method": "random", "size": "rows", "rows": 6, **more}
        runs = [
            run_operator(spec, {"table": Table(TRICKY)}, params, tmp_path, seed=1, engine="spark", session=spark)[0]
            for _ in range(2)
        ]
        ids = [sorted(run["table"].polars()["id"].to_list()) for run in runs]
        assert ids[0] == ids[1] and len(set(ids[0])) == 6
