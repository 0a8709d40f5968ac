"""Numbers that are still text, because of "?", "N/A" or blanks, a decimal comma, thousands separators or units."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from patchbay_operators.advice import Finding, Fix, Text
from patchbay_operators.check._advice.subject import Subject
from patchbay_operators.check._advice.words import columns, named, quoted, rows, step
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

PLACEHOLDERS = NOTHING - {"x", ".", "inf", "-inf", "none", "unknown", "tbd", "未知", "无"}
"""Of these, what is never a value of its own among words."""

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


@dataclass(frozen=True, slots=True)
class Written:
    """How the numbers of a text column are written.

    Args:
        how: plain, comma (decimal comma), marked (patterns must go first) or mixed (several units).
        nothing: text that is no number -> rows that hold it.
        patterns: for marked: what to take out.
        marks: for marked and mixed: what stands at the numbers.
    """

    how: str
    nothing: dict[str, int] = field(default_factory=dict)
    patterns: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()


def written(column: pl.Series) -> Written | None:
    """How a column of text writes its numbers; None when it does not hold numbers, or they are names (007)."""
    counts = column.drop_nulls().value_counts(name="rows")
    values = counts.to_series(0)
    empty = values.str.strip_chars().str.to_lowercase().is_in(list(NOTHING))
    filled = values.filter(~empty)
    if not len(filled) or filled.str.contains(r"^\s*[+-]?0\d").any():
        return None
    given = int(counts["rows"].filter(~empty).sum())

    def share(numbers: pl.Series) -> float:
        return float(counts["rows"].filter(~empty & numbers.is_not_null()).sum()) / given

    plain = converted(values, "float", "", False)
    comma = converted(values, "float", "", True)
    thousands = _has_thousands(filled)
    if share(plain) >= ENOUGH and not thousands:
        lost = counts.filter(plain.is_null())
        return Written("plain", dict(lost.iter_rows()))
    if filled.str.contains(r"^[+-]?\d+(\.\d{3})*,\d+$").any() and not thousands and share(comma) >= ENOUGH:
        lost = counts.filter(comma.is_null())
        return Written("comma", dict(lost.iter_rows()))
    return _marked(values, counts["rows"], empty, given)


def _has_thousands(numbers: pl.Series) -> bool:
    """Whether commas part thousands: never before one, two or four digits, nor behind a single nought.

    Where every number has one comma, at the same place, it is a decimal comma with three digits behind it.
    """
    some = numbers.str.contains(THOUSANDS)
    if not some.any() or numbers.str.contains(r",(\d{1,2}|\d{4,})$|^[+-]?0,").any():
        return False
    places = numbers.str.find(",", literal=True).unique()
    return not (len(numbers) >= 10 and numbers.str.contains(r"^[+-]?\d+,\d{3}$").all() and len(places) == 1)


def _marked(values: pl.Series, counts: pl.Series, empty: pl.Series, given: int) -> Written | None:
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
    if len(before) > 1 or len(after) > 1:
        are_units = len(before) <= 1 and all(mark.lower() in UNITS for mark in after)
        are_units = are_units and any(len(mark) > 1 for mark in after)  # 12A and 12C are names
        return Written("mixed", marks=tuple(sorted(before | after))) if are_units else None
    patterns = [r"^\s+|\s+$"] if values.str.contains(r"^\s|\s$").any() else []
    patterns += [rf"^\s*{re.escape(mark)}\s*" for mark in before] + [rf"\s*{re.escape(mark)}\s*$" for mark in after]
    patterns += [SEPARATOR] if _has_thousands(pl.Series(numbers)) else []
    return Written("marked", {}, tuple(patterns), (*before, *after)) if patterns else None


def _instead(pattern: str) -> str:
    return "$1" if pattern == SEPARATOR else ""


def as_numbers(column: pl.Series) -> pl.Series | None:
    """A text column's numbers, gaps where there is none; None when it does not hold numbers."""
    found = written(column)
    if found is None or found.how == "mixed":
        return None
    for pattern in found.patterns:
        column = column.str.replace_all(pattern, _instead(pattern))
    return converted(column, "float", "", found.how == "comma")


def about_text_numbers(subject: Subject) -> Iterator[Finding]:
    """Findings `numbers_as_text`, `decimal_comma`, `number_marks`, `mixed_units`, `hidden_gaps`."""
    found: dict[str, dict[str, Written]] = {}
    for name in subject.texts():
        if subject.has_classes and name == subject.target and subject.distinct[name] <= 20:
            continue
        if how := written(subject.frame[name]):
            found.setdefault(how.how, {})[name] = how
    numbers = {name for how in found.values() for name in how}
    words = [name for name in subject.texts() if name not in numbers]
    if hidden := {name: marks for name in words if (marks := _placeholders(subject.frame[name]))}:
        yield _hidden_gaps(subject, hidden)
    if plain := found.get("plain"):
        yield _plain(plain)
    if comma := found.get("comma"):
        yield _comma(comma)
    if marked := found.get("marked"):
        yield _marks(marked)
    if mixed := found.get("mixed"):
        yield _mixed(mixed)


def _cast(label: Text, names: list[str], **params: object) -> Fix:
    return step(label, "clean.cast", columns=names, type="float", on_error="null", **params)


def _lost(found: dict[str, Written]) -> tuple[dict[str, int], Text]:
    """The texts that will be gaps, and how many rows have them."""
    lost: dict[str, int] = {}
    for how in found.values():
        for text, times in how.nothing.items():
            lost[text] = lost.get(text, 0) + times
    lost = dict(sorted(lost.items(), key=lambda item: -item[1]))
    if not lost:
        return lost, Text("All values are numbers.", "所有值都是数字。")
    listed, count = named([text or " " for text in lost]), rows(sum(lost.values()))
    return lost, Text(
        f"What is no number ({listed.en}, in {count.en}) becomes an empty cell.",
        f"不是数字的内容（{listed.zh}，共 {count.zh}）将变为空。",
    )


def _plain(found: dict[str, Written]) -> Finding:
    names = list(found)
    listed, (lost, words) = columns(names), _lost(found)
    return Finding(
        "numbers_as_text",
        "warn",
        Text(
            f"{listed.en} {'holds' if len(names) == 1 else 'hold'} numbers, but as text",
            f"{listed.zh}是数字，却以文本保存",
        ),
        Text(
            "As text the values have no order: nobody can see that 9 is less than 10, and neither can a model. "
            + words.en,
            "作为文本，这些值没有大小之分：看不出 9 小于 10，模型也看不出。" + words.zh,
        ),
        names,
        {"become_gaps": dict(list(lost.items())[:20])},
        _cast(Text("Read them as numbers", "按数字读取"), names),
    )


def _comma(found: dict[str, Written]) -> Finding:
    names = list(found)
    listed, (lost, words) = columns(names), _lost(found)
    return Finding(
        "decimal_comma",
        "warn",
        Text(
            f"{listed.en} {'writes' if len(names) == 1 else 'write'} numbers with a decimal comma",
            f"{listed.zh}的数字使用小数逗号",
        ),
        Text(
            "Numbers such as 3,14 are taken for text until the comma is read as a decimal point. " + words.en,
            "像 3,14 这样的数字会被当作文本，需把逗号读作小数点。" + words.zh,
        ),
        names,
        {"become_gaps": dict(list(lost.items())[:20])},
        _cast(Text("Read the comma as a decimal point", "把逗号读作小数点"), names, decimal_comma=True),
    )


def _marks(found: dict[str, Written]) -> Finding:
    names = list(found)
    marks = list(dict.fromkeys(mark for how in found.values() for mark in how.marks))
    parts_thousands = any(SEPARATOR in how.patterns for how in found.values())
    listed, shown = columns(names), named([*sorted(marks), *([","] if parts_thousands else [])] or [" "])
    return Finding(
        "number_marks",
        "warn",
        Text(f"{listed.en}: numbers with marks such as {shown.en}", f"{listed.zh}：数字带有{shown.zh}等符号"),
        Text(
            "Units, separators or blanks beside a number make a text of it, which has no order. Without them the "
            "values are numbers; what is none becomes an empty cell.",
            "数字旁的单位、分隔符或空格会使其成为文本，没有大小之分。去掉之后就是数字；不是数字的内容将变为空。",
        ),
        names,
        {"marks": sorted(set(marks))},
        # The longest first: of "mm" the "m" alone must not go.
        _cast(
            Text("Read them as numbers, without the marks", "去掉这些符号，按数字读取"),
            names,
            take_out=[*sorted(marks, key=len, reverse=True), *([","] if parts_thousands else [])],
        ),
    )


def _mixed(found: dict[str, Written]) -> Finding:
    names = list(found)
    listed = columns(names)
    marks = named(next(iter(found.values())).marks)
    return Finding(
        "mixed_units",
        "warn",
        Text(f"{listed.en}: numbers in different units ({marks.en})", f"{listed.zh}：数字的单位不一致（{marks.zh}）"),
        Text(
            "The numbers cannot be compared before they are in one unit, so the column is kept as text. Bring it to "
            f"one unit where it comes from, for example {quoted(names[0])} always in the same one.",
            f"单位统一之前，这些数字无法比较，因此该列保留为文本。请在数据来源处统一单位，例如{quoted(names[0])}始终用同一单位。",
        ),
        names,
        {"marks": sorted({mark for how in found.values() for mark in how.marks})},
    )


def _placeholders(column: pl.Series) -> list[str]:
    """Different texts of a column that stand for nothing; none where there is hardly anything else."""
    values = column.drop_nulls().unique(maintain_order=True)
    marks = values.filter(values.str.strip_chars().str.to_lowercase().is_in(list(PLACEHOLDERS)))
    return marks.to_list() if len(marks) < len(values) else []


def _hidden_gaps(subject: Subject, hidden: dict[str, list[str]]) -> Finding:
    marks = sorted({mark for each in hidden.values() for mark in each})
    count = rows(sum(int(subject.frame[name].is_in(each).sum()) for name, each in hidden.items()))
    listed, shown = columns(list(hidden)), named([mark if mark.strip() else " " for mark in marks])
    return Finding(
        "hidden_gaps",
        "note",
        Text(f"{listed.en}: {shown.en} stands for a missing value", f"{listed.zh}：用{shown.zh}表示缺失值"),
        Text(
            f"{count.en} have it. As it is, it counts as a category like any other. Read as empty, Patchbay knows "
            "that the value is missing and fills in a usual one.",
            f"涉及 {count.zh}。目前它会被当作一个普通类别。视为空值后，Patchbay 就知道这里缺失，并补上常见值。",
        ),
        list(hidden),
        {"marks": marks},
        step(
            Text(f"Read {shown.en} as empty", f"把{shown.zh}视为空"),
            "clean.replace_values",
            columns=list(hidden),
            gaps=marks,
        ),
    )
