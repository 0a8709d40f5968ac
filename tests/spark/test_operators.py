"""Every operator with two engines gives the same on both: on its examples, and on tables that engines trip over."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from pyspark.sql import SparkSession

from patchbay_sdk import File, Metrics, Model, PatchbayError, Table, Transform
from patchbay_sdk.registry import installed_catalogue
from patchbay_sdk.testing import Case, example_cases
from patchbay_sdk.testing.cases import prepared, run_operator
from patchbay_sdk.testing.generated import generated_tables
from tests.spark.tables import TRICKY, assert_same, same

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
    return run_operator(case.spec, inputs, params, folder, seed=seed, engine="spark", session=spark)


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


GENERATED = {
    case.spec.id: case
    for case in reversed(CASES)
    if "error" not in case.example["expect"]
    and case.example.get("inputs")
    and case.spec.id not in OWN_DRAW
    and case.spec.category not in ("model", "export")
    and case.example.get("params", {}).get("method") != "target"
}
"""The first example of each operator; `TRICKY` has further ones."""


@pytest.mark.parametrize("case", GENERATED.values(), ids=str)
def test_generated_tables(case: Case, spark: SparkSession, tmp_path: Path) -> None:
    """No row and one row: both engines give the same, or refuse it alike."""
    original, params = prepared(case.example, tmp_path)
    for port, value in original.items():
        if not isinstance(value, Table):
            continue
        for label, table in generated_tables(value.schema):
            if label not in ("empty", "one row"):
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
        return run_operator(case.spec, inputs, params, folder, engine=engine, session=spark)[0]
    except PatchbayError as error:
        return f"{type(error).__name__}: {error.message}"


ON_TRICKY: list[tuple[str, dict[str, Any]]] = [
    ("shape.filter_rows", {"expression": "x > 0 OR s LIKE 'a%'"}),
    ("shape.derive_column", {"name": "c", "expression": "hour(z) + length(s)"}),
    ("shape.select_columns", {"columns": ["z", "c", "p", "i"], "mode": "keep"}),
    ("shape.sort", {"by": [{"column": "x", "order": "descending"}, {"column": "c", "order": "ascending"}]}),
    ("shape.group_by", {"keys": ["skew"], "aggregations": [
        {"column": "x", "function": "mean"}, {"column": "y", "function": "std"}, {"column": "i", "function": "sum"},
        {"column": "y", "function": "median"}, {"column": "j", "function": "quantile", "quantile": 0.3},
        {"column": "c", "function": "min"}, {"column": "z", "function": "max"}, {"column": "s", "function": "first"},
        {"column": "y", "function": "last"}, {"column": "x", "function": "n_unique"},
        {"column": "t", "function": "count"}, {"function": "rows"}]}),
    ("shape.group_by", {"keys": ["x", "c"], "aggregations": [{"column": "z", "function": "first"}]}),
    ("shape.group_by", {"keys": ["z", "d"], "aggregations": [{"column": "p", "function": "last"}]}),
    ("shape.sample", {"method": "every_nth", "step": 5}),
    ("shape.sample", {"method": "last", "size": "rows", "rows": 3}),
    ("clean.deduplicate", {"columns": ["skew"], "keep": "last"}),
    ("clean.deduplicate", {"columns": ["i", "ok"], "keep": "none"}),
    ("clean.deduplicate", {"columns": ["x", "c"], "keep": "first"}),
    ("clean.fill_missing", {"strategy": "median", "columns": ["i", "x", "d", "n", "z", "small"]}),
    ("clean.fill_missing", {"strategy": "mean", "columns": ["j", "y"], "by": ["skew", "ok"]}),
    ("clean.fill_missing", {"strategy": "most_frequent", "columns": ["s", "ok", "i", "d"]}),
    ("clean.fill_missing", {"strategy": "forward", "columns": ["s", "y", "c"], "by": ["skew"]}),
    ("clean.fill_missing", {"strategy": "constant", "columns": ["s", "t"], "value": "none"}),
    ("clean.cast", {"columns": ["s", "t"], "type": "float", "on_error": "null"}),
    ("clean.cast", {"columns": ["x", "i", "n"], "type": "string"}),
    ("clean.cast", {"columns": ["z"], "type": "datetime"}),
    ("feature.scale", {"columns": ["i", "j"], "method": "robust", "log": True}),
    ("feature.scale", {"columns": ["i", "j"], "method": "standard"}),
    ("feature.scale", {"columns": ["x"], "method": "min_max"}),
    ("feature.encode", {"columns": ["skew", "ok", "c"], "method": "one_hot", "max_categories": 3}),
    ("feature.encode", {"columns": ["j", "x"], "method": "ordinal", "missing": "none"}),
    ("feature.window_aggregates", {"time": "n", "by": ["skew"], "columns": ["y", "j"], "hours": [1, 2000],
        "functions": ["mean", "std", "min", "max", "count", "last", "slope"]}),
    ("feature.window_aggregates", {"time": "z", "columns": ["i"], "hours": [800], "include_current": True,
        "functions": ["count", "last"]}),
]  # fmt: skip


@pytest.mark.parametrize(("operator", "params"), ON_TRICKY, ids=lambda value: value if isinstance(value, str) else "")
def test_tricky_table(spark: SparkSession, tmp_path: Path, operator: str, params: dict[str, Any]) -> None:
    """Nulls, NaN, infinities, unicode, zones of time, categories, durations, skewed keys."""
    case = Case(installed_catalogue().latest(operator), {"params": params, "expect": {}, "title": "tricky"})
    inputs = {"table": Table(TRICKY)}
    local, remote = (_outcome(case, inputs, params, tmp_path, engine, spark) for engine in ("local", "spark"))
    assert isinstance(local, str) == isinstance(remote, str), f"{local} | {remote}"
    if not isinstance(local, str):
        assert_outputs(remote, local, operator)
        if operator in ORDERED:
            assert_same(remote["table"], local["table"], operator, ordered=True)


@pytest.mark.parametrize(
    ("how", "keys"),
    [
        ("inner", ["skew", "ok"]),
        ("left", ["x"]),
        ("right", ["z"]),
        ("full", ["c"]),
        ("semi", ["skew", "ok"]),
        ("anti", ["x"]),
    ],
)
def test_joins(spark: SparkSession, tmp_path: Path, how: str, keys: list[str]) -> None:
    """Keys that are missing, NaN, zoned, repeated; both zeros are one key."""
    other = TRICKY.reverse().head(9).select(*keys, "id", "y").vstack(TRICKY.head(2).select(*keys, "id", "y"))
    params = {"how": how, "left_on": keys}
    case = Case(installed_catalogue().latest("shape.join"), {"params": params, "expect": {}, "title": how})
    inputs = {"left": Table(TRICKY), "right": Table(other)}
    local, remote = (_outcome(case, inputs, params, tmp_path, engine, spark) for engine in ("local", "spark"))
    assert not isinstance(local, str) and not isinstance(remote, str), f"{local} | {remote}"
    assert_outputs(remote, local, how)


@pytest.mark.parametrize(
    "params",
    [
        {"method": "random", "test_share": 0.25},
        {"method": "stratified", "column": "skew", "test_share": 0.25},
        {"method": "group", "column": "c", "test_share": 0.3},
        {"method": "time", "column": "id", "test_share": 0.3},
        {"method": "order", "test_share": 0.3},
    ],
    ids=lambda params: params["method"],
)
def test_draws(spark: SparkSession, tmp_path: Path, params: dict[str, Any]) -> None:
    """Parts are as large as the local ones and exclude each other; groups, times and orders are cut alike."""
    spec = installed_catalogue().latest("shape.split")
    table = Table(TRICKY.filter(pl.col("skew") != "rare"))
    runs = [
        run_operator(spec, {"table": table}, params, tmp_path, seed=3, engine=engine, session=spark)[0]
        for engine in ("local", "spark", "spark")
    ]
    assert dict(runs[0]["metrics"].values) == dict(runs[1]["metrics"].values)
    ids = [[sorted(run[part].polars()["id"].to_list()) for part in ("train", "test")] for run in runs]
    assert sorted(ids[1][0] + ids[1][1]) == sorted(table.polars()["id"].to_list())
    assert ids[1] == ids[2]
    if params["method"] not in ("random", "stratified"):
        assert ids[1] == ids[0]


def test_samples_at_random(spark: SparkSession, tmp_path: Path) -> None:
    spec = installed_catalogue().latest("shape.sample")
    for more in ({}, {"stratify": "skew"}):
        params = {"method": "random", "size": "rows", "rows": 6, **more}
        runs = [
            run_operator(spec, {"table": Table(TRICKY)}, params, tmp_path, seed=1, engine="spark", session=spark)[0]
            for _ in range(2)
        ]
        ids = [sorted(run["table"].polars()["id"].to_list()) for run in runs]
        assert ids[0] == ids[1] and len(set(ids[0])) == 6
