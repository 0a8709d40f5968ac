"""What sets groups apart: the columns, how the groups follow the foremost of them, and one row explained."""

from __future__ import annotations

from typing import TYPE_CHECKING

from patchbay_operators.advice import Text
from patchbay_operators.groups.one_row import explained, headline
from patchbay_operators.model_report.figures import equal_parts
from patchbay_operators.report.document import ReportChart, Section, Series
from patchbay_sdk import feature_matrix

if TYPE_CHECKING:
    from patchbay_operators.groups.reporting import Told

RANGES = 8
"""Ranges of a column, with about equally many rows."""
LINES = 6
"""Groups of a chart, the first ones."""


def drivers(told: Told) -> Section:
    """The columns that set groups apart."""
    section = Section("drivers", question=Text("What sets the groups apart?", "各组因何不同？"))
    strongest: dict[str, float] = {}
    for portrait in told.portraits:
        for trait in portrait.traits:
            strongest[trait.column] = max(strongest.get(trait.column, 0.0), abs(trait.far))
    ordered = sorted(strongest.items(), key=lambda pair: -pair[1])[:12]
    if not ordered:
        section.say(
            "No single column sets the groups apart; it is their combination.",
            "没有单独一列能区分各组，靠的是列的组合。",
        )
        _example(told, section)
        return section
    names = [name for name, _ in ordered]
    section.say(f"What sets the groups apart most is “{names[0]}”.", f"最能区分各组的是“{names[0]}”。")
    bars = [Series(Text("how far apart", "区分程度"), names, [far for _, far in ordered])]
    title = Text("How much columns set groups apart", "各列区分各组的程度")
    section.charts.append(ReportChart("bar", title, bars, Text("column", "列"), Text("how far apart", "区分程度")))
    foremost = next((name for name in names if name in told.made.options["columns"]), None)
    if foremost is not None:
        _dependence(told, section, foremost)
    _example(told, section)
    return section


def _dependence(told: Told, section: Section, name: str) -> None:
    """The share of each group where a column is low, and where it is high."""
    import numpy as np

    values = feature_matrix(told.table, [name])[:, 0]
    known = np.flatnonzero(np.isfinite(values))
    ranges = [known[part] for part in equal_parts(values[known], RANGES)]
    if len(ranges) < 2:
        return
    middles = [float(np.median(values[part])) for part in ranges]
    lines = [
        Series(
            Text(f"group {portrait.number}", f"第 {portrait.number} 组"),
            middles,
            [round(100 * float((told.numbers[part] == portrait.number).mean()), 1) for part in ranges],
        )
        for portrait in told.portraits[:LINES]
    ]
    title = Text(f"Which group rows are in, by “{name}”", f"“{name}”不同时各行属于哪一组")
    section.charts.append(
        ReportChart("line", title, lines, Text(name, name), Text("share of the rows (%)", "占比（%）"))
    )


def _example(told: Told, section: Section) -> None:
    """A row that is typical of the largest group, column by column."""
    import numpy as np

    if not len(told.numbers) or len(told.made.options["centres"]) < 2:
        return
    away, largest = told.made.distances(told.matrix), max(told.portraits, key=lambda portrait: portrait.rows).number
    rows = np.flatnonzero(told.numbers == largest)
    near = away[rows, largest - 1]
    at = int(rows[np.argsort(near, kind="stable")[len(rows) // 2]])
    words = headline(told.made, told.matrix, at)
    section.say(f"One example, row {at + 1:,}: {words.en}", f"举一个例子，第 {at + 1:,} 行：{words.zh}")
    one = explained(told.made, told.table, told.matrix, told.table, at)
    section.sentences += one.sentences
    section.charts += one.charts
    section.tables += one.tables
