"""How dates are written in text: year first or last, with names of months, with times; or in several ways at once."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from patchbay_operators.check._advice.numbers_in_text import NOTHING
from patchbay_operators.clean._cast import converted

if TYPE_CHECKING:
    import polars as pl

ENOUGH = 0.9
"""Share of the values that must be dates."""

LOOKED_AT = 2_000
"""Different values by which the form of a column's dates is found out."""

IN_ORDER = 0.98
"""Share of neighbouring rows that must not go back in time, for a column to be in order."""

_TIME = r"(?P<gap>[T ]+)?(?P<time>\d{1,2}:\d{2}(?P<seconds>:\d{2}(?P<fraction>[.]\d+)?)?(?P<half> ?[AaPp][Mm])?)?"
_FORMS = (  # %B reads short names of months too
    (re.compile(r"\d{4}(?P<sep>[-/.])\d{1,2}(?P=sep)\d{1,2}" + _TIME), "%Y{0}%m{0}%d"),
    (re.compile(r"\d{1,2}(?P<sep>[-/.])\d{1,2}(?P=sep)\d{4}" + _TIME), "%d{0}%m{0}%Y"),
    (re.compile(r"\d{1,2}(?P<sep>[-/.])\d{1,2}(?P=sep)\d{2}" + _TIME), "%d{0}%m{0}%y"),
    (re.compile(r"\d{1,2}(?P<sep>[-/. ])[A-Za-z]{3,9}(?P=sep)\d{4}" + _TIME), "%d{0}%B{0}%Y"),
    (re.compile(r"\d{1,2}(?P<sep>[-/. ])[A-Za-z]{3}(?P=sep)\d{2}" + _TIME), "%d{0}%b{0}%y"),
    (re.compile(r"[A-Za-z]{3,9}(?P<sep> )\d{1,2}, \d{4}" + _TIME), "%B %d, %Y"),
    (re.compile(r"(?P<sep>)\d{4}年\d{1,2}月\d{1,2}日" + _TIME), "%Y年%m月%d日"),
)

Order = Literal["", "day", "month", "mixed", "either"]
"""Which comes first where the year is last: "": that is no question; either: both can be read."""


@dataclass(frozen=True, slots=True)
class Form:
    """How the dates of a column are written. `by_rows`: the order of the rows has decided between day and month."""

    format: str
    order: Order = ""
    by_rows: bool = False


def form_of(column: pl.Series) -> Form | None:
    """How a text column writes its dates; None when it does not hold dates."""
    import polars as pl

    text = column.drop_nulls()
    values = text.unique(maintain_order=True).head(LOOKED_AT)
    filled = [value for value in values.to_list() if value.strip().lower() not in NOTHING]
    formats = Counter(_format(value) for value in filled)
    formats.pop("", None)
    if not formats:
        return None
    format, times = formats.most_common(1)[0]
    if times < ENOUGH * len(filled):
        return None
    if not format.startswith("%d") or "%b" in format.lower():
        return Form(format) if _fits(text, format) else None
    month_first = format.replace("%d", "%#").replace("%m", "%d").replace("%#", "%m")
    days, months = (text.str.extract(r"^(\d{1,2})[-/.](\d{1,2})[-/.]", part).cast(pl.Int64) for part in (1, 2))
    if (days > 12).any() and (months > 12).any():
        return Form(format, "mixed")
    if (days > 12).any():
        return Form(format, "day")
    if (months > 12).any():
        return Form(month_first, "month")
    by_day, by_month = (
        _in_order(converted(text, "datetime", format, False)),
        _in_order(converted(text, "datetime", month_first, False)),
    )
    if by_day != by_month:
        return Form(format if by_day else month_first, "day" if by_day else "month", by_rows=True)
    return Form(format, "either")


def _format(value: str) -> str:
    """The format of one date, day first where it could be; nothing for other text."""
    for pattern, date in _FORMS:
        if match := pattern.fullmatch(value):
            format = date.format(match["sep"])
            if match["time"]:
                format += (match["gap"] or "") + ("%I:%M" if match["half"] else "%H:%M")
                format += (":%S%.f" if match["fraction"] else ":%S") if match["seconds"] else ""
                format += (" %p" if match["half"].startswith(" ") else "%p") if match["half"] else ""
            return format
    return ""


def _fits(text: pl.Series, format: str) -> bool:
    dates = converted(text, "datetime", format, False)
    return len(text) - dates.null_count() >= ENOUGH * len(text)


def _in_order(times: pl.Series) -> bool:
    steps = times.drop_nulls().diff().drop_nulls().dt.total_microseconds()
    return len(steps) >= 10 and float((steps >= 0).sum()) >= IN_ORDER * len(steps) and bool((steps > 0).any())


@dataclass(frozen=True, slots=True)
class Several:
    """Dates in several forms at once.

    `sample`: a date of either of two forms. `order`: which comes first where the year is last. `patterns`: what makes
    all of them year first, nothing where they are; None: it is not possible.
    """

    sample: tuple[str, str]
    order: Order
    patterns: dict[str, str] | None


YEAR_LAST = r"^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})"
YEAR_FIRST = {r"^(\d{4})[/.](\d{1,2})[/.](\d{1,2})": "$1-$2-$3", r"^(\d{4})年(\d{1,2})月(\d{1,2})日": "$1-$2-$3"}
ISO = re.compile(r"\d{4}-\d{1,2}-\d{1,2}([T ]\d{1,2}:\d{2}(:\d{2}([.]\d+)?)?)?")


def several_forms(column: pl.Series) -> Several | None:
    """The forms of a text column's dates where no single one is that of nearly all; None where one is, or none are."""
    text = column.drop_nulls().str.strip_chars()
    values = [value for value in text.unique(maintain_order=True).head(LOOKED_AT) if value.lower() not in NOTHING]
    forms = Counter(_format(value) for value in values)
    unknown = forms.pop("", 0)
    if len(forms) < 2 or unknown > (1 - ENOUGH) * len(values) or forms.most_common(1)[0][1] >= ENOUGH * len(values):
        return None
    first, second = (next(v for v in values if _format(v) == form) for form, _ in forms.most_common(2))
    last = text.filter(text.str.contains(YEAR_LAST))
    found = form_of(last) if len(last) else None
    order: Order = found.order if found else "mixed" if len(last) else ""
    patterns = {pattern: new for pattern, new in YEAR_FIRST.items() if text.str.contains(pattern).any()}
    if order in ("day", "month", "either"):
        patterns[YEAR_LAST] = "$3-$1-$2" if order == "month" else "$3-$2-$1"
    after = text
    for pattern, new in patterns.items():
        after = after.str.replace(pattern, new)
    readable = sum(ISO.fullmatch(value) is not None for value in after.unique())
    return Several((first, second), order, patterns if readable >= ENOUGH * after.n_unique() else None)
