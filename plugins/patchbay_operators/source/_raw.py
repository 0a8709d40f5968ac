"""The bytes of a file, unpacked, block by block: what is no text is refused with a clear word."""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from patchbay_sdk import DataError

_SIGNATURES = {
    b"PK\x03\x04": "a zip archive or an Excel workbook; read a workbook with source.excel",
    b"\xd0\xcf\x11\xe0": "an old Excel or Office file; read a workbook with source.excel",
    b"PAR1": "a Parquet file; read it with source.parquet",
    b"ARROW1": "an Arrow file; convert it to Parquet and read that with source.parquet",
    b"SQLite format 3": "a SQLite database; read it with source.sql",
    b"\x1f\x8b": "packed twice with gzip; unpack it once",
    b"%PDF": "a PDF document",
    b"\x89PNG": "an image",
    b"\xff\xd8\xff": "an image",
}
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x19\x1c-\x1f]")
_LOOKED_THROUGH = 1 << 16
"""Bytes at the beginning without control characters; below them only 0x00 is looked for."""


@dataclass(frozen=True, slots=True)
class Raw:
    """A file's bytes, unpacked when it is gzip, in blocks of `block` bytes (-1: all at once).

    Every iteration opens the file anew. Raises DataError when a gzip file is damaged.
    """

    path: Path
    block: int = -1

    def __iter__(self) -> Iterator[bytes]:
        with self.path.open("rb") as file:
            packed = file.read(2) == b"\x1f\x8b"
        try:
            with gzip.open(self.path) if packed else self.path.open("rb") as file:
                while block := file.read(self.block):
                    yield block
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise DataError(f"The gzip file {self.path.name!r} is damaged or cut off: {error}.") from error


def beginning(blocks: Iterable[bytes], count: int) -> bytes:
    """The first `count` bytes, or all where there are fewer."""
    found = b""
    for block in blocks:
        found += block[: count - len(found)]
        if len(found) == count:
            break
    return found


def refuse_no_text(raw: Iterable[bytes], name: str) -> None:
    """Raise DataError for an empty file, and for formats that are told by their first bytes."""
    first = beginning(raw, max(map(len, _SIGNATURES)))
    if not first:
        raise DataError(f"File {name!r} is empty.")
    for signature, kind in _SIGNATURES.items():
        if first.startswith(signature):
            raise DataError(f"File {name!r} is not text: it is {kind}.")


def without_control_characters(blocks: Iterable[bytes], name: str) -> Iterator[bytes]:
    """The blocks as they are. Raises DataError at a control character."""
    seen = lines = 0
    for block in blocks:
        found = _CONTROL.search(block, 0, max(0, _LOOKED_THROUGH - seen)) or re.search(rb"\0", block)
        if found is not None:
            line = lines + block.count(b"\n", 0, found.start()) + 1
            raise DataError(
                f"File {name!r} is not a text file, or is damaged: line {line} holds the control character "
                f"0x{block[found.start()]:02x}."
            )
        seen, lines = seen + len(block), lines + block.count(b"\n")
        yield block
