"""The rows of a delimited text: its layout, found out from its beginning, then block by block what lies below."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from patchbay_operators.advice import Text
from patchbay_operators.source._layout import (
    Layout,
    detect_delimiter,
    first_lines,
    is_sample,
    read_header,
    squeeze_blanks,
)
from patchbay_operators.source._records import Body, Records, read_records
from patchbay_sdk import DataError

_TEXT = re.compile(rb"\S")


class NoRows(DataError):
    """There is nothing below the header, or nothing at all."""


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of a text, block by block as the text comes, unless a record is longer; every iteration reads it anew.

    `at_once`: the text is read whole, and cut into rows as one block.
    `above`: bytes above the first row, whose line is `line`. `remarks`: what to warn of.
    """

    text: Iterable[bytes]
    at_once: bool
    above: int
    line: int
    names: list[str]
    layout: Layout
    remarks: list[Text]

    def __iter__(self) -> Iterator[Records]:
        data, line = b"", self.line
        enough = 0
        for piece in self._pieces():
            data += piece
            if self.at_once or len(data) < enough:
                continue
            lines = data[: data.rfind(b"\n") + 1]
            records, used = self._read(lines, line, more=True)
            if records is not None:
                yield records
            enough = 0 if used else 2 * len(data)
            line += data.count(b"\n", 0, used)
            data = data[used:]
        records, _ = self._read(data, line, more=False)
        if records is not None:
            yield records

    def _read(self, data: bytes, line: int, more: bool) -> tuple[Records | None, int]:
        # Whether blank lines at the end are rows (of one column) is only known when something follows.
        body = Body(data.rstrip(b"\n"), line, self.names, self.layout)
        if not body.data:
            return None, 0
        records, used = read_records(body, more)
        return (records if used else None), used

    def _pieces(self) -> Iterator[bytes]:
        pieces = _below(self.text, self.above)
        return _squeezed(pieces, self.layout.quoting) if self.layout.delimiter == " " else pieces


def open_rows(text: Iterable[bytes], layout: Layout, at_once: bool) -> Rows:
    """The rows of a text (UTF-8, ``\\n`` line ends), whose blocks can be iterated over several times.

    Raises:
        NoRows: there is no row.
        DataError: there is no text, or no header.
        ParamError: more or fewer column names are given than there are columns.
    """
    for head, whole in _growing(text):
        top, line = _skip(head, layout.skip_lines)
        sample = top
        if whole or is_sample(top):
            found = replace(layout, delimiter=layout.delimiter or detect_delimiter(first_lines(top), layout))
            sample = squeeze_blanks(top, layout.quoting) if found.delimiter == " " else top
            if whole or is_sample(sample):
                break
    if not top:
        skipped = layout.skip_lines
        below = Text(f" below the {skipped} lines skipped", f"跳过的 {skipped} 行之后") if skipped else Text("", "")
        lines = len(head.splitlines())
        no_text = Text(
            f"The file holds no text{below.en}; it has {lines} lines.",
            f"文件中{below.zh}没有文字；共有 {lines} 行。请检查文件和跳过的行数。",
        )
        raise DataError(no_text.as_json())
    names, used, remarks = read_header(first_lines(sample), found, line)
    above = len(head) - len(top) + _lines_end(top, used)
    if not _has_text(text, above):
        only_header = Text("The file has a header but no rows.", "文件只有表头，没有数据行。请换一个文件。")
        no_rows = Text("The file has no rows.", "文件没有数据行。请换一个文件。")
        raise NoRows((only_header if layout.header else no_rows).as_json())
    return Rows(text, at_once, above, line + used, names, found, remarks)


def _growing(text: Iterable[bytes]) -> Iterator[tuple[bytes, bool]]:
    """More and more of the text's beginning, and whether it is all of it."""
    head = b""
    for block in text:
        head += block
        yield head, False
    yield head, True


def _skip(data: bytes, count: int) -> tuple[bytes, int]:
    """The text below `count` lines and the blank lines after them, and the number of its first line."""
    text = _TEXT.search(data, _lines_end(data, count))
    if text is None:
        return b"", 0
    start = data.rfind(b"\n", 0, text.start()) + 1
    return data[start:], 1 + data.count(b"\n", 0, start)


def _lines_end(data: bytes, lines: int) -> int:
    """Where so many lines end."""
    position = 0
    for _ in range(lines):
        position = data.find(b"\n", position) + 1
        if position == 0:
            return len(data)
    return position


def _has_text(text: Iterable[bytes], above: int) -> bool:
    """Whether anything stands below so many bytes."""
    for block in text:
        if _TEXT.search(block, above):
            return True
        above = max(0, above - len(block))
    return False


def _below(text: Iterable[bytes], above: int) -> Iterator[bytes]:
    """The text without so many bytes at its beginning."""
    for block in text:
        if above < len(block):
            yield block[above:]
        above = max(0, above - len(block))


def _squeezed(pieces: Iterable[bytes], quoting: bool) -> Iterator[bytes]:
    """Runs of blanks as one blank, line by line."""
    rest = b""
    for piece in pieces:
        data = rest + piece
        end = data.rfind(b"\n") + 1
        rest = data[end:]
        yield squeeze_blanks(data[:end], quoting)
    yield squeeze_blanks(rest, quoting)
