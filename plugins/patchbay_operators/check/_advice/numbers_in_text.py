"""How numbers are written in text: with a decimal comma, between thousands, with units, or with words among them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from patchbay_operators.clean._cast import converted

if TYPE_CHECKING:
    import polars as pl

ENOUGH = 0.9
"""Share of the values that must be numbers; of the rest some may be wrong."""

NOTHING = {
    "", "?", "??", "-", "--", "---", ".", "n/a", "na", "n.a.", "n.d.", "n/d", "nan", "none", "null", "nil", "missing",
    "unknown",
    "#n/a", "#na", "#value!", "#div/0!", "#ref!", "#num!", "inf", "-inf", "x", "tbd",
    "无", "空", "缺失", "未知", "未测",
}  # fmt: skip
"""What people write where there is no number, in small letters."""

NUMBER = r"[+-]?(?:\d+(?:[.,]\d+)*|\.\d+)(?:[eE][+-]?\d+)?"
MARKED = re.compile(rf"^([^\w\s+\-.,]{{0,3}})\s*({NUMBER})\s*([^\d\s].{{0,11}})?$")
"""A number with a sign before it ($) or something behind it (mm, %)."""

UNITS = {
    "m", "cm", "mm", "um", "µm", "μm", "nm", "km", "in", "inch", "ft", "g", "kg", "mg", "t", "lb", "s", "sec", "ms",
    "us", "min", "h", "hr", "d", "c", "°c", "℃", "f", "°f", "k", "pa", "hpa", "kpa", "mpa", "bar", "mbar", "torr",
    "mtorr", "psi", "atm", "v", "mv", "kv", "a", "ma", "ua", "µa", "w", "kw", "mw", "hz", "khz", "mhz", "ghz", "l",
    "ml", "sccm", "slm", "ppm", "ppb", "%", "rpm", "nm/s", "å", "ohm", "kohm", "ω",
    "毫米", "微米", "纳米", "厘米", "米", "克", "千克", "秒", "度",
}  # fmt: skip
"""Letters that are units, in small letters: what stands behind numbers of other kinds (12A, 12B) belongs to names."""

THOUSANDS = r"^[+-]?\d{1,3}(,\d{3})+(\.\d+)?$"
SEPARATOR = r",(\d{3})"
"""Numbers with commas between thousands, and one such comma."""

SIGNS = {r"^\((\d[\d.,]*)\)$": "-$1", r"^(\d[\d.,]*)-$": "-$1", r"^[−–](\s*\d)": "-$1"}
"""What people and programs write for a minus sign: (1.5), 1.5-, a dash; and how a computer reads it."""

DECIDES = {".", ",", "-", "+", "(", ")", "e", "E"}
"""Marks that change a number when they are taken away."""

BETWEEN_THOUSANDS = (" ", "\u00a0", "\u202f", "\u2009", "'", "’")
"""Blanks of several widths, and apostrophes."""

GROUPED = rf"^[+-]?\d{{1,3}}([{''.join(BETWEEN_THOUSANDS)}]\d{{3}})+([.,]\d+)?$"
"""A number with such a mark between thousands."""

WITH_COMMA = r"^[+-]?\d+(\.\d{3})*,\d+([eE][+-]?\d+)?$"
"""A number with a decimal comma, perhaps with points between thousands."""

DECIMALS = r"^[+-]?(?:\d*{0}(?:\d{{1,2}}|\d{{4,}})|0?{0}\d+|\d{{4,}}{0}\d+)$"
"""Numbers with a mark (point or comma) that cannot part thousands."""


@dataclass(frozen=True, slots=True)
class Written:
    """How the numbers of a text column are written.

    Args:
        how: plain, comma (decimal comma), both (point and comma), marked, mixed (several units), signs (minus signs
            that are none to a computer) or wide (full-width digits).
        nothing: text that is no number -> rows that hold it.
        patterns: for marked and comma: what must go first. For signs: what is a minus sign.
        marks: for marked, comma and mixed: what stands at the numbers.
    """

    how: str
    nothing: dict[str, int] = field(default_factory=dict)
    patterns: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()


def written(column: pl.Series, decimal_comma: bool = False) -> Written | None:
    """How a column of text writes its numbers; None when it does not hold numbers, or they are names (007).

    `decimal_comma`: other columns of the table have a decimal comma, so that 1,234 is not more than a thousand.
    """
    counts = column.drop_nulls().alias("value").value_counts(name="rows")
    values = counts.to_series(0)
    empty = values.str.strip_chars().str.to_lowercase().is_in(list(NOTHING))
    filled = values.filter(~empty)
    if not len(filled) or filled.str.contains(r"^\s*[+-]?0\d").any():
        return None
    for how, patterns in (("wide", ()), ("signs", tuple(_signs(filled)))):
        again = _respelled(column, how, patterns)
        if not again.equals(column):
            found = written(again, decimal_comma)
            return None if found is None else Written(how, found.nothing, patterns)
    if separators := _separators(filled):
        return _apart(column, counts, separators, decimal_comma)
    given = int(counts["rows"].filter(~empty).sum())

    def share(numbers: pl.Series) -> float:
        return float(counts["rows"].filter(~empty & numbers.is_not_null()).sum()) / given

    if _is_decimal(filled, ".") and _is_decimal(filled, ","):
        either = _read(values, Written("both"))
        if share(either) >= ENOUGH:
            return Written("both", dict(counts.filter(either.is_null()).iter_rows()))
    plain = converted(values, "float", "", False)
    comma = converted(values, "float", "", True)
    thousands = not decimal_comma and _has_thousands(filled)
    if share(plain) >= ENOUGH and not thousands:
        lost = counts.filter(plain.is_null())
        return Written("plain", dict(lost.iter_rows()))
    if filled.str.contains(WITH_COMMA).any() and not thousands and share(comma) >= ENOUGH:
        lost = counts.filter(comma.is_null())
        return Written("comma", dict(lost.iter_rows()))
    found = _marked(values, counts["rows"], empty, given, decimal_comma)
    if found is None or found.how == "mixed":
        return found
    return replace(found, nothing=dict(counts.filter(_read(values, found).is_null()).iter_rows()))


def _signs(numbers: pl.Series) -> list[str]:
    """The ways in which some of these write a minus sign; what all have says nothing."""
    hits = [(pattern, int(numbers.str.strip_chars().str.contains(pattern).sum())) for pattern in SIGNS]
    return [pattern for pattern, count in hits if 0 < count < len(numbers)]


def _respelled(column: pl.Series, how: str, patterns: tuple[str, ...]) -> pl.Series:
    """As it stands once full-width digits are plain ones, or these are minus signs."""
    if how == "wide":
        is_wide = column.str.contains(r"[０-９]").fill_null(False)
        if not is_wide.any():
            return column
        return column.zip_with(~is_wide, column.str.normalize("NFKC"))
    for pattern in patterns:
        column = column.str.strip_chars().str.replace(pattern, SIGNS[pattern])
    return column


def _separators(numbers: pl.Series) -> list[str]:
    """The blanks and apostrophes between thousands; none where these are not numbers otherwise."""
    grouped = numbers.filter(numbers.str.strip_chars().str.contains(GROUPED))
    if not len(grouped):
        return []
    return [mark for mark in BETWEEN_THOUSANDS if grouped.str.strip_chars().str.contains(mark, literal=True).any()]


def _apart(column: pl.Series, counts: pl.DataFrame, separators: list[str], decimal_comma: bool) -> Written | None:
    bare = column
    for mark in separators:
        bare = bare.str.replace_all(mark, "", literal=True)
    found = written(bare, decimal_comma)
    if found is None or found.how not in ("plain", "comma", "marked"):
        return None
    how = "comma" if found.how == "comma" else "marked"
    patterns, marks = (*map(re.escape, separators), *found.patterns), (*separators, *found.marks)
    found = Written(how, {}, patterns, marks)
    lost = _read(counts.to_series(0), found).is_null()
    return replace(found, nothing=dict(counts.filter(lost).iter_rows()))


def _is_decimal(numbers: pl.Series, mark: str) -> bool:
    """Whether some have this mark where only a decimal point or comma can stand."""
    return bool(numbers.str.strip_chars().str.contains(DECIMALS.format(re.escape(mark))).any())


def _has_thousands(numbers: pl.Series) -> bool:
    """Whether commas part thousands: never before one, two or four digits, nor behind a single nought.

    Where every number has one comma, at the same place, it is a decimal comma with three digits behind it.
    """
    some = numbers.str.contains(THOUSANDS)
    if not some.any() or numbers.str.contains(r",(\d{1,2}|\d{4,})$|^[+-]?0,").any():
        return False
    places = numbers.str.find(",", literal=True).unique()
    return not (len(numbers) >= 10 and numbers.str.contains(r"^[+-]?\d+,\d{3}$").all() and len(places) == 1)


def _marked(values: pl.Series, counts: pl.Series, empty: pl.Series, given: int, decimal_comma: bool) -> Written | None:
    import polars as pl

    before, after, fit = set(), set(), 0
    numbers: list[str] = []
    for value, count, nothing in zip(values.to_list(), counts.to_list(), empty.to_list(), strict=True):
        match = None if nothing else MARKED.match(value.strip())
        if match:
            fit += count
            numbers.append(match[2])
            before.add(match[1])
            after.add((match[3] or "").strip())
    if fit < ENOUGH * given:
        return None
    before.discard("")
    after.discard("")
    if DECIDES & (before | after):
        return None
    if len(before) > 1 or len(after) > 1:
        are_units = len(before) <= 1 and all(mark.lower() in UNITS for mark in after)
        are_units = are_units and any(len(mark) > 1 for mark in after)  # 12A and 12C are names
        return Written("mixed", marks=tuple(sorted(before | after))) if are_units else None
    patterns = [r"^\s+|\s+$"] if values.str.contains(r"^\s|\s$").any() else []
    patterns += [rf"^\s*{re.escape(mark)}\s*" for mark in before] + [rf"\s*{re.escape(mark)}\s*$" for mark in after]
    column = pl.Series(numbers)
    thousands = not decimal_comma and _has_thousands(column)
    if patterns and column.str.contains(WITH_COMMA).any() and not thousands:
        return Written("comma", {}, tuple(patterns), (*before, *after))
    patterns += [SEPARATOR] if thousands else []
    return Written("marked", {}, tuple(patterns), (*before, *after)) if patterns else None


def _instead(pattern: str) -> str:
    return "$1" if pattern == SEPARATOR else ""


def as_numbers(column: pl.Series) -> pl.Series | None:
    """A text column's numbers, gaps where there is none; None when it does not hold numbers."""
    found = written(column)
    if found is not None and found.how in ("signs", "wide"):
        return as_numbers(_respelled(column, found.how, found.patterns))
    return None if found is None or found.how == "mixed" else _read(column, found)


def _read(column: pl.Series, how: Written) -> pl.Series:
    for pattern in how.patterns:
        column = column.str.replace_all(pattern, _instead(pattern))
    if how.how == "both":
        column = column.str.replace(",", ".", literal=True)
    return converted(column, "float", "", how.how == "comma")
