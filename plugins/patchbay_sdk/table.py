"""Tables as operators see them: Arrow underneath, with views as polars, pandas or Arrow."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from patchbay_sdk.errors import DataError
from patchbay_sdk.schema import Schema

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    import pyarrow as pa

    from patchbay_sdk.transform import Transform


class Table:
    """An immutable table of named columns.

    `Table(data)` takes a polars DataFrame or LazyFrame, a pandas DataFrame, or an Arrow table, and converts
    only when another view is asked for; polars and Arrow views share memory. A table opened from a file is
    memory-mapped: asking for its schema or its number of rows reads no data.

    `lineage` holds the transforms applied to the table since its source, in order; the runtime sets it.
    """

    def __init__(self, data: Any, *, lineage: Sequence[Transform] = ()) -> None:
        self._polars: pl.DataFrame | None = None
        self._arrow: pa.Table | None = None
        self._path: Path | None = None
        self.lineage: Sequence[Transform] = lineage
        self._take(data)

    def _take(self, data: Any) -> None:
        library = type(data).__module__.partition(".")[0]
        if library == "polars":
            import polars as pl

            frame = data.collect() if isinstance(data, pl.LazyFrame) else data
            if not isinstance(frame, pl.DataFrame):
                raise DataError(f"A table needs a polars DataFrame, not a {type(data).__name__}.")
            self._polars = frame
        elif library == "pyarrow":
            self._arrow = data
        elif library == "pandas":
            import pyarrow as pa

            self._arrow = pa.Table.from_pandas(data, preserve_index=False)
        elif isinstance(data, dict):
            import polars as pl

            self._polars = pl.DataFrame(data)
        else:
            raise DataError(
                f"A table cannot be made from {type(data).__name__}: give polars, pandas, pyarrow or a dict of lists."
            )

    @classmethod
    def open(cls, path: Path, *, lineage: Sequence[Transform] = ()) -> Table:
        """The table in an Arrow IPC file, memory-mapped: no data is read until it is used."""
        import pyarrow as pa

        with pa.memory_map(str(path)) as source:
            table = cls(pa.ipc.open_file(source).read_all(), lineage=lineage)
        table._path = path
        return table

    def polars(self) -> pl.DataFrame:
        """The table as a polars DataFrame, sharing memory with Arrow."""
        if self._polars is None:
            import polars as pl

            assert self._arrow is not None
            frame = pl.from_arrow(self._arrow)
            assert isinstance(frame, pl.DataFrame)
            self._polars = frame
        return self._polars

    def lazy(self) -> pl.LazyFrame:
        """A lazy polars frame; of a table on disk only the columns and rows in use are read."""
        return self.polars().lazy()

    def arrow(self) -> pa.Table:
        """The table as an Arrow table."""
        if self._arrow is None:
            assert self._polars is not None
            self._arrow = self._polars.to_arrow()
        return self._arrow

    def pandas(self) -> pd.DataFrame:
        """The table as a pandas DataFrame (a copy, but for numeric columns without nulls)."""
        frame: pd.DataFrame = self.arrow().to_pandas()
        return frame

    def replace(self, data: Any) -> Table:
        """A table of new data with this table's lineage: for operators that keep the preparation as it is."""
        return Table(data, lineage=self.lineage)

    @cached_property
    def schema(self) -> Schema:
        """Column names and logical types."""
        if self._arrow is None:
            assert self._polars is not None
            return Schema.from_arrow(self._polars.head(0).to_arrow().schema)
        return Schema.from_arrow(self._arrow.schema)

    @property
    def columns(self) -> list[str]:
        """Column names in order."""
        return self._polars.columns if self._polars is not None else self.arrow().column_names

    @property
    def num_rows(self) -> int:
        """Number of rows."""
        return self._polars.height if self._polars is not None else self.arrow().num_rows

    def require(self, *names: str) -> None:
        """Raise DataError naming every one of these columns that the table lacks, and what it has."""
        known = set(self.columns)
        missing = [name for name in names if name not in known]
        if missing:
            have = ", ".join(self.columns[:20]) + (", ..." if len(self.columns) > 20 else "")
            raise DataError(
                f"{_plural('Column', missing)} {', '.join(map(repr, missing))} not in the table; it has: {have}.",
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
