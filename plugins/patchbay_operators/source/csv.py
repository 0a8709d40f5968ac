"""Read CSV, TSV and other delimited text files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from patchbay_operators.advice import Text
from patchbay_operators.source._file import File, bad_rows, begins_below, open_file, read_file
from patchbay_operators.source._parts import BLOCK, write_parts
from patchbay_operators.source._preview import preview
from patchbay_operators.source._types import Found
from patchbay_sdk import Context, DataError, Operator, Outputs, Schema, Table

_HEAD = 1 << 20
"""Bytes that `infer` reads."""


class ReadCsv(Operator):
    """Reads a text file into a table; rows that do not fit go to a second table, with their line and the reason."""

    def run(self, context: Context, path: str, on_bad_rows: str = "report", **options: Any) -> Outputs:
        """`options`: the other params, see `_file.read_file`."""
        file = read_file(context.data_path(path), options)
        _say(context, path, file, on_bad_rows, options)
        return {"table": Table(file.frame), "bad_rows": Table(bad_rows(file.whole.bad))}

    def run_spark(self, context: Context, path: str, on_bad_rows: str = "report", **options: Any) -> Outputs:
        """As `run`, but some rows at a time: once for what all rows say, and once to write Parquet files for Spark."""
        source = context.data_path(path)
        before = source.stat()
        file = open_file(source, options, BLOCK)
        _say(context, path, file, on_bad_rows, options)
        folder = Path(mkdtemp(dir=context.temp_dir))
        for rows in write_parts(file, folder):
            context.progress(rows / file.found.rows)
            context.check_cancelled()
        after = source.stat()
        if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
            changed = Text(
                f"{path} was changed while it was read; run the step again when it is complete.",
                f"“{path}”在读取时被改动；请等文件写完后再运行此步骤。",
            )
            raise DataError(changed.as_json())
        return {port: Table.open(sorted((folder / port).iterdir())) for port in ("table", "bad_rows")}

    def infer(
        self, schemas: Mapping[str, Schema | None], path: str, on_bad_rows: str = "report", **options: Any
    ) -> Mapping[str, Schema | None]:
        """The schema by the file's first rows; unknown when the path is relative or anything is wrong."""
        if not Path(path).is_absolute():
            return {"table": None}
        try:
            return {"table": Table(read_file(Path(path), options, _HEAD).frame).schema}
        except Exception:  # noqa: BLE001 - whatever is wrong with the file, running the node says it
            return {"table": None}

    def preview(self, path: str, **options: Any) -> Mapping[str, Any]:
        """How the file's beginning would be read, in plain words: see `_preview.preview`."""

        def read(chosen: Mapping[str, Any]) -> File:
            filled = self.spec.fill_params({**chosen, "path": path})
            return read_file(Path(path), {n: v for n, v in filled.items() if n not in ("path", "on_bad_rows")}, _HEAD)

        def begins(chosen: Mapping[str, Any]) -> int:
            return begins_below(Path(path), chosen, _HEAD)

        return preview(read, begins, options, self.spec.params["properties"]["missing"]["default"], Path(path).name)


def _say(context: Context, path: str, file: File, on_bad_rows: str, options: Mapping[str, Any]) -> None:
    """What people are to know about the file. Raises DataError where they do not want rows to be set aside."""
    found = file.found
    if file.text.guessed:
        guessed = Text(
            f"{path} seems to be in {file.text.encoding}; if letters look wrong, set the encoding.",
            f"{path} 似乎是 {file.text.encoding} 编码；如果出现乱码，请设置编码。",
        )
        context.warn(guessed.as_json())
    for remark in found.remarks:
        context.warn(remark.as_json())
    if found.bad_rows:
        summary = _summary(found)
        above = begins_below(context.data_path(path), options, _HEAD) if found.bad_rows > found.rows else 0
        begin = Text("", "")
        if above and not options.get("skip_lines"):
            begin = Text(
                f". The table seems to begin in line {above + 1}: set skip_lines to {above}",
                f"表格似乎从第 {above + 1} 行开始：请把跳过开头行数设为 {above}。",
            )
        if on_bad_rows == "fail":
            unfit = Text(
                f"{path}: {summary.en}{begin.en}. Repair the file, or set on_bad_rows to report.",
                f"“{path}”：{summary.zh}{begin.zh}请修改文件，或把不符合的行设为单独列出并报告。",
            )
            raise DataError(unfit.as_json(), rows=found.bad_rows)
        aside = Text(
            f"{summary.en}{begin.en}. They are in output bad_rows.",
            f"{summary.zh}{begin.zh}它们已单独放到输出“异常行”中。",
        )
        context.warn(aside.as_json())
    context.log(
        f"{path}: {found.rows} rows, {len(file.rows.names)} columns; encoding {file.text.encoding}, "
        f"delimiter {file.rows.layout.delimiter!r}."
    )


def _summary(found: Found) -> Text:
    bad, rows = found.bad_rows, found.bad_rows + found.rows
    first = "; ".join(f"line {row.line}: {row.reason}" for row in found.first_bad)
    first_zh = "、".join(str(row.line) for row in found.first_bad)
    hint = Text("", "")
    if found.quotes:
        hint = Text(
            ". If quotes are ordinary characters in this file, switch quoting off",
            "如果引号在此文件中只是普通字符，请关闭“引号包围字段”。",
        )
    more = bad > len(found.first_bad)
    return Text(
        f"{bad} of {rows} rows were set aside ({first}{'; ...' if more else ''}){hint.en}",
        f"{rows} 行中有 {bad} 行不符合各列（第 {first_zh} 行{'等' if more else ''}）。{hint.zh}",
    )
