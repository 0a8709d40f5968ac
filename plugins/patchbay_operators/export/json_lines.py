"""Write JSON lines: one object per row."""

from __future__ import annotations

import gzip

from patchbay_operators.export._files import replacing
from patchbay_operators.export._types import require_columns
from patchbay_sdk import Context, File, Operator, Outputs, Table


class WriteJsonLines(Operator):
    """Writes a table as one JSON object per line; NaN and infinity, which JSON lacks, become null."""

    def run(self, context: Context, table: Table, path: str) -> Outputs:
        """A path ending in .gz is packed. Raises DataError for a table without columns."""
        import polars as pl

        require_columns(table)
        frame = table.polars()
        times = [name for name, type in frame.schema.items() if isinstance(type, pl.Datetime)]
        frame = frame.with_columns(pl.col(times).dt.strftime("%Y-%m-%dT%H:%M:%S%.f"))
        with replacing(context, path) as (target, draft):
            frame.write_ndjson(draft)
            packed = target.suffix == ".gz"
            if packed:
                draft.write_bytes(gzip.compress(draft.read_bytes(), mtime=0))
        context.log(f"Wrote {frame.height} rows to {path}.")
        return {"file": File(target, media_type="application/gzip" if packed else "application/x-ndjson")}
