"""What a search for unusual rows means, in sentences, charts and tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from patchbay_operators.advice import Text
from patchbay_operators.report.document import ReportChart, ReportTable, Section, Series
from patchbay_operators.report.gaps import say_gaps
from patchbay_operators.report.naming import naming_column
from patchbay_operators.report.searched import Searched
from patchbay_operators.report.terms import name_of
from patchbay_operators.report.words import Unit, moment, number, percent
from patchbay_operators.unusual import steadiness
from patchbay_operators.unusual.detector import UnusualRows
from patchbay_operators.unusual.reasons import Reason
from patchbay_sdk import Table

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

STRANGEST, FEW = 10, 200
"""Rows that are shown, and rows fewer than which say little of what is usual: a rule of thumb."""
MOST_POINTS = 240
"""Times of a line in a chart."""


@dataclass(frozen=True)
class Told:
    """What every sentence speaks of. `called`: positions of the unusual rows, the strangest first, with `reasons`.

    `by`: columns to compare by. `terms`: technical terms used so far.
    """

    made: UnusualRows
    table: Table
    score: Array
    called: Array
    reasons: Sequence[Reason]
    unit: Unit
    about: Mapping[str, Any]
    by: Sequence[str] = ()
    terms: list[str] = field(default_factory=list)

    def term(self, *names: str) -> None:
        """Note that technical terms were used."""
        self.terms.extend(names)

    @property
    def searched(self) -> Searched:
        """What the search tried; its score is how far a way of looking is confirmed."""
        return Searched(self.about, name_of("confirmed"))


def headline(told: Told) -> Text:
    """The result in one sentence."""
    rows, many, unit = len(told.score), len(told.called), told.unit
    if not many:
        return Text(f"None of {rows:,} {unit.many} is unusual.", f"{rows:,} {unit.measure}{unit.zh}中没有异常。")
    reason = told.reasons[0].words
    of_all, of_all_zh = f"of {rows:,} {unit.many}", f"{rows:,} {unit.measure}{unit.zh}"
    if many == 1:
        return Text(
            f"The one {of_all} that stands out most: {reason.en}.",
            f"{of_all_zh}中最突出的 1 {unit.measure}：{reason.zh}。",
        )
    return Text(
        f"The {many:,} {of_all} that stand out most; the strangest: {reason.en}.",
        f"{of_all_zh}中最突出的 {many:,} {unit.measure}；其中最异常的：{reason.zh}。",
    )


def good(told: Told) -> Section:
    """Which rows, and why."""
    section = Section("good", question=Text("Which ones are unusual?", "哪些异常？"))
    rare = int((told.score >= 3).sum())
    if rare:
        section.say(
            f"{told.unit.count(rare).en} {'is' if rare == 1 else 'are'} so far from what is usual that at most one in "
            "a thousand is.",
            f"其中 {told.unit.count(rare).zh}极为突出，每一千个中至多一个。",
        )
    time = told.made.usual.time
    frame, rows = told.table.polars(), told.called[:STRANGEST]
    if len(rows):
        shown: dict[Text, list[Any]] = {Text("row", "行号"): [int(row) + 1 for row in rows]}
        if time:
            shown = {Text(time, time): [moment(place) for place in frame[time].gather(rows)]}
        if name := naming_column(told.table, {time, *told.made.usual.columns}):
            shown[Text(name, name)] = frame[name].gather(rows).to_list()
        shown[Text("one in", "多少行中才有一行")] = _one_in(told.score[rows], len(told.score))
        shown[Text("why", "原因")] = [reason.words for reason in told.reasons[:STRANGEST]]
        titles, cells = list(shown), list(zip(*shown.values(), strict=True))
        if time and (chart := _over_time(told)):
            section.charts.append(chart)
        section.tables.append(ReportTable(Text("The strangest", "最突出的"), titles, cells))
    _tried(told, section)
    return section


def _tried(told: Told, section: Section) -> None:
    """The ways of looking that were tried, and how far the simplest of them is confirmed."""
    tried = told.searched
    if tried.best is None:
        return
    told.term("confirmed", "baseline", "forest_of_isolation", "spread")
    if tried.baseline is not None:
        score, simplest = number(tried.best["score"]), number(tried.baseline["score"])
        section.say(
            "Ways of looking were compared by how far other rows and the other ways confirm what they say. The one "
            f"that was chosen comes to {score} of 1, the simplest one to {simplest}.",
            f"各种查找方法按其他行和其他方法的印证程度比较。所选方法的印证程度为 {score}（最高为 1），最简单的方法为 "
            f"{simplest}。",
        )
    if chart := tried.chart():
        section.charts.append(chart)
    tried.say_tried(section)


def trust(told: Told) -> Section:
    """How sure that is."""
    section = Section("trust")
    section.say(
        "Nobody has said which of these are bad, so it is not known how many alarms are right. Look at the strangest "
        "ten before you rely on it.",
        "没有人标注过哪些真正有问题，因此无法知道有多少报警是正确的。请先查看最突出的十个再决定是否采用。",
    )
    _folds(told, section)
    steadiness.say(told, section)
    stability, agreement = told.about.get("stability"), told.about.get("agreement")
    if stability is not None:
        word, word_zh = _steadiness(stability)
        section.say(
            f"Learned from other rows, the order from usual to strange {word}.",
            f"换用其他行学习时，从正常到异常的排序{word_zh}。",
        )
    if agreement is not None and len(told.made.options["members"]) > 1:
        word, word_zh = ("mostly agree", "大多一致") if agreement >= 0.6 else ("often disagree", "常不一致")
        section.say(
            f"{len(told.made.options['members'])} ways of looking voted; they {word}.",
            f"共有 {len(told.made.options['members'])} 种方法投票，它们{word_zh}。",
        )
    share = told.about.get("share")
    if share is not None:
        section.say(
            f"The share to be shown was set to {percent(share)}; it says how many are shown, not how many are bad.",
            f"显示的比例设为 {percent(share)}；它决定显示多少，并不代表有多少真正有问题。",
        )
    return section


def _folds(told: Told, section: Section) -> None:
    """The spread over the parts of the rows that were kept away in turn."""
    folds = told.searched.folds()
    if not folds:
        return
    told.term("folds", "confirmed")
    low, high = number(min(folds)), number(max(folds))
    section.say(
        f"On {len(folds)} parts of the rows, each kept away while it learned, it was confirmed by {low} to {high} "
        "(1: fully; 0: no better than chance).",
        f"轮流留出 {len(folds)} 部分数据、用其余部分学习来印证：印证程度在 {low} 到 {high} 之间"
        "（1 为完全，0 相当于偶然）。",
    )
    section.charts.append(told.searched.folds_chart())


def helpful(told: Told, notes: Sequence[Mapping[str, str]]) -> Section:
    """What would help."""
    section = Section("help")
    section.say(
        "Mark the bad ones among those shown: with some tens of them, “Predict a category” finds such rows more "
        "surely.",
        "请在显示的结果中标出真正有问题的：积累几十个后，“预测类别”能更可靠地找出它们。",
    )
    rows = len(told.score)
    if rows < FEW:
        few = told.unit.count(rows)
        section.say(
            f"More rows: there are only {few.en}, and with fewer than about {FEW} one cannot tell well what is usual.",
            f"更多数据：只有 {few.zh}，少于约 {FEW} 时难以看清什么是正常的。",
        )
    say_gaps(section, told.table.polars(), told.made.usual.columns)
    usual = told.made.usual
    looked_at = {*usual.words, usual.time, usual.levels.by if usual.levels else ""}
    texts = [column.name for column in told.table.schema if column.kind == "text" and column.name not in looked_at]
    if texts:
        section.say(
            f"Columns of text whose values hardly come again were not looked at: {', '.join(texts[:6])}.",
            f"取值很少重复的文本列没有参考：{'、'.join(texts[:6])}。",
        )
    if not told.made.usual.time:
        section.say(
            "With a column of times, what is usual at an hour and over a stretch of time would be looked at too.",
            "如果有时间列，还可以考虑各时段的正常水平和一段时间的走势。",
        )
    section.sentences += [Text(note["en"], note["zh-CN"]) for note in notes]
    return section


def _one_in(scores: Array, rows: int) -> list[str]:
    """How rare rows are, as numbers of rows of which one is so strange; at most as many as were seen."""
    return [number(float(min(10**score, rows))) for score in scores]


def _steadiness(stability: float) -> tuple[str, str]:
    """How far an order comes out again, from 0 to 1, in words."""
    if stability >= 0.9:
        return "hardly changes", "几乎不变"
    if stability >= 0.6:
        return "changes somewhat", "略有变化"
    return "changes a lot", "变化很大"


def _over_time(told: Told) -> ReportChart | None:
    """The column that is a reason most often, beside what is usual: of each part of the time its strangest row; none
    where the reasons are words."""
    import numpy as np

    usual = told.made.usual
    reasons = [reason.columns[0] for reason in told.reasons if reason.columns[0] not in usual.words]
    if not reasons:
        return None
    name = Counter(reasons).most_common(1)[0][0]
    place = list(usual.columns).index(name)
    order = told.table.polars()[usual.time].arg_sort().to_numpy()
    parts = np.array_split(order, min(len(order), MOST_POINTS))
    rows = np.array([part[told.score[part].argmax()] for part in parts])
    times = [moment(time) for time in told.table.polars()[usual.time].gather(rows)]
    real = told.table.polars()[name].gather(rows).to_list()
    middle = usual.middle_of(told.table)[rows, place].tolist()
    lines = [Series(Text("real", "实际"), times, real), Series(Text("usual", "正常水平"), times, middle)]
    title = Text(f"{name} and what is usual", f"{name} 与正常水平")
    return ReportChart("line", title, lines, Text(usual.time, usual.time), Text(name, name))
