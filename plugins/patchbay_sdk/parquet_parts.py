"""A table that lies in several Parquet files, one after the other: what engines with many writers leave."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from patchbay_sdk.spark_types import restored, schema_of_footer

if TYPE_CHECKING:
    import polars as pl
    import pyarrow as pa
    import pyarrow.parquet as pq


class ParquetParts:
    """Opened by their footers: rows are read when they are asked for, and only the columns in use."""

    def __init__(self, paths: Sequence[Path]) -> None:
        self.paths = list(paths)

    @cached_property
    def _footers(self) -> list[pq.FileMetaData]:
        import pyarrow.parquet as pq

        return [pq.read_metadata(path) for path in self.paths]

    @cached_property
    def schema(self) -> pa.Schema:
        """The columns, categories and zones of time included."""
        import pyarrow.parquet as pq

        return schema_of_footer(pq.read_schema(self.paths[0]))

    @property
    def rows(self) -> list[int]:
        """Rows per file."""
        return [footer.num_rows for footer in self._footers]

    def read(self) -> pa.Table:
        """All rows."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        tables = [pq.ParquetFile(path, memory_map=True).read() for path in self.paths]
        return restored(pa.concat_tables(tables), self.schema)

    def batches(self, rows: int) -> Iterator[pa.Table]:
        """All rows, at most so many at a time; at least one batch."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        if not sum(self.rows):
            yield self.schema.empty_table()
        for path in self.paths:
            for batch in pq.ParquetFile(path, memory_map=True).iter_batches(rows):
                yield restored(pa.Table.from_batches([batch]), self.schema)

    def copy(self, folder: Path) -> None:
        """Copy the files into a folder, under names in their order."""
        for number, path in enumerate(self.paths):
            shutil.copyfile(path, folder / f"part-{number:05d}.parquet")

    def scan(self) -> pl.LazyFrame:
        """A lazy frame over the files."""
        import polars as pl

        frame = pl.scan_parquet(self.paths, glob=False)
        wanted = pl.from_arrow(self.schema.empty_table())
        assert isinstance(wanted, pl.DataFrame)
        casts = []
        for name, dtype in wanted.schema.items():
            column = pl.col(name)
            if isinstance(dtype, pl.Datetime) and dtype.time_zone is not None:
                casts.append(column.dt.convert_time_zone(dtype.time_zone))
            elif dtype == pl.Null:
                casts.append(pl.lit(None).alias(name))
            else:
                casts.append(column.cast(dtype))
        return frame.select(casts)
