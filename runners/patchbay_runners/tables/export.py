"""A whole table as one file for other programs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

from patchbay_runners.tables.cells import texts
from patchbay_runners.tables.source import Source, frame_of

if TYPE_CHECKING:
    import polars as pl

Target = Literal["csv", "parquet"]


def export(source: Source, target: Path, to: Target) -> None:
    """Write the table to a file, some rows at a time. In CSV, missing is empty, lists and bytes are text."""
    if to == "csv":
        _write_csv(source, target)
    else:
        _write_parquet(source, target)


def _write_csv(source: Source, target: Path) -> None:
    with target.open("wb") as file:
        for number, batch in enumerate(source.batches()):
            frame = frame_of(batch)
            frame.with_columns(_writable(series) for series in frame).write_csv(file, include_header=number == 0)


def _writable(series: pl.Series) -> pl.Series:
    import polars as pl

    plain = series.dtype.is_numeric() or series.dtype in (pl.Boolean, pl.String, pl.Null)
    return series if plain else texts(series)


def _write_parquet(source: Source, target: Path) -> None:
    import pyarrow.parquet as pq

    with pq.ParquetWriter(target, source.arrow_schema) as writer:
        for batch in source.batches():
            writer.write_table(batch)
