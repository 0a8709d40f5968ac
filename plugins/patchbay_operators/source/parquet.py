"""Read a Parquet file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from patchbay_sdk import Context, DataError, Operator, Outputs, Schema, Table
from patchbay_sdk.spark import refuse_inexact


class ReadParquet(Operator):
    """Reads a Parquet file into a table, with the types that the file declares."""

    def run(self, context: Context, path: str) -> Outputs:
        """Raises DataError for what is no Parquet file, or a damaged one."""
        import polars as pl

        file = context.data_path(path)
        try:
            table = Table(pl.read_parquet(file, glob=False))
        except (pl.exceptions.PolarsError, OSError) as error:
            reason = "is empty" if file.stat().st_size == 0 else f"is not a Parquet file, or is damaged: {error}"
            raise DataError(f"File {path!r} {reason}.") from error
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
            raise DataError(f"File {path!r} is not a Parquet file, or is damaged: {error}.") from error
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
