"""A text file larger than memory as Parquet files, for Spark."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from patchbay_operators.source._file import File, bad_rows

if TYPE_CHECKING:
    import polars as pl

BLOCK = 32 << 20
"""Bytes of text that are in memory at once."""


def write_parts(file: File, folder: Path) -> Iterator[int]:
    """Write the rows, and those set aside, as ``table/00000.parquet``, ... and ``bad_rows/00000.parquet``, ...

    Gives the number of rows that fit after each block. Each folder holds at least one file.
    """
    table, bad = _Parts(folder / "table"), _Parts(folder / "bad_rows")
    for block in file.blocks:
        table.add(block.read(file.found.types))
        bad.add(bad_rows(block.bad))
        yield table.rows
    if not bad.rows:
        bad.write(bad_rows([]))


class _Parts:
    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        self.folder = folder
        self.rows = self.count = 0

    def add(self, frame: pl.DataFrame) -> None:
        if frame.height:
            self.write(frame)

    def write(self, frame: pl.DataFrame) -> None:
        frame.write_parquet(self.folder / f"{self.count:05d}.parquet")
        self.count += 1
        self.rows += frame.height
