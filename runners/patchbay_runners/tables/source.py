"""The files of one table, Arrow IPC or Parquet, opened so that only what is asked for is read."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, Literal

from patchbay_sdk.errors import DataError
from patchbay_sdk.schema import Column, logical_type
from patchbay_sdk.spark_types import restored, schema_of_footer

if TYPE_CHECKING:
    import polars as pl
    import pyarrow as pa
    import pyarrow.parquet as pq

Format = Literal["ipc", "parquet"]

BATCH = 100_000
"""Rows that are in memory at once while a whole table is read."""


def open_table(paths: Sequence[str], format: Format) -> Source:
    """The table in these files, one after the other; files that have not changed stay open."""
    stamps = tuple((stat.st_mtime_ns, stat.st_size) for stat in map(os.stat, paths))
    return _opened(tuple(paths), format, stamps)


@lru_cache(maxsize=4)
def _opened(paths: tuple[str, ...], format: Format, stamps: tuple[tuple[int, int], ...]) -> Source:
    return IpcSource(paths) if format == "ipc" else ParquetSource(paths)


class Source:
    """A table on disk. Columns have different names: a second ``a`` is called ``a (2)``."""

    rows: int
    arrow_schema: pa.Schema

    def read(self, columns: Sequence[str]) -> pa.Table:
        """All rows of some columns."""
        raise NotImplementedError

    def take(self, indices: Sequence[int], columns: Sequence[str]) -> pa.Table:
        """Some rows, in this order."""
        raise NotImplementedError

    def slice(self, offset: int, limit: int, columns: Sequence[str]) -> pa.Table:
        """Rows that follow each other."""
        return self.take(range(offset, min(offset + limit, self.rows)), columns)

    @cached_property
    def columns(self) -> dict[str, Column]:
        """The columns by name, in order."""
        return {field.name: Column(field.name, logical_type(field.type)) for field in self.arrow_schema}

    def column(self, name: str) -> Column:
        """The column of that name. Raises DataError."""
        if name not in self.columns:
            some = ", ".join(list(self.columns)[:20]) + (", ..." if len(self.columns) > 20 else "")
            raise DataError(f"The table has no column {name!r}; it has: {some or 'none'}.", column=name)
        return self.columns[name]

    def series(self, name: str) -> pl.Series:
        """One whole column."""
        self.column(name)
        return frame_of(self.read([name])).to_series()

    def batches(self) -> Iterator[pa.Table]:
        """The whole table, some rows at a time; at least one."""
        for offset in range(0, max(1, self.rows), BATCH):
            yield self.slice(offset, BATCH, list(self.columns))


class IpcSource(Source):
    """Memory-mapped: only the pages of memory that are looked at are read from the disk."""

    def __init__(self, paths: Sequence[str]) -> None:
        import pyarrow as pa

        tables = [pa.ipc.open_file(pa.memory_map(path)).read_all() for path in paths]
        table = pa.concat_tables(tables)
        self._table = table.rename_columns(_different(table.column_names))
        self.rows = table.num_rows
        self.arrow_schema = self._table.schema

    def read(self, columns: Sequence[str]) -> pa.Table:
        return self._table.select(list(columns))

    def take(self, indices: Sequence[int], columns: Sequence[str]) -> pa.Table:
        import pyarrow as pa

        found = self._table.select(list(columns))
        if isinstance(indices, range):
            return found.slice(indices.start, len(indices))
        if not len(indices):
            return found.slice(0, 0)
        return pa.concat_tables(found.slice(index, 1) for index in indices).combine_chunks()


class ParquetSource(Source):
    """Reads the row groups that hold what is asked for."""

    def __init__(self, paths: Sequence[str]) -> None:
        import pyarrow.parquet as pq

        self._files = [pq.ParquetFile(path, memory_map=True) for path in paths]
        self.arrow_schema = schema_of_footer(self._files[0].schema_arrow)
        self._groups: list[tuple[int, pq.ParquetFile, int]] = []
        self.rows = 0
        for file in self._files:
            for group in range(file.num_row_groups):
                self._groups.append((self.rows, file, group))
                self.rows += file.metadata.row_group(group).num_rows

    def read(self, columns: Sequence[str]) -> pa.Table:
        import pyarrow as pa

        found = pa.concat_tables(file.read(columns=list(columns)) for file in self._files)
        return self._restored(found, columns)

    def take(self, indices: Sequence[int], columns: Sequence[str]) -> pa.Table:
        import numpy as np
        import pyarrow as pa

        wanted = np.asarray(indices, dtype=np.int64)
        order = np.argsort(wanted, kind="stable")
        ascending = wanted[order]
        parts = [self.arrow_schema.empty_table().select(list(columns))]
        for start, file, group in self._groups:
            end = start + file.metadata.row_group(group).num_rows
            first, last = np.searchsorted(ascending, [start, end])
            if first < last:
                rows = ascending[first:last] - start
                found = file.read_row_group(group, columns=list(columns)).take(rows)
                parts.append(self._restored(found, columns))
        return pa.concat_tables(parts).take(np.argsort(order, kind="stable"))

    def _restored(self, found: pa.Table, columns: Sequence[str]) -> pa.Table:
        import pyarrow as pa

        return restored(found, pa.schema([self.arrow_schema.field(name) for name in columns]))


def frame_of(table: pa.Table) -> pl.DataFrame:
    """An Arrow table as a polars frame; columns of types that polars does not know become text."""
    import polars as pl

    columns = {}
    for name, column in zip(table.column_names, table.columns, strict=True):
        columns[name] = _series(column) if _is_known(column.type) else pl.Series(_texts(column), dtype=pl.String)
    return pl.DataFrame(columns)


def _series(column: pa.ChunkedArray[Any]) -> pl.Series:
    import polars as pl

    series = pl.from_arrow(column)
    assert isinstance(series, pl.Series)
    return series


@lru_cache(maxsize=256)
def _is_known(arrow_type: pa.DataType) -> bool:
    """Whether polars has a type for it; asked with no values."""
    import pyarrow as pa

    try:
        _series(pa.chunked_array([pa.array([], type=arrow_type)]))
    except BaseException:  # noqa: BLE001 - polars panics, which is no Exception
        return False
    return True


def _texts(column: pa.ChunkedArray[Any]) -> list[str | None]:
    return [None if value is None else str(value) for value in column.to_pylist()]


def _different(names: Sequence[str]) -> list[str]:
    found: dict[str, int] = {}
    result: list[str] = []
    for name in names:
        found[name] = found.get(name, 0) + 1
        result.append(name if found[name] == 1 else f"{name} ({found[name]})")
    return result
