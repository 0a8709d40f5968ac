"""Read a Parquet file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from patchbay_operators.advice import Text
from patchbay_operators.source._reading import (
    ROWS,
    about,
    nothing_shown,
    say_gaps,
    say_no_rows,
    say_types,
    say_unreadable,
    shown,
)
from patchbay_sdk import Context, DataError, Operator, Outputs, Schema, Table
from patchbay_sdk.spark import refuse_inexact

if TYPE_CHECKING:
    import polars as pl


class ReadParquet(Operator):
    """Reads a Parquet file into a table, with the types that the file declares."""

    def run(self, context: Context, path: str) -> Outputs:
        """Raises DataError for what is no Parquet file, or a damaged one."""
        table = Table(_read(context.data_path(path), path))
        context.log(f"{path}: {table.num_rows} rows, {len(table.columns)} columns.")
        return {"table": table}

    def run_spark(self, context: Context, path: str) -> Outputs:
        """Spark reads the file itself. Raises DataError for what is no Parquet file, or has types that it lacks."""
        import pyarrow as pa

        file = context.data_path(path)
        try:
            table = Table.open([file])
            refuse_inexact(table.arrow_schema)
        except (pa.ArrowException, OSError) as error:
            raise _damaged(path, error) from error
        context.log(f"{path}: {table.num_rows} rows, {len(table.columns)} columns.")
        return {"table": Table(table.spark(context.spark))}

    def infer(self, schemas: Mapping[str, Schema | None], path: str) -> Mapping[str, Schema | None]:
        """The schema in the file's footer; unknown when the path is relative or the file cannot be read."""
        if not Path(path).is_absolute():
            return {"table": None}
        try:
            import polars as pl

            return {"table": Table(pl.scan_parquet(path, glob=False).head(0)).schema}
        except Exception:  # noqa: BLE001 - whatever is wrong with the file, running the node says it
            return {"table": None}

    def preview(self, path: str) -> Mapping[str, Any]:
        """The first rows and the types that the file declares; of its content, only these rows are read."""
        import polars as pl

        file = Path(path)
        try:
            frame = _read(file, file.name, ROWS)
            rows = pl.scan_parquet(file, glob=False).select(pl.len()).collect().item()
        except DataError as error:
            return nothing_shown({}, say_unreadable(error, file.name, _ADVICE))
        if frame.height == 0:
            return nothing_shown({}, say_no_rows(header=True))
        declared = say_types(Text("The file itself says the types", "类型由文件自身给出"), rows)
        return shown(frame, {}, [declared, say_gaps(frame)])


_ADVICE = Text("Have it written again where it comes from.", "请在数据来源处重新导出。")


def _read(file: Path, shown_as: str, rows: int | None = None) -> pl.DataFrame:
    """The first `rows`, or all. Raises DataError."""
    import polars as pl

    try:
        if rows is None:
            return pl.read_parquet(file, glob=False)
        return pl.scan_parquet(file, glob=False).head(rows).collect()
    except (pl.exceptions.PolarsError, OSError) as error:
        if file.is_file() and file.stat().st_size == 0:
            raise DataError(about(shown_as, Text("is empty.", "是空的。"))) from error
        raise _damaged(shown_as, error) from error


def _damaged(shown_as: str, error: Exception) -> DataError:
    """Also for what was cut off."""
    text = Text(f"is not a Parquet file, or is damaged: {error}.", "不是 Parquet 文件，或已损坏。")
    return DataError(about(shown_as, text))
