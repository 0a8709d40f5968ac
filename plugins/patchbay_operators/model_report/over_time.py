"""Whether a model stays as good from the first test rows to the last."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from patchbay_operators.advice import Finding, Text
from patchbay_operators.model_report.figures import differ
from patchbay_operators.model_report.judged import Judged
from patchbay_operators.model_report.quantity import amount
from patchbay_operators.report.document import ReportChart, Section, Series, plain
from patchbay_operators.report.words import percent

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

PERIODS, FEWEST = 5, 20
"""Periods with equally many rows, and the fewest rows of one."""
CHANCE = 0.01


def say(judged: Judged, section: Section) -> None:
    """The score of each period as a chart; a finding where the periods differ by more than chance."""
    periods = _periods(judged)
    if len(periods) < 2:
        return
    names = [_name(judged, at, number) for number, at in enumerate(periods, start=1)]
    if judged.classified is None:
        chance, series, unit = _numbers(judged, periods, names)
        title = Text("Mean error", "平均误差")
    else:
        chance, series, unit = _classes(judged, periods, names)
        title = Text("%", "%")
    name = Text("The score over time", "效果随时间的变化")
    x_title = Text(judged.time, judged.time) if judged.time else Text("Part of the test rows", "测试数据的各段")
    section.charts.append(ReportChart("line", name, series, x_title, title))
    first, last = series[0].y[0], series[0].y[-1]
    what = series[0].name
    if chance < CHANCE:
        section.findings.append(
            Finding(
                "unstable",
                "warn",
                Text("It is not equally good at all times", "不同时期的效果不一样"),
                Text(
                    f"{what.en}: {_shown(judged, first, unit)} in the first part of the test rows, "
                    f"{_shown(judged, last, unit)} in the last. That is more than chance. Watch it, and train it anew "
                    "when it gets worse.",
                    f"{what.zh}：测试数据的第一段为 {_shown(judged, first, unit)}，最后一段为 "
                    f"{_shown(judged, last, unit)}，"
                    "并非偶然。请持续观察，变差时重新训练。",
                ),
                values={"first": first, "last": last},
            )
        )
    else:
        section.say(
            "It stays about as good over time: from the first part of the test rows to the last there is "
            "no difference "
            f"beyond chance ({what.en}: {_shown(judged, first, unit)} and {_shown(judged, last, unit)}).",
            f"效果随时间基本稳定：测试数据从第一段到最后一段没有超出偶然的差别（{what.zh}："
            f"{_shown(judged, first, unit)} 和 "
            f"{_shown(judged, last, unit)}）。",
        )


def _periods(judged: Judged) -> list[Array]:
    """Positions of the rows of each period; none where the order of time is not known."""
    import numpy as np

    rows = len(judged.truth)
    count = min(PERIODS, rows // FEWEST)
    if count < 2 or not (judged.time or judged.ordered):
        return []
    order = np.arange(rows)
    if judged.time:
        times = judged.rows[judged.time]
        known = times.is_not_null().to_numpy()
        order = np.argsort(times.rank("ordinal").fill_null(0).to_numpy(), kind="stable")
        order = order[known[order]]
    return [part for part in np.array_split(order, count) if len(part)]


def _name(judged: Judged, at: Array, position: int) -> Any:
    """The first time of a period, or its number."""
    if not judged.time:
        return position
    value = plain(judged.rows[judged.time][int(at[0])])
    return value[:16].replace("T", " ") if isinstance(value, str) else value


def _numbers(judged: Judged, periods: list[Array], names: list[Any]) -> tuple[float, list[Series], str]:
    from scipy.stats import kruskal

    errors = [judged.error[at] for at in periods]
    same = len({float(value) for part in errors for value in part[:2]}) == 1 and judged.error.std() == 0
    chance = 1.0 if same else float(kruskal(*errors).pvalue)
    means = [float(part.mean()) for part in errors]
    return chance, [Series(Text("Mean error", "平均误差"), names, means)], ""


def _classes(judged: Judged, periods: list[Array], names: list[Any]) -> tuple[float, list[Series], str]:
    """Right answers; of two classes the share found, and the false alarms among the others."""
    assert judged.classified is not None
    if judged.positive is None:
        right = [int((judged.error[at] == 0).sum()) for at in periods]
        sizes = [len(at) for at in periods]
        return differ(right, sizes), [_share(Text("Right answers", "回答正确"), names, right, sizes)], "%"
    sought, called = judged.classified.is_positive, judged.answered == judged.positive
    found = [int((sought[at] & called[at]).sum()) for at in periods]
    false = [int((~sought[at] & called[at]).sum()) for at in periods]
    positives = [int(sought[at].sum()) for at in periods]
    others = [int((~sought[at]).sum()) for at in periods]
    chance = min(1.0, 2 * min(differ(found, positives), differ(false, others)))
    noun = judged.sought
    return (
        chance,
        [
            _share(Text(f"{noun.many} found".capitalize(), f"找出的{noun.zh}"), names, found, positives),
            _share(Text("False alarms among the others", "其他数据中的误报"), names, false, others),
        ],
        "%",
    )


def _share(name: Text, names: list[Any], parts: list[int], wholes: list[int]) -> Series:
    shares = [100 * part / whole if whole else None for part, whole in zip(parts, wholes, strict=True)]
    return Series(name, names, shares)


def _shown(judged: Judged, value: float | None, unit: str) -> str:
    if value is None:
        return "—"
    return percent(value / 100) if unit else amount(judged, value)
