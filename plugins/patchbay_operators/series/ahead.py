"""The forecast from the last moment of each series."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from patchbay_operators.advice import Text
from patchbay_operators.series.forecaster import Forecaster
from patchbay_operators.series.lines import Line
from patchbay_sdk import DataError, Model, Table

if TYPE_CHECKING:
    import numpy as np
    import polars as pl

    Array = np.ndarray[Any, Any]


def forecaster_of(model: Model) -> Forecaster:
    """The forecaster in a model. Raises DataError for a model of another kind."""
    if not isinstance(model.estimator, Forecaster):
        other = Text(
            "model: this takes a model that comes from the step “Automatic forecast”.",
            "这里需要由“自动预测时间序列”得到的模型。",
        )
        raise DataError(other.as_json())
    return model.estimator


def next_values(made: Forecaster, table: Table) -> pl.DataFrame:
    """After the last known value of each series, per step: series, time, step, forecast, and the range of four in five.

    Rows that come later without a value, as in a plan that is to be filled in, are what is forecast.

    Raises:
        DataError: there are no rows with a time.
    """
    import numpy as np
    import polars as pl

    options, step = made.options, made.step
    lines = [line for line in (made.lines(table) if table.num_rows else []) if line.seen.any()]
    if not lines:
        raise DataError(
            Text(
                f"There is no row to forecast from: with a time in {options['time']!r} and a value in "
                f"{options['target']!r}.",
                f"没有任何一行同时在“{options['time']}”中有时间、在“{options['target']}”中有值，无法从此预测。",
            ).as_json()
        )
    horizon, frame = options["horizon"], table.polars()
    windows = np.vstack([made.windows(line, np.array([line.last])) for line in lines])
    forecast = made.predict(windows)
    low, high = made.range_of(forecast, made.scales_of(windows))
    last = frame[options["time"]].gather([_last_row(line) for line in lines])
    columns: dict[str, Any] = {
        options["time"]: step.after(last, horizon),
        "step": pl.Series([*range(1, horizon + 1)] * len(lines), dtype=pl.Int64),
        "forecast": forecast.reshape(-1),
        "low": low.reshape(-1),
        "high": high.reshape(-1),
    }
    if options["group"]:
        rows = [_last_row(line) for line in lines for _ in range(horizon)]
        columns = {options["group"]: frame[options["group"]].gather(rows), **columns}
    return pl.DataFrame(columns)


def _last_row(line: Line) -> int:
    return int(line.rows[line.cells == line.last][-1])


def history(made: Forecaster, table: Table, most: int) -> pl.DataFrame:
    """The last known values of each series in the order of time: series, time, target."""
    options = made.options
    names = [*filter(None, [options["group"]]), options["time"], options["target"]]
    frame = table.polars().select(names).drop_nulls([options["time"], options["target"]]).sort(options["time"])
    return frame.group_by(options["group"], maintain_order=True).tail(most) if options["group"] else frame.tail(most)
