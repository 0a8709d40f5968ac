"""Why one row is unusual, or not, in plain words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from patchbay_operators.advice import Text
from patchbay_operators.report.document import ReportChart, ReportTable, Section, Series
from patchbay_operators.report.words import Unit, number
from patchbay_operators.unusual.detector import UnusualRows
from patchbay_operators.unusual.reasons import Judged
from patchbay_sdk import Table

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

SHOWN = 10
"""Columns that are shown, the furthest from usual first."""


def headline(made: UnusualRows, judged: Judged, unit: Unit, at: int = 0) -> Text:
    """Whether a row is unusual, and how rare that is."""
    rarity = float(judged.score[at])
    one_in = number(float(f"{10**rarity:.2g}"))
    limit = number(float(f"{10 ** made.options['threshold']:.2g}"))
    if at in judged.called:
        reason = judged.reasons[list(judged.called).index(at)].words
        return Text(
            f"Unusual: about one of {one_in} {unit.many} is so strange. {_capital(reason.en)}.",
            f"异常：约每 {one_in} {unit.measure}{unit.zh}中有一{unit.measure}如此少见。{reason.zh}。",
        )
    if rarity < 0.3:
        return Text("Not unusual: most are like this.", "没有异常：大多数都是这样。")
    return Text(
        f"Not unusual: about one of {one_in} {unit.many} is as far from usual; from one of {limit} on it would be "
        "called unusual.",
        f"没有异常：约每 {one_in} {unit.measure}{unit.zh}中有一{unit.measure}同样偏离；少于每 {limit} {unit.measure}一"
        f"{unit.measure}才算异常。",
    )


def explained(made: UnusualRows, prepared: Table, at: int = 0) -> Section:
    """The columns of a row that are furthest from what is usual."""
    import numpy as np

    usual, section = made.usual, Section("drivers")
    far = usual.deviations(prepared)[at]
    values, middles = usual.values_of(prepared)[at], usual.middle_of(prepared)[at]
    words, told = usual.words_of(prepared, at), usual.told_by_others(prepared)[at]
    order, rows = np.argsort(-np.abs(far), kind="stable")[:SHOWN], list[list[Any]]()
    for place in order:
        name = usual.named[place]
        if place >= len(usual.columns):
            which = place - len(usual.columns)
            rows.append([_by_others(name), _known(values[usual.relations.of[which]]), _known(told[which])])
        elif name in words:
            shares = usual.words[name]
            rows.append([name, words[name], max(shares, key=lambda word: shares[word])])
        else:
            rows.append([name, _known(values[place]), _known(middles[place])])
    names = [row[0] for row in rows]
    bars = [Series(Text("how far", "偏离程度"), names, [round(float(far[place]), 2) for place in order])]
    section.charts.append(
        ReportChart(
            "bar",
            Text("How far from usual (1: as far as usual ups and downs)", "偏离正常水平多少（1：与平时的起伏相当）"),
            bars,
            Text("Column", "列"),
        )
    )
    titles = [Text("Column", "列"), Text("Here", "此行"), Text("Usually about", "通常约为")]
    section.tables.append(ReportTable(Text("Values beside what is usual", "数值与正常水平"), titles, rows))
    if made.options["window"]:
        section.say(
            "A row by itself says nothing of the stretch of time before it, which counts too where a file is judged.",
            "单独一行无法反映此前一段时间的走势；判断整个文件时会一并考虑。",
        )
    return section


def _by_others(name: str) -> Text:
    return Text(f"{name}, by the other columns", f"{name}（按其他列）")


def _known(value: float) -> float | None:
    import math

    return float(value) if math.isfinite(value) else None


def _capital(text: str) -> str:
    # Only a word of ours: names of columns stay as they are.
    return f"A{text[1:]}" if text.startswith("an ") else text
