"""A file of one's own, or a sample to try a flow with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from patchbay_operators.source.csv import ReadCsv
from patchbay_operators.source.sample import Sample
from patchbay_sdk import Catalogue, Context, Operator, Outputs, Schema, Table


class FileOrSample(Operator):
    """Reads a text file as `source.csv` does by default; while none is named, gives a sample dataset instead."""

    def run(self, context: Context, file: str, sample: str) -> Outputs:
        """The table, and the rows of the file that did not fit."""
        import polars as pl

        reader, params = _reader(file, sample)
        outputs = reader.run(context, **params)
        no_bad_rows = Table(pl.DataFrame(schema={"line": pl.Int64, "reason": pl.String, "text": pl.String}))
        return {"bad_rows": no_bad_rows, **outputs}

    def infer(self, schemas: Mapping[str, Schema | None], file: str, sample: str) -> Mapping[str, Schema | None]:
        """The schema of the sample, or of the file's first rows."""
        reader, params = _reader(file, sample)
        return reader.infer(schemas, **params)


def _reader(file: str, sample: str) -> tuple[Operator, dict[str, Any]]:
    """The operator that reads the file, or gives the sample, and its params."""
    if not file:
        return Sample(Catalogue.installed().get("source.sample@1.0.0")), {"dataset": sample}
    spec = Catalogue.installed().get("source.csv@1.0.0")
    return ReadCsv(spec), spec.fill_params({"path": file})
