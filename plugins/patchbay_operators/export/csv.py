"""Write a CSV file."""

from __future__ import annotations

import gzip
from pathlib import Path

from patchbay_operators.export._files import replacing
from patchbay_operators.export._types import flat_frame
from patchbay_sdk import Context, File, Operator, Outputs, Table

_DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t", "pipe": "|"}
_CODECS = {"utf-8": "utf-8", "utf-8-bom": "utf-8-sig", "gb18030": "gb18030"}


class WriteCsv(Operator):
    """Writes a table as delimited text; a path ending in .gz is packed."""

    def run(
        self,
        context: Context,
        table: Table,
        path: str,
        delimiter: str = "comma",
        header: bool = True,
        decimal_comma: bool = False,
        missing: str = "",
        encoding: str = "utf-8",
    ) -> Outputs:
        """Raises DataError for columns that a text file cannot hold."""
        frame = flat_frame(table, "CSV")
        with replacing(context, path) as (target, draft):
            frame.write_csv(
                draft,
                include_header=header,
                separator=_DELIMITERS[delimiter],
                decimal_comma=decimal_comma,
                null_value=missing,
            )
            packed = target.suffix == ".gz"
            if packed or encoding != "utf-8":
                _convert(draft, _CODECS[encoding], packed)
        context.log(f"Wrote {frame.height} rows to {path}.")
        return {"file": File(target, media_type="application/gzip" if packed else "text/csv")}


def _convert(path: Path, codec: str, packed: bool) -> None:
    data = path.read_bytes()
    if codec != "utf-8":
        data = data.decode().encode(codec)
    path.write_bytes(gzip.compress(data, mtime=0) if packed else data)
