"""What a forecast's result means, in sentences, charts and tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from patchbay_operators.advice import Finding, Text
from patchbay_operators.report.document import ReportChart, ReportTable, Section, Series
from patchbay_operators.report.words import moment, number, percent
from patchbay_operators.series.charts import axis, moments, next_chart, next_table, test_chart
from patchbay_operators.series.forecaster import Forecaster
from patchbay_operators.series.tested import Tested
from patchbay_sdk import Context

if TYPE_CHECKING:
    import numpy as np
    import polars as pl

    Array = np.ndarray[Any, Any]

PERIODS = 6
LIKE_BASELINE = 0.97
"""A forecast whose error is more than this share of the simple one's is called no better."""


@dataclass(frozen=True)
class Told:
    """What every sentence speaks of: the forecaster, its test, the forecasts as rows, the unit, and what was done."""

    context: Context
    made: Forecaster
    tested: Tested
    rows: pl.DataFrame
    unit: str
    summary: Mapping[str, Any]

    @property
    def target(self) -> str:
        """The column that is forecast."""
        target: str = self.made.options["target"]
        return target

    @property
    def horizon(self) -> int:
        """Steps ahead."""
        horizon: int = self.made.options["horizon"]
        return horizon

    @property
    def ahead(self) -> Text:
        """How far ahead, in words."""
        return self.made.step.words(self.horizon)

    def amount(self, value: float) -> Text:
        """A number with its unit."""
        return Text(f"{number(value)} {self.unit}".strip(), f"{number(value)} {self.unit}".strip())

    @property
    def off(self) -> float:
        """The mean size of the errors."""
        return _size(self.tested.errors)

    @property
    def off_by_last(self) -> float:
        """The same of repeating the last value."""
        return _size(self.tested.errors_of_last)

    @property
    def is_better(self) -> bool:
        """Whether it beats repeating the last value; a value that never changes needs no more than that."""
        return self.off <= LIKE_BASELINE * self.off_by_last


def headline(told: Told) -> Text:
    """The result in one sentence."""
    off, last, ahead, name = told.amount(told.off), told.amount(told.off_by_last), told.ahead, told.target
    found = Text(
        f"Forecasts of “{name}” for the next {ahead.en} are off by {off.en} on average; repeating the last value would "
        f"be off by {last.en}.",
        f"“{name}”未来 {ahead.zh}的预测平均偏差为 {off.zh}；若只重复上一个值，偏差为 {last.zh}。",
    )
    if told.is_better:
        return found
    return Text(
        "This is no better than repeating the last value: do not rely on it. Columns that change before the value does "
        f"may help. {found.en}",
        f"它并不比重复上一个值更好：请不要依赖它。加入先于该数值变化的列可能有帮助。{found.zh}",
    )


def good(told: Told, following: pl.DataFrame | None) -> Section:
    """How good it is."""
    import numpy as np

    section = Section("good")
    if told.off_by_last == 0 and told.off == 0:
        section.say(
            "The value never changed in the test, so there was nothing to tell.", "检验期间数值没有变化，无法看出好坏。"
        )
    elif told.is_better:
        less = percent(1 - told.off / told.off_by_last)
        section.say(
            f"Its errors are {less} smaller than those of repeating the last value.",
            f"它的偏差比重复上一个值小 {less}。",
        )
    steps = [*range(1, told.horizon + 1)]
    by_step, of_last = (_by_step(errors) for errors in (told.tested.errors, told.tested.errors_of_last))
    if told.horizon > 1 and np.isfinite(by_step[[0, -1]]).all():
        first, last = told.amount(float(by_step[0])), told.amount(float(by_step[-1]))
        section.say(
            f"The first value ahead is off by {first.en} on average, the last one by {last.en}.",
            f"第一步平均偏差 {first.zh}，最后一步 {last.zh}。",
        )
        lines = [
            Series(Text("forecast", "预测"), steps, by_step.tolist()),
            Series(Text("repeating the last value", "重复上一个值"), steps, of_last.tolist()),
        ]
        title = Text("Average error by step ahead", "各步的平均偏差")
        section.charts.append(
            ReportChart("line", title, lines, Text("step ahead", "提前步数"), axis(told, "average error", "平均偏差"))
        )
    if following is not None:
        section.charts.append(next_chart(told, following))
        section.tables.append(next_table(told, following))
    section.charts.append(test_chart(told))
    return section


def trust(told: Told) -> Section:
    """Whether it can be trusted: the range, steadiness over time, and how it was judged."""
    section = Section("trust")
    within = told.tested.within()
    section.say(
        "A range is given with each forecast that 80 of 100 real values should fall into; "
        f"in the test {100 * within:.0f} of 100 did.",
        f"每个预测都附有一个范围，预计 100 个真实值中有 80 个落入其中；检验中有 {100 * within:.0f} 个。",
    )
    if within < 0.65:
        section.say(
            "The real values strayed further than the range says: take it as too narrow.",
            "真实值的波动比范围更大，请把这个范围看作偏窄。",
        )
    elif within > 0.92:
        section.say("The range is wider than it had to be.", "这个范围比实际需要的更宽。")
    _over_time(told, section)
    folds = told.summary.get("best", {}).get("folds", [])
    if len(folds) > 1:
        low, high = told.amount(min(folds)), told.amount(max(folds))
        section.say(
            f"Before the test it was judged on {len(folds)} stretches of time that it had not learned from; the "
            f"typical error was between {low.en} and {high.en}.",
            f"检验之前，已在 {len(folds)} 段未学习过的时间上评判，典型误差在 {low.zh} 到 {high.zh} 之间。",
        )
    section.say(
        "The test rows come after all rows that were learned from, as the future will.",
        "检验数据全部晚于学习数据，与实际预测未来的情形相同。",
    )
    return section


def drivers(told: Told) -> Section:
    """What the forecast looks at."""
    section = Section("drivers")
    options = told.made.options
    choice = told.summary.get("choice")
    if choice:
        section.say(f"The way that was chosen: {choice['en']}.", f"所选方法：{choice['zh-CN']}。")
    season = told.summary.get("season") or 0
    if season:
        words = told.made.step.words(season)
        section.say(
            f"“{told.target}” has a pattern that comes again every {words.en}.",
            f"“{told.target}”每 {words.zh}出现一次相似的变化。",
        )
    else:
        section.say(f"No pattern that repeats was found in “{told.target}”.", f"“{told.target}”没有明显的周期。")
    if options["others"]:
        section.say(
            f"It also looks at the past of: {', '.join(options['others'][:8])}.",
            f"还参考了以下列的过去：{'、'.join(options['others'][:8])}。",
        )
    return section


def errors(told: Told) -> Section:
    """Where it errs: the greatest misses, and the series."""
    import polars as pl

    section = Section("errors")
    group, time = told.made.options["group"], told.made.options["time"]
    rows = told.rows.with_columns((pl.col("forecast") - pl.col("actual")).alias("off"))
    names = [*filter(None, [group]), time, "actual", "forecast", "off"]
    worst = rows.sort(pl.col("off").abs(), descending=True).head(8).select(names)
    if worst.height and abs(float(worst["off"][0])) > 0:
        top, when = told.amount(abs(float(worst["off"][0]))), worst[time][0]
        section.say(
            f"The greatest miss was {top.en}, at {moment(when)}.", f"最大偏差为 {top.zh}，出现在 {moment(when)}。"
        )
        titles = [Text(name, name) for name in names[:-3]]
        titles += [Text("real", "真实值"), Text("forecast", "预测"), Text("off by", "偏差")]
        section.tables.append(ReportTable(Text("Greatest misses", "偏差最大的时刻"), titles, moments(worst.rows())))
    if group:
        each = rows.group_by(group).agg(pl.col("off").abs().mean(), pl.len()).sort("off", descending=True)
        columns = [Text(group, group), Text("average error", "平均偏差"), Text("values", "个数")]
        section.tables.append(ReportTable(Text("Errors by series", "各序列的偏差"), columns, each.head(20).rows()))
        if each.height > 1:
            section.say(
                f"The forecast is worst for {each[group][0]} and best for {each[group][-1]}.",
                f"{each[group][0]} 的预测最差，{each[group][-1]} 的最好。",
            )
    return section


def helpful(told: Told) -> Section:
    """What would help."""
    section = Section("help")
    season, rows = told.summary.get("season") or 0, told.tested.table.num_rows
    if not told.is_better and told.off_by_last > 0:
        section.say(
            "Bring columns that change before the value does, such as a set point, a load or a plan: its own past does "
            "not tell what comes.",
            "请加入先于该数值变化的列，例如设定值、负载或计划：仅凭它自己的过去看不出后续。",
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


def _over_time(told: Told, section: Section) -> None:
    import numpy as np

    origins = len(told.tested.row)
    if origins < 2 * PERIODS:
        return
    parts = np.array_split(np.arange(origins), PERIODS)
    sizes = [_size(told.tested.errors[part]) for part in parts]
    of_last = [_size(told.tested.errors_of_last[part]) for part in parts]
    times = told.tested.table.polars()[told.made.options["time"]]
    begins = [moment(times[int(told.tested.row[part[0]])]) for part in parts]
    lines = [
        Series(Text("forecast", "预测"), begins, sizes),
        Series(Text("repeating the last value", "重复上一个值"), begins, of_last),
    ]
    section.charts.append(
        ReportChart(
            "bar", Text("Average error over time", "平均偏差随时间的变化"), lines, Text("from", "起始时间"),
            axis(told, "average error", "平均偏差"),
        )
    )  # fmt: skip
    better = sum(size < last for size, last in zip(sizes, of_last, strict=True))
    section.say(
        f"Of {PERIODS} parts of the test time, one after the other, it beat repeating the last value in {better}.",
        f"把检验时间依次分为 {PERIODS} 段，其中 {better} 段优于重复上一个值。",
    )
    if sizes[0] > 0 and sizes[-1] > 1.5 * sizes[0]:
        first, last = told.amount(sizes[0]), told.amount(sizes[-1])
        section.say(
            f"It got worse: off by {first.en} at the beginning and by {last.en} at the end. Let it learn again from "
            "time to time.",
            f"后期变差：开始时偏差 {first.zh}，结束时 {last.zh}。请定期重新学习。",
        )


def _size(errors: Array) -> float:
    import numpy as np

    return float(np.nanmean(np.abs(errors)))


def _by_step(errors: Array) -> Array:
    import numpy as np

    known = np.isfinite(errors)
    total = np.where(known, np.abs(errors), 0).sum(axis=0)
    sizes: Array = np.where(known.any(axis=0), total / np.maximum(known.sum(axis=0), 1), np.nan)
    return sizes
