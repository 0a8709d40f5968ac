"""How good a model is at telling a number."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from patchbay_operators.advice import Text
from patchbay_operators.model_report.judged import Judged
from patchbay_operators.report.document import ReportChart, Section, Series
from patchbay_operators.report.words import number

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

POINTS, LINE = 400, 40
"""Rows in the chart of answers against the truth, and dots of the line on which they should lie."""
MODEL = Text("This model", "本模型")
AVERAGE = Text("Always the average", "永远回答平均值")


def amount(judged: Judged, value: float) -> str:
    """A quantity with the unit that stands in the target's name, such as power (MW)."""
    found = re.search(r"[(\[]([^()\[\]]{1,12})[)\]]\s*$", judged.target)
    return f"{number(value)} {found[1]}" if found else number(value)


def usual_error(judged: Judged) -> Array:
    """How wrong the training rows' average would be, per test row."""
    import numpy as np

    known = judged.train_truth
    usual = float(known.mean()) if len(known) else 0.0
    found: Array = np.abs(judged.truth - usual)
    return found


def headline(judged: Judged) -> Text:
    """Off by 2.5 MW on average; always answering the average would be off by 13.9 MW."""
    if not len(judged.error):
        return Text("There are no test rows, so nobody can say how good it is.", "没有测试数据，无法得知效果如何。")
    off, usual = amount(judged, judged.error.mean()), amount(judged, usual_error(judged).mean())
    return Text(
        f"Predictions of “{judged.target}” are off by {off} on average; always answering the average would be off by "
        f"{usual}.",
        f"“{judged.target}”的预测平均偏差为 {off}；如果永远回答平均值，平均偏差为 {usual}。",
    )


def good(judged: Judged) -> Section:
    """Errors against those of the simplest answer, how they are spread, and whether they lean to one side."""
    import numpy as np

    section, errors = Section("good"), judged.error
    if not len(errors):
        return section
    usual, tested = usual_error(judged).mean(), judged.unit.count(len(errors))
    judged.term("test_rows", "baseline", "mae")
    half, most, worst = (amount(judged, value) for value in np.quantile(errors, [0.5, 0.9, 1]))
    section.say(
        f"It was tested on {tested.en} that it had not seen. Half of its answers are off by less than "
        f"{half}, 9 of 10 by "
        f"less than {most}; the worst is off by {worst}.",
        f"用模型未见过的 {tested.zh}进行了测试。一半的回答偏差小于 {half}，每 10 个中有 9 个小于 {most}；"
        f"最差的偏差为 {worst}。",
    )
    if usual > 0:
        part = errors.mean() / usual
        share = f"{100 * part:.0f}%"
        says = (
            Text(f"Its error is {share} of that", f"模型的误差是其 {share}")
            if part < 1
            else Text("The model is no better", "模型并不更好")
        )
        section.say(
            "The simplest answer, the average of the training rows, would be off by "
            f"{amount(judged, usual)}. {says.en}.",
            f"最简单的回答（训练数据的平均值）平均偏差为 {amount(judged, usual)}。{says.zh}。",
        )
    name = Text("Mean error", "平均误差")
    section.charts.append(
        ReportChart("bar", name, [Series(name, [MODEL, AVERAGE], [errors.mean(), usual])], y_title=name)
    )
    section.charts.append(_scatter(judged))
    _leaning(judged, section)
    return section


def _leaning(judged: Judged, section: Section) -> None:
    """Answers that are too high or too low on the whole; said only where it is no chance."""
    from scipy.stats import ttest_1samp

    error = judged.answered - judged.truth
    if len(error) < 10 or error.std() == 0 or abs(error.mean()) < 0.1 * judged.error.mean():
        return
    if ttest_1samp(error, 0).pvalue < 0.01:
        high = error.mean() > 0
        by = amount(judged, abs(error.mean()))
        section.say(
            f"On the whole its answers are too {'high' if high else 'low'}, by {by} on average.",
            f"总体上它的回答偏{'高' if high else '低'}，平均{'高' if high else '低'} {by}。",
        )


def _scatter(judged: Judged) -> ReportChart:
    import numpy as np

    at = judged.sample(POINTS)
    truth, answered = judged.truth[at], judged.answered[at]
    line = np.linspace(min(truth.min(), answered.min()), max(truth.max(), answered.max()), LINE).tolist()
    return ReportChart(
        "scatter",
        Text("Answers against the truth", "回答与真实值"),
        [
            Series(Text("Test rows", "测试数据"), truth.tolist(), answered.tolist()),
            Series(Text("Exactly right", "完全正确"), line, line),
        ],
        Text(f"True {judged.target}", f"真实 {judged.target}"),
        Text(f"Answered {judged.target}", f"回答 {judged.target}"),
    )
