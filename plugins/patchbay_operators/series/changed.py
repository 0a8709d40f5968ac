"""What comes next when the last values are others, in plain words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from patchbay_operators.advice import Text
from patchbay_operators.report.document import Report, ReportChart, ReportTable, Section, Series
from patchbay_operators.report.words import moment, number
from patchbay_operators.series.ahead import history, next_values
from patchbay_operators.series.forecaster import Forecaster
from patchbay_sdk import DataError, Table

if TYPE_CHECKING:
    import polars as pl

LATEST = 6
"""Last values of a series that are offered to be changed."""


def latest(made: Forecaster, table: Table) -> pl.DataFrame:
    """The last values of each series: series, time, target."""
    return history(made, table, LATEST)


def with_changes(made: Forecaster, table: Table, changes: Table) -> Table:
    """The table with the target that other rows have for the same series and time; new times come at the end.

    Raises:
        DataError: the changes name no series and time as the table has them, or no number.
    """
    import polars as pl

    options, frame = made.options, table.polars()
    keys = [*filter(None, [options["group"]]), options["time"]]
    changes.require(*keys, options["target"])
    typed = changes.polars().select(*keys, options["target"])
    try:
        if typed.schema[options["time"]] == pl.String and frame.schema[options["time"]].is_temporal():
            typed = typed.with_columns(pl.col(options["time"]).str.to_datetime(time_unit="us"))
        typed = typed.cast({name: frame.schema[name] for name in keys}).cast({options["target"]: pl.Float64})
    except pl.exceptions.PolarsError as error:
        misfit = Text(
            f"The changed rows do not fit the history: {error}",
            f"修改后的行与历史数据不符，请检查时间和数值：{error}",
        )
        raise DataError(misfit.as_json()) from error
    typed = typed.drop_nulls(keys)
    kept = frame.join(typed, on=keys, how="anti")
    rest = frame.drop(options["target"]).join(typed, on=keys, how="right").select(frame.columns)
    changed = pl.concat([kept.cast({options["target"]: pl.Float64}), rest], how="vertical_relaxed")
    return table.replace(changed.sort(options["time"], maintain_order=True))


def told(made: Forecaster, before: Table, after: Table, changes: Table) -> Report:
    """The next values with and without the changes, of the series that was changed."""
    options = made.options
    time, group, target = options["time"], options["group"], options["target"]
    name = changes.polars()[group][0] if group and changes.num_rows else None
    was, now = (_of(next_values(made, table), group, name) for table in (before, after))
    past = _of(history(made, after, max(24, options["horizon"])), group, name)
    ahead = made.step.words(options["horizon"])
    section = Section("good")
    first, last = now["forecast"][0], now["forecast"][-1]
    old_first, old_last = was["forecast"][0], was["forecast"][-1]
    words = Text(
        f"The next {ahead.en} of “{target}” begin at {number(first)} and end at {number(last)}; without the changes "
        f"they would begin at {number(old_first)} and end at {number(old_last)}.",
        f"“{target}”未来 {ahead.zh}从 {number(first)} 开始，到 {number(last)} 结束；若不修改，则从 {number(old_first)} "
        f"开始，到 {number(old_last)} 结束。",
    )
    lines = [
        Series(Text("until now", "截至现在"), _moments(past[time]), past[target].to_list()),
        Series(Text("with the changes", "修改后"), _moments(now[time]), now["forecast"].to_list()),
        Series(Text("without", "不修改"), _moments(was[time]), was["forecast"].to_list()),
    ]
    section.charts.append(
        ReportChart(
            "line",
            Text(f"The next {ahead.en}", f"未来 {ahead.zh}"),
            lines,
            Text(time, time),
            Text(target, target),
        )
    )
    rows = [
        [moment(when), new, old] for when, new, old in zip(now[time], now["forecast"], was["forecast"], strict=True)
    ]
    titles = [Text(time, time), Text("with the changes", "修改后"), Text("without", "不修改")]
    section.tables.append(ReportTable(Text("The next values", "接下来的数值"), titles, rows))
    return Report("row", words, [section])


def _of(frame: pl.DataFrame, group: str, name: Any) -> pl.DataFrame:
    return frame.filter(frame[group] == name) if name is not None else frame


def _moments(times: Sequence[Any]) -> list[str]:
    return [moment(value) for value in times]
