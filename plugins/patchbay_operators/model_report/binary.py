"""How good a model is at finding the rows of one class."""

from __future__ import annotations

from patchbay_operators.advice import Text
from patchbay_operators.evaluate._curves import threshold_rows
from patchbay_operators.model_report.judged import Judged
from patchbay_operators.report.document import ReportChart, ReportTable, Section, Series
from patchbay_operators.report.words import Share, number

BLIND = Text("Picking blindly", "随意挑选")
MODEL = Text("This model", "本模型")
BALANCED = 50
"""The summary's `focus` at which both mistakes are equally bad."""
NEARLY_ALL = 0.9
"""Alarms for so many of all rows are no finding."""
POINTS = 60
"""Points of a curve."""


def headline(judged: Judged) -> Text:
    """Finds about 7 of 10 bad wafers; about 3 of 10 alarms are false."""
    scores, sought = judged.scores, judged.sought
    positives, found, false = (int(scores[name] or 0) for name in ("positives", "found", "false_alarms"))
    alarms = found + false
    if not positives:
        raised = (
            Text(f"it raised {alarms:,} false alarms", f"发出了 {alarms:,} 次误报")
            if alarms
            else Text("it raised no alarm", "没有发出报警")
        )
        return Text(
            f"There are no {sought.many} among the test rows, so nobody can say how many it would find; {raised.en}.",
            f"测试数据中没有{sought.zh}，因此无法得知它能找出多少；{raised.zh}。",
        )
    if not alarms:
        which = Text(f"the one {sought.one} is", f"仅有的 1 {sought.measure}{sought.zh}")
        if positives > 1:
            which = Text(f"all {positives:,} {sought.many} are", f"全部 {positives:,} {sought.measure}{sought.zh}")
        return Text(f"Raises no alarm: {which.en} missed.", f"没有发出任何报警：{which.zh}都被漏掉了。")
    finds, wrong = _finds(found, positives, judged), _wrong(false, alarms)
    if (rows := len(judged.truth)) > positives and alarms >= NEARLY_ALL * rows:
        every = judged.unit.count(rows)
        return Text(
            f"{finds.en}, but it raises an alarm for {alarms:,} of {every.en}; {wrong.en}.",
            f"{finds.zh}，但 {every.zh}中有 {alarms:,} {judged.unit.measure}都会报警；{wrong.zh}。",
        )
    return Text(f"{finds.en}; {wrong.en}.", f"{finds.zh}；{wrong.zh}。")


def _finds(found: int, positives: int, judged: Judged) -> Text:
    share, sought = Share.of(found, positives), judged.sought
    if positives == 1:
        return (
            Text(f"Finds the one {sought.one}", f"找出了仅有的 1 {sought.measure}{sought.zh}")
            if found
            else Text(f"Misses the one {sought.one}", f"漏掉了仅有的 1 {sought.measure}{sought.zh}")
        )
    if share.all:
        return Text(f"Finds all {positives:,} {sought.many}", f"找出了全部 {positives:,} {sought.measure}{sought.zh}")
    if share.none:
        return Text(
            f"Finds none of the {positives:,} {sought.many}",
            f"{positives:,} {sought.measure}{sought.zh}一{sought.measure}也没有找出",
        )
    each, part = share.zh(sought.measure, sought.zh)
    return Text(f"Finds {share.en} {sought.many}", f"{each}能找出{part}")


def _wrong(false: int, alarms: int) -> Text:
    share = Share.of(false, alarms)
    if share.none:
        return Text("no alarm is false", "没有误报")
    if share.all:
        return (
            Text("all alarms are false", "所有报警都是误报")
            if alarms > 1
            else Text("its one alarm is false", "仅有的一次报警是误报")
        )
    each, part = share.zh("次", "报警")
    return Text(f"{share.en} alarms are false", f"{each}中有{part}是误报")


def good(judged: Judged) -> Section:
    """Counts, what blind picking would find with as many alarms, what other thresholds would give."""
    section, scores, sought, unit = Section("good"), judged.scores, judged.sought, judged.unit
    rows, positives, found, false = (int(scores[name] or 0) for name in ("rows", "positives", "found", "false_alarms"))
    alarms, tested, are = found + false, unit.count(rows), sought.count(positives)
    judged.term("test_rows")
    section.say(
        f"It was tested on {tested.en} that it had not seen: {are.en} among them. It raised {alarms:,} "
        f"{'alarm' if alarms == 1 else 'alarms'}: {found:,} right, {false:,} false. It missed {positives - found:,}.",
        f"用模型未见过的 {tested.zh}进行了测试，其中有 {are.zh}。共报警 {alarms:,} 次：{found:,} 次正确，"
        f"{false:,} 次误报；漏掉 "
        f"{positives - found:,} {sought.measure}。",
    )
    if positives and alarms:
        _against_blind(judged, section, found, positives, alarms, rows)
    auc = scores.get("auc")
    if auc is not None and not judged.constant:
        judged.term("auc", "score")
        of_hundred = round(100 * float(auc))
        section.say(
            f"Shown one of the {sought.many} and one other {unit.one}, it gives the right one the higher score "
            f"{of_hundred} times of 100 (AUC {float(auc):.2f}); guessing would be right 50 times.",
            f"任取一{sought.measure}{sought.zh}和一{unit.measure}其他{unit.zh}，100 次中有 {of_hundred} "
            "次给前者更高的得分（AUC "
            f"{float(auc):.2f}）；随机猜测只有 50 次。",
        )
        section.charts.append(_gains(judged))
    _asked(judged, section)
    if table := _thresholds(judged):
        judged.term("threshold")
        section.tables.append(table)
    return section


def _asked(judged: Judged, section: Section) -> None:
    """Which mistake was said to be worse, and from which score on a row raises an alarm for that."""
    focus, threshold = judged.summary.get("focus"), judged.summary.get("threshold")
    if not isinstance(focus, int | float) or not isinstance(threshold, int | float):
        return
    asked = Text("Finding and being right count the same", "找得全与误报少同等看重")
    if focus > BALANCED:
        asked = Text("Finding matters more", "更看重找得全")
    if focus < BALANCED:
        asked = Text("Few false alarms matter more", "更看重少误报")
    judged.term("threshold", "score")
    section.say(
        f"{asked.en}, as was chosen before the run, so a score of {number(threshold)} or more raises an alarm.",
        f"按运行前的选择，{asked.zh}，因此得分达到 {number(threshold)} 就报警。",
    )


def _against_blind(judged: Judged, section: Section, found: int, positives: int, alarms: int, rows: int) -> None:
    sought, blind = judged.sought, alarms * positives / rows
    judged.term("baseline")
    about = Text("fewer than 1", "不到 1") if blind < 1 else Text(f"about {blind:,.0f}", f"大约 {blind:,.0f}")
    section.say(
        f"With as many alarms, picking blindly would find {about.en} of the {sought.count(positives).en}; the "
        f"model finds {found:,}.",
        f"同样报警 {alarms:,} 次，随意挑选只能找出 {sought.count(positives).zh}中的{about.zh} "
        f"{sought.measure}；模型找出了 {found:,} {sought.measure}。",
    )
    title = Text(f"Found with {alarms:,} alarms", f"{alarms:,} 次报警找出的数量")
    many = Text(sought.many, sought.zh)
    bars = Series(many, [MODEL, BLIND], [found, round(blind, 1)])
    section.charts.append(ReportChart("bar", title, [bars]))


def _gains(judged: Judged) -> ReportChart:
    """How many are found when the rows with the highest scores are looked at first."""
    import numpy as np

    classified = judged.classified
    assert classified is not None and classified.score is not None
    order = np.argsort(-classified.score, kind="stable")
    found = np.concatenate([[0], np.cumsum(classified.is_positive[order])])
    at = np.unique(np.linspace(0, len(order), min(POINTS, len(order) + 1)).round().astype(int))
    x, y = 100 * at / len(order), 100 * found[at] / found[-1]
    unit = judged.unit
    return ReportChart(
        "line",
        Text("Found, when the highest scores are looked at first", "按得分从高到低检查时找出的比例"),
        [Series(MODEL, x.round(1).tolist(), y.round(1).tolist()), Series(BLIND, [0, 100], [0, 100])],
        Text(f"{unit.many} looked at (%)", f"已检查的{unit.zh}（%）"),
        Text("Found (%)", "已找出（%）"),
    )


def _thresholds(judged: Judged) -> ReportTable | None:
    """What finding more, or fewer, would cost in false alarms."""
    assert judged.classified is not None
    found = threshold_rows(judged.classified.is_positive, judged.classified.score)
    if len(found) < 2:
        return None
    return ReportTable(
        Text("What another threshold would give", "换一个阈值会怎样"),
        [Text("Threshold", "阈值"), Text("Found", "找出"), Text("Missed", "漏掉"), Text("False alarms", "误报")],
        [[row["threshold"], row["found"], row["missed"], row["false_alarms"]] for row in found],
    )
