"""Compares what an operator gave with what an example expects."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

from patchbay_sdk.model import Model
from patchbay_sdk.table import Table
from patchbay_sdk.transform import Transform
from patchbay_sdk.values import Chart, File, Metrics

TOLERANCE = 1e-6
"""Relative and absolute tolerance of expected numbers."""


def assert_value(actual: Any, expected: Any, where: str) -> None:
    """AssertionError unless a value is as an example expects it; see docs/operators.md for the words."""
    if isinstance(actual, Table):
        _assert_table(actual, expected, where)
    elif isinstance(actual, Metrics):
        _assert_contains({"values": actual.values, "tables": actual.tables, "about": actual.about}, expected, where)
    elif isinstance(actual, Transform):
        _assert_contains(
            {"operator": actual.operator, "state": actual.state, "reads": list(actual.reads)}, expected, where
        )
    elif isinstance(actual, Model):
        words = ("task", "features", "target", "classes", "positive", "metrics", "threshold", "about")
        _assert_contains(json.loads(json.dumps({w: getattr(actual, w) for w in words}, default=list)), expected, where)
    elif isinstance(actual, Chart):
        _assert_contains({"kind": actual.kind, "title": actual.title, "series": list(actual.series)}, expected, where)
    elif isinstance(actual, File):
        content = actual.path.read_bytes()
        _assert_text(content.decode(errors="replace"), expected, where)
    else:
        _assert_text(actual, expected, where)


def _assert_text(actual: str, expected: Any, where: str) -> None:
    if isinstance(expected, str):
        assert actual == expected, f"{where} is {actual!r}"
    else:
        parts = expected["contains"]
        for part in [parts] if isinstance(parts, str) else parts:
            assert part in actual, f"{where} lacks {part!r}: {actual!r}"


def _assert_table(actual: Table, expected: Mapping[str, Any], where: str) -> None:
    unknown = set(expected) - {"columns", "types", "rows", "names", "includes"}
    assert not unknown, f"{where}: an expected table has no {unknown}"
    if "rows" in expected:
        assert actual.num_rows == expected["rows"], f"{where} has {actual.num_rows} rows, not {expected['rows']}"
    names = expected.get("names", list(expected["columns"]) if "columns" in expected else None)
    if names is not None:
        assert actual.columns == names, f"{where} has columns {actual.columns}, not {names}"
    for name, type in expected.get("types", {}).items():
        column = actual.schema.get(name)
        assert column is not None and column.type == type, f"{where}: {name!r} is {column}, not {type}"
    for name, values in {**expected.get("columns", {}), **expected.get("includes", {})}.items():
        got = [_plain(value) for value in actual.polars()[name].to_list()]
        _assert_equal(got, values, f"{where}, column {name!r}")


def _plain(value: Any) -> Any:
    if isinstance(value, float) and math.isnan(value):
        return "NaN"
    return value.isoformat() if hasattr(value, "isoformat") else value


def _assert_contains(actual: Any, expected: Any, where: str) -> None:
    """`actual` holds at least what `expected` says; numbers within `TOLERANCE`."""
    if isinstance(expected, Mapping):
        if isinstance(actual, Table):
            _assert_table(actual, expected, where)
            return
        for key, value in expected.items():
            assert isinstance(actual, Mapping) and key in actual, f"{where} lacks {key!r}: {actual!r}"
            _assert_contains(actual[key], value, f"{where}, {key!r}")
    elif isinstance(expected, list):
        assert len(actual) == len(expected), f"{where} is {actual!r}, not {expected!r}"
        for position, (got, value) in enumerate(zip(actual, expected, strict=True)):
            _assert_contains(got, value, f"{where}, item {position}")
    else:
        _assert_equal(_plain(actual), expected, where)


def _assert_equal(actual: Any, expected: Any, where: str) -> None:
    if isinstance(expected, list) and isinstance(actual, list):
        assert len(actual) == len(expected), f"{where} is {actual}, not {expected}"
        for position, (got, value) in enumerate(zip(actual, expected, strict=True)):
            _assert_equal(got, value, f"{where}, row {position}")
    elif isinstance(expected, float) and isinstance(actual, int | float) and not isinstance(actual, bool):
        close = math.isclose(actual, expected, rel_tol=TOLERANCE, abs_tol=TOLERANCE)
        assert close, f"{where} is {actual}, not {expected}"
    else:
        assert actual == expected, f"{where} is {actual!r}, not {expected!r}"
