"""What makes rows unusual: the columns, how strangeness follows the foremost of them, and one row explained."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING

from patchbay_operators.advice import Text
from patchbay_operators.report.document import ReportChart, Section, Series
from patchbay_operators.unusual.one_row import explained

if TYPE_CHECKING:
    from patchbay_operators.unusual.reporting import Told

POINTS = 31
"""Values of a column that are tried."""
CYCLES: Mapping[str, Text] = {
    "day": Text("the hour of the day", "一天中的时段"),
    "week": Text("the hour and the weekday", "时段和星期几"),
    "weekday": Text("the weekday", "星期几"),
}


def drivers(told: Told) -> Section:
    """The columns that make rows unusual, and what counts as usual."""
    section = Section("drivers", question=Text("What makes them unusual?", "为什么异常？"))
    cycle = CYCLES.get(told.made.usual.cycle)
    if cycle:
        section.say(
            f"What is usual depends on {cycle.en}: each value was compared with what is usual then.",
            f"正常水平随{cycle.zh}而变：每个数值都与相应时段的正常水平比较。",
        )
    levels = told.made.usual.levels
    if levels:
        section.say(
            f"Each row was compared with what is usual for its “{levels.by}”, so one that is off as a whole does not "
            "stand out.",
            f"每行都与其“{levels.by}”的正常水平比较，因此某一个整体偏离时不会显出来。",
        )
    counted = Counter(reason.columns[0] for reason in told.reasons if reason.columns)
    common = counted.most_common(12)
    if len(common) > 1:
        names, counts = [name for name, _ in common], [count for _, count in common]
        section.say(
            f"“{names[0]}” is the foremost reason for {counts[0]} of {len(told.called)}.",
            f"“{names[0]}”是 {len(told.called)} 个中 {counts[0]} 个的首要原因。",
        )
        title = Text("Foremost reasons", "首要原因")
        bars = [Series(Text("unusual", "异常"), names, counts)]
        section.charts.append(ReportChart("bar", title, bars, Text("column", "列"), Text("how many", "个数")))
    if common:
        _dependence(told, section, common[0][0])
    if len(told.called):
        _example(told, section, int(told.called[0]))
    return section


def _dependence(told: Told, section: Section, name: str) -> None:
    """How strange an ordinary row would be with other values of a column."""
    import numpy as np
    import polars as pl

    if name in told.made.usual.words:
        return
    column = told.table.polars()[name]
    known = column.cast(pl.Float64).fill_nan(None).drop_nulls()
    known = known.filter(known.is_finite())
    if known.n_unique() < 3:
        return
    values = np.linspace(float(known.min()), float(known.max()), POINTS)  # type: ignore[arg-type]
    rows = _ordinary(told)
    frame = told.table.polars()[rows]
    last = pl.int_range(pl.len()) == len(rows) - 1
    found = []
    for value in values:
        other = pl.when(last).then(float(value)).otherwise(pl.col(name).cast(pl.Float64)).alias(name)
        found.append(told.made.take(told.table.replace(frame.with_columns(other)), [])[-1])
    score = told.made.rarity(np.array(found))
    told.term("strangeness")
    limit = float(told.made.options["threshold"])
    lines = [
        Series(Text("an ordinary row", "一行普通数据"), values.tolist(), score.round(3).tolist()),
        Series(Text("unusual from here on", "从此处起算异常"), [values[0], values[-1]], [limit, limit]),
    ]
    title = Text(f"How strange an ordinary row would be with another “{name}”", f"普通的一行若“{name}”不同会有多异常")
    strange = Text("strangeness", "异常程度")
    section.charts.append(ReportChart("line", title, lines, Text(name, name), strange))


def _ordinary(told: Told) -> list[int]:
    """The position of the row in the middle of all by strangeness; in the order of time with the rows before it."""
    import numpy as np

    at = int(np.argsort(told.score, kind="stable")[len(told.score) // 2])
    window, time = told.made.options["window"], told.made.usual.time
    if not window:
        return [at]
    order = told.table.polars()[time].arg_sort().to_numpy()
    place = int(np.flatnonzero(order == at)[0])
    return [int(row) for row in order[max(0, place - window + 1) : place + 1]]


def _example(told: Told, section: Section, at: int) -> None:
    """The strangest row, column by column."""
    section.say(
        f"One example, row {at + 1:,}, the strangest: how far each of its values is from what is usual.",
        f"举一个例子，第 {at + 1:,} 行，最突出的一行：它的每个数值偏离正常水平多少。",
    )
    one = explained(told.made, told.table, at)
    section.charts += one.charts
    section.tables += one.tables
