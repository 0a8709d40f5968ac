"""Whether what is usual stays so: how strange rows are from the first part of the time to the last."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from patchbay_operators.advice import Finding, Text
from patchbay_operators.report.document import ReportChart, Section, Series
from patchbay_operators.report.words import listed, moment, number

if TYPE_CHECKING:
    import numpy as np

    from patchbay_operators.unusual.reporting import Told

    Array = np.ndarray[Any, Any]

PERIODS, FEWEST = 5, 20
"""Parts of the time with equally many rows, and the fewest rows of one."""
HALF, MOST = 50, 75
"""Per cent of the rows that are stranger than the middle one: of all rows, and from which on a part has moved."""

APART = 0.45
"""How far from one half the chance must be that a value of the last part lies above one of the first."""


def say(told: Told, section: Section) -> None:
    """A chart, and a finding where the last part of the time is not what was usual before."""
    import numpy as np

    time, rows = told.made.usual.time, len(told.score)
    count = min(PERIODS, rows // FEWEST)
    if not time or count < 2:
        return
    times = told.table.polars()[time]
    parts = np.array_split(times.arg_sort().to_numpy(), count)
    strange = told.score > np.median(told.score)
    shares = [100 * float(strange[part].mean()) for part in parts]
    begins = [moment(times[int(part[0])]) for part in parts]
    lines = [
        Series(Text("this part", "该段"), begins, shares),
        Series(Text("all rows", "全部数据"), begins, [HALF] * count),
    ]
    title = Text("Rows that are stranger than the middle one", "比居中的行更偏离正常的行")
    section.charts.append(
        ReportChart("line", title, lines, Text("from", "起始时间"), Text("share of the rows (%)", "占比（%）"))
    )
    told.term("drift")
    if moved := _moved(told, parts[0], parts[-1]):
        section.findings.append(_has_moved(moved))
    elif shares[-1] >= MOST:
        section.findings.append(
            Finding(
                "drift",
                "warn",
                Text("What is usual has changed", "正常水平已经改变"),
                Text(
                    f"After {begins[-1]}, {shares[-1]:.0f} of 100 rows are further from usual than the middle one of "
                    "all rows; 50 of 100 would be if nothing had changed. Learn what is usual from newer rows alone.",
                    f"{begins[-1]} 之后，每 100 行中有 {shares[-1]:.0f} 行比全部数据中居中的行更偏离正常；"
                    "如果没有变化，应为 50 行。请只用较新的数据学习正常水平。",
                ),
                values={"share": shares[-1] / 100},
            )
        )
    else:
        section.say(
            f"The last rows are not much stranger than all others: after {begins[-1]}, {shares[-1]:.0f} of 100 rows "
            "are further from usual than the middle one of all rows, where 50 are to be expected.",
            f"最近的数据没有明显变得更异常：{begins[-1]} 之后，每 100 行中有 {shares[-1]:.0f} "
            "行比全部数据中居中的行更偏离正常，预期为 50 行。",
        )


@dataclass(frozen=True)
class _Moved:
    """A column whose values lie elsewhere in the last part of the time than in the first: the middles of both."""

    name: str
    first: float
    last: float


def _moved(told: Told, first: Array, last: Array) -> list[_Moved]:
    """The columns of numbers that have; `first`, `last`: the rows of these parts."""
    import numpy as np
    from scipy.stats import mannwhitneyu

    values, found = told.made.usual.values_of(told.table), []
    for place, name in enumerate(told.made.usual.numbers):
        before, after = (part[np.isfinite(part)] for part in (values[first, place], values[last, place]))
        if len(before) < FEWEST / 2 or len(after) < FEWEST / 2:
            continue
        above = float(mannwhitneyu(after, before).statistic) / (len(after) * len(before))
        if abs(above - 0.5) >= APART:
            found.append(_Moved(name, float(np.median(before)), float(np.median(after))))
    return found


def _has_moved(moved: list[_Moved]) -> Finding:
    names, one = [each.name for each in moved], moved[0]
    shown = listed(names)
    return Finding(
        "drift",
        "warn",
        Text(f"What is usual for {shown.en} has moved over time", f"{shown.zh}的正常水平随时间发生了移动"),
        Text(
            f"“{one.name}” is usually {number(one.first)} in the first part of the time and {number(one.last)} in the "
            "last. Compared with the middle of all rows, both ends look strange, and what is odd in between is missed. "
            "Take newer rows alone, or the difference from a reference that moves along.",
            f"“{one.name}”在第一段时间通常为 {number(one.first)}，在最后一段通常为 {number(one.last)}。"
            "与全部数据的中间值比较，两端都会显得异常，而中间真正的异常会被漏掉。请只用较新的数据，或改用与同步变化的基准之差。",
        ),
        columns=names,
        values={each.name: [each.first, each.last] for each in moved[:20]},
    )
