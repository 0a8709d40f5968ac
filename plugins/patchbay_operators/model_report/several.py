"""How good a model is at telling several classes apart."""

from __future__ import annotations

from typing import Any

from patchbay_operators.advice import Text
from patchbay_operators.model_report.judged import Judged, noun_of
from patchbay_operators.report.document import ReportChart, ReportTable, Section, Series
from patchbay_operators.report.words import Share

MODEL, RIGHT = Text("This model", "本模型"), Text("Right (%)", "正确（%）")
SHOWN = 20
"""Classes in the chart and the table, the most frequent ones."""


def usual_class(judged: Judged) -> str:
    """The most frequent class of the training rows: what the simplest answer would be."""
    import numpy as np

    names, counts = np.unique(judged.train_truth.astype(str), return_counts=True)
    return str(names[counts.argmax()])


def headline(judged: Judged) -> Text:
    """Right for about 8 of 10 wafers; always answering “none” would be right for about 6 of 10."""
    rows, usual = len(judged.truth), usual_class(judged)
    if not rows:
        return Text("There are no test rows, so nobody can say how good it is.", "没有测试数据，无法得知效果如何。")
    right, always = int((judged.error == 0).sum()), int((judged.truth == usual).sum())
    model, base = _right(right, rows, judged), _right(always, rows, judged)
    return Text(
        f"Right for {model.en}; always answering “{usual}” would be right for {base.en}.",
        f"{model.zh}；如果永远回答“{usual}”，则{base.zh}。",
    )


def _right(right: int, rows: int, judged: Judged) -> Text:
    share, unit = Share.of(right, rows), judged.unit
    if share.all or share.none:
        return Text(
            f"{'all' if share.all else 'none'} of {unit.count(rows).en}",
            f"{unit.count(rows).zh}{'全部回答正确' if share.all else '没有一个回答正确'}",
        )
    each, part = share.zh(unit.measure, unit.zh)
    return Text(f"{share.en} {unit.many}", f"{each}中{part}回答正确")


def good(judged: Judged) -> Section:
    """Counts, each class, and what is taken for what."""
    section, unit = Section("good"), judged.unit
    rows, right = len(judged.truth), int((judged.error == 0).sum())
    tested, always = unit.count(rows), int((judged.truth == usual_class(judged)).sum())
    judged.term("test_rows", "baseline")
    section.say(
        f"It was tested on {tested.en} that it had not seen: {right:,} right answers, {rows - right:,} wrong. "
        f"The simplest answer, always “{usual_class(judged)}”, would be right {always:,} times.",
        f"用模型未见过的 {tested.zh}进行了测试：{right:,} 个回答正确，{rows - right:,} 个错误。"
        f"最简单的回答（永远回答“{usual_class(judged)}”）"
        f"会对 {always:,} 次。",
    )
    if rows:
        usual = Text(f"Always “{usual_class(judged)}”", f"永远回答“{usual_class(judged)}”")
        shares = [round(100 * count / rows, 1) for count in (right, always)]
        bars = Series(RIGHT, [MODEL, usual], shares)
        section.charts.append(ReportChart("bar", Text("Right answers", "正确的回答"), [bars], y_title=RIGHT))
    _each_class(judged, section)
    _mixed_up(judged, section)
    return section


def _each_class(judged: Judged, section: Section) -> None:
    import numpy as np

    names, counts = np.unique(judged.truth.astype(str), return_counts=True)
    order = np.argsort(-counts, kind="stable")[:SHOWN]
    shown = [str(names[at]) for at in order]
    rows: list[list[Any]] = []
    for name in shown:
        is_class, called = judged.truth == name, judged.answered == name
        rows.append([name, int(is_class.sum()), int((is_class & called).sum()), int((called & ~is_class).sum())])
    if not rows:
        return
    section.charts.append(
        ReportChart(
            "bar",
            Text("Right answers in each class", "各类别的正确率"),
            [Series(RIGHT, shown, [round(100 * row[2] / row[1], 1) for row in rows])],
            Text(judged.target, judged.target),
            RIGHT,
        )
    )
    columns = [
        Text("Class", "类别"),
        Text("Rows", "行数"),
        Text("Found", "找出"),
        Text("Wrongly called so", "误判为此类"),
    ]
    section.tables.append(ReportTable(Text("The classes", "各类别"), columns, rows))


def _mixed_up(judged: Judged, section: Section) -> None:
    """The pair that is most often confused, as a share of its true class."""
    import numpy as np

    wrong = np.flatnonzero(judged.error > 0)
    if not len(wrong):
        return
    pairs, counts = np.unique(
        np.array([judged.truth[wrong].astype(str), judged.answered[wrong].astype(str)]), axis=1, return_counts=True
    )
    most = int(counts.argmax())
    truth, called = str(pairs[0, most]), str(pairs[1, most])
    of, noun = int((judged.truth == truth).sum()), noun_of(judged.unit, judged.target, truth)
    section.say(
        f"The most frequent mix-up: {counts[most]:,} of {noun.count(of).en} are taken for “{called}”.",
        f"最常见的混淆：{noun.count(of).zh}中有 {counts[most]:,} {noun.measure}被当成“{called}”。",
    )
