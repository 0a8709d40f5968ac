"""Read JSON lines: one JSON object per line, one row per object."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from patchbay_operators.source._frames import plain_types
from patchbay_operators.source._text import read_text
from patchbay_sdk import Context, DataError, Operator, Outputs, Schema, Table

if TYPE_CHECKING:
    import polars as pl

_HEAD = 1 << 18
"""Bytes that `infer` reads."""


class ReadJsonLines(Operator):
    """Reads a file of JSON objects, one per line; a key that a line lacks is a missing value."""

    def run(self, context: Context, path: str, dates: bool = True) -> Outputs:
        """Raises DataError naming the lines that are no JSON objects."""
        frame = _frame(read_text(context.data_path(path), "auto").data, path, dates)
        context.log(f"{path}: {frame.height} rows, {frame.width} columns.")
        return {"table": Table(frame)}

    def infer(self, schemas: Mapping[str, Schema | None], path: str, dates: bool = True) -> Mapping[str, Schema | None]:
        """The schema by the first lines; unknown when the path is relative or anything is wrong."""
        if not Path(path).is_absolute():
            return {"table": None}
        try:
            return {"table": Table(_frame(read_text(Path(path), "auto", _HEAD).data, path, dates)).schema}
        except Exception:  # noqa: BLE001 - whatever is wrong with the file, running the node says it
            return {"table": None}


def _frame(data: bytes, path: str, dates: bool) -> pl.DataFrame:
    import polars as pl

    try:
        frame = pl.read_ndjson(data, infer_schema_length=None)
    except pl.exceptions.PolarsError as error:
        raise DataError(
            _what_is_wrong(data, path) or f"File {path!r} cannot be read as JSON lines: {error}."
        ) from error
    if frame.width == 0:
        raise DataError(f"File {path!r} holds no value.")
    return plain_types(frame, dates)


def _what_is_wrong(data: bytes, path: str) -> str:
    wrong = [(number, what) for number, line in enumerate(data.split(b"\n"), start=1) if (what := _problem(line))]
    if not wrong:
        return ""
    first = "; ".join(f"line {number}: {what}" for number, what in wrong[:5])
    whole = " The whole file is one JSON array: write one object per line instead." if data.startswith(b"[") else ""
    return f"File {path!r} has {len(wrong)} lines that are no JSON objects ({first}).{whole}"


def _problem(line: bytes) -> str:
    if not line.strip():
        return ""
    try:
        value = json.loads(line)
    except ValueError as error:
        return str(error)
    return "" if isinstance(value, dict) else f"a JSON {type(value).__name__}"
