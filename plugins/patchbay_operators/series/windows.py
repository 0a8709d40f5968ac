"""Windows of a line: the values up to a cell, as numbers that forecasters learn from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from patchbay_operators.series.lines import Line

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

NEAR = (1, 2, 3, 4, 6, 8, 12, 16, 24)
"""How many steps back the boosted trees look, beside the seasons."""


@dataclass(frozen=True)
class Shape:
    """How far back windows look: `lags` values of the target, `other_lags` of each of the other columns.

    A window is a row: the target's values, oldest first, in deviations of its series; the other columns' values in
    theirs, one column after the other; the deviation itself, and the place in time of the window's last cell.
    """

    lags: int
    other_lags: int = 0

    def width(self, others: int) -> int:
        """Numbers in a window."""
        return self.lags + others * self.other_lags + 2

    @property
    def scale_at(self) -> int:
        """Where the deviation is."""
        return -2

    def a_season_ago(self, matrix: Array, season: int, horizon: int) -> Array:
        """The target's values a season before each of the steps ahead: windows x horizon."""
        import numpy as np

        ahead = np.arange(1, horizon + 1)
        back = ahead - season * -(-ahead // season)
        values: Array = matrix[:, np.maximum(self.lags - 1 + back, 0)]
        return values


def windows(line: Line, cells: Array, shape: Shape, scale: float, other_scales: Sequence[Sequence[float]]) -> Array:
    """The windows that end at these cells; one that begins before its line repeats the first value."""
    import numpy as np

    taken = np.empty((len(cells), shape.width(len(other_scales))))
    taken[:, : shape.lags] = line.target[_places(cells, shape.lags)] / scale
    if shape.other_lags:
        back = _places(cells, shape.other_lags)
        for number, (mean, deviation) in enumerate(other_scales):
            begin = shape.lags + number * shape.other_lags
            taken[:, begin : begin + shape.other_lags] = (line.values[:, number + 1][back] - mean) / deviation
    taken[:, -2] = scale
    taken[:, -1] = line.first + cells
    return taken


def _places(cells: Array, lags: int) -> Array:
    import numpy as np

    places: Array = np.maximum(cells[:, None] - np.arange(lags - 1, -1, -1), 0)
    return places


def departures(matrix: Array, shape: Shape) -> Array:
    """What a linear forecaster takes: values minus the last one, as in NLinear (Zeng et al. 2023,
    https://arxiv.org/abs/2205.13504); of the other columns their last value too."""
    import numpy as np

    target = matrix[:, : shape.lags - 1] - matrix[:, shape.lags - 1 : shape.lags]
    others = matrix[:, shape.lags : -2]
    if not others.shape[1]:
        return target
    columns = others.reshape(len(matrix), -1, shape.other_lags)
    last = columns[:, :, -1]
    changes = (columns[:, :, :-1] - last[:, :, None]).reshape(len(matrix), -1)
    return np.hstack([target, changes, last])


def boosted_rows(matrix: Array, shape: Shape, horizon: int, cycles: Sequence[int]) -> Array:
    """What boosted trees take: a row per window and step ahead (windows * horizon x columns), as departures.

    The step, where in each cycle it falls, the values a cycle before it, means, and the last changes.
    """
    import numpy as np

    last = matrix[:, shape.lags - 1]
    ahead = np.arange(1, horizon + 1)
    of_window = [matrix[:, shape.lags - 1 - back] - last for back in NEAR if back < shape.lags]
    lengths = {length for length in (4, *cycles, shape.lags) if length <= shape.lags}
    of_window += [matrix[:, shape.lags - length : shape.lags].mean(axis=1) - last for length in sorted(lengths)]
    of_window += [last]
    if shape.other_lags:
        columns = matrix[:, shape.lags : -2].reshape(len(matrix), -1, shape.other_lags)
        of_window += [*columns[:, :, -1].T, *(columns[:, :, -1] - columns.mean(axis=2)).T]
    of_step = [np.tile(ahead, (len(matrix), 1))]
    for cycle in cycles:
        of_step.append((matrix[:, -1:] + ahead) % cycle)
        if cycle <= shape.lags:
            of_step.append(shape.a_season_ago(matrix, cycle, horizon) - last[:, None])
    wide = np.repeat(np.column_stack(of_window), horizon, axis=0)
    return np.column_stack([wide, *(each.reshape(-1) for each in of_step)])
