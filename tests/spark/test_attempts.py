"""Steps on Spark as the platform runs them: in a driver of their own, with inputs and outputs in the store."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import polars as pl
import pyarrow as pa
import pytest
from pyspark.sql import SparkSession

from patchbay_runners.artifacts import ArtifactStore
from patchbay_runners.driver import DriverRunner
from patchbay_runners.engines.use import Site
from patchbay_runners.local import LocalRunner
from patchbay_runners.protocol import TaskRequest
from patchbay_sdk import Table
from patchbay_sdk.registry import installed_catalogue
from patchbay_sdk.spark import by_batches
from tests.spark.tables import TRICKY, assert_same

pytestmark = [pytest.mark.heavy, pytest.mark.xdist_group("spark"), pytest.mark.timeout(400)]


@pytest.fixture
def store(tmp_path: Path) -> ArtifactStore:
    return ArtifactStore(tmp_path / "store")


@pytest.fixture
def driver(site: Site, store: ArtifactStore) -> Iterator[DriverRunner]:
    runner = DriverRunner("spark", site, store.root)
    yield runner
    runner.close()


def request(store: ArtifactStore, engine: str, operator: str, folder: Path, **params: Any) -> TaskRequest:
    """A step on `TRICKY`."""
    spec = installed_catalogue().latest(operator)
    return TaskRequest(
        run_id="run",
        node_path="node",
        index="",
        attempt=1,
        token=uuid4().hex,
        operator=spec.key,
        implementation=spec.implementation,
        spec_path=str(spec.path),
        params=spec.fill_params(params),
        inputs={"table": [store.save(Table(TRICKY), "table", "source")]},
        engine=engine,
        pool="train",
        seed=0,
        store=str(store.root),
        temp_dir=str(folder / "temp"),
        log_path=str(folder / "log"),
        data_roots=[],
    )


def last_event(runner: DriverRunner | LocalRunner, task: TaskRequest) -> tuple[str, Any]:
    runner.submit(task)
    events = []
    while runner.status() == "running":
        events += runner.wait(120)
    return events[-1].kind, events[-1].data


def test_a_step_gives_what_it_gives_locally(store: ArtifactStore, driver: DriverRunner, tmp_path: Path) -> None:
    aggregations = [{"column": "x", "function": "mean"}, {"column": "s", "function": "first"}, {"function": "rows"}]
    params = {"keys": ["skew", "c"], "aggregations": aggregations}
    kind, data = last_event(driver, request(store, "spark", "shape.group_by", tmp_path, **params))
    assert kind == "finished", data
    on_spark = driver.outputs()["table"]
    with LocalRunner(store.root) as local:
        kind, expected = last_event(local, request(store, "local", "shape.group_by", tmp_path, **params))
        assert kind == "finished", expected
        assert_same(store.load(on_spark), store.load(local.outputs()["table"]), "group_by")
    assert data["rows"] == expected["rows"]
    assert store.manifest(on_spark).meta["encoding"] == "parquet"


def test_what_spark_says_becomes_an_error_for_people(
    store: ArtifactStore, driver: DriverRunner, tmp_path: Path
) -> None:
    """Spark computes when the result is stored, long after the operator has returned."""
    overflow = {"name": "much", "expression": "i + 9223372036854775807"}
    kind, data = last_event(driver, request(store, "spark", "shape.derive_column", tmp_path, **overflow))
    error = data["error"]
    assert (kind, error["code"], error["user"]) == ("failed", "data_invalid", True)
    assert error["message"].startswith("A value cannot be computed: overflow.")
    assert error["details"]["condition"] == "ARITHMETIC_OVERFLOW"
    assert "[ARITHMETIC_OVERFLOW]" in driver.logs()


def test_code_travels_by_value(spark: SparkSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The Python processes of Spark need none of our packages, nor those of a plugin."""
    (tmp_path / "only_here.py").write_text(
        "import sys\n"
        "def added(n, value): return value + n\n"
        "def plus(n, rows): return rows.set_column(0, 'v', [[added(n, v) for v in rows['v'].to_pylist()]])\n"
        "def known(n, rows): return rows.set_column(0, 'v', [[int('patchbay_sdk' in sys.modules)] * rows.num_rows])\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    module = importlib.import_module("only_here")
    frame = Table(pl.DataFrame({"v": [1, 2]})).spark(spark)
    schema = pa.schema([("v", pa.int64())])
    for function, expected in ((module.plus, [11, 12]), (module.known, [0, 0])):
        found = by_batches(frame, partial(function, 10), schema, schema)
        assert sorted(Table(found).polars()["v"].to_list()) == expected
    del sys.modules["only_here"]
