"""Tables that engines trip over, and how tables of two engines are compared."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

import polars as pl

from patchbay_sdk import Table

CLOSE = 1e-9
"""Relative difference of two decimal numbers that are the same result: engines add up in different orders."""

TRICKY = pl.DataFrame(
    {
        "id": list(range(12)),
        "i": [1, 2, None, -7, 0, 5, 5, -3, 1, 2, None, 9],
        "j": [2, 0, 3, 4, None, -5, 5, -2, 1, 7, 0, 4],
        "x": [0.5, -4.0, 9.0, math.nan, None, 2.5, -2.5, math.inf, -math.inf, 0.0, -0.0, 1e20],
        "y": [1.5, 0.0, -0.0, 2.0, math.nan, None, 3.0, 0.25, 1.0, 0.0, 0.0, 1e-7],
        "s": ["ab", "", None, "晶圆", " a\u3000", "Ab", "ß\U0001f600é", "a%b", "x\ny\n", "12", "1.5", "b"],
        "t": ["a", "b", "", None, "圆", "AB", "é", "%", "y", "1", "5", "b"],
        "ok": [True, False, None, True, False, None, True, True, False, False, None, True],
        "b": [True, None, False, False, True, None, True, False, False, True, True, None],
        "d": [date(2024, 2, 29), date(1969, 12, 31), None, *[date(2023, 1, day) for day in range(1, 10)]],
        "n": [datetime(2024, 2, 29, 23, 59, 59, 999999), datetime(1900, 1, 1), None, datetime(2024, 3, 31, 2, 30)]
        + [datetime(2024, month, 15, month, 30) for month in range(1, 9)],
        "p": [timedelta(hours=1), None, timedelta(microseconds=-3), *[timedelta(days=day) for day in range(9)]],
        "skew": ["often"] * 10 + ["rare", None],
    }
).with_columns(
    c=pl.col("t").cast(pl.Categorical),
    z=pl.col("n").dt.replace_time_zone("UTC").dt.convert_time_zone("America/New_York"),
    small=pl.col("i").cast(pl.Int8),
    f=pl.col("x").cast(pl.Float32),
)  # fmt: skip
"""Nulls, NaN, infinities, both zeros, unicode, white space, old dates, zones of time, categories, skewed keys."""


def random_table(seed: int, rows: int = 60) -> pl.DataFrame:
    """A table with the columns of `TRICKY`, its values mixed at random, and numbers and texts of its own."""
    generator = random.Random(seed)

    def drawn(values: Sequence[Any]) -> list[Any]:
        return [generator.choice(values) for _ in range(rows)]

    mixed = {name: pl.Series(drawn(TRICKY[name].to_list()), dtype=TRICKY.schema[name]) for name in TRICKY.columns}
    numbers = [None, math.nan, *(generator.gauss(0, 10**power) for power in range(-3, 6) for _ in range(4))]
    texts = ["".join(generator.choices("aAbß圆é 1.-%", k=generator.randrange(4))) for _ in range(rows)]
    frame = pl.DataFrame(mixed).with_columns(y=pl.Series(drawn(numbers)), s=pl.Series(texts))
    one_zero = pl.when(pl.col("x") == 0).then(0.0).otherwise("x")  # in keys Spark writes -0.0 as 0.0
    return frame.with_columns(id=pl.Series(range(rows)), x=one_zero)


def assert_same(actual: Table, expected: Table, where: str, *, ordered: bool = False) -> None:
    """AssertionError unless both have the same columns, types and rows; unless `ordered`, in any order."""
    assert actual.columns == expected.columns, f"{where}: columns {actual.columns}, not {expected.columns}"
    assert actual.schema == expected.schema, f"{where}: {actual.schema}, not {expected.schema}"
    got, wanted = rows_of(actual.polars()), rows_of(expected.polars())
    assert len(got) == len(wanted), f"{where}: {len(got)} rows, not {len(wanted)}"
    if not ordered:
        got, wanted = sorted(got, key=_key), sorted(wanted, key=_key)
    wrong = [
        f"row {number}, {name!r}: {a!r}, not {b!r}"
        for number, (one, two) in enumerate(zip(got, wanted, strict=True))
        for name, a, b in zip(actual.columns, one, two, strict=True)
        if not same(a, b)
    ]
    assert not wrong, f"{where}: {'; '.join(wrong[:20])}"


def rows_of(frame: pl.DataFrame) -> list[tuple[Any, ...]]:
    return frame.rows()


def same(a: Any, b: Any) -> bool:
    """Equal values; decimal numbers within `CLOSE`."""
    if isinstance(a, float) and isinstance(b, float):
        return math.isclose(a, b, rel_tol=CLOSE, abs_tol=CLOSE) or (math.isnan(a) and math.isnan(b))
    if isinstance(a, Sequence) and isinstance(b, Sequence) and not isinstance(a, str):
        return len(a) == len(b) and all(map(same, a, b))
    return type(a) is type(b) and bool(a == b)


def _key(row: tuple[Any, ...]) -> list[str]:
    """An order of rows in which nearly equal numbers are neighbours."""
    return [f"{value + 0.0:.6g}" if isinstance(value, float) else repr(value) for value in row]
