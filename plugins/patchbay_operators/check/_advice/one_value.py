"""Measurements in which one value comes again and again: a stuck sensor, the end of a range, gaps that were filled."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from patchbay_operators.advice import Finding, Text
from patchbay_operators.check._advice.extremes import codes_in
from patchbay_operators.check._advice.subject import Subject
from patchbay_operators.check._advice.words import columns, per, quoted

if TYPE_CHECKING:
    import polars as pl

SHARE = 0.02
ROWS = 20
"""The share of the rows, and the number, in which one value must stand to be told."""

OTHERS = 0.5
"""Share of different values that the other rows must have: then equal ones are no chance."""


def about_one_value(subject: Subject) -> Iterator[Finding]:
    """Findings `stuck_values`, `values_at_limit`, `filled_values`. Zero is a value that many things have."""
    found: dict[str, dict[str, float]] = {"stuck_values": {}, "values_at_limit": {}, "filled_values": {}}
    for name in subject.numbers(subject.features):
        column = subject.frame[name]
        told = _repeated(column) if subject.types[name].is_float() else None
        if told and told[1] not in codes_in(column):
            found[told[0]][name] = told[1]
    for code, values in found.items():
        if values:
            yield _finding(subject, code, values)


def _repeated(column: pl.Series) -> tuple[str, float] | None:
    """The value that stands in many rows of a column, and where it stands."""
    known = column.drop_nulls()
    counts = known.alias("value").value_counts(sort=True, name="rows")
    if not counts.height:
        return None
    value, count = counts.row(0)
    others = len(known) - count
    if value == 0 or count < max(ROWS, SHARE * len(known)) or counts.height - 1 < max(ROWS, OTHERS * others):
        return None
    same = column.eq_missing(value)
    runs = same.rle().struct.unnest().filter(value=True)
    if runs["len"].max() >= max(ROWS, count / 2):
        return "stuck_values", float(value)
    return ("values_at_limit" if value in (known.min(), known.max()) else "filled_values"), float(value)


def _finding(subject: Subject, code: str, values: dict[str, float]) -> Finding:
    listed, name = columns(list(values)), next(iter(values))
    value = f"{values[name]:g}"
    share = per(float((subject.frame[name] == values[name]).sum()) / subject.frame.height)
    again = Text(f"{quoted(name)} is {value} in {share.en} rows", f"{quoted(name)}为 {value} 的行：{share.zh}")
    title, meaning = {
        "stuck_values": (
            Text(f"{listed.en}: one value for many rows in a row", f"{listed.zh}：连续许多行是同一个值"),
            Text(
                f"{again.en}, most of them one after the other, while it changes from row to row elsewhere. Perhaps "
                "the sensor was stuck or the last value was written again. What was measured then nobody knows.",
                f"{again.zh}，其中大多连续出现，而在别处它每行都在变。可能传感器卡住了，或重复写入了最后一个值。当时的真实值不得而知。",
            ),
        ),
        "values_at_limit": (
            Text(f"{listed.en}: many rows at the end of the range", f"{listed.zh}：许多行处于量程的尽头"),
            Text(
                f"{again.en}, and never lies beyond. Perhaps the sensor cannot show more, or somebody cut the values "
                "off. How far beyond they really were cannot be learned.",
                f"{again.zh}，而且从不超出。可能传感器已到量程极限，或有人截断了数值。真实值超出多少，无从学到。",
            ),
        ),
        "filled_values": (
            Text(f"{listed.en}: one value comes again and again", f"{listed.zh}：同一个值反复出现"),
            Text(
                f"{again.en}, while nearly all other values occur once. Often gaps were filled with it, an average "
                "say. Then it is no measurement; it would be better to leave the cells empty where the data come from.",
                f"{again.zh}，而其他值几乎都只出现一次。这往往是用它（例如平均值）填补了空缺。那么它不是测量值；最好在数据来源处让单元格留空。",
            ),
        ),
    }[code]  # fmt: skip
    return Finding(code, "note", title, meaning, list(values), values)
