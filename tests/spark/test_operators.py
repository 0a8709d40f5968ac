"""Every operator with two engines gives the same on both: on its examples, and on tables that engines trip over."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from pyspark.sql import SparkSession

from patchbay_sdk import File, Metrics, Model, PatchbayError, Table, Transform
from patchbay_sdk.testing import Case, example_cases
from patchbay_sdk.testing.cases import prepared, run_operator
from patchbay_sdk.testing.generated import generated_tables
from tests.spark.tables import assert_same, same

pytestmark = [pytest.mark.heavy, pytest.mark.xdist_group("spark")]

DATABASES = {"source.sql", "export.sql_table"}
"""Spark has other drivers than the examples' databases: `test_databases` looks at them."""

CASES = [
    case
    for case in example_cases("patchbay_operators")
    if "spark" in case.spec.runs.engines and case.spec.id not in DATABASES
]

ORDERED = {"shape.sort"}
"""Operators that keep or make an order of rows on Spark."""

OWN_DRAW = {"shape.sample", "shape.split"}
"""Operators that draw other rows on Spark than locally: `test_draws` looks at them."""

REFUSED = ("target means are not computed on Spark", "which a model trained on Spark cannot take")
"""What operators say that they do not do there (docs/spark.md)."""


@pytest.mark.parametrize("case", CASES, ids=str)
def test_examples(case: Case, spark: SparkSession, tmp_path: Path) -> None:
    """The example holds on Spark: the same outputs, the same errors."""
    inputs, params = prepared(case.example, tmp_path)
    try:
        outputs, logs = on_spark(case, inputs, params, spark, tmp_path)
    except PatchbayError as error:
        if not any(words in error.message for words in REFUSED):
            case.assert_error(error.message)
        return
    if case.spec.id in OWN_DRAW:
        assert "error" not in case.example["expect"]
        return
    if case.spec.id in ORDERED or case.spec.category == "model" or "error" in case.example["expect"]:
        case.assert_outputs(outputs, logs)
    else:
        inputs, params = prepared(case.example, tmp_path / "local")
        expected, _ = run_operator(case.spec, inputs, params, tmp_path / "local", seed=case.example.get("seed", 0))
        assert_outputs(outputs, expected, str(case))


def on_spark(
    case: Case, inputs: Mapping[str, Any], params: Mapping[str, Any], spark: SparkSession, folder: Path
) -> tuple[Mapping[str, Any], list[dict[str, Any]]]:
    seed = case.example.get("seed", 0)
    return run_operator(case.spec, inputs, params, folder, seed=seed, engine="spark", spark=spark)


def assert_outputs(actual: Mapping[str, Any], expected: Mapping[str, Any], where: str) -> None:
    """The same tables (as bags of rows), figures and states."""
    assert list(actual) == list(expected)
    for port, value in expected.items():
        assert_value(actual[port], value, f"{where}: {port!r}")


def assert_value(actual: Any, expected: Any, where: str) -> None:
    if isinstance(expected, Table):
        assert_same(actual, expected, where)
    elif isinstance(expected, Transform):
        assert list(actual.reads) == list(expected.reads), where
        assert (actual.input_schema, actual.output_schema) == (expected.input_schema, expected.output_schema), where
        assert_value(actual.state, expected.state, where)
    elif isinstance(expected, Metrics):
        assert_value(dict(actual.values), dict(expected.values), where)
        assert_value(dict(actual.tables), dict(expected.tables), where)
    elif isinstance(expected, Mapping):
        assert list(actual) == list(expected), where
        for key, value in expected.items():
            assert_value(actual[key], value, f"{where}, {key!r}")
    elif isinstance(expected, File):
        if expected.path.suffix == ".parquet":
            assert_same(Table(pl.read_parquet(actual.path)), Table(pl.read_parquet(expected.path)), where, ordered=True)
        else:
            assert actual.path.read_bytes() == expected.path.read_bytes(), where
    elif not isinstance(expected, Model):
        assert same(actual, expected), f"{where}: {actual!r}, not {expected!r}"


GENERATED = [
    case
    for case in CASES
    if "error" not in case.example["expect"]
    and case.spec.id not in OWN_DRAW
    and case.spec.category != "model"
    and case.example.get("params", {}).get("method") != "target"
]


@pytest.mark.parametrize("case", GENERATED, ids=str)
def test_generated_tables(case: Case, spark: SparkSession, tmp_path: Path) -> None:
    """Empty, one row, all missing, NaN, unicode, constant, skewed: both engines give the same, or refuse it alike."""
    original, params = prepared(case.example, tmp_path)
    for port, value in original.items():
        if not isinstance(value, Table):
            continue
        for label, table in generated_tables(value.schema):
            if label == "constant":
                continue
            inputs = {**original, port: table}
            local, remote = (_outcome(case, inputs, params, tmp_path, engine, spark) for engine in ("local", "spark"))
            where = f"{case}, {label}"
            assert isinstance(local, str) == isinstance(remote, str), f"{where}: {local} | {remote}"
            if not isinstance(local, str):
                assert_outputs(remote, local, where)


def _outcome(
    case: Case, inputs: Mapping[str, Any], params: Mapping[str, Any], folder: Path, engine: str, spark: SparkSession
) -> Any:
    try:
        return run_operator(case.spec, inputs, params, folder, engine=engine, spark=spark)[0]
    except PatchbayError as error:
        return f"{type(error).__name__}: {error.message}"
