"""Why a row belongs to its group, in plain words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from patchbay_operators.advice import Text
from patchbay_operators.groups.grouping import Groups
from patchbay_operators.report.document import ReportChart, ReportTable, Section, Series
from patchbay_operators.report.words import number
from patchbay_sdk import Table, feature_matrix

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

BETWEEN = 0.85
"""A row whose nearest centre is not much nearer than the next one, by this ratio, lies between two groups."""
SHOWN = 10
"""Columns that are shown, what tells most first."""


def headline(made: Groups, matrix: Array, at: int = 0) -> Text:
    """The group of a row, and how surely it is that one."""
    import numpy as np

    away = made.distances(matrix)[at]
    order = np.argsort(away, kind="stable")
    own, other = int(order[0]) + 1, int(order[1]) + 1 if len(order) > 1 else 0
    if not other:
        return Text(f"Group {own}: there is no other.", f"第 {own} 组：没有其他组。")
    ratio = float(away[own - 1] / away[other - 1]) if away[other - 1] > 0 else 1.0
    if ratio > BETWEEN:
        return Text(
            f"Group {own}, but it lies nearly as near to group {other}.",
            f"第 {own} 组，但与第 {other} 组几乎同样接近。",
        )
    if ratio < 0.01:
        return Text(f"Group {own}, right in its middle.", f"第 {own} 组，正处于其中心。")
    times = number(1 / ratio)
    return Text(
        f"Group {own}: the next one, group {other}, is {times} times as far away.",
        f"第 {own} 组：次近的第 {other} 组的距离是它的 {times} 倍。",
    )


def explained(made: Groups, prepared: Table, matrix: Array, background: Table | None, at: int = 0) -> Section:
    """What speaks for its group and against the next one, column by column."""
    import numpy as np

    section, columns = Section("drivers"), made.options["columns"]
    centres = np.array(made.options["centres"])
    if len(centres) < 2:
        return section
    own, other = (int(place) for place in np.argsort(made.distances(matrix)[at], kind="stable")[:2])
    speaks = (matrix[at] - centres[other]) ** 2 - (matrix[at] - centres[own]) ** 2
    total = float(np.abs(speaks).sum()) or 1.0
    order = np.argsort(-np.abs(speaks), kind="stable")[:SHOWN]
    names = [columns[place] for place in order]
    best = int(order[0])
    side = own + 1 if speaks[best] > 0 else other + 1
    section.say(
        f"What tells most is “{columns[best]}”: it speaks for group {side}.",
        f"最能说明问题的是“{columns[best]}”：它支持第 {side} 组。",
    )
    title = Text(
        f"What speaks for group {own + 1} (+) and for group {other + 1} (-)",
        f"支持第 {own + 1} 组（+）与支持第 {other + 1} 组（-）的列",
    )
    shares = [round(100 * float(speaks[place]) / total, 1) for place in order]
    bars = [Series(Text("Share (%)", "占比（%）"), names, shares)]
    section.charts.append(ReportChart("bar", title, bars, Text("Column", "列"), Text("Share (%)", "占比（%）")))
    if background is not None and background.num_rows:
        section.tables.append(_beside_groups(made, prepared, background, order, (own, other), at))
    return section


def _beside_groups(
    made: Groups, prepared: Table, background: Table, order: Array, groups: tuple[int, int], at: int
) -> ReportTable:
    """The row's values beside the middle ones of its group and of the next."""
    import numpy as np

    columns = made.options["columns"]
    here, known = feature_matrix(prepared, columns)[at], feature_matrix(background, columns)
    numbers = made.predict(made.scale.apply(known)) - 1
    middles = [[_middle(known[numbers == group, place]) for group in groups] for place in order]
    rows = [
        [columns[place], float(here[place]) if np.isfinite(here[place]) else None, *middle]
        for place, middle in zip(order, middles, strict=True)
    ]
    titles = [Text("Column", "列"), Text("Here", "此行")]
    titles += [Text(f"Middle of group {group + 1}", f"第 {group + 1} 组的中间值") for group in groups]
    return ReportTable(Text("Values beside those of the groups", "数值与各组比较"), titles, rows)


def _middle(values: Array) -> float | None:
    import numpy as np

    known = values[np.isfinite(values)]
    return float(np.median(known)) if len(known) else None
