"""Write a Parquet file."""

from __future__ import annotations

from typing import Literal

from patchbay_operators.export._files import replacing
from patchbay_operators.export._types import require_columns
from patchbay_sdk import Context, File, Operator, Outputs, Table


class WriteParquet(Operator):
    """Writes a table as Parquet, with its exact types."""

    def run(
        self, context: Context, table: Table, path: str, compression: Literal["zstd", "snappy", "uncompressed"] = "zstd"
    ) -> Outputs:
        """Raises DataError for a table without columns."""
        require_columns(table)
        with replacing(context, path) as (target, draft):
            table.polars().write_parquet(draft, compression=compression)
        context.log(f"Wrote {table.num_rows} rows to {path}.")
        return {"file": File(target, media_type="application/vnd.apache.parquet")}

    def run_spark(
        self, context: Context, table: Table, path: str, compression: Literal["zstd", "snappy", "uncompressed"] = "zstd"
    ) -> Outputs:
        """The same file; it is one, so it is written here, some rows at a time, of what Spark has computed."""
        import pyarrow.parquet as pq

        require_columns(table)
        codec = "none" if compression == "uncompressed" else compression
        rows = 0
        with (
            replacing(context, path) as (target, draft),
            pq.ParquetWriter(draft, table.arrow_schema, compression=codec) as writer,
        ):
            for batch in table.batches():
                context.check_cancelled()
                writer.write_table(batch)
                rows += batch.num_rows
        context.log(f"Wrote {rows} rows to {path}.")
        return {"file": File(target, media_type="application/vnd.apache.parquet")}
