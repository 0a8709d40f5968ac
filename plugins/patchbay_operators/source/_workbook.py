"""Sheets of an Excel workbook as tables."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from patchbay_operators.advice import Text
from patchbay_operators.source._names import unique_names
from patchbay_operators.source._reading import about
from patchbay_sdk import DataError, ParamError

if TYPE_CHECKING:
    import polars as pl
    from fastexcel import ExcelReader

_COMPOUND = b"\xd0\xcf\x11\xe0"
"""How old workbooks begin, and new ones that are encrypted."""
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
"""What a compound file holds in place of sheets."""


@contextmanager
def opened(path: Path) -> Iterator[ExcelReader]:
    """The workbook; errors of reading it, here and by whoever reads sheets, name the file.

    Raises:
        DataError: it is none, is damaged, or needs a password.
    """
    import fastexcel

    try:
        yield fastexcel.read_excel(path)
    except fastexcel.FastExcelError as error:
        if _needs_password(path) or "password" in str(error).lower():
            locked = Text("is protected by a password: save it without one.", "设有密码：请在 Excel 中去掉密码后另存。")
            raise DataError(about(path.name, locked)) from error
        reason = str(error).partition("\n")[0]  # what follows names folders of the server
        broken = Text(
            f"cannot be read as an Excel workbook: {reason}.",
            "无法作为 Excel 工作簿读取，可能已损坏：请在 Excel 中打开并另存。",
        )
        raise DataError(about(path.name, broken)) from error


def _needs_password(path: Path) -> bool:
    with path.open("rb") as file:
        start = file.read(len(_COMPOUND))
        return start == _COMPOUND and path.suffix.lower() != ".xls" and _ENCRYPTED in file.read(1 << 24)


def read_sheet(
    workbook: ExcelReader, file_name: str, sheet: str, header_row: int, rows: int | None = None
) -> tuple[pl.DataFrame, list[str]]:
    """The first `rows` of a sheet (None: all), and a line about each column that had to get another name.

    Raises:
        ParamError: there is no such sheet.
        DataError: it is empty, or has nothing in the header row or below it.
    """
    import fastexcel

    if sheet and sheet not in workbook.sheet_names:
        have = workbook.sheet_names
        unknown = Text(
            f"has no sheet {sheet!r}; it has: {', '.join(have)}.", f"没有工作表“{sheet}”；其中有：{'、'.join(have)}。"
        )
        raise ParamError(about(file_name, unknown), field="sheet")
    try:
        header = workbook.load_sheet(sheet or 0, header_row=None, skip_rows=header_row - 1, n_rows=1, dtypes="string")
        if header.width == 0:
            nothing = Text(
                f"has nothing in row {header_row} of sheet {header.name!r}; check header_row.",
                f"的工作表“{header.name}”第 {header_row} 行没有内容；请检查表头所在行。",
            )
            raise DataError(about(file_name, nothing))
        names, changes = unique_names(header.to_polars().row(0))
        frame = workbook.load_sheet(
            header.name,
            header_row=None,
            skip_rows=header_row,
            n_rows=rows,
            column_names=names,
            schema_sample_rows=None,
            skip_whitespace_tail_rows=True,
            whitespace_as_null=True,
        ).to_polars()
    except fastexcel.InvalidParametersError as error:
        short = Text(
            f"has no row {header_row} or nothing below it; check header_row.",
            f"没有第 {header_row} 行，或其下方没有内容；请检查表头所在行。",
        )
        raise DataError(about(file_name, short)) from error
    if frame.height == 0:
        no_rows = Text(
            f"has a header but no rows in sheet {header.name!r}.", f"的工作表“{header.name}”只有表头，没有数据行。"
        )
        raise DataError(about(file_name, no_rows))
    return frame.select(_plain(frame[name]) for name in frame.columns), changes


def top_of(workbook: ExcelReader, sheet: str, rows: int) -> list[tuple[str | None, ...]]:
    """The first rows as text, from the very first; none where the sheet is empty."""
    loaded = workbook.load_sheet(sheet, header_row=None, skip_rows=0, n_rows=rows, dtypes="string")
    return loaded.to_polars().rows() if loaded.width else []


def _plain(column: pl.Series) -> pl.Series:
    """Excel knows only decimal numbers and times: whole numbers as int, times without time of day as dates."""
    import polars as pl

    if column.null_count() == len(column):
        return column.cast(pl.Float64)
    if column.dtype.is_float() and (column % 1 == 0).all() and (column.abs() < 2**53).all():
        return column.cast(pl.Int64)
    if isinstance(column.dtype, pl.Datetime):
        return column.cast(pl.Date if (column == column.dt.truncate("1d")).all() else pl.Datetime("us"))
    if isinstance(column.dtype, pl.Duration):
        return column.cast(pl.Duration("us"))
    return column
