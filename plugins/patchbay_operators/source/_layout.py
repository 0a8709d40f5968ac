"""How a text file is laid out: delimiter, header, names of the columns."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from patchbay_operators.advice import Text
from patchbay_operators.source._names import changed, unique_names
from patchbay_sdk import DataError, ParamError

CANDIDATES = "\t;|, "
"""Delimiters that are found out, in order of preference: a comma may be part of a number, a blank part of a text."""

_SAMPLE_LINES = 200
_SAMPLE_BYTES = 1 << 16
_MOST_ABOVE = 50
"""Lines among which a table must begin."""


@dataclass(frozen=True, slots=True)
class Layout:
    """How lines are cut into fields; `delimiter` "": find it out; `names` empty: number the columns.

    `longest`: bytes of a record over several lines; a quote that is not closed by then does not enclose anything.
    """

    delimiter: str = ""
    quoting: bool = True
    header: bool = True
    names: Sequence[str] = ()
    skip_lines: int = 0
    trim: bool = True
    longest: int = 1 << 24

    def csv_options(self) -> dict[str, Any]:
        """Options of Python's csv module."""
        quotes = {"quotechar": '"'} if self.quoting else {"quoting": csv.QUOTE_NONE}
        return {"delimiter": self.delimiter, "strict": True, "skipinitialspace": self.trim, **quotes}


def is_sample(data: bytes) -> bool:
    """Whether the beginning of a text is enough of it for `first_lines`."""
    return b"\n" in data and len(data) > max(_SAMPLE_BYTES, data.find(b"\n") + 1)


def first_lines(data: bytes) -> list[str]:
    end = max(_SAMPLE_BYTES, data.find(b"\n") + 1)
    lines = data[:end].split(b"\n")
    if end < len(data):
        lines.pop()
    return [line.decode() + "\n" for line in lines[:_SAMPLE_LINES]]


def detect_delimiter(lines: Sequence[str], layout: Layout) -> str:
    """The candidate that cuts most lines into the same number of fields; a comma when there is one column."""
    best, found = 0.0, ","
    for delimiter in CANDIDATES:
        sample = [" ".join(line.split()) for line in lines] if delimiter == " " else lines
        widths = _widths(sample, replace(layout, delimiter=delimiter))
        width, times = widths.most_common(1)[0] if widths else (0, 0)
        share = times / widths.total() if width > 1 else 0.0
        if share > best and (delimiter != " " or share == 1.0):
            best, found = share, delimiter
    return found


def _widths(lines: Sequence[str], layout: Layout) -> Counter[int]:
    widths: Counter[int] = Counter()
    try:
        for record in csv.reader(lines, **layout.csv_options()):
            if record:
                widths[len(record)] += 1
    except csv.Error:
        pass  # the sample ends within a quoted field, or has a bad line: what came before it counts
    return widths


def lines_above(lines: Sequence[str], layout: Layout) -> int:
    """Lines above the names of the columns: titles, remarks, ``sep=;``. 0 where it is not clear that there are any.

    The table begins with the first line that has as many fields as most lines, and not only empty ones; what stands
    above has hardly any.
    """
    found = replace(layout, delimiter=layout.delimiter or detect_delimiter(lines, layout))
    widths = _widths(lines, found)
    width = widths.most_common(1)[0][0] if widths else 0
    if width < 2 or found.delimiter == " ":
        return 0
    above, half = 0, width // 2
    reader = csv.reader(lines[:_MOST_ABOVE], **found.csv_options())
    try:
        for record in reader:
            filled = sum(bool(field.strip()) for field in record)
            if len(record) == width and filled > max(1, half):
                return above
            if filled > max(1, half) and len(record) > width - 2:
                return 0
            above = reader.line_num
    except csv.Error:
        pass  # what cannot be cut into fields is no table either
    return 0


def squeeze_blanks(data: bytes, quoting: bool) -> bytes:
    """Runs of blanks as one blank, none at the ends of lines: what people mean by "separated by blanks"."""
    if quoting and b'"' in data:
        squeezed = re.sub(rb'("(?:[^"\n]|"")*")|[ \t]+', lambda match: match[1] or b" ", data)
    elif re.search(rb"  |\t|^ | $", data, re.MULTILINE):
        squeezed = re.sub(rb"[ \t]+", b" ", data)
    else:
        return data
    return re.sub(rb"(?m)^ | $", b"", squeezed)


def read_header(lines: Sequence[str], layout: Layout, line: int) -> tuple[list[str], int, list[Text]]:
    """Column names, lines that they take up, and remarks."""
    if not layout.header:
        return _given_names(_widths(lines, layout), layout), 0, []
    reader = csv.reader(lines, **layout.csv_options())
    try:
        record = next(reader)
    except csv.Error as error:
        unread = Text(
            f"The header (line {line}) cannot be read: {error}.",
            f"表头（第 {line} 行）无法读取。请检查其中的引号，以及跳过的行数。",
        )
        raise DataError(unread.as_json()) from error
    names, changes = unique_names(record)
    remarks = [changed(changes)] if changes else []
    if all(re.fullmatch(r"\s*[+-]?\d+([.,]\d+)?\s*", name) for name in record):
        remarks.append(
            Text(
                f"The header (line {line}) holds only numbers. If it is data, set header to no.",
                f"表头（第 {line} 行）全是数字。如果它是数据，请设为没有表头。",
            )
        )
    return names, reader.line_num, remarks


def _given_names(widths: Counter[int], layout: Layout) -> list[str]:
    width = widths.most_common(1)[0][0] if widths else 1
    names = [name.strip() for name in layout.names] or [f"column_{position}" for position in range(1, width + 1)]
    if len(names) != width:
        raise ParamError(
            Text(
                f"column_names has {len(names)} names, but the rows have {width} fields.",
                f"给了 {len(names)} 个列名，但各行有 {width} 个字段。请让两者一致。",
            ).as_json(),
            field="column_names",
        )
    if twice := [name for name, times in Counter(names).items() if times > 1]:
        same = Text(
            f"column_names holds {twice[0]!r} twice; names must differ.",
            f"列名“{twice[0]}”重复；列名必须各不相同。",
        )
        raise ParamError(same.as_json(), field="column_names")
    return names
