"""Read CSV, TSV and other delimited text files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from patchbay_operators.source._layout import Layout
from patchbay_operators.source._preview import preview
from patchbay_operators.source._records import BadRow, Records, read_records
from patchbay_operators.source._text import Text, read_text
from patchbay_operators.source._types import Reading, Typed, typed
from patchbay_sdk import Context, DataError, Operator, Outputs, Schema, Table

if TYPE_CHECKING:
    import polars as pl

_DELIMITERS = {"auto": "", "comma": ",", "semicolon": ";", "tab": "\t", "pipe": "|", "space": " "}
_HEAD = 1 << 20
"""Bytes that `infer` reads."""


class ReadCsv(Operator):
    """Reads a text file into a table; rows that do not fit go to a second table, with their line and the reason."""

    def run(self, context: Context, path: str, on_bad_rows: str = "report", **options: Any) -> Outputs:
        """`options`: the other params, see `_read`."""
        file = _read(context.data_path(path), options)
        bad, rows = file.bad, file.typed.frame.height
        if file.text.guessed:
            context.warn(f"{path} seems to be in {file.text.encoding}; if letters look wrong, set the encoding.")
        for remark in [*file.records.remarks, *file.typed.remarks]:
            context.warn(remark)
        if bad:
            summary = _summary(bad, rows)
            if on_bad_rows == "fail":
                raise DataError(f"{path}: {summary}. Repair the file, or set on_bad_rows to report.", rows=len(bad))
            context.warn(f"{summary}. They are in output bad_rows.")
        context.log(
            f"{path}: {rows} rows, {file.typed.frame.width} columns; encoding {file.text.encoding}, "
            f"delimiter {file.records.body.layout.delimiter!r}."
        )
        return {"table": Table(file.typed.frame), "bad_rows": Table(_bad_rows(bad))}

    def run_spark(self, context: Context, path: str, on_bad_rows: str = "report", **options: Any) -> Outputs:
        """As `run`, in the memory of this process, since all rows decide about types; Spark gets what was read."""
        read = self.run(context, path, on_bad_rows, **options)
        return {port: Table(table.spark(context.spark)) for port, table in read.items()}

    def infer(
        self, schemas: Mapping[str, Schema | None], path: str, on_bad_rows: str = "report", **options: Any
    ) -> Mapping[str, Schema | None]:
        """The schema by the file's first rows; unknown when the path is relative or anything is wrong."""
        if not Path(path).is_absolute():
            return {"table": None}
        try:
            return {"table": Table(_read(Path(path), options, _HEAD).typed.frame).schema}
        except Exception:  # noqa: BLE001 - whatever is wrong with the file, running the node says it
            return {"table": None}

    def preview(self, path: str, **options: Any) -> Mapping[str, Any]:
        """How the file's beginning would be read, in plain words: see `_preview.preview`."""

        def read(chosen: Mapping[str, Any]) -> File:
            filled = self.spec.fill_params({**chosen, "path": path})
            return _read(Path(path), {n: v for n, v in filled.items() if n not in ("path", "on_bad_rows")}, _HEAD)

        return preview(read, options, self.spec.params["properties"]["missing"]["default"], Path(path).name)


class File(NamedTuple):
    """A file as it was read, step by step."""

    text: Text
    records: Records
    typed: Typed
    bad: list[BadRow]


def _read(file: Path, options: Mapping[str, Any], head: int | None = None) -> File:
    return _read_options(file, head, **options)


def _read_options(
    file: Path,
    head: int | None,
    delimiter: str = "auto",
    delimiter_character: str = "",
    encoding: str = "auto",
    header: bool = True,
    column_names: Sequence[str] = (),
    quoting: bool = True,
    skip_lines: int = 0,
    trim: bool = True,
    missing: Sequence[str] = (),
    decimal_comma: bool = False,
    dates: str = "auto",
    types: Mapping[str, str] | None = None,
) -> File:
    text = read_text(file, encoding, head)
    character = _DELIMITERS.get(delimiter, delimiter_character)
    records = read_records(text.data, Layout(character, quoting, header, column_names, skip_lines, trim))
    reading = Reading(missing, trim, decimal_comma, dates, types or {})
    result = typed(records.frame, reading, lambda row: records.line_numbers()[row])
    return File(text, records, result, _all_bad(records, result))


def _all_bad(records: Records, result: Typed) -> list[BadRow]:
    """Rows that could not be cut and rows whose values do not fit, in the file's order."""
    if not result.misfits:
        return records.bad
    lines = [records.line_numbers()[row] for row in result.misfits]
    texts = records.body.texts(lines)
    misfits = [BadRow(*row) for row in zip(lines, result.misfits.values(), texts, strict=True)]
    return sorted([*records.bad, *misfits])


def _summary(bad: Sequence[BadRow], rows: int) -> str:
    first = "; ".join(f"line {row.line}: {row.reason}" for row in bad[:5])
    quotes = any("quote" in row.reason for row in bad)
    hint = ". If quotes are ordinary characters in this file, switch quoting off" if quotes else ""
    more = "; ..." if len(bad) > 5 else ""
    return f"{len(bad)} of {len(bad) + rows} rows were set aside ({first}{more}){hint}"


def _bad_rows(bad: Sequence[BadRow]) -> pl.DataFrame:
    import polars as pl

    return pl.DataFrame(bad, schema={"line": pl.Int64, "reason": pl.String, "text": pl.String}, orient="row")
