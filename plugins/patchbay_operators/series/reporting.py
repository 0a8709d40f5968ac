"""What a forecast's result means, in sentences, charts and tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from patchbay_operators.advice import Finding, Text
from patchbay_operators.report.document import ReportChart, Section, Series
from patchbay_operators.report.gaps import say_gaps
from patchbay_operators.report.words import number, percent
from patchbay_operators.series.charts import next_chart, next_table, test_chart
from patchbay_operators.series.told import MODEL, Told
from patchbay_operators.series.trusting import searched

if TYPE_CHECKING:
    import numpy as np
    import polars as pl

    Array = np.ndarray[Any, Any]


def headline(told: Told) -> Text:
    """The result in one sentence."""
    off, off_by_simple, ahead, name = told.amount(told.off), told.amount(told.off_by_simple), told.ahead, told.target
    simple = told.simple
    found = Text(
        f"Forecasts of “{name}” for the next {ahead.en} are off by {off.en} on average; {simple.en} would be off by "
        f"{off_by_simple.en}.",
        f"“{name}”未来 {ahead.zh}的预测平均偏差为 {off.zh}；若只{simple.zh}，偏差为 {off_by_simple.zh}。",
    )
    if told.is_better:
        return found
    if told.tested.season:
        return Text(
            f"This is no better than {simple.en}, which needs no model. Columns that change before the value does may "
            f"help. {found.en}",
            f"它并不比{simple.zh}更好，而后者不需要模型。加入先于该数值变化的列可能有帮助。{found.zh}",
        )
    return Text(
        "This is no better than repeating the last value: do not rely on it. Columns that change before the value does "
        f"may help. {found.en}",
        f"它并不比重复上一个值更好：请不要依赖它。加入先于该数值变化的列可能有帮助。{found.zh}",
    )


def good(told: Told, following: pl.DataFrame | None) -> Section:
    """How good it is."""
    import numpy as np

    section = Section("good")
    if told.off_by_simple == told.off == 0 and told.tested.season:
        section.say(
            f"The values come again exactly: {told.simple.en} meets each of them, as the forecast does.",
            f"数值完全重复出现：{told.simple.zh}与预测都完全吻合。",
        )
    elif told.off_by_simple == told.off == 0:
        section.say(
            "The value never changed in the test, so there was nothing to tell.", "测试期间数值没有变化，无法看出好坏。"
        )
    elif told.is_better:
        less = percent(1 - told.off / told.off_by_simple)
        section.say(
            f"Its errors are {less} smaller than those of {told.simple.en}, the best simple rule on these rows.",
            f"它的偏差比{told.simple.zh}（这些数据上最好的简单规则）小 {less}。",
        )
    average = told.axis("average error", "平均偏差")
    bars = Series(average, [MODEL, told.simple], [told.off, told.off_by_simple])
    section.charts.append(ReportChart("bar", Text("Average error", "平均偏差"), [bars], y_title=average))
    steps = [*range(1, told.horizon + 1)]
    by_step, of_simple = (_by_step(errors) for errors in (told.tested.errors, told.tested.errors_of_simple))
    if told.horizon > 1 and np.isfinite(by_step[[0, -1]]).all():
        first, last = told.amount(float(by_step[0])), told.amount(float(by_step[-1]))
        section.say(
            f"The first value ahead is off by {first.en} on average, the last one by {last.en}.",
            f"第一步平均偏差 {first.zh}，最后一步 {last.zh}。",
        )
        lines = [
            Series(MODEL, steps, by_step.tolist()),
            Series(told.simple, steps, of_simple.tolist()),
        ]
        title = Text("Average error by step ahead", "各步的平均偏差")
        section.charts.append(ReportChart("line", title, lines, Text("step ahead", "提前步数"), average))
    if following is not None:
        section.charts.append(next_chart(told, following))
        section.tables.append(next_table(told, following))
    section.charts.append(test_chart(told))
    _tried(told, section)
    return section


def _tried(told: Told, section: Section) -> None:
    """The leaderboard, and the simplest answer on it."""
    tried = searched(told)
    if tried.best is None:
        return
    told.term("typical_error", "folds", "baseline", "spread")
    if tried.baseline is not None:
        score, simplest = tried.amount(tried.best["score"]), tried.amount(tried.baseline["score"])
        section.say(
            f"While it was chosen, on stretches of time that it had not learned from, its typical error was {score}; "
            f"that of the simplest answer, repeating the last value, was {simplest}.",
            f"在选择方法时，在未学习过的时间段上，它的典型误差为 {score}；最简单的回答（重复上一个值）为 {simplest}。",
        )
    tried.say_tried(section)


def helpful(told: Told) -> Section:
    """What would help."""
    section = Section("help")
    season, rows = told.summary.get("season") or 0, told.tested.table.num_rows
    if not told.is_better and told.off_by_simple > 0:
        section.say(
            "Bring columns that change before the value does, such as a set point, a load or a plan: its own past does "
            "not tell more.",
            "请加入先于该数值变化的列，例如设定值、负载或计划：仅凭它自己的过去看不出更多。",
        )
    if season and rows < 10 * season:
        times = number(rows / season)
        section.say(
            f"There are only {times} repeats of the pattern; more of them would make the forecast steadier.",
            f"周期只出现了约 {times} 次；更长的数据会使预测更稳定。",
        )
    if told.tested.within() < 0.65:
        section.say(
            "Let it learn again with newer rows: the values stray further than they used to.",
            "请用更新的数据重新学习：数值的波动比以前更大。",
        )
    say_gaps(section, told.tested.table.polars(), [told.target, *told.made.options["others"]])
    notes: Sequence[Mapping[str, str]] = told.summary.get("notes", ())
    section.sentences += [Text(note["en"], note["zh-CN"]) for note in notes]
    if section.empty:
        section.say(
            "Nothing stands out: the times are even, and there is enough of the past to learn from.",
            "没有明显的不足：时间间隔均匀，历史数据也足够。",
        )
    return section


def checked(findings: Sequence[Finding]) -> Section:
    """What the check of the data found, but for praise."""
    return Section("data", findings=[each for each in findings if each.severity != "good"])


def _by_step(errors: Array) -> Array:
    import numpy as np

    known = np.isfinite(errors)
    total = np.where(known, np.abs(errors), 0).sum(axis=0)
    sizes: Array = np.where(known.any(axis=0), total / np.maximum(known.sum(axis=0), 1), np.nan)
    return sizes
