"""How a sheet of a workbook would be read, found out from its first rows, before it is imported."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from patchbay_operators.advice import Text
from patchbay_operators.source._reading import (
    Choice,
    names_of,
    nothing_shown,
    said,
    say_gaps,
    say_names,
    say_unreadable,
    shown,
)
from patchbay_operators.source._workbook import opened, read_sheet, top_of
from patchbay_sdk import DataError, ParamError

if TYPE_CHECKING:
    import polars as pl
    from fastexcel import ExcelReader

HEAD = 1000
"""Rows that decide about types here; an import looks at all of them."""

TOP = 20
"""Rows among which the header is looked for."""

OFFERED = 6
"""First rows that are offered as the header."""

LARGEST = 256 << 20
"""Bytes of an unpacked workbook up to which it is looked at: a sheet can only be read whole (about 2 s, 500 MiB)."""

Top = Sequence[tuple[str | None, ...]]


def preview(path: Path, options: Mapping[str, Any]) -> dict[str, Any]:
    """The sheet and header row that fit, columns and first rows, and what there is to say about them.

    Args:
        path: the workbook.
        options: what a person has chosen; nothing of it is changed.
    """
    if _unpacked(path) > LARGEST:
        return {"options": dict(options), "columns": None, "rows": [], "reading": [_say_large()]}
    chosen, choices = dict(options), []
    try:
        with opened(path) as workbook:
            sheet, top = _sheet(workbook, chosen.get("sheet", ""))
            choices.append(_say_sheet(workbook.sheet_names, sheet, guessed="sheet" not in options))
            chosen |= {"sheet": sheet, "header_row": chosen.get("header_row") or _header_row(top)}
            choices.append(_say_header(top, chosen["header_row"], guessed="header_row" not in options))
            frame, changes = read_sheet(workbook, path.name, sheet, chosen["header_row"], HEAD)
    except (DataError, ParamError) as error:
        unreadable = say_unreadable(error, path.name, Text("", ""))
        return nothing_shown(chosen, unreadable, *[choice for choice in choices if choice])
    return shown(frame, chosen, [*choices, say_names(changes), _say_mixed(frame), say_gaps(frame)])


def _unpacked(path: Path) -> int:
    try:
        with zipfile.ZipFile(path) as packed:
            return sum(part.file_size for part in packed.infolist() if part.filename.endswith((".xml", ".bin")))
    except zipfile.BadZipFile:
        return path.stat().st_size


def _sheet(workbook: ExcelReader, asked: str) -> tuple[str, Top]:
    """The sheet asked for, or else the first one that holds something; and its first rows."""
    names = workbook.sheet_names
    for name in [asked] if asked else names:
        if name in names and (top := top_of(workbook, name, TOP)):
            return name, top
    return asked or names[0], []


def _header_row(top: Top) -> int:
    """The first row, from 1, that fills more than half as many cells as the fullest; above it stand titles."""
    filled = [sum(1 for value in row if value and value.strip()) for row in top]
    return next((row for row, cells in enumerate(filled, start=1) if cells and 2 * cells > max(filled)), 1)


def _say_large() -> dict[str, Any]:
    return said(
        "large",
        Text("The workbook is too large to be looked at beforehand", "工作簿太大，无法预览"),
        Text(
            "Its first sheet is read, and its first row names the columns. A CSV or Parquet file is read faster.",
            "将读取第一个工作表，并以首行为列名。CSV 或 Parquet 文件读取更快。",
        ),
        certain=False,
    )


def _say_sheet(sheets: Sequence[str], sheet: str, guessed: bool) -> dict[str, Any] | None:
    if len(sheets) < 2 and sheet in sheets:
        return None
    return said(
        "sheet",
        Text(f"Sheet “{sheet}” is read", f"读取工作表“{sheet}”"),
        Text(f"The workbook has {len(sheets)} sheets.", f"工作簿有 {len(sheets)} 个工作表。"),
        [(Text(name, name), {"sheet": name}, name == sheet) for name in sheets],
        certain=not guessed,
        sheets=list(sheets),
    )


def _say_header(top: Top, header_row: int, guessed: bool) -> dict[str, Any] | None:
    """Certain where the first row is the header, as in most sheets."""
    rows = {number: [value for value in row if value] for number, row in enumerate(top, start=1)}
    if not rows.get(header_row):
        return None
    choices: list[Choice] = []
    for number, names in rows.items():
        if names and (number <= OFFERED or number == header_row):
            listed = names_of(names[:3])
            label = Text(f"Row {number}: {listed.en}", f"第 {number} 行：{listed.zh}")
            choices.append((label, {"header_row": number}, number == header_row))
    above = Text(f" The {header_row - 1} rows above it are left out.", f"其上的 {header_row - 1} 行不读取。")
    if header_row == 2:
        above = Text(" The row above it is left out.", "其上的一行不读取。")
    listed = names_of(rows[header_row])
    return said(
        "header",
        Text(f"Row {header_row} names the columns: {listed.en}", f"第 {header_row} 行是列名：{listed.zh}"),
        Text(
            "These names are used everywhere later." + (above.en if header_row > 1 else ""),
            "之后各处都使用这些名称。" + (above.zh if header_row > 1 else ""),
        ),
        choices,
        certain=not guessed or header_row == 1,
        header_row=header_row,
    )


def _say_mixed(frame: pl.DataFrame) -> dict[str, Any] | None:
    """Columns of text most of which are numbers."""
    import polars as pl

    mixed: dict[str, str] = {}
    for column in frame:
        if column.dtype == pl.String:
            filled = column.drop_nulls()
            numbers = filled.cast(pl.Float64, strict=False)
            if len(filled) / 2 < len(numbers) - numbers.null_count() < len(filled):
                mixed[column.name] = filled.filter(numbers.is_null())[0]
    if not mixed:
        return None
    listed, example = names_of(list(mixed)), next(iter(mixed.values()))
    return said(
        "mixed",
        Text(f"Numbers and text are mixed in {listed.en}", f"{listed.zh}中数字与文字混在一起"),
        Text(
            f"All of it is kept as text because of values such as “{example}”. The check of the data can make numbers "
            "of it.",
            f"因为有“{example}”这样的值，所以都保留为文本。检查数据时可以转成数字。",
        ),
        columns=list(mixed),
        certain=False,
        example=example,
    )
