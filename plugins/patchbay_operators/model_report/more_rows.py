"""Whether more rows would help: what fewer of them were worth while the model was chosen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from patchbay_operators.advice import Text
from patchbay_operators.model_report.judged import Judged
from patchbay_operators.report.document import ReportChart, Section, Series
from patchbay_operators.report.terms import name_of
from patchbay_operators.report.words import number, percent
from patchbay_operators.scores import LOWER_IS_BETTER, badness

HARDLY = 0.005
"""A gain of less than this part of the score, or of the spread between parts, is none."""
PART_OF_SPREAD = 0.25


def say(judged: Judged, section: Section) -> bool:
    """Say it by the summary's `learning_curve`, if that is there; whether it was said."""
    metric, points = str(judged.summary.get("metric") or ""), _points(judged.summary)
    if not metric or len(points) < 3:
        return False
    name, worse = name_of(metric), badness(metric)
    (_, quarter), (_, half), (rows, whole) = points[-3:]
    gain, before = worse(half) - worse(whole), worse(quarter) - worse(half)
    spread = float((judged.summary.get("best") or {}).get("spread") or 0)
    known = f"{number(quarter)}, {number(half)}, {number(whole)}"
    judged.term(metric)
    section.say(
        f"Learned from a quarter, a half and all of the rows, it scored {known} ({name.en}).",
        f"分别用四分之一、一半和全部数据学习时，得分为 {known}（{name.zh}）。",
    )
    if gain <= max(HARDLY * abs(whole), PART_OF_SPREAD * spread):
        section.say(
            "So more rows of the same kind would hardly help. Columns that say something new would help more.",
            "因此，增加同类数据几乎没有帮助；能带来新信息的列更有帮助。",
        )
    else:
        _expected(section, metric, rows, whole, gain * min(1.0, max(0.3, gain / before if before > 0 else 1.0)))
    line = Series(name, [row for row, _ in points], [score for _, score in points])
    title = Text("The score by rows learned from", "得分与学习所用的行数")
    section.charts.append(ReportChart("line", title, [line], Text("Rows learned from", "学习所用的行数"), name))
    return True


def _expected(section: Section, metric: str, rows: int, whole: float, gain: float) -> None:
    """What twice as many rows would probably bring, if gains go on to shrink as they have."""
    if metric in LOWER_IS_BETTER:
        share = percent(min(gain / whole, 0.5)) if whole > 0 else "0%"
        section.say(
            f"So more rows help: with twice as many ({2 * rows:,}) its errors would probably be about {share} smaller.",
            f"因此，增加数据有帮助：行数加倍（{2 * rows:,} 行）后，误差大约会减小 {share}。",
        )
        return
    reached = whole + min(gain, (1 - whole) / 2) if whole <= 1 else whole + gain
    section.say(
        f"So more rows help: with twice as many ({2 * rows:,}) the score would probably rise from {number(whole)} to "
        f"about {number(reached)}.",
        f"因此，增加数据有帮助：行数加倍（{2 * rows:,} 行）后，得分大约会从 {number(whole)} 升到 {number(reached)}。",
    )


def _points(summary: Mapping[str, Any]) -> list[tuple[int, float]]:
    found = summary.get("learning_curve")
    points = [each for each in found if isinstance(each, Mapping)] if isinstance(found, list) else []
    known = [(each.get("rows"), each.get("score")) for each in points]
    return [(rows, float(score)) for rows, score in known if isinstance(rows, int) and isinstance(score, int | float)]
