"""Read a sheet of an Excel workbook."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from patchbay_operators.source._names import changed
from patchbay_operators.source._sheet_preview import preview
from patchbay_operators.source._workbook import opened, read_sheet
from patchbay_sdk import Context, Operator, Outputs, Schema, Table

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
            context.warn(changed(changes).as_json())
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

    def preview(self, path: str, **options: Any) -> Mapping[str, Any]:
        """How the sheet's beginning would be read, in plain words: see `_sheet_preview.preview`."""
        return preview(Path(path), options)


def _read(path: Path, sheet: str, header_row: int) -> tuple[pl.DataFrame, list[str]]:
    with opened(path) as workbook:
        return read_sheet(workbook, path.name, sheet, header_row)
