"""Read a sheet of an Excel workbook."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from patchbay_operators.source._names import unique_names
from patchbay_sdk import Context, DataError, Operator, Outputs, ParamError, Schema, Table

if TYPE_CHECKING:
    import polars as pl

_SMALL = 1 << 20
"""Bytes up to which `infer` reads a workbook: it cannot be read in part."""


class ReadExcel(Operator):
    """Reads one sheet of a workbook (.xlsx, .xls, .xlsb, .ods) into a table."""

    def run(self, context: Context, path: str, sheet: str = "", header_row: int = 1) -> Outputs:
        """Raises DataError for what is no workbook or an empty sheet, ParamError for an unknown sheet."""
        frame, changes = _read(context.data_path(path), sheet, header_row)
        if changes:
            context.warn(f"The header was changed: {'; '.join(changes[:10])}.")
        context.log(f"{path}: {frame.height} rows, {frame.width} columns.")
        return {"table": Table(frame)}

    def infer(
        self, schemas: Mapping[str, Schema | None], path: str, sheet: str = "", header_row: int = 1
    ) -> Mapping[str, Schema | None]:
        """The schema of a small workbook; unknown when it is large, the path is relative or anything is wrong."""
        try:
            if not Path(path).is_absolute() or Path(path).stat().st_size > _SMALL:
                return {"table": None}
            return {"table": Table(_read(Path(path), sheet, header_row)[0]).schema}
        except Exception:  # noqa: BLE001 - whatever is wrong with the file, running the node says it
            return {"table": None}


def _read(path: Path, sheet: str, header_row: int) -> tuple[pl.DataFrame, list[str]]:
    import fastexcel

    try:
        workbook = fastexcel.read_excel(path)
        if sheet and sheet not in workbook.sheet_names:
            have = ", ".join(workbook.sheet_names)
            raise ParamError(f"File {path.name!r} has no sheet {sheet!r}; it has: {have}.", field="sheet")
        header = workbook.load_sheet(sheet or 0, header_row=None, skip_rows=header_row - 1, n_rows=1, dtypes="string")
        if header.width == 0:
            raise DataError(
                f"Sheet {header.name!r} of {path.name!r} has nothing in row {header_row}; check header_row."
            )
        names, changes = unique_names(header.to_polars().row(0))
        frame = workbook.load_sheet(
            header.name,
            header_row=None,
            skip_rows=header_row,
            column_names=names,
            schema_sample_rows=None,
            skip_whitespace_tail_rows=True,
            whitespace_as_null=True,
        ).to_polars()
    except fastexcel.InvalidParametersError as error:
        raise DataError(f"{path.name!r} has no row {header_row} or nothing below it; check header_row.") from error
    except fastexcel.FastExcelError as error:
        reason = str(error).partition("\n")[0]  # what follows names folders of the server
        raise DataError(f"File {path.name!r} cannot be read as an Excel workbook: {reason}.") from error
    if frame.height == 0:
        raise DataError(f"Sheet {header.name!r} of {path.name!r} has a header but no rows.")
    return frame.select(_plain(frame[name]) for name in frame.columns), changes


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
