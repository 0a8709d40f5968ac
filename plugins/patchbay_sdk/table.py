"""Tables as operators see them: Arrow underneath, with views as polars, pandas or Arrow."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from patchbay_sdk.errors import DataError
from patchbay_sdk.schema import Schema
from patchbay_sdk.texts import quoted

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    import pyarrow as pa
    from pyspark.sql import DataFrame, SparkSession

    from patchbay_sdk.parquet_parts import ParquetParts
    from patchbay_sdk.transform import Transform


class Table:
    """An immutable table of named columns.

    `Table(data)` takes a polars DataFrame or LazyFrame, a pandas DataFrame, an Arrow table, or a Spark DataFrame, and
    converts only when another view is asked for; polars and Arrow views share memory. A table opened from a file is
    memory-mapped: asking for its schema or its number of rows reads no data. What Spark is to compute is computed
    when rows are asked for, or when the table is stored: Spark then writes it itself.

    `lineage` holds the transforms applied to the table since its source, in order; the runtime sets it.
    `replica` is where a copy for Spark is kept, for tables in a store.
    """

    def __init__(self, data: Any, *, lineage: Sequence[Transform] = ()) -> None:
        self._polars: pl.DataFrame | None = None
        self._arrow: pa.Table | None = None
        self._parts: ParquetParts | None = None
        self._spark: DataFrame | None = None
        self._num_rows: int | None = None
        self.lineage: Sequence[Transform] = lineage
        self.replica: Path | None = None
        self._take(data)

    def _take(self, data: Any) -> None:
        library = type(data).__module__.partition(".")[0]
        if library == "polars":
            import polars as pl

            frame = data.collect() if isinstance(data, pl.LazyFrame) else data
            if not isinstance(frame, pl.DataFrame):
                raise DataError(
                    {
                        "en": f"A table needs a polars DataFrame, not a {type(data).__name__}.",
                        "zh-CN": f"生成表需要 polars 的 DataFrame，而不是 {type(data).__name__}。",
                    }
                )
            self._polars = frame
        elif library == "pyarrow":
            self._arrow = data
        elif library == "pyspark":
            self._spark = data
        elif library == "patchbay_sdk":
            self._parts = data
        elif library == "pandas":
            import pyarrow as pa

            self._arrow = pa.Table.from_pandas(data, preserve_index=False)
        elif isinstance(data, dict):
            import polars as pl

            self._polars = pl.DataFrame(data)
        else:
            raise DataError(
                {
                    "en": f"A table cannot be made from {type(data).__name__}: give polars, pandas, pyarrow or a dict "
                    "of lists.",
                    "zh-CN": f"无法由 {type(data).__name__} 生成表：请给出 polars、pandas 或 pyarrow 的表，"
                    "或者值为列表的 dict。",
                }
            )

    @classmethod
    def open(cls, path: Path | Sequence[Path], *, lineage: Sequence[Transform] = ()) -> Table:
        """The table in an Arrow IPC file, memory-mapped, or in several Parquet files, one after the other.

        No data is read until it is used.
        """
        import pyarrow as pa

        if not isinstance(path, Path):
            from patchbay_sdk.parquet_parts import ParquetParts

            return cls(ParquetParts(path), lineage=lineage)
        with pa.memory_map(str(path)) as source:
            return cls(pa.ipc.open_file(source).read_all(), lineage=lineage)

    def polars(self) -> pl.DataFrame:
        """The table as a polars DataFrame, sharing memory with Arrow."""
        if self._polars is None:
            import polars as pl

            frame = self._parts.scan().collect() if self._parts is not None else pl.from_arrow(self.arrow())
            assert isinstance(frame, pl.DataFrame)
            self._polars = frame
        return self._polars

    def lazy(self) -> pl.LazyFrame:
        """A lazy polars frame; of a table on disk only the columns and rows in use are read."""
        if self._parts is not None and self._polars is None:
            return self._parts.scan()
        return self.polars().lazy()

    def arrow(self) -> pa.Table:
        """The table as an Arrow table."""
        if self._arrow is None:
            if self._spark is not None:
                from patchbay_sdk.spark_frames import collect

                self._arrow = collect(self._spark)
            elif self._parts is not None:
                self._arrow = self._parts.read()
            else:
                assert self._polars is not None
                self._arrow = self._polars.to_arrow()
        return self._arrow

    def spark(self, session: SparkSession, position: str = "") -> DataFrame:
        """The table as a Spark DataFrame. Rows pass by this process only once, if a table was made locally.

        `position`: name of a further column with the number of each row, from 0 on: Spark keeps no order of its own.

        Raises:
            DataError: Spark has no type for a column, or cannot hold a value exactly.
        """
        from patchbay_sdk import spark_frames

        if self._spark is not None:
            return spark_frames.numbered(self._spark, position) if position else self._spark
        if self._parts is not None:
            return spark_frames.read_parts(session, self._parts, position)
        return spark_frames.read_replica(session, self.arrow(), self.replica, position)

    def batches(self, rows: int = 100_000) -> Iterator[pa.Table]:
        """The table, at most so many rows at a time; at least one batch. Of a table on disk no more is in memory."""
        if self._spark is not None and self._arrow is None:
            from patchbay_sdk.spark_frames import write_parts

            with TemporaryDirectory() as folder:
                yield from write_parts(self._spark, Path(folder)).batches(rows)
        elif self._parts is not None and self._arrow is None:
            yield from self._parts.batches(rows)
        else:
            for offset in range(0, max(1, self.num_rows), rows):
                yield self.arrow().slice(offset, rows)

    def write_parts(self, folder: Path) -> bool:
        """Write a table that Spark is to compute, or that lies in Parquet files, as such files into an empty folder.

        Spark writes its own. False: it is no such table, and nothing is written.
        """
        if self._spark is not None:
            from patchbay_sdk.spark_frames import write_parts

            self._num_rows = sum(write_parts(self._spark, folder).rows)
        elif self._parts is not None:
            self._parts.copy(folder)
        return self._spark is not None or self._parts is not None

    def pandas(self) -> pd.DataFrame:
        """The table as a pandas DataFrame (a copy, but for numeric columns without nulls)."""
        frame: pd.DataFrame = self.arrow().to_pandas()
        return frame

    def replace(self, data: Any) -> Table:
        """A table of new data with this table's lineage: for operators that keep the preparation as it is."""
        return Table(data, lineage=self.lineage)

    @cached_property
    def arrow_schema(self) -> pa.Schema:
        """Column names and storage types; no row is read or computed."""
        if self._arrow is not None:
            return self._arrow.schema
        if self._spark is not None:
            from patchbay_sdk.spark_frames import schema_of

            return schema_of(self._spark)
        if self._parts is not None:
            return self._parts.schema
        assert self._polars is not None
        return self._polars.head(0).to_arrow().schema

    @cached_property
    def schema(self) -> Schema:
        """Column names and logical types."""
        return Schema.from_arrow(self.arrow_schema)

    @property
    def columns(self) -> list[str]:
        """Column names in order."""
        return self._polars.columns if self._polars is not None else self.arrow_schema.names

    @property
    def num_rows(self) -> int:
        """Number of rows; of what Spark is to compute, it has to compute it once."""
        if self._polars is not None:
            return self._polars.height
        if self._num_rows is None:
            if self._arrow is not None:
                self._num_rows = self._arrow.num_rows
            elif self._parts is not None:
                self._num_rows = sum(self._parts.rows)
            else:
                assert self._spark is not None
                self._num_rows = self._spark.count()
        return self._num_rows

    def empty(self) -> pl.DataFrame:
        """The table without its rows, as polars: to ask what types an operation would give."""
        import polars as pl

        frame = pl.from_arrow(self.arrow_schema.empty_table())
        assert isinstance(frame, pl.DataFrame)
        return frame

    def require(self, *names: str) -> None:
        """Raise DataError naming every one of these columns that the table lacks, and what it has."""
        known = set(self.columns)
        missing = [name for name in names if name not in known]
        if missing:
            have = ", ".join(self.columns[:20]) + (", ..." if len(self.columns) > 20 else "")
            raise DataError(
                {
                    "en": f"{_plural('Column', missing)} {', '.join(map(repr, missing))} not in the table; "
                    f"it has: {have}.",
                    "zh-CN": f"表中没有{quoted(missing)}列。现有的列：{quoted(self.columns)}。",
                },
                columns=missing,
            )

    def __reduce__(self) -> tuple[Any, ...]:
        """As Arrow, whose buffers other processes of an engine may share."""
        return _with_lineage, (self.arrow(), list(self.lineage))

    def __repr__(self) -> str:
        return f"Table({self.num_rows} rows x {len(self.columns)} columns)"


def _with_lineage(data: Any, lineage: Sequence[Transform]) -> Table:
    """A table that arrived from another process."""
    return Table(data, lineage=lineage)


def _plural(word: str, items: Sequence[object]) -> str:
    return word if len(items) == 1 else word + "s"
