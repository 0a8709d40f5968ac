"""What both engines are asked: the examples of an operator, tables of no and one row, tables that engines trip over."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from patchbay_sdk import Table
from patchbay_sdk.spec import OperatorSpec
from patchbay_sdk.testing import Case, example_cases
from patchbay_sdk.testing.cases import prepared
from patchbay_sdk.testing.generated import generated_tables

Prepared = tuple[dict[str, Any], dict[str, Any]]

DATABASES = {"source.sql", "export.sql_table"}
"""Spark has other drivers than the examples' databases: `test_databases` looks at them."""

OWN_DRAW = {"shape.sample", "shape.split"}
"""Operators that draw other rows on Spark than locally: `test_draws` looks at them."""


@dataclass(frozen=True)
class Question:
    """Inputs and params for an operator; `prepare` writes what belongs to them into a folder of their own."""

    spec: OperatorSpec
    title: str
    prepare: Callable[[Path], Prepared]
    case: Case | None = None
    """The example that it is."""

    def __str__(self) -> str:
        return f"{self.spec.id}: {self.title}"


def _examples() -> dict[str, list[Case]]:
    cases: dict[str, list[Case]] = {}
    for case in example_cases("patchbay_operators"):
        if "spark" in case.spec.runs.engines and case.spec.id not in DATABASES:
            cases.setdefault(case.spec.id, []).append(case)
    return cases


EXAMPLES = _examples()
"""The examples of each operator that runs on Spark."""


def examples_of(operator: str) -> Iterator[Question]:
    """The examples of its spec."""
    for case in EXAMPLES[operator]:
        yield Question(case.spec, case.example["title"], lambda folder, case=case: prepared(case.example, folder), case)


def smallest_of(operator: str) -> Iterator[Question]:
    """Its first example with a table of no row, and of one."""
    fitting = [case for case in EXAMPLES[operator] if "error" not in case.example["expect"]]
    if operator in OWN_DRAW or fitting[0].spec.category in ("model", "export", "source"):
        return

    def with_rows(label: str, folder: Path) -> Prepared:
        inputs, params = prepared(fitting[0].example, folder)
        first, value = next(iter(inputs.items()))
        tables = value if isinstance(value, list) else [value]
        small = dict(generated_tables(tables[0].schema))[label]
        return inputs | {first: [small, *tables[1:]] if isinstance(value, list) else small}, params

    for label in ("empty", "one row"):
        yield Question(fitting[0].spec, label, lambda folder, label=label: with_rows(label, folder))


def asked_of(operator: str, frame: pl.DataFrame) -> Iterator[Question]:
    """What is in `ASKED`, `JOINS` and `GATES`, of a table with the columns of `tables.TRICKY`."""
    spec = EXAMPLES[operator][0].spec
    for params in ASKED.get(operator, ()):
        inputs = {"table": Table(frame)}
        yield Question(spec, str(params), lambda folder, given=(inputs, params): (dict(given[0]), dict(given[1])))
    for how, keys in JOINS.items() if operator == "shape.join" else ():
        other = pl.concat([part.select(*keys, "id", "y") for part in (frame.reverse().head(9), frame.head(2))])
        both = {"left": Table(frame), "right": Table(other)}
        on = {"how": how, "left_on": keys}
        yield Question(spec, str(on), lambda folder, given=(both, on): (dict(given[0]), dict(given[1])))
    if operator == "check.quality_gate":
        reference = frame.drop("t").with_columns(i=pl.col("i") * 2, skew=pl.lit("often"), ok=pl.col("j"))
        tables = {"table": Table(pl.concat([frame, frame.head(3)])), "reference": Table(pl.concat([reference] * 5))}
        for params in GATES:
            yield Question(spec, str(params), lambda folder, given=(tables, params): (dict(given[0]), dict(given[1])))


JOINS: Mapping[str, list[str]] = {"left": ["x"], "full": ["c", "z"], "anti": ["skew", "ok"]}
"""Keys that are missing, NaN, zoned, repeated; both zeros are one key."""

GATES: list[dict[str, Any]] = [
    {"columns": ["i", "x", "t", "ok"], "target": "skew", "max_robust_z": 2, "max_extreme_share": 0, "max_psi": 0.1},
    {"columns": ["x", "c", "i"], "extreme_method": "iqr", "max_iqr": 0.5, "duplicate_columns": ["ok", "x"]},
]

ASKED: Mapping[str, list[dict[str, Any]]] = {
    "check.profile": [{"columns": ["x", "small", "s", "c", "z", "p", "ok"], "top": 3}],
    "shape.filter_rows": [{"expression": "x > 0 OR s LIKE 'a%'"}],
    "shape.derive_column": [{"name": "c", "expression": "hour(z) + length(s)"}],
    "shape.select_columns": [{"columns": ["z", "c", "p", "i"], "mode": "keep"}],
    "shape.sort": [{"by": [{"column": "x", "order": "descending"}, {"column": "c", "order": "ascending"}]}],
    "shape.group_by": [
        {"keys": ["skew"], "aggregations": [
            {"column": "x", "function": "mean"}, {"column": "y", "function": "std"},
            {"column": "i", "function": "sum"}, {"column": "y", "function": "median"},
            {"column": "j", "function": "quantile", "quantile": 0.3}, {"column": "c", "function": "min"},
            {"column": "z", "function": "max"}, {"column": "s", "function": "first"},
            {"column": "y", "function": "last"}, {"column": "x", "function": "n_unique"},
            {"column": "t", "function": "count"}, {"function": "rows"}]},
        {"keys": ["x", "c", "z", "d"], "aggregations": [
            {"column": "z", "function": "first"}, {"column": "p", "function": "last"}]},
    ],
    "shape.sample": [{"method": "every_nth", "step": 5}, {"method": "last", "size": "rows", "rows": 3}],
    "clean.deduplicate": [
        {"columns": ["skew"], "keep": "last"},
        {"columns": ["i", "ok"], "keep": "none"},
        {"columns": ["x", "c"], "keep": "first"},
    ],
    "clean.fill_missing": [
        {"strategy": "median", "columns": ["i", "x", "d", "n", "z", "small"]},
        {"strategy": "mean", "columns": ["j", "y"], "by": ["skew", "ok"]},
        {"strategy": "most_frequent", "columns": ["s", "ok", "i", "d"]},
        {"strategy": "forward", "columns": ["s", "y", "c"], "by": ["skew"]},
    ],
    "clean.cast": [
        {"columns": ["s", "t"], "type": "float", "on_error": "null"},
        {"columns": ["x", "z"], "type": "string"},
    ],
    "feature.scale": [
        {"columns": ["i", "j"], "method": "robust", "log": True},
        {"columns": ["i", "j"], "method": "standard"},
        {"columns": ["x"], "method": "min_max"},
    ],
    "feature.encode": [
        {"columns": ["skew", "ok", "c"], "method": "one_hot", "max_categories": 3},
        {"columns": ["j", "x", "z"], "method": "ordinal", "missing": "none"},
    ],
    "feature.window_aggregates": [
        {"time": "n", "by": ["skew"], "columns": ["y", "j"], "hours": [1, 2000],
         "functions": ["mean", "std", "min", "max", "count", "last", "slope"]},
        {"time": "z", "columns": ["i"], "hours": [800], "include_current": True, "functions": ["count", "last"]},
    ],
}  # fmt: skip
"""Operator -> params, for a table with the columns of `tables.TRICKY`."""
