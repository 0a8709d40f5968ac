"""A delimited text file: how it is read, found out from all of its rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from patchbay_operators.source._fields import Reading
from patchbay_operators.source._layout import Layout, first_lines, lines_above
from patchbay_operators.source._records import BadRow
from patchbay_operators.source._rows import Rows, open_rows
from patchbay_operators.source._text import Text, open_text, read_text
from patchbay_operators.source._types import Block, Found, decide, open_blocks

if TYPE_CHECKING:
    import polars as pl

_DELIMITERS = {"auto": "", "comma": ",", "semicolon": ";", "tab": "\t", "pipe": "|", "space": " "}


@dataclass(frozen=True)
class File:
    """A file whose encoding, layout and types are known. Its rows lie in `blocks`, read anew by every iteration."""

    text: Text
    rows: Rows
    blocks: Iterable[Block]
    found: Found

    @cached_property
    def whole(self) -> Block:
        """All rows, of a file that was read at once."""
        (block,) = self.blocks
        return block

    @property
    def written(self) -> pl.DataFrame:
        """All rows as they stand in the file, of one that was read at once."""
        return self.whole.records.frame

    @cached_property
    def frame(self) -> pl.DataFrame:
        """All rows that fit, in their types, of a file that was read at once."""
        return self.whole.read(self.found.types)


def read_file(path: Path, options: Mapping[str, Any], head: int | None = None) -> File:
    """A file, or about the first `head` bytes of it, in memory. `options`: params of `source.csv`.

    Raises:
        DataError: the file is empty, damaged or no text, or none of its rows fits.
        ParamError: the options name what the file lacks.
    """
    return _open(read_text(path, options.get("encoding", "auto"), head), True, **options)


def begins_below(path: Path, options: Mapping[str, Any], head: int) -> int:
    """How many lines stand above the table, by about the first `head` bytes. Raises DataError as `read_file` does."""
    text = read_text(path, options.get("encoding", "auto"), head)
    delimiter = options.get("delimiter", "auto")
    character = _DELIMITERS.get(delimiter, options.get("delimiter_character", ""))
    return lines_above(first_lines(b"".join(text.blocks)), Layout(character, options.get("quoting", True)))


def open_file(path: Path, options: Mapping[str, Any], block: int) -> File:
    """A file of any size, of which about `block` bytes are in memory. Raises as `read_file` does."""
    return _open(open_text(path, options.get("encoding", "auto"), block), False, **options)


def _open(
    text: Text,
    at_once: bool,
    delimiter: str = "auto",
    delimiter_character: str = "",
    encoding: str = "auto",
    header: bool = True,
    column_names: Sequence[str] = (),
    quoting: bool = True,
    skip_lines: int = 0,
    trim: bool = True,
    missing: Sequence[str] = (),
    decimal_comma: bool = False,
    dates: str = "auto",
    types: Mapping[str, str] | None = None,
) -> File:
    character = _DELIMITERS.get(delimiter, delimiter_character)
    rows = open_rows(text.blocks, Layout(character, quoting, header, column_names, skip_lines, trim), at_once)
    reading = Reading(missing, trim, decimal_comma, dates, types or {})
    blocks: Iterable[Block] = open_blocks(rows, reading)
    if at_once:
        blocks = list(blocks)
    return File(text, rows, blocks, decide(rows, blocks, reading))


def bad_rows(bad: Sequence[BadRow]) -> pl.DataFrame:
    """Rows that were set aside, as a table."""
    import polars as pl

    return pl.DataFrame(bad, schema={"line": pl.Int64, "reason": pl.String, "text": pl.String}, orient="row")
