"""The moments from which forecasts are learned and judged, in folds that never look ahead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from patchbay_operators.advice import Text
from patchbay_operators.series.lines import Line
from patchbay_operators.series.windows import Shape, windows
from patchbay_sdk import DataError

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

FOLDS = 4
JUDGED = 0.4
"""Share of the time, its end, that forecasts are judged on."""
MOST_LEARNED, MOST_JUDGED = 40_000, 2_000
"""Most origins that are learned from, and judged per fold; of more, evenly spaced ones."""


@dataclass(frozen=True)
class Origins:
    """Moments with a whole future. `line`: position of the series, `cell`: in it, `place`: in time, all in order.

    `ahead`: the next values, in deviations, origins x horizon; `seen`: which of them a row has.
    """

    line: Array
    cell: Array
    place: Array
    ahead: Array
    seen: Array

    def of(self, where: Array) -> Origins:
        """Some of them (a mask, or positions)."""
        return Origins(self.line[where], self.cell[where], self.place[where], self.ahead[where], self.seen[where])

    def __len__(self) -> int:
        return len(self.cell)


@dataclass(frozen=True)
class Fold:
    """Positions among all origins: those to learn from, whose futures end before those to judge begin."""

    train: Array
    test: Array


def find_origins(lines: Sequence[Line], scales: Sequence[float], horizon: int) -> Origins:
    """All origins in the order of time, of which some where there are very many.

    Raises:
        DataError: there are too few rows for the horizon.
    """
    import numpy as np

    total = sum(max(0, len(line.values) - horizon) for line in lines)
    stride = max(1, total // (2 * MOST_LEARNED))
    parts = []
    for number, (line, scale) in enumerate(zip(lines, scales, strict=True)):
        cells = np.arange(len(line.values) - horizon - 1, -1, -stride)[::-1]
        if len(cells):
            future = cells[:, None] + np.arange(1, horizon + 1)
            known = line.seen[future] & line.seen[cells][:, None]
            parts.append((np.full(len(cells), number), cells, line.first + cells, line.target[future] / scale, known))
    if not parts:
        raise DataError(
            Text(
                f"There are too few rows to forecast {horizon} steps ahead: no series has more than {horizon} of them. "
                "Forecast fewer steps, or bring more rows.",
                f"行数太少，无法预测 {horizon} 步：没有一条序列超过 {horizon} 行。请减少步数，或补充数据。",
            ).as_json()
        )
    of_line, of_cell, place, ahead, seen = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    order = np.argsort(place, kind="stable")
    kept = order[seen[order].any(axis=1)]
    return Origins(of_line, of_cell, place, ahead, seen).of(kept)


def make_folds(origins: Origins, horizon: int) -> list[Fold]:
    """Folds one after the other at the end of the time; each learns from all that ends before it begins.

    Raises:
        DataError: there is not enough time for one.
    """
    import numpy as np

    first, last = (int(origins.place[0]), int(origins.place[-1])) if len(origins) else (0, 0)
    judged = max(int((last - first) * JUDGED), horizon + 1)
    count = max(1, min(FOLDS, judged // (horizon + 1)))
    bounds = [last + 1 - judged + round(judged * fold / count) for fold in range(count + 1)]
    folds = []
    for begin, end in pairwise(bounds):
        train = np.flatnonzero(origins.place + horizon <= begin)
        test = np.flatnonzero((origins.place >= begin) & (origins.place < end))
        if len(train) >= 2 and len(test):
            folds.append(Fold(thinned(train, MOST_LEARNED), thinned(test, MOST_JUDGED)))
    if not folds:
        raise DataError(
            Text(
                f"There are too few rows to learn a forecast of {horizon} steps: learning and judging need about "
                f"{4 * horizon + 4} of one series. Forecast fewer steps, or bring more rows.",
                f"行数太少，无法学习预测 {horizon} 步：每条序列约需 {4 * horizon + 4} 行。请减少步数，或补充数据。",
            ).as_json()
        )
    return folds


def thinned(positions: Array, most: int) -> Array:
    """At most so many of them, evenly spaced."""
    import numpy as np

    if len(positions) <= most:
        return positions
    chosen: Array = positions[np.linspace(0, len(positions) - 1, most).round().astype(int)]
    return chosen


def windows_of(
    lines: Sequence[Line],
    scales: Sequence[float],
    origins: Origins,
    shape: Shape,
    other_scales: Sequence[Sequence[float]],
) -> Array:
    """The windows of origins, in their order."""
    import numpy as np

    taken = np.empty((len(origins), shape.width(len(other_scales))))
    for number in np.unique(origins.line):
        rows = np.flatnonzero(origins.line == number)
        taken[rows] = windows(lines[number], origins.cell[rows], shape, scales[number], other_scales)
    return taken
