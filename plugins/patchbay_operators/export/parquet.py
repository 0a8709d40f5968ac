"""Write a Parquet file."""

from __future__ import annotations

from typing import Literal

from patchbay_operators.export._files import replacing
from patchbay_sdk import Context, DataError, File, Operator, Outputs, Table


class WriteParquet(Operator):
    """Writes a table as Parquet, with its exact types."""

    def run(
        self, context: Context, table: Table, path: str, compression: Literal["zstd", "snappy", "uncompressed"] = "zstd"
    ) -> Outputs:
        """Raises DataError for a table without columns."""
        if not table.columns:
            raise DataError("The table has no columns; there is nothing to write.")
        with replacing(context, path) as (target, draft):
            table.polars().write_parquet(draft, compression=compression)
        context.log(f"Wrote {table.num_rows} rows to {path}.")
        return {"file": File(target, media_type="application/vnd.apache.parquet")}
