"""The type of a column, decided by all of its values: votes counted some rows at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from patchbay_operators.advice import Text
from patchbay_operators.source._dates import DateVote
from patchbay_operators.source._fields import Fields, Reading, Type, columns_where

if TYPE_CHECKING:
    import polars as pl

    from patchbay_operators.source._records import Lines

_NEARLY = 0.9
"""From this share of fitting values on, those that do not fit are worth a warning."""


@dataclass(slots=True)
class Vote:
    """What all values of a column so far are.

    `given`: values that are not missing; `numbers`: how many of them are numbers. Of columns of numbers: `whole`: none
    has a fraction; `integers`: all are written as whole numbers of 64 bits; `huge`: one is beyond them; `padded`: one
    has leading zeros; `long`: one has 19 digits or more. Of others: `booleans`: all are true or false; `commas`: all
    are numbers with a decimal comma. `misfits`: the first value, and its line, that is no number ("") or no date of
    a format.
    """

    given: int = 0
    numbers: int = 0
    whole: bool = True
    integers: bool = True
    huge: bool = False
    padded: bool = False
    long: bool = False
    booleans: bool = True
    commas: bool = True
    dates: DateVote | None = None
    misfits: dict[str, tuple[str, int]] = field(default_factory=dict)

    def type(self) -> Type:
        """The narrowest type that every value fits. Numbers that are names stay text."""
        if self.numbers == self.given:
            if not self.given or not self.whole:
                return Type("float")
            if self.long if self.huge and not self.integers else self.padded:
                return Type("string")
            return Type("int" if self.integers else "float")
        if self.booleans:
            return Type("bool")
        format = self.dates.format if self.dates else None
        if self.dates and format and self.dates.fitting[format] == self.given:
            return Type("date", format)
        return Type("string")

    def remarks(self, name: str, reading: Reading) -> list[Text]:
        """What to warn of where a column of values that are no numbers stays text."""
        remarks = []
        fitting = {"numbers": ("", self.numbers)}
        if self.dates and self.dates.problem:
            remarks.append(
                Text(
                    f"Column {name!r} {self.dates.problem}; it stays text. Set dates to day_first or month_first.",
                    f"列“{name}”的日期读法不确定，保留为文本。请把日期设为日在前或月在前。",
                )
            )
        elif self.dates and self.dates.format:
            fitting["dates"] = (self.dates.format, self.dates.fitting[self.dates.format])
        for kind, (format, count) in fitting.items():
            if count >= _NEARLY * self.given:
                text, line = self.misfits[format]
                what = {"numbers": "数字", "dates": "日期"}[kind]
                remarks.append(
                    Text(
                        f"Column {name!r} stays text: {self.given - count} of {self.given} values are no {kind}, "
                        f"the first is {text!r} in line {line}. Add it to the missing values, or declare its type.",
                        f"列“{name}”保留为文本：{self.given} 个值中有 {self.given - count} 个不是{what}，"
                        f"第一个是第 {line} 行的“{text}”。请把它加入缺失值，或指定该列的类型。",
                    )
                )
        if self.commas and not reading.decimal_comma:
            remarks.append(
                Text(
                    f"Column {name!r} stays text; if its numbers have a decimal comma, switch that on.",
                    f"列“{name}”保留为文本；如果其中的数字使用小数逗号，请打开该选项。",
                )
            )
        return remarks


def count(votes: Mapping[str, Vote], fields: Fields, lines: Lines, reading: Reading) -> None:
    """Add some rows to the votes. `lines`: the line in the file of each."""
    nulls = fields.numbers(fields.names).null_count().row(0) if fields.names else ()
    for name, no_numbers in zip(fields.names, nulls, strict=True):
        numbers, given = fields.height - no_numbers, fields.given(name)
        vote = votes[name]
        only_numbers = numbers == given
        if not vote.given and not only_numbers and reading.dates != "off":
            vote.dates = DateVote(reading.dates)
        vote.given += given
        vote.numbers += numbers
        if numbers:
            vote.booleans = vote.commas = False
        if not only_numbers:
            _count_texts(vote, fields.text(name), lines)
            if "" not in vote.misfits:
                vote.misfits[""] = _misfit(fields.numbers([name]).to_series(), fields.text(name), lines)
        if given and vote.dates:
            _count_dates(vote, vote.dates, name, fields, lines)
    _count_numbers(votes, fields)


def _count_texts(vote: Vote, text: pl.Series, lines: Lines) -> None:
    if vote.booleans:
        vote.booleans = text.str.to_lowercase().is_in(["true", "false"]).all()
    if vote.commas:
        vote.commas = text.str.contains(r"^[+-]?\d*,\d+$").all()


def _count_dates(vote: Vote, dates: DateVote, name: str, fields: Fields, lines: Lines) -> None:
    text = fields.text(name)
    for format, values in dates.add(text).items():
        if values.null_count() == text.null_count():
            fields.keep_dates(name, format, values)
        elif format not in vote.misfits:
            vote.misfits[format] = _misfit(values, text, lines)


def _misfit(values: pl.Series, text: pl.Series, lines: Lines) -> tuple[str, int]:
    row = (values.is_null() & text.is_not_null()).arg_max()
    assert row is not None
    return text[row], int(lines[row])


def _count_numbers(votes: Mapping[str, Vote], fields: Fields) -> None:
    """What matters for whole numbers, of all columns at once that may turn out to hold only those."""
    import numpy as np
    import polars as pl

    names = [name for name in fields.names if votes[name].whole and votes[name].numbers == votes[name].given]
    floats = fields.floats(names)
    with np.errstate(invalid="ignore"):
        fractions = np.asarray(floats.head(100).to_numpy() % 1 > 0)
    maybe = [name for position, name in enumerate(names) if not fractions[:, position].any()]
    whole = columns_where(floats.select(maybe), (pl.all() % 1 == 0).all())
    for name in set(names) - set(whole):
        votes[name].whole = False
    floats, written = floats.select(whole), fields.numbers_as_written(whole)
    integers = fields.integers(whole).null_count().row(0) if whole else ()
    for name, no_integers in zip(whole, integers, strict=True):
        votes[name].integers &= no_integers == floats[name].null_count()
    for name in columns_where(floats, pl.all().abs().max() >= 2.0**63):
        votes[name].huge = True
    for name in columns_where(written, pl.all().str.contains(r"^[+-]?0\d+$").any()):
        votes[name].padded = True
    lengthy = columns_where(written, pl.all().str.len_bytes().max() >= 19)
    for name in columns_where(written.select(lengthy), pl.all().str.contains(r"^[+-]?\d{19,}$").any()):
        votes[name].long = True
