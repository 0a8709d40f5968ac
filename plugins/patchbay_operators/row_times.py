"""Finds the column that says when each row was made."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from patchbay_operators.advice import Text
from patchbay_sdk import Table

if TYPE_CHECKING:
    import polars as pl

MIN_TIMES = 5
"""With fewer different times, nothing can be divided by them."""
NEARLY = 0.98
"""Rows are in the order of time when this share of the steps from row to row goes one way."""
SAYS_WHEN = re.compile(r"time|date|stamp|epoch|created|measured|recorded|datum|zeit|时间|日期|时刻|年月", re.IGNORECASE)
"""Names of columns that say when a row was made."""
SAYS_ELSE = re.compile(r"birth|born|due|expir|valid|deadline|hire|生日|出生|到期|截止|入职", re.IGNORECASE)
"""Names of times that are facts about something else."""
COUNTS_TIME = re.compile(r"(^|[_\W])(time|timestamp|date|datetime|epoch|unixtime)($|[_\W])|时间|日期", re.IGNORECASE)
"""Names of number columns that hold a time."""


def find_time(table: Table, target: str) -> tuple[str, Text] | None:
    """The column of times by which rows can be divided, and why; None: there is none.

    First comes one in whose order the rows are, then one whose name says that it tells when a row was made.
    """
    frame, schema = table.polars(), table.schema
    times = [column.name for column in schema if column.kind == "time" and column.name != target]
    times = [name for name in times if not frame[name].null_count() and frame[name].n_unique() >= MIN_TIMES]
    for name in times:
        if not SAYS_ELSE.search(name) and _in_order(frame[name]):
            return name, _ordered(name)
    for column in schema:
        if column.kind == "number" and column.name != target and COUNTS_TIME.search(column.name):
            values = frame[column.name]
            if not values.null_count() and values.n_unique() >= max(MIN_TIMES, len(values) / 2) and _in_order(values):
                return column.name, _ordered(column.name)
    for name in times:
        if SAYS_WHEN.search(name) and not SAYS_ELSE.search(name):
            return name, _dated(name)
    return None


def _in_order(times: pl.Series) -> bool:
    steps = times.to_physical().diff().drop_nulls()
    if not len(steps):
        return False
    forward, backward = int((steps > 0).sum()), int((steps < 0).sum())
    return max(forward, backward) >= NEARLY * (forward + backward) and forward + backward > 0


def _ordered(name: str) -> Text:
    return Text(
        f"The rows are in the order of time ({name}), so the latest ones are the test: in use, too, a model meets "
        "only what comes after.",
        f"各行按时间排列（{name}），因此用最新的行检验：实际使用时，模型遇到的也总是之后的数据。",
    )


def _dated(name: str) -> Text:
    return Text(
        f"Each row has a time ({name}), so the latest ones are the test: in use, too, a model meets only what comes "
        "after.",
        f"每行都有时间（{name}），因此用最新的行检验：实际使用时，模型遇到的也总是之后的数据。",
    )
