"""Read JSON lines: one JSON object per line, one row per object."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from patchbay_operators.advice import Text
from patchbay_operators.source._frames import plain_types
from patchbay_operators.source._reading import (
    about,
    names_of,
    nothing_shown,
    said,
    say_gaps,
    say_no_rows,
    say_unreadable,
    shown,
)
from patchbay_operators.source._text import Text as FileText
from patchbay_operators.source._text import read_text
from patchbay_sdk import Context, DataError, Operator, Outputs, Schema, Table

if TYPE_CHECKING:
    import polars as pl

_HEAD = 1 << 20
"""Bytes that `infer` and `preview` read."""


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

    def preview(self, path: str, dates: bool = True) -> Mapping[str, Any]:
        """How the file's beginning would be read, in plain words."""
        options, name = {"dates": dates}, Path(path).name
        try:
            text = read_text(Path(path), "auto", _HEAD)
            if not text.data.strip():
                return nothing_shown(options, say_no_rows(header=False))
            frame = _frame(text.data, name, dates)
        except DataError as error:
            return nothing_shown(options, say_unreadable(error, name, _ADVICE))
        written = _frame(text.data, name, dates=False) if dates else frame
        return shown(
            frame,
            options,
            [_say_encoding(text), _say_dates(written, frame, dates), _say_nested(text.data), say_gaps(frame)],
        )


_ADVICE = Text(
    'Each line must be one JSON object, such as {"tool": "E1"}.',
    '每行须为一个 JSON 对象，例如 {"tool": "E1"}。',
)


def _frame(data: bytes, path: str, dates: bool) -> pl.DataFrame:
    import polars as pl

    try:
        frame = pl.read_ndjson(data, infer_schema_length=None)
    except pl.exceptions.PolarsError as error:
        wrong = _what_is_wrong(data)
        unknown = Text(f"cannot be read as JSON lines: {error}.", "无法作为 JSON 行读取：可能同一个键的值类型不一致。")
        raise DataError(about(path, wrong or unknown)) from error
    if frame.width == 0:
        raise DataError(about(path, Text("holds no value.", "不含任何值。")))
    return plain_types(frame, dates)


def _what_is_wrong(data: bytes) -> Text | None:
    wrong = [(number, what) for number, line in enumerate(data.split(b"\n"), start=1) if (what := _problem(line))]
    if not wrong:
        return None
    first = "; ".join(f"line {number}: {what}" for number, what in wrong[:5])
    lines = "、".join(str(number) for number, _ in wrong[:5])
    whole = Text("", "")
    if data.startswith(b"["):
        whole = Text(
            " The whole file is one JSON array: write one object per line instead.",
            "整个文件是一个 JSON 数组：请改为每行一个对象。",
        )
    return Text(
        f"has {len(wrong)} lines that are no JSON objects ({first}).{whole.en}",
        f"有 {len(wrong)} 行不是 JSON 对象（行号：{lines}）。{whole.zh}",
    )


def _problem(line: bytes) -> str:
    if not line.strip():
        return ""
    try:
        value = json.loads(line)
    except ValueError as error:
        return str(error)
    return "" if isinstance(value, dict) else f"a JSON {type(value).__name__}"


def _say_encoding(text: FileText) -> dict[str, Any] | None:
    """Nothing where it is UTF-8, as JSON should be."""
    if not text.guessed:
        return None
    title = Text(f"The letters are probably in {text.encoding}", f"文字编码大概是 {text.encoding}")
    meaning = Text(
        "If names look wrong below, have the file saved as UTF-8.",
        "如果下面的名称显示不对，请将文件另存为 UTF-8 编码。",
    )
    return said("encoding", title, meaning, certain=False, encoding=text.encoding)


def _say_dates(written: pl.DataFrame, frame: pl.DataFrame, dates: bool) -> dict[str, Any] | None:
    """`written`: the same without dates."""
    if dates:
        found = [
            column.name for column in frame if column.dtype.is_temporal() and column.dtype != written[column.name].dtype
        ]
        if not found:
            return None
        listed = names_of(found)
        title = Text(f"Dates were found in {listed.en}", f"在{listed.zh}中识别到日期")
    else:
        found, title = [], Text("Dates are left as text", "日期保留为文本")
    meaning = Text("Times with a zone are shown in UTC.", "带时区的时间以 UTC 显示。")
    choices = [
        (Text("Recognise dates", "识别日期"), {"dates": True}, dates),
        (Text("Leave dates as text", "日期保留为文本"), {"dates": False}, not dates),
    ]
    return said("dates", title, meaning, choices, found)


def _say_nested(data: bytes) -> dict[str, Any] | None:
    """Keys with objects below them, by the first lines."""
    lines = [json.loads(line) for line in data.splitlines()[:100] if line.strip()]
    nested = list(dict.fromkeys(key for line in lines for key, value in line.items() if isinstance(value, dict)))
    if not nested:
        return None
    listed = names_of(nested)
    return said(
        "nested",
        Text(f"Objects within objects in {listed.en}", f"{listed.zh}中有嵌套对象"),
        Text("They are kept as text.", "它们保留为文本。"),
        columns=nested,
    )
