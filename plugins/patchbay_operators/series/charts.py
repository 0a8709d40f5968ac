"""The charts of a report on a forecast."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from patchbay_operators.advice import Text
from patchbay_operators.report.document import ReportChart, ReportTable, Series
from patchbay_operators.report.words import moment

if TYPE_CHECKING:
    import polars as pl

    from patchbay_operators.series.told import Told

MOST_POINTS = 240
"""Times of a line in a chart."""
MOST_ROWS = 100
"""Rows of a table."""


def test_chart(told: Told) -> ReportChart:
    """Forecasts and real values of the end of the test; of several series, of the first."""
    rows = told.rows
    group, time = told.made.options["group"], told.made.options["time"]
    if group:
        rows = rows.filter(rows[group] == rows[group][0])
    rows = rows.tail(MOST_POINTS)
    shown = f" ({rows[group][0]})" if group and rows.height else ""
    lines = [_line(rows, time, "actual", "real", "真实值"), _line(rows, time, "forecast", "forecast", "预测")]
    title = Text(f"Forecast and real values in the test{shown}", f"测试期间的预测与真实值{shown}")
    return ReportChart("line", title, lines, Text(time, time), told.axis(told.target, told.target))


def next_chart(told: Told, following: pl.DataFrame) -> ReportChart:
    """What comes after the last row; of several series, of the first."""
    group, time = told.made.options["group"], told.made.options["time"]
    if group in following.columns and following.height:
        following = following.filter(following[group] == following[group][0])
    lines = [
        _line(following, time, "forecast", "forecast", "预测"),
        _line(following, time, "low", "low end of the range", "范围下限"),
        _line(following, time, "high", "high end of the range", "范围上限"),
    ]
    title = Text(f"The next {told.ahead.en}", f"未来 {told.ahead.zh}")
    return ReportChart("line", title, lines, Text(time, time), told.axis(told.target, told.target))


def next_table(told: Told, following: pl.DataFrame) -> ReportTable:
    """What comes after the last row, as numbers; of several series, one after the other."""
    names = [*filter(None, [told.made.options["group"]]), told.made.options["time"]]
    titles = [Text(name, name) for name in names]
    titles += [Text("forecast", "预测"), Text("hardly below", "通常不低于"), Text("hardly above", "通常不高于")]
    rows = moments(following.select(*names, "forecast", "low", "high").head(MOST_ROWS).rows())
    return ReportTable(Text(f"The next {told.ahead.en}", f"未来 {told.ahead.zh}"), titles, rows)


def _line(rows: pl.DataFrame, time: str, column: str, en: str, zh: str) -> Series:
    return Series(Text(en, zh), [moment(value) for value in rows[time]], rows[column].to_list())


def moments(rows: Sequence[Sequence[Any]]) -> list[list[Any]]:
    """Rows with their times as people write them."""
    return [[moment(cell) if isinstance(cell, datetime) else cell for cell in row] for row in rows]
