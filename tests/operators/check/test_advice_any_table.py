"""Advice on tables of all kinds: there always is an answer, and every fix can be applied and mends what it is for."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.operators.check.advising import applied, ask

KINDS = ["category", "number", "forecast", "unusual", "groups", "text"]
NAMES = ["id", "lot", "x", "time", "result", "a b", 'q"t', "it's", "日期", "Split"]


def values(draw: random.Random) -> Callable[[int], Any]:
    """How the values of one column come about, by the number of the row."""
    return draw.choice(
        [
            lambda row: draw.randrange(5),
            lambda row: draw.gauss(0, 1),
            lambda row: draw.choice([float("nan"), float("inf"), -1e300, 1.0, 2.0]),
            lambda row: draw.choice(["a", "B", "b ", "a.", "?", ""]),
            lambda row: draw.choice(["1,5", "2.5", "-", "1,234", "$ 5", "7 mm"]),
            lambda row: draw.choice(["01/02/2024", "13/02/2024", "2024-01-01", "x"]),
            lambda row: draw.choice(["Ã©", "é", "\ufffd", "汉字", "🙂"]),
            lambda row: "lorem ipsum dolor " * draw.randrange(1, 4) + str(row),
            lambda row: draw.random() < 0.5,
            lambda row: date(2024, 1, 1) + timedelta(days=row),
            lambda row: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(hours=draw.randrange(99)),
            lambda row: time(draw.randrange(24)),
            lambda row: timedelta(seconds=row),
            lambda row: Decimal("1.50") + draw.randrange(9),
            lambda row: row,
            lambda row: b"x",
            lambda row: [1, 2],
            lambda row: {"a": 1},
            lambda row: None,
        ]
    )


def table(draw: random.Random) -> pl.DataFrame:
    rows = draw.choice([0, 1, 2, 30, 120])
    columns = {}
    for name in draw.sample(NAMES, draw.randrange(1, 9)):
        value, gaps = values(draw), draw.choice([0, 0, 0.1, 0.9])
        columns[name] = pl.Series([None if draw.random() < gaps else value(row) for row in range(rows)], strict=False)
    return pl.DataFrame(columns)


@pytest.mark.parametrize("seed", range(40))
def test_any_table_gets_advice_that_can_be_taken(seed: int, tmp_path: Path) -> None:
    draw = random.Random(seed)
    frame = table(draw)
    params = {"kind": draw.choice(KINDS), "target": draw.choice(frame.columns)}
    if draw.random() < 0.5:
        params |= {"split": draw.choice(["time", "group", "random"]), "split_by": draw.choice(frame.columns)}
    if draw.random() < 0.3:
        params |= {"time": draw.choice(frame.columns), "group": draw.choice(frame.columns)}
    for finding in ask(tmp_path, frame, **params).values():
        # Where nothing is predicted the fix may take the column that is named as target all the same.
        taken = finding["fix"] and set(finding["columns"]) & set(params.values())
        if finding["fix"] and not taken:
            _, then = applied(tmp_path, frame, finding, **params)
            again = then.get(finding["code"], {"severity": "good"})
            assert again["severity"] == "good" or again["fix"] != finding["fix"]
