"""Whether things happen as often as the answers say."""

from __future__ import annotations

from patchbay_operators.advice import Finding, Text
from patchbay_operators.model_report.figures import equal_parts, interval
from patchbay_operators.model_report.judged import Judged
from patchbay_operators.model_report.quantity import amount
from patchbay_operators.report.document import ReportChart, Section, Series
from patchbay_operators.report.words import percent
from patchbay_operators.scores import is_probability

GROUPS, FEWEST = 10, 20
"""Groups of rows by what was answered, and the fewest rows of a group."""
FAR, NEAR = 0.1, 0.02
"""Gaps between said and true from which on a group counts; the smaller where one is twice the other."""
PERFECT = Text("As said", "与所说一致")


def say(judged: Judged, section: Section) -> None:
    """A sentence and a chart; a finding where the probabilities are clearly wrong."""
    if judged.classified is None:
        _of_numbers(judged, section)
    elif judged.positive is not None:
        _of_probabilities(judged, section)


def _of_probabilities(judged: Judged, section: Section) -> None:
    classified = judged.classified
    assert classified is not None
    score, sought = classified.score, classified.is_positive
    if score is None or len(score) < 2 * FEWEST or not is_probability(score) or judged.constant:
        return
    groups = equal_parts(score, min(GROUPS, len(score) // FEWEST))
    said = [float(score[at].mean()) for at in groups]
    true = [float(sought[at].mean()) for at in groups]
    off = []
    for at, saying, truth in zip(groups, said, true, strict=True):
        low, high = interval(int(sought[at].sum()), len(at))
        if not low <= saying <= high and _far(saying, truth):
            off.append((abs(saying - truth), saying, truth, len(at)))
    judged.term("calibration")
    noun = judged.sought
    if off:
        _, saying, truth, rows = max(off)
        high = saying > truth
        where = judged.unit.count(rows)
        section.findings.append(
            Finding(
                "uncalibrated",
                "warn",
                Text("Its probabilities cannot be taken at their word", "给出的概率不能照字面理解"),
                Text(
                    f"Where it says {percent(saying)} on average, {percent(truth)} turned out to be {noun.many} "
                    f"({where.en}): it promises too {'much' if high else 'little'} there. Use the order of the scores, "
                    "not the per cent.",
                    f"在它平均给出 {percent(saying)} 的地方，实际有 {percent(truth)} 是{noun.zh}（{where.zh}）："
                    f"那里给出的概率偏{'高' if high else '低'}。请使用得分的先后次序，而不要使用百分数。",
                ),
                values={"said": saying, "true": truth, "rows": rows},
            )
        )
    else:
        saying, truth = said[-1], true[-1]
        section.say(
            f"Its probabilities can be taken at their word: where it says {percent(saying)} on average, "
            f"{percent(truth)} "
            f"turned out to be {noun.many}.",
            f"给出的概率可以照字面理解：在它平均给出 {percent(saying)} 的地方，实际有 {percent(truth)} 是{noun.zh}。",
        )
    section.charts.append(
        ReportChart(
            "line",
            Text("What it says, and what turned out", "给出的概率与实际比例"),
            [Series(Text("Turned out", "实际"), said, true), Series(PERFECT, [0, 1], [0, 1])],
            Text("Said probability", "给出的概率"),
            Text(f"Share of {noun.many}", f"{noun.zh}的比例"),
        )
    )


def _far(said: float, true: float) -> bool:
    gap = abs(said - true)
    return gap > FAR or (gap > NEAR and max(said, true) > 2 * min(said, true))


def _of_numbers(judged: Judged, section: Section) -> None:
    """High and low answers apart: whether either leans to one side."""
    from scipy.stats import ttest_1samp

    answered, error = judged.answered, judged.answered - judged.truth
    if len(answered) < 2 * FEWEST or judged.constant:
        return
    groups = equal_parts(answered, min(5, len(answered) // FEWEST))
    for at, where, where_zh in ((groups[-1], "highest", "最高"), (groups[0], "lowest", "最低")):
        off = error[at]
        if len(off) < FEWEST or abs(off.mean()) < 0.5 * judged.error.mean() or ttest_1samp(off, 0).pvalue > 0.01:
            continue
        high = off.mean() > 0
        judged.term("calibration")
        section.findings.append(
            Finding(
                "leaning",
                "note",
                Text(
                    f"Its {where} answers are too {'high' if high else 'low'}",
                    f"{where_zh}的那部分回答偏{'高' if high else '低'}",
                ),
                Text(
                    f"The {len(at):,} {where} answers are {amount(judged, abs(off.mean()))} too "
                    f"{'high' if high else 'low'} "
                    "on average.",
                    f"{where_zh}的 {len(at):,} 个回答平均偏{'高' if high else '低'} "
                    f"{amount(judged, abs(off.mean()))}。",
                ),
                values={"error": float(off.mean()), "rows": len(at)},
            )
        )
