"""When and where unusual rows come: over time, and by line, tool or step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from patchbay_operators.advice import Finding, Text
from patchbay_operators.model_report.parts import Measure, guess_columns, parts_of, show, worst_of
from patchbay_operators.report.document import ReportChart, Section, Series
from patchbay_operators.report.words import moment, percent

if TYPE_CHECKING:
    from patchbay_operators.unusual.reporting import Told

PERIODS = 24
CLEARLY = 1.5
"""How many times as many as elsewhere there must be: rows of a stretch of time are unusual together, by chance too."""


def come(told: Told) -> Section:
    """When and where they come; stands where other reports say where a model errs."""
    section = Section("errors", question=Text("When and where do they come?", "何时何处出现？"))
    if len(told.called):
        _over_time(told, section)
        for column in _columns(told):
            _by(told, section, column)
    return section


def _over_time(told: Told, section: Section) -> None:
    import numpy as np

    time = told.made.usual.time
    if not time or len(told.score) < 2 * PERIODS:
        return
    times = told.table.polars()[time]
    order = times.arg_sort().to_numpy()
    strange = np.isin(order, told.called)
    parts = np.array_split(np.arange(len(order)), PERIODS)
    counts = [int(strange[part].sum()) for part in parts]
    begins = [moment(times[int(order[part[0]])]) for part in parts]
    title = Text("Unusual ones over time", "异常随时间的分布")
    bars = [Series(Text("unusual", "异常"), begins, counts)]
    section.charts.append(ReportChart("line", title, bars, Text("from", "起始时间"), Text("how many", "个数")))
    most = int(np.argmax(counts))
    section.say(
        f"Most of them come after {begins[most]}: {counts[most]} of {len(told.called)}.",
        f"最集中的一段始于 {begins[most]}：{len(told.called)} 个中有 {counts[most]} 个。",
    )
    jumps = np.flatnonzero(strange)
    stretches = 1 + int((np.diff(jumps) > max(1, told.made.options["window"])).sum())
    many = Text(f"They form {stretches} separate stretches of time.", f"它们集中在 {stretches} 段时间内。")
    section.sentences.append(
        many if stretches > 1 else Text("They come in one stretch of time.", "它们集中在一段时间内。")
    )


def _columns(told: Told) -> Sequence[str]:
    """The columns given, else some that look as if they said where a row comes from."""
    usual = told.made.usual
    return told.by or guess_columns(told.table.polars(), {usual.time, *usual.numbers})


def _by(told: Told, section: Section, column: str) -> None:
    """The share of unusual rows in each part, and the part with the most if that is more than chance."""
    import numpy as np

    parts, rows = parts_of(told.table.polars()[column]), len(told.score)
    if len(parts) < 2:
        return
    strange = np.isin(np.arange(rows), told.called).astype(float)
    measure = Measure(Text("Unusual (%)", "异常（%）"), strange, np.ones(rows, bool), share=True)
    show(section, column, Text(f"Unusual ones by {column}", f"按 {column} 的异常"), parts, [measure])
    worst = worst_of(parts, measure)
    if worst is None or worst.inside.mean() < CLEARLY * worst.outside.mean():
        section.say(
            f"By “{column}” they come about equally everywhere: the differences may be chance.",
            f"按“{column}”来看，各处的异常差不多：差别可能只是偶然。",
        )
        return
    here, there = float(worst.inside.mean()), float(worst.outside.mean())
    where = told.unit.count(len(worst.inside))
    section.findings.append(
        Finding(
            "worse_group",
            "note",
            Text(f"Most come where “{column}” is {worst.name}", f"“{column}”为 {worst.name} 时异常最多"),
            Text(
                f"{percent(here)} of the rows there are unusual, elsewhere {percent(there)} ({where.en}).",
                f"那里有 {percent(here)} 的行异常，其他为 {percent(there)}（{where.zh}）。",
            ),
            columns=[column],
            values={"group": worst.name, "here": here, "elsewhere": there, "rows": len(worst.inside)},
        )
    )
