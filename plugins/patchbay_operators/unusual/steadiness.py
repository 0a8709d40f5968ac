"""Whether what is usual stays so: how strange rows are from the first part of the time to the last."""

from __future__ import annotations

from typing import TYPE_CHECKING

from patchbay_operators.advice import Finding, Text
from patchbay_operators.report.document import ReportChart, Section, Series
from patchbay_operators.report.words import moment

if TYPE_CHECKING:
    from patchbay_operators.unusual.reporting import Told

PERIODS, FEWEST = 5, 20
"""Parts of the time with equally many rows, and the fewest rows of one."""
HALF, MOST = 50, 75
"""Per cent of the rows that are stranger than the middle one: of all rows, and from which on a part has moved."""


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
    if shares[-1] >= MOST:
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
