"""A forecaster on later rows that it has not seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from patchbay_operators.advice import Text
from patchbay_operators.series.forecaster import Forecaster
from patchbay_operators.series.lines import Line
from patchbay_operators.series.origins import thinned
from patchbay_sdk import DataError, Table

if TYPE_CHECKING:
    import numpy as np
    import polars as pl

    Array = np.ndarray[Any, Any]

EXACT = 1e-12
"""Errors up to this share of the largest value are those of floating-point numbers."""
MOST_ORIGINS = 3_000
"""Moments to forecast from, per series; of more, evenly spaced ones."""


@dataclass(frozen=True)
class Tested:
    """Forecasts from every moment of the test rows: origins x steps ahead, in the target's unit, in order of time.

    `truth`: NaN where no row has it. `simple`: forecasts by the simple rule that does best here, which repeats what was
    `season` steps before, 0: the last value. `series`: the name of each origin's series, `row`: the position of the
    origin's row in the table, or of the nearest before it. `windows`: what each forecast was made from.
    """

    table: Table
    season: int
    series: Array
    row: Array
    forecast: Array
    truth: Array
    simple: Array
    low: Array
    high: Array
    windows: Array

    @property
    def errors(self) -> Array:
        """Forecast minus truth; what rounding alone makes of an exact one is 0."""
        import numpy as np

        errors = self.forecast - self.truth
        return np.where(np.abs(errors) <= EXACT * np.nanmax(np.abs(self.truth)), 0.0, errors)

    @property
    def errors_of_simple(self) -> Array:
        """The same of the simple rule."""
        return self.simple - self.truth

    def inside(self) -> Array:
        """1 for each real value that lies in the range that was given, else 0; NaN where it is not known."""
        import numpy as np

        found = (self.truth >= self.low - 1e-9) & (self.truth <= self.high + 1e-9)
        return np.where(np.isfinite(self.truth), found, np.nan)

    def within(self) -> float:
        """The share of real values that lie in the range that was given."""
        import numpy as np

        return float(np.nanmean(self.inside()))


def test_forecasts(made: Forecaster, train: Table, test: Table) -> Tested:
    """Forecasts from the last training row on, each from the rows before it alone. Tables are prepared ones.

    Raises:
        DataError: no test row has a value to compare with.
    """
    import numpy as np
    import polars as pl

    known = [name for name in train.columns if name in test.columns]
    both = train.replace(pl.concat([train.polars().select(known), test.polars().select(known)], how="vertical_relaxed"))
    lines = made.lines(both) if both.num_rows else []
    found = [moments for line in lines if (moments := _moments(made, line, train.num_rows)) is not None]
    if not found:
        target = made.options["target"]
        none = Text(
            f"No test row has a value of {target!r} to compare a forecast with.",
            f"测试数据中没有任何一行有“{target}”的值，无法与预测比较。",
        )
        raise DataError(none.as_json())
    season = min([0, *made.options["cycles"]], key=lambda steps: _size_of_repeated(found, steps))
    parts = [_of_line(made, moments, season) for moments in found]
    series, row, forecast, truth, simple, scale, windows = (np.concatenate(each) for each in zip(*parts, strict=True))
    low, high = made.range_of(forecast, scale)
    order = np.argsort(both.polars()[made.options["time"]].gather(row).rank("ordinal").to_numpy(), kind="stable")
    return Tested(both, season, *(each[order] for each in (series, row, forecast, truth, simple, low, high, windows)))


class _Moments(NamedTuple):
    """Where a line is forecast from, and what came: origins x steps ahead, NaN where no row has it."""

    line: Line
    origins: Array
    truth: Array


def _moments(made: Forecaster, line: Line, train_rows: int) -> _Moments | None:
    import numpy as np

    horizon, size = made.options["horizon"], len(line.values)
    of_test = line.cells[line.rows >= train_rows]
    if not len(of_test):
        return None
    origins = np.arange(max(0, int(of_test.min()) - 1), size - 1)
    origins = thinned(origins[line.seen[origins]], MOST_ORIGINS) if len(origins) else origins
    if not len(origins):
        return None
    ahead = origins[:, None] + np.arange(1, horizon + 1)
    there = np.minimum(ahead, size - 1)
    truth = np.where((ahead < size) & line.seen[there], line.target[there], np.nan)
    kept = np.isfinite(truth).any(axis=1)
    if not kept.any():
        return None
    return _Moments(line, origins[kept], truth[kept])


def _repeated(moments: _Moments, season: int) -> Array:
    """The values a season before each step ahead; 0: the last value."""
    import numpy as np

    ahead = np.arange(1, moments.truth.shape[1] + 1)
    back = ahead - season * -(-ahead // season) if season else np.zeros_like(ahead)
    values: Array = moments.line.target[np.maximum(moments.origins[:, None] + back, 0)]
    return values


def _size_of_repeated(found: Sequence[_Moments], season: int) -> float:
    """The mean size of its errors."""
    import numpy as np

    errors = [(_repeated(moments, season) - moments.truth).reshape(-1) for moments in found]
    return float(np.nanmean(np.abs(np.concatenate(errors))))


def _of_line(made: Forecaster, moments: _Moments, season: int) -> tuple[Array, ...]:
    import numpy as np

    line, origins, truth = moments
    windows = made.windows(line, origins)
    order = np.argsort(line.cells, kind="stable")
    at = np.searchsorted(line.cells[order], origins, side="right") - 1
    names = np.array([str(line.name)] * len(origins))
    forecast, scales = made.predict(windows), made.scales_of(windows)
    return names, line.rows[order][at], forecast, truth, _repeated(moments, season), scales, windows


def one_after_the_other(tested: Tested, made: Forecaster) -> pl.DataFrame:
    """Forecasts that do not overlap, one horizon after the other: series, time, step, forecast, low, high, actual."""
    import numpy as np
    import polars as pl

    options, step = made.options, made.step
    horizon, frames = options["horizon"], []
    times = tested.table.polars()[options["time"]]
    for name in dict.fromkeys(tested.series.tolist()):
        places = np.flatnonzero(tested.series == name)
        marks = step.places(times.gather(tested.row[places]))
        chosen, free = [], None
        for place, mark in zip(places, marks, strict=True):
            if free is None or mark >= free:
                chosen.append(place)
                free = mark + horizon
        rows = np.array(chosen)
        columns: dict[str, Any] = {
            options["time"]: step.after(times.gather(tested.row[rows]), horizon),
            "step": pl.Series([*range(1, horizon + 1)] * len(rows), dtype=pl.Int64),
            "forecast": tested.forecast[rows].reshape(-1),
            "low": tested.low[rows].reshape(-1),
            "high": tested.high[rows].reshape(-1),
            "actual": pl.Series(tested.truth[rows].reshape(-1), dtype=pl.Float64).fill_nan(None),
        }
        if options["group"]:
            group = tested.table.polars()[options["group"]].gather(np.repeat(tested.row[rows], horizon))
            columns = {options["group"]: group, **columns}
        frames.append(pl.DataFrame(columns))
    return pl.concat(frames).filter(pl.col("actual").is_not_null())
