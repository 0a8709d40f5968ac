"""Columns of strings as columns of types: those declared, and for the others the narrowest that every value fits.

All rows decide, and they are read a second time once it is decided: a file may be larger than memory.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from patchbay_operators.advice import Text
from patchbay_operators.source._declared import date_formats, declared
from patchbay_operators.source._fields import Fields, Reading, Type
from patchbay_operators.source._records import BadRow, Records
from patchbay_operators.source._rows import NoRows, Rows
from patchbay_operators.source._votes import Vote, count
from patchbay_sdk import DataError, ParamError

if TYPE_CHECKING:
    import polars as pl

_SHOWN = 5
"""Rows set aside that a message names."""


class Block:
    """Some rows of a file: those that fit the declared types, and those to be set aside.

    `misfit`: line and reason of the first value that does not fit.
    """

    def __init__(self, records: Records, reading: Reading, formats: Mapping[str, str | None]) -> None:
        """`formats`: of the columns declared to hold dates."""
        self.records = records
        frame, lines = records.frame, records.lines
        self._declared, self._misfits = declared(frame, reading, formats)
        self.misfit: tuple[int, str] | None = None
        if self._misfits:
            first = min(self._misfits)
            self.misfit = int(lines[first]), self._misfits[first]
            kept = [row for row in range(frame.height) if row not in self._misfits]
            frame, lines = frame[kept], [int(lines[row]) for row in kept]
            self._declared = {name: column[kept] for name, column in self._declared.items()}
        self.height, self.lines = frame.height, lines
        self.fields = Fields(frame.drop(list(self._declared)), reading)

    def read(self, types: Mapping[str, Type]) -> pl.DataFrame:
        """The rows that fit. `types`: of the columns without a declared one."""
        import polars as pl

        columns = self._declared | self.fields.read(types)
        return pl.DataFrame([columns[name] for name in self.records.frame.columns])

    @cached_property
    def bad(self) -> Sequence[BadRow]:
        """Rows that could not be cut and rows whose values do not fit, in the file's order."""
        if not self._misfits:
            return self.records.bad
        lines = [int(self.records.lines[row]) for row in self._misfits]
        texts = self.records.body.texts(lines)
        misfits = [BadRow(*row) for row in zip(lines, self._misfits.values(), texts, strict=True)]
        return sorted([*self.records.bad, *misfits])


@dataclass(frozen=True, slots=True)
class Blocks:
    """All rows of a file; each iteration reads them anew."""

    rows: Iterable[Records]
    reading: Reading
    formats: Mapping[str, str | None]

    def __iter__(self) -> Iterator[Block]:
        for records in self.rows:
            yield Block(records, self.reading, self.formats)


@dataclass(slots=True)
class Found:
    """What all rows say. `types`: of the columns without a declared one; `remarks`: what to warn of.

    `rows`: how many fit; `bad_rows`: how many do not, of which `first_bad` are the first; `quotes`: whether quotes are
    to blame for any.
    """

    types: dict[str, Type] = field(default_factory=dict)
    remarks: list[Text] = field(default_factory=list)
    rows: int = 0
    bad_rows: int = 0
    first_bad: list[BadRow] = field(default_factory=list)
    quotes: bool = False

    def count(self, block: Block) -> None:
        """Add the rows of a block."""
        self.rows += block.height
        self.bad_rows += len(block.bad)
        self.first_bad += block.bad[: _SHOWN - len(self.first_bad)]
        self.quotes = self.quotes or any("quote" in row.reason for row in block.bad)


def open_blocks(rows: Rows, reading: Reading) -> Blocks:
    """The rows to be typed; where they were not asked for in blocks, all of them are read, as one.

    Raises:
        ParamError: a type is declared for a column that is not there, or its dates are ambiguous.
    """
    if unknown := [name for name in reading.types if name not in rows.names]:
        lacks = Text(
            f"types names column {unknown[0]!r}, which the file lacks; it has: {', '.join(rows.names[:20])}.",
            f"指定了列“{unknown[0]}”的类型，但文件没有该列；现有列：{'、'.join(rows.names[:20])}。",
        )
        raise ParamError(lacks.as_json(), field="types")
    records = list(rows) if rows.at_once else rows
    return Blocks(records, reading, date_formats(records, reading))


def decide(rows: Rows, blocks: Iterable[Block], reading: Reading) -> Found:
    """The types of a file's columns, by all of its blocks.

    Raises:
        DataError: no row fits the header, or the declared types.
    """
    found = Found(remarks=[*rows.remarks])
    votes = {name: Vote() for name in rows.names if name not in reading.types}
    misfit: tuple[int, str] | None = None
    for block in blocks:
        found.count(block)
        misfit = misfit or block.misfit
        count(votes, block.fields, block.lines, reading)
    if not found.rows:
        raise _no_row(rows, misfit, found)
    for name, vote in votes.items():
        found.types[name] = vote.type()
        if found.types[name] == Type("string") and vote.numbers < vote.given:
            found.remarks += vote.remarks(name, reading)
    return found


def _no_row(rows: Rows, misfit: tuple[int, str] | None, found: Found) -> DataError:
    if misfit is not None:
        declared = Text(
            f"No row fits the declared types: line {misfit[0]}: {misfit[1]}.",
            f"没有一行符合指定的类型；首先是第 {misfit[0]} 行。请检查各列的类型和日期格式。",
        )
        return DataError(declared.as_json())
    if not found.first_bad:
        return NoRows(Text("The file has no rows that are not blank.", "文件只有空行。请换一个文件。").as_json())
    bad, header = found.first_bad[0], rows.layout.header
    return DataError(
        Text(
            f"No row fits the {len(rows.names)} columns of the {'header' if header else 'file'}: "
            f"line {bad.line} has {bad.reason}. Look at delimiter, quoting, header and skip_lines.",
            f"没有一行符合{'表头' if header else '文件'}的 {len(rows.names)} 列；首先是第 {bad.line} 行。"
            "请检查分隔符、引号、表头和跳过的行数。",
        ).as_json()
    )
