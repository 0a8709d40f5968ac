"""Whether a forecast can be trusted: its range, its error over time, and how it was judged."""

from __future__ import annotations

from patchbay_operators.advice import Text
from patchbay_operators.report.document import ReportChart, Section, Series
from patchbay_operators.report.searched import Searched
from patchbay_operators.report.terms import name_of
from patchbay_operators.report.words import moment
from patchbay_operators.series.told import MODEL, Told, size_of

PERIODS = 6
STATED = 80
"""Per cent of the real values that should lie within the range."""


def trust(told: Told) -> Section:
    """Whether it can be trusted: the range, steadiness over time, and how it was judged."""
    section = Section("trust")
    told.term("range", "calibration")
    within = told.tested.within()
    section.say(
        "A range is given with each forecast that 80 of 100 real values should fall into; "
        f"in the test {100 * within:.0f} of 100 did.",
        f"每个预测都附有一个范围，预计 100 个真实值中有 80 个落入其中；测试中有 {100 * within:.0f} 个。",
    )
    if within < 0.65:
        section.say(
            "The real values strayed further than the range says: take it as too narrow.",
            "真实值的波动比范围更大，请把这个范围看作偏窄。",
        )
    elif within > 0.92:
        section.say("The range is wider than it had to be.", "这个范围比实际需要的更宽。")
    _inside(told, section)
    _over_time(told, section)
    _folds(told, section)
    section.say(
        "The test rows come after all rows that were learned from, as the future will.",
        "测试数据全部晚于训练数据，与实际预测未来的情形相同。",
    )
    return section


def searched(told: Told) -> Searched:
    """What the search tried; its score is an error in the unit of the values."""
    return Searched(told.summary, name_of("typical_error"), told.unit)


def _inside(told: Told, section: Section) -> None:
    """What the range states beside what came of it, step by step; of one step, part by part of the time."""
    import numpy as np

    inside = told.tested.inside()
    if told.horizon > 1:
        places, x = [*range(1, told.horizon + 1)], Text("step ahead", "提前步数")
        parts = list(inside.T)
    else:
        parts = np.array_split(inside, min(PERIODS, len(inside)))
        places, x = [*range(1, len(parts) + 1)], Text("part of the test time", "测试时间的各段")
    shares = [100 * float(np.nanmean(part)) if np.isfinite(part).any() else None for part in parts]
    lines = [
        Series(Text("in the range", "落入范围"), places, shares),
        Series(Text("as stated", "应有比例"), places, [STATED] * len(places)),
    ]
    title = Text("Real values within the stated range", "落入所给范围的真实值")
    share = Text("share of the real values (%)", "占真实值的比例（%）")
    section.charts.append(ReportChart("line" if len(places) > 1 else "bar", title, lines, x, share))


def _folds(told: Told, section: Section) -> None:
    """The spread over the stretches of time on which it was judged before the test."""
    tried = searched(told)
    folds = tried.folds()
    if not folds:
        return
    told.term("folds", "typical_error")
    low, high = tried.amount(min(folds)), tried.amount(max(folds))
    section.say(
        f"Before the test it was judged on {len(folds)} stretches of time that it had not learned from; the "
        f"typical error was between {low} and {high}.",
        f"测试之前，已在 {len(folds)} 段未学习过的时间上评判，典型误差在 {low} 到 {high} 之间。",
    )
    section.charts.append(tried.folds_chart())


def _over_time(told: Told, section: Section) -> None:
    """The error in each part of the test time."""
    import numpy as np

    origins = len(told.tested.row)
    if origins < 2 * PERIODS:
        return
    parts = np.array_split(np.arange(origins), PERIODS)
    sizes = [size_of(told.tested.errors[part]) for part in parts]
    of_simple = [size_of(told.tested.errors_of_simple[part]) for part in parts]
    times = told.tested.table.polars()[told.made.options["time"]]
    begins = [moment(times[int(told.tested.row[part[0]])]) for part in parts]
    lines = [
        Series(MODEL, begins, sizes),
        Series(told.simple, begins, of_simple),
    ]
    section.charts.append(
        ReportChart(
            "bar", Text("Average error over time", "平均偏差随时间的变化"), lines, Text("from", "起始时间"),
            told.axis("average error", "平均偏差"),
        )
    )  # fmt: skip
    better = sum(size < last for size, last in zip(sizes, of_simple, strict=True))
    section.say(
        f"Of {PERIODS} parts of the test time, one after the other, it beat {told.simple.en} in {better}.",
        f"把测试时间依次分为 {PERIODS} 段，其中 {better} 段优于{told.simple.zh}。",
    )
    if sizes[0] > 0 and sizes[-1] > 1.5 * sizes[0]:
        first, last = told.amount(sizes[0]), told.amount(sizes[-1])
        section.say(
            f"It got worse: off by {first.en} at the beginning and by {last.en} at the end. Let it learn again from "
            "time to time.",
            f"后期变差：开始时偏差 {first.zh}，结束时 {last.zh}。请定期重新学习。",
        )
