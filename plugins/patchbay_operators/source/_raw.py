"""The bytes of a file, unpacked, block by block: what is no text is refused with a clear word."""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from patchbay_operators.advice import Text
from patchbay_sdk import DataError

_IMAGE = Text("an image", "而是图片；请换一个文件")
_SIGNATURES = {
    b"PK\x03\x04": Text(
        "a zip archive or an Excel workbook; read a workbook with source.excel",
        "而是 zip 压缩包或 Excel 工作簿；工作簿请用“读取 Excel”",
    ),
    b"\xd0\xcf\x11\xe0": Text(
        "an old Excel or Office file; read a workbook with source.excel",
        "而是旧版 Excel 或 Office 文件；工作簿请用“读取 Excel”",
    ),
    b"PAR1": Text("a Parquet file; read it with source.parquet", "而是 Parquet 文件；请用“读取 Parquet”"),
    b"ARROW1": Text(
        "an Arrow file; convert it to Parquet and read that with source.parquet",
        "而是 Arrow 文件；请先转换为 Parquet 文件，再用“读取 Parquet”",
    ),
    b"SQLite format 3": Text("a SQLite database; read it with source.sql", "而是 SQLite 数据库；请用“读取 SQL 查询”"),
    b"\x1f\x8b": Text("packed twice with gzip; unpack it once", "而是用 gzip 压缩了两次；请先解压一次"),
    b"%PDF": Text("a PDF document", "而是 PDF 文档；请换一个文件"),
    b"\x89PNG": _IMAGE,
    b"\xff\xd8\xff": _IMAGE,
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
            damaged = Text(
                f"The gzip file {self.path.name!r} is damaged or cut off: {error}.",
                f"gzip 文件“{self.path.name}”已损坏或不完整。请重新复制该文件。",
            )
            raise DataError(damaged.as_json()) from error


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
        raise DataError(Text(f"File {name!r} is empty.", f"文件“{name}”是空的。").as_json())
    for signature, kind in _SIGNATURES.items():
        if first.startswith(signature):
            raise DataError(
                Text(f"File {name!r} is not text: it is {kind.en}.", f"文件“{name}”不是文本，{kind.zh}。").as_json()
            )


def without_control_characters(blocks: Iterable[bytes], name: str) -> Iterator[bytes]:
    """The blocks as they are. Raises DataError at a control character."""
    seen = lines = 0
    for block in blocks:
        found = _CONTROL.search(block, 0, max(0, _LOOKED_THROUGH - seen)) or re.search(rb"\0", block)
        if found is not None:
            line = lines + block.count(b"\n", 0, found.start()) + 1
            raise DataError(
                Text(
                    f"File {name!r} is not a text file, or is damaged: line {line} holds the control character "
                    f"0x{block[found.start()]:02x}.",
                    f"文件“{name}”不是文本文件，或已损坏：第 {line} 行有控制字符 0x{block[found.start()]:02x}。",
                ).as_json()
            )
        seen, lines = seen + len(block), lines + block.count(b"\n")
        yield block
