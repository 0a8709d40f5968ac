"""The next values of series."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from patchbay_operators.apply._new_rows import as_learned
from patchbay_operators.series.ahead import forecaster_of, history, next_values
from patchbay_sdk import Chart, Context, Model, Operator, Outputs, Table

if TYPE_CHECKING:
    import polars as pl

MOST_LINES = 5
"""Series that the chart shows."""


class Forecast(Operator):
    """Forecasts from the last row of each series on."""

    def run(self, context: Context, table: Table, model: Model) -> Outputs:
        """The next values as a table, and beside the last ones as a chart.

        Raises:
            DataError: the model is no forecaster, the table does not fit it, or has no rows.
        """
        made = forecaster_of(model)
        prepared = model.prepare(as_learned(context, model, table))
        ahead = next_values(made, prepared)
        options = made.options
        before = history(made, prepared, max(48, 3 * options["horizon"]))
        names = ahead[options["group"]].unique(maintain_order=True).to_list() if options["group"] else [None]
        series = []
        for name in names[:MOST_LINES]:
            past, future = (_of(frame, options["group"], name) for frame in (before, ahead))
            word = "" if name is None else f"{name}: "
            series.append(_line(past, options["time"], options["target"], f"{word}until now"))
            series += [_line(future, options["time"], column, word + column) for column in ("forecast", "low", "high")]
        title = f"The next {made.step.words(options['horizon']).en}"
        return {"table": Table(ahead), "chart": Chart("line", title, series, options["time"], options["target"])}


def _of(frame: pl.DataFrame, group: str, name: Any) -> pl.DataFrame:
    return frame if name is None else frame.filter(frame[group] == name)


def _line(frame: pl.DataFrame, time: str, column: str, name: str) -> dict[str, Any]:
    return {"name": name, "x": frame[time].to_list(), "y": frame[column].to_list()}
