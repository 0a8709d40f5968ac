"""Delimited text as columns of strings. polars reads what is well formed; only otherwise Python's csv module looks
for the bad lines."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

from patchbay_operators.source._layout import Layout, detect_delimiter, first_lines, read_header, squeeze_blanks
from patchbay_sdk import DataError

if TYPE_CHECKING:
    import polars as pl


class NoRows(DataError):
    """There is nothing below the header, or nothing at all."""


class BadRow(NamedTuple):
    """A row that was set aside: its line in the file (from 1), why, and its text."""

    line: int
    reason: str
    text: str


@dataclass(frozen=True, slots=True)
class Body:
    """The lines below the header, without blank lines at the end; `line`: number of the first in the file."""

    data: bytes
    line: int
    names: list[str]
    layout: Layout

    def texts(self, lines: Sequence[int]) -> list[str]:
        """The text of these lines of the file."""
        all_lines = self.data.split(b"\n")
        return [all_lines[line - self.line].decode() for line in lines]


@dataclass(slots=True)
class Records:
    """The rows of a file, fields as strings ("" when empty), and those that were set aside.

    `lines`: the line in the file of each row, once known. `remarks`: what to warn of.
    """

    frame: pl.DataFrame
    body: Body
    lines: Sequence[int] | None
    bad: list[BadRow] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def line_numbers(self) -> Sequence[int]:
        """The line in the file of each row."""
        if self.lines is None:
            self.lines = _read_carefully(self.body).lines
        assert self.lines is not None
        return self.lines


def read_records(data: bytes, layout: Layout) -> Records:
    """Cut a file (UTF-8, ``\\n`` line ends) into rows.

    Raises:
        NoRows: there is no row.
        DataError: none fits the header.
        ParamError: more or fewer column names are given than there are columns.
    """
    top, line = _skip(data, layout.skip_lines)
    layout = replace(layout, delimiter=layout.delimiter or detect_delimiter(first_lines(top), layout))
    if layout.delimiter == " ":
        top = squeeze_blanks(top, layout.quoting)
    names, used, remarks = read_header(first_lines(top), layout, line)
    rest = _after(top, used).rstrip(b"\n")
    if not re.search(rb"\S", rest):
        raise NoRows("The file has a header but no rows." if layout.header else "The file has no rows.")
    body = Body(rest, line + used, names, layout)
    records = _read_fast(body) or _read_carefully(body)
    records.remarks = remarks
    return records


def _skip(data: bytes, count: int) -> tuple[bytes, int]:
    """The text below `count` lines and the blank lines after them, and the number of its first line."""
    rest = _after(data, count)
    text = re.search(rb"\S", rest)
    if text is None:
        below = f" below the {count} lines skipped" if count else ""
        raise DataError(f"The file holds no text{below}; it has {len(data.splitlines())} lines.")
    start = rest.rfind(b"\n", 0, text.start()) + 1
    return (rest[start:] if start else rest), 1 + count + rest.count(b"\n", 0, start)


def _after(data: bytes, lines: int) -> bytes:
    if not lines:
        return data
    position = 0
    for _ in range(lines):
        position = data.find(b"\n", position) + 1
        if position == 0:
            return b""
    return data[position:]


def _read_fast(body: Body) -> Records | None:
    """The rows by polars, or None unless that is certainly what the file says."""
    import polars as pl

    data, layout = body.data, body.layout
    quotes = layout.quoting and b'"' in data
    if not layout.delimiter.isascii() or (quotes and not _quotes_are_well_placed(data, layout.delimiter)):
        return None
    try:
        frame = _parse(data, body.names, layout.delimiter, quotes)
    except pl.exceptions.PolarsError:
        return None
    # polars fills short rows up without a word, so the delimiters are counted.
    count = data.count(layout.delimiter.encode())
    if quotes:
        inside = frame.select(pl.all().str.count_matches(layout.delimiter, literal=True).sum())
        count -= sum(inside.row(0))
    if count != frame.height * (len(body.names) - 1):
        return None
    one_line_each = not quotes or frame.height == data.count(b"\n") + 1
    return Records(frame, body, range(body.line, body.line + frame.height) if one_line_each else None)


def _parse(data: bytes, names: Sequence[str], delimiter: str, quotes: bool) -> pl.DataFrame:
    import polars as pl

    return pl.read_csv(
        data,
        has_header=False,
        separator=delimiter,
        quote_char='"' if quotes else None,
        schema=dict.fromkeys(names, pl.String),
        empty_string_is_null=False,
    )


def _quotes_are_well_placed(data: bytes, delimiter: str) -> bool:
    """Every quote opens a field, closes one, or is one of a pair inside (RFC 4180)."""
    import numpy as np

    everything = np.frombuffer(data, dtype=np.uint8)
    places = np.flatnonzero(everything == ord('"'))
    if len(places) % 2:
        return False
    opening, closing = places[::2], places[1::2]
    ends = np.array([ord(delimiter), ord("\n")], dtype=np.uint8)
    doubled = np.zeros(len(opening) + 1, dtype=bool)
    doubled[1:-1] = closing[:-1] + 1 == opening[1:]
    opens = (opening == 0) | np.isin(everything[opening - 1], ends) | doubled[:-1]
    closes = (closing == len(data) - 1) | np.isin(everything[(closing + 1) % len(data)], ends) | doubled[1:]
    return bool(opens.all() and closes.all())


def _read_carefully(body: Body) -> Records:
    """Row by row: those that do not fit are set aside, the others written out well formed and read by polars."""
    good, lines, bad = io.StringIO(), [], []
    writer = csv.writer(good, lineterminator="\n")
    width = len(body.names)
    for line, record in _records(body):
        if isinstance(record, list) and len(record) == width:
            writer.writerow(record)
            lines.append(line)
        else:
            reason = _wrong_width(len(record), width) if isinstance(record, list) else record
            bad.append((line, reason))
    if not lines:
        raise DataError(
            f"No row fits the {width} columns of the {'header' if body.layout.header else 'file'}: "
            f"line {bad[0][0]} has {bad[0][1]}. Look at delimiter, quoting, header and skip_lines."
        )
    texts = body.texts([line for line, _ in bad])
    rows = [BadRow(line, reason, text) for (line, reason), text in zip(bad, texts, strict=True)]
    return Records(_parse(good.getvalue().encode(), body.names, ",", True), body, lines, rows)


def _records(body: Body) -> Iterator[tuple[int, list[str] | str]]:
    """(line, fields) of every record that is not blank; what is wrong instead of the fields when it cannot be cut."""
    lines = body.data.decode().split("\n")
    width, start = len(body.names), 0
    while start < len(lines):
        base = start
        reader = csv.reader((lines[at] + "\n" for at in range(base, len(lines))), **body.layout.csv_options())
        problem = ""
        while not problem and start < len(lines):
            try:
                record = next(reader)
            except csv.Error as error:
                problem = _reason(error)
                break
            after = base + reader.line_num
            if after - start > 1 and len(record) != width:
                problem = f"{_wrong_width(len(record), width)}, over {after - start} lines"
                break
            blank = not any(value.strip() for value in record) and len(record) < width
            if record and not blank:
                yield body.line + start, record
            elif width == 1:
                yield body.line + start, [""]
            start = after
        if problem:
            # A quote that is never closed swallows the lines below it: only its own line is bad.
            yield body.line + start, problem
            start += 1


def _wrong_width(fields: int, width: int) -> str:
    return f"{fields} {'field' if fields == 1 else 'fields'} instead of {width}"


def _reason(error: csv.Error) -> str:
    if "unexpected end" in str(error):
        return "a quote that is never closed"
    if "expected after" in str(error):
        return "text after a closing quote"
    return f"a field that cannot be read ({error})"
