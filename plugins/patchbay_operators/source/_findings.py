"""What is said about the reading of a text file: each a JSON object with code, columns, values, texts and choices."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from patchbay_operators.advice import Text
from patchbay_operators.letters import repaired
from patchbay_operators.source._encoding import ENCODINGS
from patchbay_operators.source._reading import Choice, names_of, said, say_gaps

if TYPE_CHECKING:
    from patchbay_operators.source._file import File
    from patchbay_operators.source._records import BadRow

DELIMITERS = {
    "comma": (",", Text("Comma ,", "逗号 ,")),
    "semicolon": (";", Text("Semicolon ;", "分号 ;")),
    "tab": ("\t", Text("Tab", "制表符")),
    "pipe": ("|", Text("Vertical bar |", "竖线 |")),
    "space": (" ", Text("Blanks", "空格")),
}
"""Param value -> the character, and what it is called."""

_LANGUAGES = {
    "utf-8": Text("UTF-8 (all languages)", "UTF-8（所有语言）"),
    "gb18030": Text("GB18030, GBK (Chinese)", "GB18030、GBK（简体中文）"),
    "big5": Text("Big5 (Chinese)", "Big5（繁体中文）"),
    "shift_jis": Text("Shift JIS (Japanese)", "Shift JIS（日文）"),
    "windows-1252": Text("Windows-1252 (Western)", "Windows-1252（西欧）"),
    "latin-1": Text("Latin-1 (Western)", "Latin-1（西欧）"),
    "utf-16": Text("UTF-16 (all languages)", "UTF-16（所有语言）"),
}


def choices_of_encoding(asked: str, shown: str = "") -> list[Choice]:
    """All encodings; the one asked for is chosen, else the one found."""
    codec = next((codec for codec, name in ENCODINGS.items() if shown.startswith(name)), "")
    return [
        (label, {"encoding": each}, each == (codec if asked == "auto" else asked)) for each, label in _LANGUAGES.items()
    ]


def say_encoding(shown: str, guessed: bool, asked: str) -> dict[str, Any]:
    """How letters are written as bytes."""
    meaning = Text(
        "By what the letters look like. If names or units look wrong below, choose another one."
        if guessed
        else "Letters of all kinds are read as they were written.",
        "根据文字的样子判断。如果下面的名称或单位显示不对，请选择其他编码。" if guessed else "各种文字都会按原样读取。",
    )
    title = Text(
        f"The letters are {'probably ' if guessed else ''}in {shown}", f"文字编码{'大概' if guessed else ''}是 {shown}"
    )
    return said("encoding", title, meaning, choices_of_encoding(asked, shown), certain=not guessed, encoding=shown)


def say_garbled(values: Sequence[str], asked: str) -> dict[str, Any] | None:
    """Letters that were damaged before the file was saved, or are read in the wrong encoding."""
    if not values:
        return None
    right = repaired(values[0])
    meant = Text(f" Probably “{right}” is meant.", f"大概应为“{right}”。") if right else Text("", "")
    return said(
        "garbled",
        Text(f"Some letters are damaged, such as “{values[0]}”", f"出现乱码，例如“{values[0]}”"),
        Text(
            f"An earlier program has read the file in another encoding than it was written in.{meant.en} Choose "
            "another encoding if that helps; else have the file saved anew where it comes from. The check of the "
            "data can mend some.",
            f"之前的某个程序读取文件时用错了编码。{meant.zh}如果换一种编码有用，请更换；否则请在数据来源处重新保存。检查数据时可以修复一部分。",
        ),
        choices_of_encoding(asked),
        certain=False,
        examples=list(values),
    )


def say_delimiter(found: str, asked: str) -> dict[str, Any]:
    """What stands between two columns."""
    name = next((name for name, (character, _) in DELIMITERS.items() if character == found), "other")
    label = DELIMITERS[name][1] if name in DELIMITERS else Text(f"“{found}”", f"“{found}”")
    return said(
        "delimiter",
        Text(f"Columns are separated by: {label.en}", f"列之间的分隔符：{label.zh}"),
        Text(
            "If all values stand in one column below, or a number is cut in two, choose another one.",
            "如果下面所有值都挤在一列，或一个数字被拆成两半，请选择其他分隔符。",
        ),
        [(label, {"delimiter": each}, each == name) for each, (_, label) in DELIMITERS.items()],
        delimiter=found,
        asked=asked,
    )


def say_begin(above: int, skipped: int, certain: bool) -> dict[str, Any] | None:
    """Where the table begins, in a file that has something else above it."""
    if not above and not skipped:
        return None
    lines = Text(
        f"{skipped} line{'' if skipped == 1 else 's'} above it {'is' if skipped == 1 else 'are'} left out",
        f"其上的 {skipped} 行不读取",
    )
    return said(
        "begin",
        Text(f"The table begins in line {skipped + 1}; {lines.en}", f"表格从第 {skipped + 1} 行开始；{lines.zh}")
        if skipped
        else Text("The table begins in the first line", "表格从第一行开始"),
        Text(
            "Programs write titles, dates or remarks above a table. They are no rows.",
            "程序常在表格上方写标题、日期或备注，它们不是数据行。",
        ),
        [
            (
                Text(f"It begins in line {begin + 1}", f"从第 {begin + 1} 行开始"),
                {"skip_lines": begin},
                begin == skipped,
            )
            for begin in sorted({0, above, skipped})
        ],
        certain=certain,
        lines=skipped,
    )


def say_header(names: Sequence[str], header: bool, certain: bool) -> dict[str, Any]:
    """Whether the first line holds names."""
    listed = names_of(names)
    choices: list[Choice] = [
        (Text("The first line holds names", "首行是列名"), {"header": True}, header),
        (Text("The first line is data", "首行是数据"), {"header": False}, not header),
    ]
    if header:
        title = Text(f"The first line names the columns: {listed.en}", f"首行是列名：{listed.zh}")
        meaning = Text("These names are used everywhere later.", "之后各处都使用这些名称。")
    else:
        title = Text("The file has no line with names", "文件没有列名行")
        meaning = Text(
            f"The first line holds numbers like those below it, so it is data. The columns are called {listed.en}.",
            f"首行与下面各行一样是数字，因此视为数据。各列名为{listed.zh}。",
        )
    return said("header", title, meaning, choices, certain=header or certain)


def say_decimal_comma(columns: Sequence[str], comma: bool) -> dict[str, Any] | None:
    """How numbers are written."""
    if not columns:
        return None
    listed = names_of(columns)
    return said(
        "decimal_comma",
        Text(f"Numbers are written with a comma (3,14) in {listed.en}", f"{listed.zh}的数字使用小数逗号（3,14）"),
        Text(
            "The comma is read as a decimal point."
            if comma
            else "The comma is not read as a decimal point, so these stay text.",
            "逗号将读作小数点。" if comma else "逗号没有读作小数点，因此这些列仍是文本。",
        ),
        [
            (Text("Comma is a decimal point (3,14)", "逗号是小数点（3,14）"), {"decimal_comma": True}, comma),
            (Text("Comma is something else", "逗号另有含义"), {"decimal_comma": False}, not comma),
        ],
        columns,
    )


def say_dates(found: Sequence[tuple[str, str, str]], dates: str, certain: bool) -> dict[str, Any] | None:
    """How dates are read, by an example."""
    if not found:
        return None
    _, written, read = next((each for each in found if not each[1][:4].isdigit()), found[0])
    listed = names_of([name for name, _, _ in found])
    how = Text(f"“{written}” is read as {read} (year-month-day).", f"“{written}”读作 {read}（年-月-日）。")
    open_question = Text(
        " The values leave open which comes first, day or month: look whether this is right.",
        "从这些值无法判定日在前还是月在前：请确认是否正确。",
    )
    return said(
        "dates",
        Text(f"Dates were found in {listed.en}", f"在{listed.zh}中识别到日期"),
        Text(how.en + ("" if certain else open_question.en), how.zh + ("" if certain else open_question.zh)),
        [
            (Text("As the values say", "由数据判定"), {"dates": "auto"}, dates == "auto"),
            (Text("Day first (31/12/2024)", "日在前（31/12/2024）"), {"dates": "day_first"}, dates == "day_first"),
            (
                Text("Month first (12/31/2024)", "月在前（12/31/2024）"),
                {"dates": "month_first"},
                dates == "month_first",
            ),
            (Text("Leave dates as text", "日期保留为文本"), {"dates": "off"}, dates == "off"),
        ],
        [name for name, _, _ in found],
        certain,
        example=written,
        read=read,
    )


def say_missing(file: File, marks: Sequence[str] | None) -> dict[str, Any] | None:
    """Cells that hold nothing, or a text that stands for nothing."""
    frame = file.frame
    return say_gaps(frame, _marks(file, [name for name in frame.columns if frame[name].null_count()]), marks is None)


def _marks(file: File, gaps: Sequence[str]) -> list[str]:
    """Texts in the file where the table has a gap."""
    if file.whole.misfit:
        return []
    seen: list[str] = []
    for name in gaps:
        texts = file.written[name].filter(file.frame[name].is_null()).str.strip_chars().unique(maintain_order=True)
        seen += [text for text in texts if text and text not in seen]
    return seen[:20]


def say_bad_rows(bad: Sequence[BadRow], rows: int, quoting: bool) -> dict[str, Any] | None:
    """Lines that do not fit the columns."""
    if not bad:
        return None
    quotes = any("quote" in row.reason for row in bad)
    choices: list[Choice] = [
        (Text("Quotes enclose values", "引号包围值"), {"quoting": True}, quoting),
        (Text("Quotes are ordinary characters", "引号是普通字符"), {"quoting": False}, not quoting),
    ]
    first = bad[0].line
    hint = Text(
        " A quotation mark is not closed: perhaps such marks are ordinary characters in this file." if quotes else "",
        "有一个引号没有闭合：也许引号在此文件中只是普通字符。" if quotes else "",
    )
    return said(
        "bad_rows",
        Text(
            f"{len(bad):,} of {len(bad) + rows:,} lines do not fit", f"{len(bad) + rows:,} 行中有 {len(bad):,} 行不符合"
        ),
        Text(
            f"They have more or fewer values than there are columns (the first is line {first}), and are set aside, "
            f"never changed silently.{hint.en}",
            f"它们的值比列多或少（第一处在第 {first} 行），会单独列出，绝不会悄悄改动。{hint.zh}",
        ),
        choices if quotes or not quoting else (),
        certain=False,
        lines=[row.line for row in bad[:20]],
    )
