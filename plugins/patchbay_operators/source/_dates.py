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


def parse_dates(text: pl.Series, order: str, compact: bool = False) -> Dates:
    """Read a column of trimmed text as dates or times; the first value tells its form.

    Times with a zone become UTC, without a zone.

    Args:
        text: string column, null where missing.
        order: ``auto``, ``day_first``, ``month_first`` (of 03/04/2024) or ``iso`` (only year first).
        compact: also read 20240319 and 20240319141500.
    """
    sample = text.drop_nulls().first()
    if not isinstance(sample, str):
        return Dates(None)
    for pattern, format in _COMPACT.items():
        if compact and re.fullmatch(pattern, sample):
            return Dates(_strptime(text, format))
    if match := _YEAR_FIRST.fullmatch(sample):
        return Dates(_strptime(text, _format("%Y{0}%m{0}%d", match)))
    if match := _NAMED_MONTH.fullmatch(sample):
        return Dates(_strptime(text, _format("%d{0}%b{0}%Y", match)))
    match = _YEAR_LAST.fullmatch(sample)
    if match is None or order == "iso":
        return Dates(None)
    return _day_or_month_first(text, order, match)


def _day_or_month_first(text: pl.Series, order: str, match: re.Match[str]) -> Dates:
    day_first, month_first = _format("%d{0}%m{0}%Y", match), _format("%m{0}%d{0}%Y", match)
    if order != "auto":
        return Dates(_strptime(text, day_first if order == "day_first" else month_first))
    by_day, by_month = _strptime(text, day_first), _strptime(text, month_first)
    if by_day.null_count() != by_month.null_count():
        return Dates(min(by_day, by_month, key=lambda values: values.null_count()))
    if by_day.equals(by_month):
        return Dates(by_day)
    if by_day.null_count() > text.null_count():
        return Dates(None, "holds both dates that can only be day-first and dates that can only be month-first")
    return Dates(None, f"holds dates such as {match[0]!r} that can be read day-first and month-first")


def _format(date: str, match: re.Match[str]) -> str:
    format = date.format(match["separator"])
    if match["time"]:
        format += match["gap"] + ("%I:%M" if match["half"] else "%H:%M") + (":%S%.f" if match["seconds"] else "")
        for part, code in (("half", "%p"), ("zone", "%#z")):
            if match[part]:
                format += " " * match[part].startswith(" ") + code
    return format


def _strptime(text: pl.Series, format: str) -> pl.Series:
    """The dates, null where a value is none, or has a year of two digits."""
    import polars as pl

    if "%H" not in format and "%I" not in format:
        values = text.str.strptime(pl.Date, format, strict=False)
    elif "%#z" in format:
        values = text.str.strptime(pl.Datetime("us", "UTC"), format, strict=False).dt.replace_time_zone(None)
    else:
        values = text.str.strptime(pl.Datetime("us"), format, strict=False)
    return values.to_frame().select(pl.when(values.dt.year() >= 1000).then(values)).to_series().alias(text.name)
