"""Dates written as text, recognised without guessing between day-first and month-first."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import polars as pl

_TIME = (
    r"(?P<time>(?P<gap>[T ]) *\d{1,2}:\d{2}(?P<seconds>:\d{2}(\.\d+)?)?(?P<half> ?[AaPp][Mm])?"
    r"(?P<zone> ?(Z|[+-]\d{2}:?\d{2}))?)?"
)
_YEAR_FIRST = re.compile(r"\d{4}(?P<separator>[-/.])\d{1,2}(?P=separator)\d{1,2}" + _TIME)
_YEAR_LAST = re.compile(r"\d{1,2}(?P<separator>[-/.])\d{1,2}(?P=separator)\d{4}" + _TIME)
_NAMED_MONTH = re.compile(r"\d{1,2}(?P<separator>[- ])[A-Za-z]{3}(?P=separator)\d{4}" + _TIME)
_COMPACT = {r"\d{8}": "%Y%m%d", r"\d{14}": "%Y%m%d%H%M%S"}


class Dates(NamedTuple):
    """What a column of text is as dates: null where a value is none; `problem`: why there are no dates at all."""

    values: pl.Series | None
    problem: str = ""


def parse_dates(text: pl.Series, order: str) -> Dates:
    """Read a column of trimmed text as dates or times; the first value tells its form.

    Times with a zone become UTC, without a zone.

    Args:
        text: string column, null where missing.
        order: ``auto``, ``day_first``, ``month_first`` (of 03/04/2024) or ``iso`` (only year first).
    """
    vote = DateVote(order)
    read = vote.add(text)
    return Dates(read[vote.format] if vote.format else None, vote.problem)


class DateVote:
    """Which form the dates of a column have, if any: decided by all of its values, added some at a time.

    Args:
        order: as for `parse_dates`.
        compact: also read 20240319 and 20240319141500.
    """

    def __init__(self, order: str, compact: bool = False) -> None:
        self.order, self.compact = order, compact
        self.sample: str | None = None
        self.given = 0
        self.fitting: dict[str, int] = {}
        self._same = True

    def add(self, text: pl.Series) -> dict[str, pl.Series]:
        """Count further values of the column; they are returned as each form that is possible reads them."""
        if self.sample is None:
            sample = text.drop_nulls().first()
            self.sample = sample if isinstance(sample, str) else None
            self.fitting = dict.fromkeys(_formats(self.sample or "", self.order, self.compact), 0)
        self.given += len(text) - text.null_count()
        read = {format: read_dates(text, format) for format in self.fitting}
        for format, values in read.items():
            self.fitting[format] += len(values) - values.null_count()
        if self._same and len(read) > 1:
            first, second = read.values()
            self._same = first.equals(second)
        return read

    @property
    def format(self) -> str | None:
        """The form that reads most values, None where the values do not say one."""
        counts = set(self.fitting.values())
        if not counts or (len(self.fitting) > len(counts) and not self._same):
            return None
        return max(self.fitting, key=lambda format: self.fitting[format])

    @property
    def problem(self) -> str:
        """Why there are no dates, although the values look like some."""
        if not self.fitting or self.format:
            return ""
        if max(self.fitting.values()) < self.given:
            return "holds both dates that can only be day-first and dates that can only be month-first"
        return f"holds dates such as {self.sample!r} that can be read day-first and month-first"


def _formats(sample: str, order: str, compact: bool) -> list[str]:
    for pattern, format in _COMPACT.items():
        if compact and re.fullmatch(pattern, sample):
            return [format]
    if match := _YEAR_FIRST.fullmatch(sample):
        return [_format("%Y{0}%m{0}%d", match)]
    if match := _NAMED_MONTH.fullmatch(sample):
        return [_format("%d{0}%b{0}%Y", match)]
    match = _YEAR_LAST.fullmatch(sample)
    if match is None or order == "iso":
        return []
    orders = {"day_first": _format("%d{0}%m{0}%Y", match), "month_first": _format("%m{0}%d{0}%Y", match)}
    return [orders[order]] if order in orders else list(orders.values())


def _format(date: str, match: re.Match[str]) -> str:
    format = date.format(match["separator"])
    if match["time"]:
        format += match["gap"] + ("%I:%M" if match["half"] else "%H:%M") + (":%S%.f" if match["seconds"] else "")
        for part, code in (("half", "%p"), ("zone", "%#z")):
            if match[part]:
                format += " " * match[part].startswith(" ") + code
    return format


def read_dates(text: pl.Series, format: str) -> pl.Series:
    """The dates, null where a value is none, or has a year of two digits."""
    import polars as pl

    if "%H" not in format and "%I" not in format:
        values = text.str.strptime(pl.Date, format, strict=False)
    elif "%#z" in format:
        values = text.str.strptime(pl.Datetime("us", "UTC"), format, strict=False).dt.replace_time_zone(None)
    else:
        values = text.str.strptime(pl.Datetime("us"), format, strict=False)
    return values.to_frame().select(pl.when(values.dt.year() >= 1000).then(values)).to_series().alias(text.name)
