"""Write an Excel workbook."""

from __future__ import annotations

import datetime
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

from patchbay_operators.advice import Text
from patchbay_operators.export._files import replacing
from patchbay_operators.export._types import flat_frame
from patchbay_sdk import Context, DataError, File, Operator, Outputs, Table

if TYPE_CHECKING:
    import polars as pl

MAX_ROWS, MAX_COLUMNS, MAX_TEXT = 1_048_576, 16_384, 32_767
"""What a sheet and a cell can hold: https://support.microsoft.com/office/excel-specifications-and-limits"""

_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
_CREATED = datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC)
"""A fixed time of creation: the same table gives the same file."""


class WriteExcel(Operator):
    """Writes a table as one sheet of a new workbook; texts stay texts, whatever they begin with."""

    def run(self, context: Context, table: Table, path: str, sheet: str = "Sheet1") -> Outputs:
        """Raises DataError for what a sheet cannot hold."""
        frame = flat_frame(table, "Excel")
        _check_limits(frame)
        with replacing(context, path) as (target, draft):
            _write(frame, draft, sheet, context)
        context.log(f"Wrote {frame.height} rows to {path}.")
        media_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        return {"file": File(target, media_type=media_type)}


def _check_limits(frame: pl.DataFrame) -> None:
    import polars as pl

    if frame.height >= MAX_ROWS or frame.width > MAX_COLUMNS:
        raise DataError(
            Text(
                f"A sheet holds {MAX_ROWS - 1:,} rows below its header and {MAX_COLUMNS:,} columns; the table has "
                f"{frame.height:,} and {frame.width:,}. Sample or select first, or write Parquet.",
                f"一个工作表最多有 {MAX_ROWS - 1:,} 行（表头之外）和 {MAX_COLUMNS:,} 列；此表有 {frame.height:,} 行、"
                f"{frame.width:,} 列。请先抽样或选择列，或改为写入 Parquet 文件。",
            ).as_json()
        )
    for name in frame.select(pl.col(pl.String, pl.Categorical)).columns:
        lengths = frame[name].cast(pl.String).str.len_chars()
        if (lengths > MAX_TEXT).any():
            row = int((lengths > MAX_TEXT).arg_true()[0]) + 1
            raise DataError(
                Text(
                    f"Row {row} of column {name!r} is longer than the {MAX_TEXT:,} characters of an Excel cell.",
                    f"列“{name}”第 {row} 行的文本超过了 Excel 单元格的 {MAX_TEXT:,} 个字符。请缩短，或去掉该列。",
                ).as_json()
            )


def _write(frame: pl.DataFrame, path: Path, sheet: str, context: Context) -> None:
    import xlsxwriter

    with xlsxwriter.Workbook(str(path), {**_OPTIONS, "tmpdir": str(context.temp_dir)}) as workbook:
        workbook.set_properties({"created": _CREATED})
        page = workbook.add_worksheet(sheet)
        formats = {
            datetime.date: workbook.add_format({"num_format": "yyyy-mm-dd"}),
            datetime.datetime: workbook.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
        }
        bold = workbook.add_format({"bold": True})
        for column, name in enumerate(frame.columns):
            page.write_string(0, column, name, bold)
        page.freeze_panes(1, 0)
        for row, values in enumerate(frame.iter_rows(), start=1):
            for column, value in enumerate(values):
                _write_cell(page, row, column, value, formats)
            if row % 10_000 == 0:
                context.check_cancelled()
                context.progress(row / frame.height)


def _write_cell(page: Any, row: int, column: int, value: Any, formats: dict[type[datetime.date], Any]) -> None:
    """Numbers that Excel would change (beyond 15 digits), NaN, infinity and years before 1900 are written as text."""
    if value is None:
        return
    if isinstance(value, bool):
        page.write_boolean(row, column, value)
    elif isinstance(value, datetime.date) and value.year >= 1900:
        naive = value.replace(tzinfo=None) if isinstance(value, datetime.datetime) else value
        page.write_datetime(row, column, naive, formats[type(value)])
    elif isinstance(value, int | float) and math.isfinite(value) and (isinstance(value, float) or abs(value) < 10**15):
        page.write_number(row, column, value)
    else:
        page.write_string(row, column, str(value))
