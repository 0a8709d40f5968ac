"""Write a CSV file."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from gzip import GzipFile
from pathlib import Path
from typing import Any

from patchbay_operators.export._files import replacing
from patchbay_operators.export._types import flat_frame, require_flat
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
        """Some rows at a time, whichever engine has made them; of what Spark computes, the result is written here.

        Raises:
            DataError: there are columns that a text file cannot hold.
        """
        require_flat(table, "CSV")
        rows = 0
        with replacing(context, path) as (target, draft):
            packed = target.suffix == ".gz"
            with _writing(draft, _CODECS[encoding], packed) as write:
                for number, batch in enumerate(table.batches()):
                    context.check_cancelled()
                    text = flat_frame(Table(batch), "CSV").write_csv(
                        include_header=header and not number,
                        separator=_DELIMITERS[delimiter],
                        decimal_comma=decimal_comma,
                        null_value=missing,
                    )
                    write(text)
                    rows += batch.num_rows
        context.log(f"Wrote {rows} rows to {path}.")
        return {"file": File(target, media_type="application/gzip" if packed else "text/csv")}

    run_spark = run


@contextmanager
def _writing(path: Path, codec: str, packed: bool) -> Iterator[Callable[[str], Any]]:
    """What writes text into a file in a code, packed or not."""
    encoder = codecs.getincrementalencoder(codec)()
    with path.open("wb") as file, GzipFile("", "wb", fileobj=file, mtime=0) if packed else nullcontext(file) as target:
        yield lambda text: target.write(encoder.encode(text))
