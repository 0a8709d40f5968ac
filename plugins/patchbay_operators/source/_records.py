"""Delimited text as columns of strings. polars reads what is well formed; only otherwise Python's csv module looks
for the bad lines."""

from __future__ import annotations

import csv
import io
import sys
from codecs import BOM_UTF8
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from patchbay_operators.source._layout import Layout

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import polars as pl

    Lines = Sequence[int] | npt.NDArray[np.int64]

csv.field_size_limit(sys.maxsize)  # what is on one line may be as long as it is


class BadRow(NamedTuple):
    """A row that was set aside: its line in the file (from 1), why, and its text."""

    line: int
    reason: str
    text: str


@dataclass(frozen=True, slots=True)
class Body:
    """Lines of a file, without blank lines at the end; `line`: number of the first in the file."""

    data: bytes
    line: int
    names: list[str]
    layout: Layout

    def texts(self, lines: Sequence[int]) -> list[str]:
        """The text of these lines of the file."""
        all_lines = self.data.split(b"\n")
        return [all_lines[line - self.line].decode() for line in lines]


@dataclass(frozen=True, slots=True)
class Records:
    """Rows of a file, fields as strings ("" when empty), and those that were set aside.

    `body`: the lines that they were read from; `lines`: the line in the file of each row.
    """

    frame: pl.DataFrame
    body: Body
    lines: Lines
    bad: Sequence[BadRow] = field(default=())


def read_records(body: Body, more: bool = False) -> tuple[Records, int]:
    """The rows of some lines, and the bytes that they take up.

    `more`: the file goes on below; a record that is open at the end of the lines is then left for later.
    """
    fast = _read_fast(body, more)
    return (fast, len(fast.body.data) + 1) if fast else _read_carefully(body, more)


def _read_fast(body: Body, more: bool) -> Records | None:
    """The rows by polars, or None unless that is certainly what the file says."""
    import polars as pl

    if not body.layout.delimiter.isascii():
        return None
    quotes = body.layout.quoting and b'"' in body.data
    lines: Lines | None
    if quotes:
        body, lines = _whole_records(body, more)
    else:
        lines = range(body.line, body.line + body.data.count(b"\n") + 1)
    if lines is None:
        return None
    data, delimiter = body.data, body.layout.delimiter
    try:
        frame = _parse(data, body.names, delimiter, quotes)
    except pl.exceptions.PolarsError:
        return None
    # polars fills short rows up without a word, so the delimiters are counted.
    count = data.count(delimiter.encode())
    if quotes:
        inside = frame.select(pl.all().str.count_matches(delimiter, literal=True).sum())
        count -= sum(inside.row(0))
    if count != frame.height * (len(body.names) - 1) or frame.height != len(lines):
        return None
    return Records(frame, body, lines)


def _parse(data: bytes, names: Sequence[str], delimiter: str, quotes: bool) -> pl.DataFrame:
    import polars as pl

    if data.startswith(BOM_UTF8):
        data = BOM_UTF8 + data  # polars takes one away
    return pl.read_csv(
        data,
        has_header=False,
        separator=delimiter,
        quote_char='"' if quotes else None,
        schema=dict.fromkeys(names, pl.String),
        empty_string_is_null=False,
    )


def _whole_records(body: Body, more: bool) -> tuple[Body, Lines | None]:
    """The records that are whole, by their quotes, and the line of each; None where the quotes leave a doubt."""
    import numpy as np

    everything = np.frombuffer(body.data, dtype=np.uint8)
    places = np.flatnonzero(everything == ord('"'))
    line_ends = np.flatnonzero(everything == ord("\n"))
    is_end = np.searchsorted(places, line_ends) % 2 == 0
    if len(places) % 2 and more and is_end.any():
        cut = int(line_ends[is_end][-1])
        places = places[places < cut]
        is_end, line_ends = is_end[line_ends < cut], line_ends[line_ends < cut]
        body = Body(body.data[:cut], body.line, body.names, body.layout)
    if not _quotes_are_well_placed(body.data, places, body.layout.delimiter):
        return body, None
    if is_end.all():
        return body, range(body.line, body.line + len(line_ends) + 1)
    first_lines = np.concatenate([[0], np.flatnonzero(is_end) + 1])
    starts = np.concatenate([[0], line_ends[is_end] + 1])
    lengths = np.diff(np.append(starts, len(body.data) + 1))
    over_lines = np.diff(np.append(first_lines, len(line_ends) + 1)) > 1
    if (lengths[over_lines] > body.layout.longest).any():
        return body, None
    return body, first_lines + body.line


def _quotes_are_well_placed(data: bytes, places: npt.NDArray[np.int64], delimiter: str) -> bool:
    """Every quote opens a field, closes one, or is one of a pair inside (RFC 4180)."""
    import numpy as np

    if len(places) % 2:
        return False
    everything = np.frombuffer(data, dtype=np.uint8)
    opening, closing = places[::2], places[1::2]
    ends = np.array([ord(delimiter), ord("\n")], dtype=np.uint8)
    doubled = np.zeros(len(opening) + 1, dtype=bool)
    doubled[1:-1] = closing[:-1] + 1 == opening[1:]
    opens = (opening == 0) | np.isin(everything[opening - 1], ends) | doubled[:-1]
    closes = (closing == len(data) - 1) | np.isin(everything[(closing + 1) % len(data)], ends) | doubled[1:]
    return bool(opens.all() and closes.all())


def _read_carefully(body: Body, more: bool) -> tuple[Records, int]:
    """Row by row: those that do not fit are set aside, the others written out well formed and read by polars."""
    import polars as pl

    good, lines, bad = io.StringIO(), [], []
    writer = csv.writer(good, lineterminator="\n")
    width, used = len(body.names), len(body.data) + 1
    for line, record in _records(body):
        if isinstance(record, list) and len(record) == width:
            writer.writerow(record)
            lines.append(line)
        elif isinstance(record, list):
            bad.append((line, _wrong_width(len(record), width)))
        elif record is None and more:
            used = sum(len(each) + 1 for each in body.data.split(b"\n")[: line - body.line])
            break
        else:
            bad.append((line, record or _OPEN))
    texts = body.texts([line for line, _ in bad])
    rows = [BadRow(line, reason, text) for (line, reason), text in zip(bad, texts, strict=True)]
    if lines:
        frame = _parse(good.getvalue().encode(), body.names, ",", True)
    else:
        frame = pl.DataFrame(schema=dict.fromkeys(body.names, pl.String))
    return Records(frame, body, lines, rows), used


_OPEN = "a quote that is never closed"
_TOO_LONG = "too long"


def _records(body: Body) -> Iterator[tuple[int, list[str] | str | None]]:
    """(line, fields) of every record that is not blank.

    When it cannot be cut, what is wrong instead of the fields; None when the lines end within quotes.
    """
    lines = body.data.split(b"\n")
    width, start = len(body.names), 0

    def text() -> Iterator[str]:
        size = 0
        for at in range(start, len(lines)):
            size = len(lines[at]) + 1 + (size if at > start else 0)
            if size > body.layout.longest and at > start:
                raise csv.Error(_TOO_LONG)
            yield lines[at].decode() + "\n"

    while start < len(lines):
        base = start
        reader = csv.reader(text(), **body.layout.csv_options())
        problem: str | None = ""
        while start < len(lines):
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
        if problem != "":
            # A quote that is never closed swallows the lines below it: only its own line is bad.
            yield body.line + start, problem
            start += 1


def _wrong_width(fields: int, width: int) -> str:
    return f"{fields} {'field' if fields == 1 else 'fields'} instead of {width}"


def _reason(error: csv.Error) -> str | None:
    if "unexpected end" in str(error):
        return None
    if str(error) == _TOO_LONG:
        return _OPEN
    if "expected after" in str(error):
        return "text after a closing quote"
    return f"a field that cannot be read ({error})"
