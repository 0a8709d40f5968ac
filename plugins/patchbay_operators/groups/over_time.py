"""Whether groups come alike from the first part of the time to the last."""

from __future__ import annotations

from typing import TYPE_CHECKING

from patchbay_operators.advice import Finding, Text
from patchbay_operators.model_report.figures import differ
from patchbay_operators.report.document import ReportChart, Section, Series
from patchbay_operators.report.words import moment, percent
from patchbay_operators.row_times import find_time

if TYPE_CHECKING:
    from patchbay_operators.groups.reporting import Told

PERIODS, FEWEST = 5, 20
"""Parts of the time with equally many rows, and the fewest rows of one."""
CHANCE, CLEARLY = 0.01, 0.1
"""A share counts as changed where that is hardly chance, and by at least so much."""
LINES = 6
"""Groups of the chart, the largest ones."""


def say(told: Told, section: Section) -> None:
    """A chart of the share of each group, and a finding for the one that changed most."""
    import numpy as np

    rows, timed = len(told.numbers), find_time(told.table, "")
    count = min(PERIODS, rows // FEWEST)
    if count < 2:
        return
    if timed is None:
        section.say(
            "No column says when a row was made, so it cannot be seen whether the groups stay the same over time.",
            "没有列说明每行的产生时间，因此看不出各组是否随时间变化。",
        )
        return
    times = told.table.polars()[timed[0]]
    parts = np.array_split(times.arg_sort().to_numpy(), count)
    begins = [moment(times[int(part[0])]) for part in parts]
    sizes = [len(part) for part in parts]
    found, lines = [], []
    for portrait in sorted(told.portraits, key=lambda each: -each.rows):
        inside = [int((told.numbers[part] == portrait.number).sum()) for part in parts]
        shares = [part / size for part, size in zip(inside, sizes, strict=True)]
        name = Text(f"group {portrait.number}", f"第 {portrait.number} 组")
        lines.append(Series(name, begins, [round(100 * share, 1) for share in shares]))
        if max(shares) - min(shares) >= CLEARLY:
            found.append((differ(inside, sizes), portrait.number, shares))
    title = Text("Share of each group over time", "各组占比随时间的变化")
    section.charts.append(
        ReportChart("line", title, lines[:LINES], Text("from", "起始时间"), Text("share of the rows (%)", "占比（%）"))
    )
    changed = min(found, default=None, key=lambda each: each[0])
    if changed is None or changed[0] > CHANCE / len(told.portraits):
        section.say(
            "The groups stay about as large from the first part of the time to the last.",
            "从第一段到最后一段，各组的占比基本不变。",
        )
        return
    _, number, shares = changed
    first, last = percent(shares[0]), percent(shares[-1])
    section.findings.append(
        Finding(
            "groups_over_time",
            "note",
            Text("The groups are not equally large at all times", "各组的占比随时间变化"),
            Text(
                f"Group {number} has {first} of the rows in the first part of the time and {last} in the last. The "
                "groups may tell of times rather than of kinds.",
                f"第 {number} 组在第一段时间占 {first}，在最后一段占 {last}。这些分组反映的可能是时期，而不是类别。",
            ),
            values={"group": number, "first": shares[0], "last": shares[-1]},
        )
    )
