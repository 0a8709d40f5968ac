"""Tables that operators trip over: empty, one row, all null, NaN, constant, unicode."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from patchbay_sdk.errors import OperatorError, PatchbayError
from patchbay_sdk.schema import Schema
from patchbay_sdk.table import Table
from patchbay_sdk.testing.cases import Case, run_operator
from patchbay_sdk.testing.values import series_of, value_of, with_paths


def generated_tables(schema: Schema, seed: int = 0) -> Iterator[tuple[str, Table]]:
    """Tables of a schema that operators trip over: empty, one row, all null, some null and NaN, constant, unicode."""
    import polars as pl

    rng = random.Random(seed)

    def table(rows: int, make: Callable[[str], Any]) -> Table:
        return Table(pl.DataFrame([series_of(c.name, [make(c.type) for _ in range(rows)], c.type) for c in schema]))

    yield "empty", table(0, lambda type: None)
    yield "one row", table(1, lambda type: _random_value(type, rng))
    yield "all null", table(5, lambda type: None)
    yield "some null", table(40, lambda type: None if rng.random() < 0.3 else _random_value(type, rng))
    yield "constant", table(10, lambda type: _random_value(type, random.Random(seed)))
    yield "plain", table(60, lambda type: _random_value(type, rng))


def _random_value(type: str, rng: random.Random) -> Any:
    match type:
        case "int":
            return rng.randint(-5, 5)
        case "float":
            return rng.choice([rng.gauss(0, 1), rng.gauss(0, 1), math.nan, 0.0])
        case "bool":
            return rng.random() < 0.5
        case "string" | "category":
            return rng.choice(["a", "b", "晶圆", "", "naïve \U0001f600", "x,y"])
        case "date":
            return f"2024-0{rng.randint(1, 9)}-1{rng.randint(0, 9)}"
        case "datetime":
            return f"2024-0{rng.randint(1, 9)}-1{rng.randint(0, 9)}T0{rng.randint(0, 9)}:30:00"
    return None


def try_generated(case: Case, folder: Path) -> list[str]:
    """Run an example's operator with the example's params on generated tables instead of its own.

    The operator must either work, with the schemas that it declares, or say in a `PatchbayError` what is wrong.
    Returns the names of the tables on which it worked; any other exception passes through.
    """
    if "error" in case.example["expect"]:
        return []
    original = {name: value_of(raw, folder) for name, raw in case.example.get("inputs", {}).items()}
    params = with_paths(dict(case.example.get("params", {})), folder)
    worked = []
    for name, value in original.items():
        if not isinstance(value, Table):
            continue
        for label, table in generated_tables(value.schema):
            try:
                run_operator(case.spec, {**original, name: table}, params, folder)
                worked.append(f"{name}: {label}")
            except OperatorError:
                raise
            except PatchbayError:
                continue
    return worked
