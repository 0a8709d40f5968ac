"""What an entity's last hours looked like."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from itertools import product
from typing import TYPE_CHECKING, Any

from patchbay_operators.feature import _spark_windows
from patchbay_operators.feature._past import ROW, in_time, with_past
from patchbay_sdk import Column, Context, Schema, SparkLearner, Table

if TYPE_CHECKING:
    import polars as pl

MICROSECONDS_PER_HOUR = 3_600_000_000


class WindowAggregates(SparkLearner):
    """Adds ``<column>_<function>_<hours>h`` over the entity's rows in the hours up to each row, never after it.

    A row's window is [time - hours, time), or (time - hours, time] when the current time is included. The last hours
    of the training rows are kept, so that later rows have a past; rows without a time get no aggregates.
    """

    def fit(
        self,
        context: Context,
        table: Table,
        time: str,
        by: Sequence[str],
        columns: Sequence[str],
        hours: Sequence[float],
        functions: Sequence[str],
        include_current: bool,
    ) -> dict[str, Any]:
        """The choices, and each entity's rows of the longest window before its end."""
        import polars as pl

        table.require(time, *by, *columns)
        rows = in_time(table, time, by, columns)
        end = pl.col(time).max().over(list(by)) if by else pl.col(time).max()
        recent = rows.filter(pl.col(time) >= end - timedelta(hours=max(hours)))
        return _state(time, by, columns, hours, functions, include_current, Table(recent.drop(ROW)))

    def fit_spark(
        self,
        context: Context,
        table: Table,
        time: str,
        by: Sequence[str],
        columns: Sequence[str],
        hours: Sequence[float],
        functions: Sequence[str],
        include_current: bool,
    ) -> dict[str, Any]:
        """As `fit`."""
        table.require(time, *by, *columns)
        rows = in_time(Table(table.empty()), time, by, columns).drop(ROW)
        period = round(max(hours) * MICROSECONDS_PER_HOUR)
        recent = _spark_windows.recent(context.spark, table, time, by, columns, period, rows.schema)
        return _state(time, by, columns, hours, functions, include_current, Table(recent))

    def apply_spark(self, context: Context, state: Mapping[str, Any], table: Table) -> Table:
        """The training table with the aggregates: its rows are their own past."""
        windows = {
            _name(column, function, hours): (column, function, round(hours * MICROSECONDS_PER_HOUR))
            for hours, column, function in product(state["hours"], state["columns"], state["functions"])
        }
        return table.replace(_spark_windows.with_windows(context.spark, table, state, windows))

    def reads(self, state: Mapping[str, Any]) -> list[str]:
        """Values, time and entity."""
        return [*state["columns"], state["time"], *state["by"]]

    def apply(self, state: Mapping[str, Any], table: Table) -> Table:
        """The table, rows in their order, with the aggregates."""
        import polars as pl

        time, by = state["time"], state["by"]
        rows = in_time(table, time, by, state["columns"])
        with_history = with_past(rows, state["past"].polars(), time, by)
        keys = [*by, time]
        for hours in state["hours"]:
            windows = with_history.rolling(
                time,
                period=f"{round(hours * MICROSECONDS_PER_HOUR)}us",
                group_by=by or None,
                closed="right" if state["include_current"] else "left",
            )
            pairs = product(state["columns"], state["functions"])
            aggregates = windows.agg(
                _aggregate(column, function, time).alias(_name(column, function, hours)) for column, function in pairs
            ).unique(keys, maintain_order=True)
            rows = rows.join(aggregates, on=keys, how="left", nulls_equal=True, maintain_order="left")
        added = rows.drop([*keys, *state["columns"]])
        names = [name for name in added.columns if name != ROW]
        frame = table.polars().drop(names, strict=False).with_row_index(ROW)
        frame = frame.join(added, on=ROW, how="left", maintain_order="left").drop(ROW)
        counts = [pl.col(name).fill_null(0) for name in names if frame.schema[name] == pl.Int64]
        return table.replace(frame.with_columns(counts))

    def infer(
        self,
        schemas: Mapping[str, Schema | None],
        hours: Sequence[float],
        columns: Sequence[str],
        functions: Sequence[str],
        **params: Any,
    ) -> Mapping[str, Schema | None]:
        """The columns, and one per window, value column and function."""
        table = schemas.get("table")
        if table is None:
            return {"table": None}
        new = {
            _name(column, function, window): "int" if function == "count" else "float"
            for window, column, function in product(hours, columns, functions)
        }
        kept = [column for column in table if column.name not in new]
        return {"table": Schema.of([*kept, *(Column(*item) for item in new.items())], open=table.open)}


def _state(
    time: str,
    by: Sequence[str],
    columns: Sequence[str],
    hours: Sequence[float],
    functions: Sequence[str],
    include_current: bool,
    past: Table,
) -> dict[str, Any]:
    return {
        "time": time,
        "by": list(by),
        "columns": list(columns),
        "hours": list(hours),
        "functions": list(functions),
        "include_current": include_current,
        "past": past,
    }


def _name(column: str, function: str, hours: float) -> str:
    return f"{column}_{function}_{hours:g}h"


def _aggregate(column: str, function: str, time: str) -> pl.Expr:
    import polars as pl

    values = pl.col(column).drop_nulls()
    match function:
        case "count":
            return values.count().cast(pl.Int64)
        case "last":
            return values.last()
        case "slope":
            return _slope_per_hour(values, pl.col(time).filter(pl.col(column).is_not_null()))
    result: pl.Expr = getattr(values, function)()
    return result


def _slope_per_hour(values: pl.Expr, times: pl.Expr) -> pl.Expr:
    """Least squares; missing with fewer than two different times."""
    import polars as pl

    hours = (times - times.first()).dt.total_microseconds() / MICROSECONDS_PER_HOUR
    return pl.when(times.first() < times.last()).then(pl.cov(hours, values) / hours.var())
