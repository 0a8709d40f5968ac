"""The step of time between the rows of a series, and the places that it gives to times."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from patchbay_operators.advice import Text
from patchbay_sdk import DataError

if TYPE_CHECKING:
    import numpy as np
    import polars as pl

    Array = np.ndarray[Any, Any]

SECOND = 1_000_000
"""Microseconds, in which times are counted."""
DAY = 86400 * SECOND
UNITS = (
    (7 * DAY, Text("week", "周")),
    (DAY, Text("day", "天")),
    (3600 * SECOND, Text("hour", "小时")),
    (60 * SECOND, Text("minute", "分钟")),
    (SECOND, Text("second", "秒")),
)
EVEN = 0.5
"""Share of the steps that must be equal for a series to count as even."""


@dataclass(frozen=True)
class Step:
    """`kind`: time (`size` in microseconds), months (`size` of them), number (`size` in the column's unit).

    `origin`: the time of place 0, in the same unit (months since year 0). `even`: whether rows mostly come in it.
    """

    kind: str
    size: float
    origin: float
    even: bool = True

    @classmethod
    def of(cls, times: pl.Series, series: pl.Series) -> Step:
        """The step of rows with these times, in the same order as the names of their series.

        Raises:
            DataError: no series has two times.
        """
        import numpy as np
        import polars as pl

        is_time = times.dtype.is_temporal()
        counted = pl.DataFrame({"series": series, "t": _numbers(times)}).drop_nulls().unique().sort("series", "t")
        gaps = counted.select(pl.col("t").diff().over("series")).to_series().drop_nulls().to_numpy()
        gaps = gaps[np.isfinite(gaps) & (gaps > 0)]
        if not len(gaps):
            raise DataError(
                Text(
                    f"There are too few times in {times.name!r} to forecast: no series has two of them.",
                    f"“{times.name}”中的时间太少，无法预测：没有一条序列有两个时间。",
                ).as_json()
            )
        first = float(counted["t"].min())  # type: ignore[arg-type]
        if is_time and (months := _months(gaps)):
            return cls("months", months, _month(times.min()), bool(len(gaps)))  # type: ignore[arg-type]
        values, counts = np.unique(gaps, return_counts=True)
        usual = counts.argmax()
        even = counts[usual] >= EVEN * len(gaps)
        size = float(values[usual] if even else np.median(gaps))
        return cls("time" if is_time else "number", size, first, bool(even))

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Step:
        """What `as_json` gave."""
        return cls(**document)

    def as_json(self) -> dict[str, Any]:
        """As a JSON object."""
        return asdict(self)

    def places(self, times: pl.Series) -> Array:
        """The place of each time, a whole number; a time that is missing has the smallest there is."""
        import numpy as np
        import polars as pl

        if self.kind == "months":
            months = times.dt.year().cast(pl.Int64) * 12 + times.dt.month().cast(pl.Int64) - 1
            counted = (months.cast(pl.Float64) - self.origin) / self.size
        else:
            counted = (_numbers(times) - self.origin) / self.size
        numbers = counted.fill_null(np.nan).to_numpy()
        known = np.isfinite(numbers) & (np.abs(numbers) < 2**52)
        return np.where(known, np.floor(np.where(known, numbers, 0) + 0.5), np.iinfo(np.int64).min).astype(np.int64)

    def after(self, last: pl.Series, count: int) -> pl.Series:
        """The next `count` times after each of `last`, one after the other."""
        import polars as pl

        steps = pl.Series([*range(1, count + 1)] * len(last), dtype=pl.Int64)
        times = last.gather([place for place in range(len(last)) for _ in range(count)])
        if self.kind == "number":
            grown = times.cast(pl.Float64) + steps.cast(pl.Float64) * self.size
            return grown.cast(pl.Int64) if times.dtype.is_integer() and self.size.is_integer() else grown
        if self.kind == "months":
            by = (steps * int(self.size)).cast(pl.String) + "mo"
            return pl.select(pl.lit(times).dt.offset_by(pl.lit(by))).to_series()
        if times.dtype == pl.Date:
            whole = self.size % DAY == 0
            moved = times.cast(pl.Datetime("us")) + (steps * int(self.size)).cast(pl.Duration("us"))
            return moved.cast(pl.Date) if whole else moved
        return times + (steps * int(self.size)).cast(pl.Duration("us"))

    def words(self, count: int) -> Text:
        """So many steps in words: 24 hours; steps without a unit are values."""
        if self.kind == "months":
            return _counted(count * int(self.size), Text("month", "个月"))
        if self.kind == "time" and self.even:
            length = count * self.size
            for size, name in UNITS:
                if self.size % size == 0 or (length % size == 0 and size <= DAY and length >= 2 * size):
                    return _counted(round(length / size), name)
        return _counted(count, Text("value", "个值"))

    def about(self, count: int) -> Text:
        """The same rounded to whole days, hours, minutes or seconds, of which there are at least two."""
        length = count * self.size
        units = [unit for unit in UNITS if unit[0] <= DAY and length >= 2 * unit[0]]
        if self.kind != "time" or not self.even or not units:
            return self.words(count)
        size, name = units[0]
        return _counted(round(length / size), name)


def _counted(count: int, unit: Text) -> Text:
    return Text(f"{count} {unit.en}{'' if count == 1 else 's'}", f"{count} {unit.zh}")


def _months(gaps: Array) -> int:
    """Months between the times of a calendar, 0 for any other step: months, quarters and years vary in length."""
    days = gaps / DAY
    for months, shortest, longest in ((1, 28, 31), (3, 90, 92), (12, 365, 366)):
        if ((days >= shortest) & (days <= longest)).mean() >= 0.9:
            return months
    return 0


def _month(first: date | datetime) -> float:
    return first.year * 12 + first.month - 1


def _numbers(times: pl.Series) -> pl.Series:
    """Times as floats: microseconds, or the numbers that they are. Raises DataError for texts."""
    import polars as pl

    if times.dtype.is_temporal() and times.dtype not in (pl.Time, pl.Duration):
        return times.cast(pl.Datetime("us", getattr(times.dtype, "time_zone", None))).cast(pl.Int64).cast(pl.Float64)
    if times.dtype.is_numeric() or times.dtype == pl.Null:
        return times.cast(pl.Float64).fill_nan(None)
    raise DataError(
        Text(
            f"time: {times.name!r} holds no times but {times.dtype}. Read it as dates (step “Change column type”).",
            f"“{times.name}”不是时间列。请先识别为日期，或另选一列。",
        ).as_json(),
        column=times.name,
    )
