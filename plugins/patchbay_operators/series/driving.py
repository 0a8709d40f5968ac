"""What a forecast hangs on: its own past, other columns, the pattern that comes again, and one forecast explained."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from patchbay_operators.advice import Text
from patchbay_operators.report.document import ReportChart, Section, Series
from patchbay_operators.report.words import listed, moment
from patchbay_operators.series.told import MODEL, Told, size_of

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

MOST_ROWS, BACKGROUND = 500, 100
"""Forecasts that are made again, of all and for one example."""
SHOWN, MOST_PLACES = 12, 400
"""Bars of a chart, and values of a pattern that is drawn."""


def drivers(told: Told) -> Section:
    """What the forecast looks at."""
    import numpy as np

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
        others = listed(options["others"], SHOWN)
        section.say(f"It also looks at the past of {others.en}.", f"还参考了以下列的过去：{others.zh}。")
    found = _sources(told)
    if len(found) > 1:
        rows = np.random.default_rng(told.context.seed).permutation(len(told.tested.windows))[:MOST_ROWS]
        strongest = _importance(told, section, found, np.sort(rows))
        _dependence(told, section, strongest, np.sort(rows))
        _example(told, section, found)
    if season:
        _pattern(told, section, season)
    return section


@dataclass(frozen=True)
class _Source:
    """A part of what forecasts are made from. `begin`, `end`: its columns in a window; `kind`: now, before or other."""

    name: Text
    kind: str
    begin: int
    end: int

    def swapped(self, windows: Array, others: Array) -> Array:
        """The windows with this part as other windows, row by row, have it."""
        mixed, at = windows.copy(), slice(self.begin, self.end)
        if self.kind == "other":
            mixed[:, at] = others[:, at]
            return mixed
        now, now_there = windows[:, [self.end - 1]], others[:, [self.end - 1]]
        mixed[:, at] = windows[:, at] - now + now_there if self.kind == "now" else others[:, at] - now_there + now
        return mixed


def _sources(told: Told) -> list[_Source]:
    """What forecasts are made from: the value now, those before it, and other columns."""
    shape, target = told.made.shape, told.target
    found = [_Source(Text(f"“{target}” now", f"“{target}”的当前值"), "now", 0, shape.lags)]
    if shape.lags > 1 and told.made.options["kind"] != "last":
        found.append(_Source(Text(f"“{target}” before", f"“{target}”此前的值"), "before", 0, shape.lags))
    for place, name in enumerate(told.made.options["others"] if shape.other_lags else ()):
        begin = shape.lags + place * shape.other_lags
        found.append(_Source(Text(f"“{name}”", f"“{name}”"), "other", begin, begin + shape.other_lags))
    return found


def _importance(told: Told, section: Section, found: Sequence[_Source], rows: Array) -> list[_Source]:
    """How much worse forecasts get when a part comes from another moment; the parts, the most important first."""
    import numpy as np

    tested, random = told.tested, np.random.default_rng(told.context.seed)
    windows, truth, series = tested.windows[rows], tested.truth[rows], tested.series[rows]
    before, losses = size_of(tested.errors[rows]), []
    for source in found:
        told.context.check_cancelled()
        others = windows.copy()
        for name in np.unique(series):  # a moment of the same series: others have another level
            at = np.flatnonzero(series == name)
            others[at] = windows[random.permutation(at)]
        losses.append(size_of(told.made.predict(source.swapped(windows, others)) - truth) - before)
    ranked = sorted(zip(losses, found, strict=True), key=lambda pair: -pair[0])
    most, loss = ranked[0][1], told.amount(ranked[0][0])
    told.term("importance")
    if ranked[0][0] > 0:
        section.say(
            f"Forecasts hang most on {most.name.en}: taken from another moment instead, they would be off by {loss.en} "
            "more on average.",
            f"预测最取决于{most.name.zh}：如果换成另一时刻的值，平均偏差会增加 {loss.zh}。",
        )
    names, values = [source.name for _, source in ranked[:SHOWN]], [loss for loss, _ in ranked[:SHOWN]]
    title = Text("How much worse with values of another moment", "换成另一时刻的值会变差多少")
    more = told.axis("average error added", "增加的平均偏差")
    section.charts.append(ReportChart("bar", title, [Series(more, names, values)], y_title=more))
    return [source for loss, source in ranked if loss > 0]


def _dependence(told: Told, section: Section, strongest: Sequence[_Source], rows: Array) -> None:
    """How forecasts follow the most important of the other columns."""
    import numpy as np

    source = next((each for each in strongest if each.kind == "other"), None)
    if source is None:
        return
    options, shape = told.made.options, told.made.shape
    place = (source.begin - shape.lags) // shape.other_lags
    mean, deviation = options["other_scales"][place]
    windows, x, y = told.tested.windows[rows], [], []
    for shift in np.linspace(-2, 2, 9):
        moved = windows.copy()
        moved[:, source.begin : source.end] += shift
        x.append(float(mean + deviation * (shift + windows[:, source.end - 1].mean())))
        y.append(float(told.made.predict(moved).mean()))
    title = Text(f"The average forecast by {source.name.en}", f"平均预测随{source.name.zh}的变化")
    name = Text(options["others"][place], options["others"][place])
    section.charts.append(
        ReportChart("line", title, [Series(MODEL, x, y)], name, told.axis("average forecast", "平均预测"))
    )


def _example(told: Told, section: Section, found: Sequence[_Source]) -> None:
    """The last forecast of the test: what each part, one at a time, does to it."""
    import numpy as np

    tested = told.tested
    same = np.flatnonzero(tested.series == tested.series[-1])
    others = tested.windows[np.random.default_rng(told.context.seed).permutation(same)[:BACKGROUND]]
    one = np.repeat(tested.windows[-1:], len(others), axis=0)
    here = float(tested.forecast[-1].mean())
    moves = [here - float(told.made.predict(source.swapped(one, others)).mean()) for source in found]
    most = int(np.argmax(np.abs(moves)))
    when = moment(tested.table.polars()[told.made.options["time"]][int(tested.row[-1])])
    by, forecast = told.amount(abs(moves[most])), told.amount(here)
    section.say(
        f"One example, the forecast made at {when}: {forecast.en} on average over the next {told.ahead.en}. "
        f"{found[most].name.en} moves it most: with what it usually is, the forecast would be {by.en} "
        f"{'lower' if moves[most] > 0 else 'higher'}.",
        f"举一个例子，{when} 作出的预测：未来 {told.ahead.zh}平均为 {forecast.zh}。{found[most].name.zh}对它影响最大："
        f"若为平常的值，预测会{'低' if moves[most] > 0 else '高'} {by.zh}。",
    )
    order = np.argsort(-np.abs(moves), kind="stable")[:SHOWN]
    moved = told.axis("moves the forecast by", "对预测的影响")
    bars = [Series(moved, [found[place].name for place in order], [moves[place] for place in order])]
    title = Text(f"The forecast made at {when}: what moves it", f"{when} 作出的预测：影响它的因素")
    section.charts.append(ReportChart("bar", title, bars, y_title=moved))


def _pattern(told: Told, section: Section, season: int) -> None:
    """The average value at each place of the pattern; of several series, of the first."""
    import numpy as np

    group, time = told.made.options["group"], told.made.options["time"]
    frame = told.tested.table.polars()
    if group:
        frame = frame.filter(frame[group] == frame[group][0])
    values = frame[told.target].cast(float).fill_null(np.nan).to_numpy()
    at = told.made.step.places(frame[time])
    known = np.isfinite(values) & (at >= 0)
    places = [place for place in range(season) if (at[known] % season == place).any()]
    means = [float(values[known][at[known] % season == place].mean()) for place in places]
    if not 2 < len(places) <= MOST_PLACES:
        return
    begin = moment(frame[time].min())
    title = Text(f"The pattern that comes again, from {begin} on", f"反复出现的变化（从 {begin} 起）")
    line = [Series(Text("average", "平均"), [place + 1 for place in places], means)]
    x, y = Text("value of the pattern", "周期中的第几个值"), told.axis(told.target, told.target)
    section.charts.append(ReportChart("line", title, line, x, y))
