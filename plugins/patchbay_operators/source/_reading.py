"""A preview as people see it: columns, first rows, and what is said about how a file is read, whatever its kind.

What is said is a JSON object each, with code, columns, values, texts in both languages, and choices.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from patchbay_operators.advice import Text
from patchbay_sdk import PatchbayError, Table

if TYPE_CHECKING:
    import polars as pl

ROWS = 20
"""Rows that are shown."""

LONGEST = 200
"""Characters of a value that are shown."""

LONGEST_NUMBER = 12
"""Characters of a number that is shown with all its digits."""

Choice = tuple[Text, Mapping[str, Any], bool]
"""What it is called, the options that it sets, whether it is the one in use."""


def said(
    code: str,
    title: Text,
    meaning: Text,
    choices: Sequence[Choice] = (),
    columns: Sequence[str] = (),
    certain: bool = True,
    **values: Any,
) -> dict[str, Any]:
    return {
        "code": code,
        "columns": list(columns),
        "values": values,
        "certain": certain,
        "title": title.as_json(),
        "meaning": meaning.as_json(),
        "options": [
            {"label": label.as_json(), "options": dict(options), "chosen": chosen} for label, options, chosen in choices
        ],
    }


def names_of(columns: Sequence[str]) -> Text:
    quoted = [f"“{name}”" for name in columns[:5]]
    more = len(columns) - len(quoted)
    return Text(
        ", ".join(quoted) + (f" and {more} more" if more else ""),
        "、".join(quoted) + (f"等 {len(columns)} 列" if more else ""),
    )


def shown(frame: pl.DataFrame, options: Mapping[str, Any], reading: Sequence[dict[str, Any] | None]) -> dict[str, Any]:
    """The preview of what was read into `frame`."""
    return {
        "options": dict(options),
        "columns": [{"name": column.name, "type": column.type} for column in Table(frame).schema],
        "rows": [[None if value is None else _text(value) for value in row] for row in frame.head(ROWS).rows()],
        "reading": [each for each in reading if each is not None],
    }


def _text(value: Any) -> str:
    """Not longer than people read; of a number that was stored as one of 32 bits, without the digits that it lacks."""
    text = str(value)
    return f"{value:.7g}" if isinstance(value, float) and len(text) > LONGEST_NUMBER else text[:LONGEST]


def nothing_shown(options: Mapping[str, Any], *reading: dict[str, Any]) -> dict[str, Any]:
    """The preview of a file that has no rows, or none that can be read."""
    return {"options": dict(options), "columns": [], "rows": [], "reading": list(reading)}


def about(file_name: str, text: Text) -> dict[str, str]:
    """An error's message about a file, in both languages: `text` goes on behind its name."""
    return {"en": f"File {file_name!r} {text.en}", "zh-CN": f"文件“{file_name}”{text.zh}"}


def say_unreadable(
    error: PatchbayError, file_name: str, advice: Text, choices: Sequence[Choice] = ()
) -> dict[str, Any]:
    """The file cannot be read as it was asked; people know it by another name than `file_name`.

    Args:
        error: why.
        file_name: how its message calls the file.
        advice: what to do.
        choices: other ways to read it.
    """
    message = Text.of(error)
    why = message.en.replace(f"File {file_name!r}", "The file").replace(f"file {file_name!r}", "the file")
    why_zh = message.zh.replace(f"“{file_name}”", "")
    return said(
        "unreadable",
        Text("The file cannot be read like this", "无法这样读取文件"),
        Text(f"{why} {advice.en}".strip(), f"{why_zh}{advice.zh}"),
        choices,
        certain=False,
        why=why,
    )


def say_no_rows(header: bool) -> dict[str, Any]:
    """There is nothing to import; the code is that of all files which cannot be."""
    title = Text("The file has no rows", "文件中没有数据行")
    if header:
        title = Text("The file has names of columns but no rows", "文件只有列名，没有数据行")
    meaning = Text(
        "There is nothing to learn from. Have it saved again where it comes from, or choose another file.",
        "没有可供学习的内容。请在数据来源处重新保存，或选择其他文件。",
    )
    return said("unreadable", title, meaning, certain=False)


def say_names(remarks: Sequence[str]) -> dict[str, Any] | None:
    """Names that had to change."""
    if not remarks:
        return None
    return said(
        "names",
        Text("Some columns got another name", "有些列改了名"),
        Text(
            "Each column needs a name of its own: an empty or repeated one was completed with a number.",
            "每列都需要唯一的名称：空的或重复的名称已加上编号。",
        ),
        remarks=list(remarks),
    )


def say_types(declared_by: Text, rows: int | None) -> dict[str, Any]:
    """The types are the file's own; `rows`: how many it has, None where only counting would tell."""
    count = Text(f", {rows:,} rows", f"，共 {rows:,} 行") if rows is not None else Text("", "")
    return said(
        "types",
        Text(f"{declared_by.en}{count.en}", f"{declared_by.zh}{count.zh}"),
        Text("Names and types are taken as they are.", "列名和类型按原样采用。"),
        rows=rows,
    )


def say_gaps(frame: pl.DataFrame, marks: Sequence[str] = (), certain: bool = True) -> dict[str, Any] | None:
    """Cells that hold nothing; `marks`: texts that were taken for nothing."""
    gaps = {name: count for name, count in zip(frame.columns, frame.null_count().row(0), strict=True) if count}
    if not gaps:
        return None
    listed, cells = names_of(list(gaps)), sum(gaps.values())
    also = Text(
        f" Also {names_of(marks).en} counts as empty." if marks else "",
        f"{names_of(marks).zh}也视为空。" if marks else "",
    )
    return said(
        "missing",
        Text(
            f"{cells:,} empty {'cell' if cells == 1 else 'cells'} in {listed.en}",
            f"{listed.zh}中有 {cells:,} 个空单元格",
        ),
        Text(
            f"They are kept as empty, not as zero.{also.en} What is missing can be filled in later.",
            f"它们保持为空，而不是 0。{also.zh}缺失的值以后可以补上。",
        ),
        columns=list(gaps),
        certain=certain,
        cells=cells,
        marks=list(marks),
    )
