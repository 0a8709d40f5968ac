"""Charts of a report as drawings of reportlab, from which come both the SVG of the page and the PDF's.

https://docs.reportlab.com/reportlab/userguide/ch11_graphics/
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from patchbay_operators.advice import Text
from patchbay_operators.report.document import ReportChart, Series, in_language, plain
from patchbay_operators.report.fonts import font_for
from patchbay_operators.report.words import number

WIDTH, HEIGHT, LEFT, BOTTOM, BAR, TALLEST = 470, 240, 52, 40, 14, 600
"""Sizes in points."""
COLOURS = ("#2f6fb3", "#d97b29", "#3a8f5c", "#a3477f", "#7a6ba8", "#777777")
GRID, INK = "#d9d9d9", "#333333"
MAX_BARS = 30
NAME_LENGTH = 28


def drawable(text: str) -> str:
    """The text without what no PDF font of ours, or no XML, can hold: control signs, and signs beyond 16 bits."""
    return re.sub(r"[^\t\n\x20-\ud7ff\ue000-\ufffd]", "\ufffd", text)


def draw(chart: ReportChart, language: str) -> Any:
    """A `reportlab.graphics.shapes.Drawing`, or None where the chart holds nothing that can be drawn."""
    series = [(in_language(each.name, language), _in_words(each, language)) for each in chart.series if len(each.x)]
    if chart.kind == "heatmap":
        drawing = _heatmap(series[0][1]) if series and series[0][1].values else None
    elif chart.kind == "bar":
        drawing = _bars([each for _, each in series])
    else:
        drawing = _lines(chart.kind, [each for _, each in series])
    if drawing is None:
        return None
    _axis_titles(drawing, in_language(chart.x_title, language), in_language(chart.y_title, language), chart.kind)
    if len(series) > 1:
        _legend(drawing, [name for name, _ in series])
    return drawing


def _in_words(series: Series, language: str) -> Series:
    """The series with the names along its axes in the language."""
    x, y = (
        [in_language(value, language) if isinstance(value, Text) else value for value in values]
        for values in (series.x, series.y)
    )
    return replace(series, x=x, y=y)


def _drawing(height: float, legend: bool) -> Any:
    from reportlab.graphics.shapes import Drawing

    return Drawing(WIDTH, height + (18 if legend else 0))


def _lines(kind: str, series: Sequence[Series]) -> Any:
    """Lines, points or areas over numbers; over names or times, their positions with names below."""
    from reportlab.graphics.charts.lineplots import AreaLinePlot, LinePlot
    from reportlab.graphics.widgets.markers import makeMarker
    from reportlab.lib.colors import HexColor

    names = _names(series)
    data, colours = [], []
    for position, each in enumerate(series):
        places = [names.index(_name(x)) for x in each.x] if names else plain(each.x)
        points = [(x, y) for x, y in zip(places, plain(each.y), strict=True) if x is not None and y is not None]
        if points:
            data.append(points)
            colours.append(HexColor(COLOURS[position % len(COLOURS)]))
    if not data:
        return None
    drawing = _drawing(HEIGHT, len(series) > 1)
    area = kind == "area" and len(data) == 1 and len(data[0]) > 1
    plot = AreaLinePlot() if area else LinePlot()
    plot.x, plot.y, plot.width, plot.height = LEFT, BOTTOM, WIDTH - LEFT - 16, HEIGHT - BOTTOM - 12
    plot.data = data[0] if area else data
    for position, colour in enumerate(colours):
        plot.lines[position].strokeColor = colour
        plot.lines[position].strokeWidth = 1.6
        if kind == "scatter":
            plot.lines[position].strokeColor = None
        if kind == "scatter" or len(data[position]) <= 12:
            plot.lines[position].symbol = makeMarker("FilledCircle", size=3.5, fillColor=colour, strokeColor=None)
    _number_axis(plot.xValueAxis, [x for line in data for x, _ in line], names)
    if area:
        plot.xValueAxis.valueMin, plot.xValueAxis.valueMax = data[0][0][0], data[0][-1][0]
    _number_axis(plot.yValueAxis, [y for line in data for _, y in line], [])
    plot.yValueAxis.visibleGrid = True
    plot.yValueAxis.gridStrokeColor = HexColor(GRID)
    drawing.add(plot)
    return drawing


def _bars(series: Sequence[Series]) -> Any:
    """Bars from left to right, so that long names can be read; the first is on top."""
    from reportlab.graphics.charts.barcharts import HorizontalBarChart
    from reportlab.lib.colors import HexColor

    names = list(dict.fromkeys(_name(x) for each in series for x in each.x))[:MAX_BARS]
    found = [dict(zip(map(_name, each.x), plain(each.y), strict=True)) for each in series]
    known = [value for each in found for value in each.values() if value is not None]
    if not known:
        return None
    height = BOTTOM + 12 + min(TALLEST, len(names) * (len(series) * BAR + 6))
    drawing = _drawing(height, len(series) > 1)
    labels = [_short(name) for name in names]
    left = min(190.0, 14 + max(_width(label) for label in labels))
    plot = HorizontalBarChart()
    plot.x, plot.y, plot.width, plot.height = left, BOTTOM, WIDTH - left - 20, height - BOTTOM - 12
    plot.data = [[each.get(name) for name in reversed(names)] for each in reversed(found)]
    plot.categoryAxis.categoryNames = list(reversed(labels))
    plot.categoryAxis.labels.fontName = font_for("".join(labels))
    plot.categoryAxis.labels.fontSize = 8
    plot.categoryAxis.labelAxisMode = "low"
    plot.barSpacing, plot.groupSpacing = 1, 6
    for position in range(len(series)):
        plot.bars[position].fillColor = HexColor(COLOURS[(len(series) - 1 - position) % len(COLOURS)])
        plot.bars[position].strokeColor = None
    _number_axis(plot.valueAxis, [0, *known], [])
    plot.valueAxis.visibleGrid = True
    plot.valueAxis.gridStrokeColor = HexColor(GRID)
    drawing.add(plot)
    return drawing


def _heatmap(series: Series) -> Any:
    from reportlab.graphics.shapes import Rect, String
    from reportlab.lib.colors import Color, HexColor

    columns, rows = [_short(_name(x)) for x in series.x], [_short(_name(y)) for y in series.y]
    values = plain(series.values)
    most = max((abs(value) for row in values for value in row if value is not None), default=0) or 1
    left = 14 + max(_width(name) for name in rows)
    side, tall = min(60.0, (WIDTH - left - 16) / max(1, len(columns))), min(22.0, TALLEST / len(rows))
    drawing = _drawing(BOTTOM + 16 + tall * len(rows), legend=False)
    for down, (name, row) in enumerate(zip(rows, values, strict=True)):
        y = BOTTOM + tall * (len(rows) - 1 - down)
        drawing.add(String(left - 6, y + tall / 3, name, fontName=font_for(name), fontSize=8, textAnchor="end"))
        for across, value in enumerate(row):
            share = 0 if value is None else abs(value) / most
            fill = Color(1 - 0.82 * share, 1 - 0.57 * share, 1 - 0.3 * share)
            x = left + side * across
            drawing.add(Rect(x, y, side - 1, tall - 1, fillColor=fill, strokeColor=HexColor(GRID), strokeWidth=0.5))
            if value is not None and side > 20:
                ink = HexColor("#ffffff") if share > 0.6 else HexColor(INK)
                drawing.add(
                    String(x + side / 2, y + tall / 3, number(value), fontSize=8, fillColor=ink, textAnchor="middle")
                )
    for across, name in enumerate(columns):
        short = name if _width(name) < side else f"{name[: max(1, int(side / 6))]}…"
        place = left + side * (across + 0.5)
        drawing.add(String(place, BOTTOM - 12, short, fontName=font_for(short), fontSize=8, textAnchor="middle"))
    return drawing


def _names(series: Sequence[Series]) -> list[str]:
    """The names along x in order, or none where all are numbers."""
    values = [x for each in series for x in plain(each.x)]
    if all(x is None or (isinstance(x, int | float) and not isinstance(x, bool)) for x in values):
        return []
    return list(dict.fromkeys(map(_name, values)))


def _number_axis(axis: Any, values: Sequence[float], names: Sequence[str]) -> None:
    from reportlab.lib.colors import HexColor

    low, high = min(values), max(values)
    margin = (high - low) * 0.02 or abs(high) * 0.1 or 1.0
    axis.valueMin = low if low in (0, 1) and low != high else low - margin
    axis.valueMax = high if high in (0, 1) and low != high else high + margin
    axis.labels.fontSize = 8
    axis.labels.fontName = font_for("".join(names))
    axis.strokeColor = HexColor(INK)
    if names:
        step = max(1, math.ceil(len(names) / 8))
        axis.valueSteps = list(range(0, len(names), step))
        axis.labelTextFormat = lambda place: _short(names[int(place)], 12)
    else:
        axis.maximumTicks = 7
        axis.labelTextFormat = lambda value: number(float(value))


def _axis_titles(drawing: Any, x: str, y: str, kind: str) -> None:
    """Of bars, which lie, the numbers are below."""
    from reportlab.graphics.shapes import String
    from reportlab.lib.colors import HexColor

    below, above = (y, x) if kind == "bar" else (x, y)
    for text, place, down, anchor in ((below, WIDTH / 2, 8, "middle"), (above, 4, HEIGHT - 6, "start")):
        if text and not (kind == "bar" and text is above):
            shown = drawable(text)
            style = {"fontName": font_for(shown), "fontSize": 8, "fillColor": HexColor(INK), "textAnchor": anchor}
            drawing.add(String(place, down, shown, **style))


def _legend(drawing: Any, names: Sequence[str]) -> None:
    from reportlab.graphics.shapes import Rect, String
    from reportlab.lib.colors import HexColor

    place, y = LEFT + 60.0, drawing.height - 12
    for position, name in enumerate(names[: len(COLOURS)]):
        shown = _short(name, 40)
        drawing.add(Rect(place, y, 8, 8, fillColor=HexColor(COLOURS[position]), strokeColor=None))
        drawing.add(String(place + 11, y + 1, shown, fontName=font_for(shown), fontSize=8, fillColor=HexColor(INK)))
        place += 24 + _width(shown)


def _name(value: Any) -> str:
    if value is None:
        return "—"
    return number(value) if isinstance(value, float) else str(plain(value))


def _short(name: str, length: int = NAME_LENGTH) -> str:
    name = drawable(name)
    return name if len(name) <= length else f"{name[: length - 1]}…"


def _width(text: str) -> float:
    from reportlab.pdfbase.pdfmetrics import stringWidth

    return float(stringWidth(text, font_for(text), 8))
