"""Whether things happen as often as the answers say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from patchbay_operators.advice import Finding, Text
from patchbay_operators.model_report.figures import equal_parts, interval
from patchbay_operators.model_report.judged import Judged, Noun
from patchbay_operators.model_report.quantity import amount
from patchbay_operators.report.document import ReportChart, Section, Series
from patchbay_operators.report.words import percent
from patchbay_operators.scores import is_probability

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

GROUPS, FEWEST = 10, 20
"""Groups of rows by what was answered, and the fewest rows of a group."""
FAR, NEAR = 0.1, 0.02
"""Gaps between said and true from which on a group counts; the smaller where one is twice the other."""
PERFECT = Text("As said", "与所说一致")


def say(judged: Judged, section: Section) -> None:
    """A sentence and a chart; a finding where the probabilities are clearly wrong."""
    classified = judged.classified
    if classified is None:
        _of_numbers(judged, section)
    elif judged.positive is not None:
        if classified.score is not None:
            noun = judged.sought
            _of_probabilities(judged, section, classified.score, classified.is_positive, _Words.of_sought(noun))
    elif classified.per_class:
        _of_probabilities(judged, section, _of_answer(judged), judged.error == 0, _Words.of_right())


@dataclass(frozen=True)
class _Words:
    """What a probability speaks of: ``turned out to be bad wafers``; in Chinese it stands behind the share.

    `share`: the title of the axis with the true share. `use`: what to go by instead.
    """

    turned: Text
    share: Text
    use: Text

    @classmethod
    def of_sought(cls, noun: Noun) -> _Words:
        return cls(
            Text(f"turned out to be {noun.many}", f"是{noun.zh}"),
            Text("True share", "实际比例"),
            Text("Use the order of the scores, not the per cent.", "请使用得分的先后次序，而不要使用百分数。"),
        )

    @classmethod
    def of_right(cls) -> _Words:
        return cls(
            Text("of those answers were right", "的回答正确"),
            Text("Share of right answers", "回答正确的比例"),
            Text(
                "Take the answers with a high per cent as surer than the others, but not the per cent itself.",
                "百分数高的回答比其他的更可靠，但不要直接采用百分数本身。",
            ),
        )


def _of_answer(judged: Judged) -> Array:
    """Of several classes, the probability with which each row got its answer; NaN for a class that has none."""
    import numpy as np

    assert judged.classified is not None
    said = np.full(len(judged.answered), np.nan)
    for name, values in judged.classified.per_class.items():
        said = np.where(judged.answered == name, values, said)
    return said


def _of_probabilities(judged: Judged, section: Section, score: Array, true: Array, words: _Words) -> None:
    """`score`: what was said of each row; `true`: whether it came so."""
    if len(score) < 2 * FEWEST or not is_probability(score) or judged.constant:
        return
    groups = equal_parts(score, min(GROUPS, len(score) // FEWEST))
    said = [float(score[at].mean()) for at in groups]
    came = [float(true[at].mean()) for at in groups]
    off = []
    for at, saying, truth in zip(groups, said, came, strict=True):
        low, high = interval(int(true[at].sum()), len(at))
        if not low <= saying <= high and _far(saying, truth):
            off.append((abs(saying - truth), saying, truth, len(at)))
    judged.term("calibration")
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
                    f"Where it says {percent(saying)} on average, {percent(truth)} {words.turned.en} "
                    f"({where.en}): it promises too {'much' if high else 'little'} there. {words.use.en}",
                    f"在它平均给出 {percent(saying)} 的地方，实际有 {percent(truth)} {words.turned.zh}（{where.zh}）："
                    f"那里给出的概率偏{'高' if high else '低'}。{words.use.zh}",
                ),
                values={"said": saying, "true": truth, "rows": rows},
            )
        )
    else:
        saying, truth = said[-1], came[-1]
        section.say(
            f"Its probabilities can be taken at their word: where it says {percent(saying)} on average, "
            f"{percent(truth)} {words.turned.en}.",
            f"给出的概率可以照字面理解：在它平均给出 {percent(saying)} 的地方，"
            f"实际有 {percent(truth)} {words.turned.zh}。",
        )
    section.charts.append(
        ReportChart(
            "line",
            Text("What it says, and what turned out", "给出的概率与实际比例"),
            [Series(Text("Turned out", "实际"), said, came), Series(PERFECT, [0, 1], [0, 1])],
            Text("Said probability", "给出的概率"),
            words.share,
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
