"""How a text file would be read, found out from its beginning and told in plain words, before it is imported.

What cannot be told for certain is guessed, said to be a guess, and can be chosen otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from patchbay_operators.advice import Text
from patchbay_operators.letters import DAMAGED
from patchbay_operators.source._findings import (
    choices_of_encoding,
    say_bad_rows,
    say_begin,
    say_dates,
    say_decimal_comma,
    say_delimiter,
    say_encoding,
    say_garbled,
    say_header,
    say_missing,
)
from patchbay_operators.source._reading import nothing_shown, say_names, say_no_rows, say_unreadable, shown
from patchbay_operators.source._rows import NoRows
from patchbay_sdk import DataError, ParamError

if TYPE_CHECKING:
    import polars as pl

    from patchbay_operators.source._file import File

NOTHING = (
    "-",
    "--",
    "---",
    "n/a",
    "n.a.",
    "N.A.",
    "na",
    "none",
    "None",
    "missing",
    "#NA",
    "#VALUE!",
    "#DIV/0!",
    "无",
    "缺失",
)
"""What people write where there is no number, beside the source's own list."""

_COMMA = r"^[+-]?\d+,\d+$"
_NUMBER = re.compile(r"[+-]?(\d+([.,]\d+)?|\.\d+)([eE][+-]?\d+)?")
_YEAR = re.compile(r"(19|20)\d\d")

_ADVICE = Text(
    "Choose another encoding, or have the file saved again as a CSV file in UTF-8.",
    "请选择其他编码，或将文件另存为 UTF-8 编码的 CSV 文件。",
)

Read = Callable[[Mapping[str, Any]], "File"]
"""Reads the file's beginning with these options."""

Begins = Callable[[Mapping[str, Any]], int]


def preview(
    read: Read, begins_below: Begins, options: Mapping[str, Any], missing: list[str], file_name: str
) -> dict[str, Any]:
    """The options that fit the file, its columns and first rows, and what there is to say about them.

    Args:
        read: reads the beginning.
        begins_below: how many lines stand above the table.
        options: what a person has chosen; nothing of it is changed.
        missing: texts for a missing value that the source knows by itself.
        file_name: how messages call the file; people know it by another name.
    """
    chosen = dict(options)
    try:
        above = begins_below(chosen)
        if above and "skip_lines" not in chosen:
            chosen["skip_lines"] = above
        file = read(chosen)
        for guess in (_header, _missing, _decimal_comma, _dates):
            if found := guess(file, chosen, missing):
                chosen |= found
                file = read(chosen)
    except NoRows:
        return nothing_shown(chosen, say_no_rows(bool(chosen.get("header", True))))
    except (DataError, ParamError) as error:
        encodings = choices_of_encoding(chosen.get("encoding", "auto"))
        return nothing_shown(chosen, say_unreadable(error, file_name, _ADVICE, encodings))
    begin = say_begin(above, chosen.get("skip_lines", 0), certain="skip_lines" in options)
    return shown(file.frame, chosen, [begin, *_reading(file, chosen, set(options))])


def _reading(file: File, chosen: Mapping[str, Any], asked: set[str]) -> list[dict[str, Any] | None]:
    return [
        say_encoding(file.text.encoding, file.text.guessed, chosen.get("encoding", "auto")),
        say_garbled(_garbled(file), chosen.get("encoding", "auto")),
        say_delimiter(file.rows.layout.delimiter, chosen.get("delimiter", "auto")),
        say_header(file.rows.names, chosen.get("header", True), certain="header" in asked),
        say_names([remark.en for remark in file.rows.remarks if "were changed" in remark.en]),
        say_decimal_comma(_with_comma(file), bool(chosen.get("decimal_comma"))),
        say_dates(
            _dates_in(file, chosen), chosen.get("dates", "auto"), certain="dates" in asked or "dates" not in chosen
        ),
        say_missing(file, chosen.get("missing")),
        say_bad_rows(file.whole.bad, file.frame.height, chosen.get("quoting", True)),
    ]


def _header(file: File, chosen: Mapping[str, Any], missing: list[str]) -> dict[str, Any]:
    """No header where a name is a number, as the values below it are; years may be names."""
    if "header" in chosen:
        return {}
    names = file.rows.names
    numeric = [name for name in names if _NUMBER.fullmatch(name) and not _YEAR.fullmatch(name)]
    types = file.frame.schema
    return {"header": False} if any(types[name].is_numeric() for name in numeric) else {}


def _missing(file: File, chosen: Mapping[str, Any], missing: list[str]) -> dict[str, Any]:
    """Further texts for a missing value, where all other values of a column are numbers."""
    if "missing" in chosen:
        return {}
    found = []
    for column in _texts(file):
        filled = column.drop_nulls()
        marks = filled.filter(filled.is_in(list(NOTHING)))
        rest = filled.filter(~filled.is_in(list(NOTHING)))
        if len(marks) and len(rest) and rest.str.contains(r"^[+-]?\d+([.,]\d+)?$").all():
            found += [mark for mark in marks.unique(maintain_order=True) if mark not in found]
    return {"missing": [*missing, *found]} if found else {}


def _decimal_comma(file: File, chosen: Mapping[str, Any], missing: list[str]) -> dict[str, Any]:
    if "decimal_comma" in chosen or not _with_comma(file):
        return {}
    return {"decimal_comma": True}


def _with_comma(file: File) -> list[str]:
    """Columns whose numbers have a decimal comma: of the values as they stand in the file."""
    found = []
    for column in file.written:
        text = column.str.strip_chars()
        some = text.str.contains(_COMMA)
        if some.any() and text.filter(~some & (text != "")).str.contains(r"^[+-]?\d*$|^[^\d]*$").all():
            thousands = text.filter(some).str.contains(r"^[+-]?\d{1,3},\d{3}$").all()
            if not thousands:
                found.append(column.name)
    return found


def _dates(file: File, chosen: Mapping[str, Any], missing: list[str]) -> dict[str, Any]:
    """Day or month first where the values leave it open: by the order of rows, or else as most of the world does."""
    if "dates" in chosen:
        return {}
    undecided = _undecided(file)
    if not undecided:
        return {}
    decided = {order for order in _orders(file) if order}
    if len(decided) == 1:
        return {"dates": decided.pop()}
    return {"dates": _by_rows(undecided[0]) or "day_first"}


def _dates_in(file: File, chosen: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """(column, first value as written, the same as read) of every column of dates whose year is last or as asked."""
    found = []
    for name, type in file.frame.schema.items():
        if type.is_temporal():
            values = file.frame[name]
            at = values.is_not_null().arg_max() or 0
            rows = file.written[name]
            # Rows that were set aside are not in the typed table; the text is then only near it.
            found.append((name, str(rows[at]).strip(), str(values[at])))
    return found


def _undecided(file: File) -> list[pl.Series]:
    """Columns of text whose dates can be read day first and month first."""
    return [column for column in _texts(file) if _all_dates(column) and not _order(column)]


def _orders(file: File) -> list[str]:
    return [
        _order(file.written[name].str.strip_chars()) for name, type in file.frame.schema.items() if type.is_temporal()
    ]


def _all_dates(column: pl.Series) -> bool:
    filled = column.drop_nulls()
    return bool(len(filled)) and bool(filled.str.contains(r"^\d{1,2}([-/.])\d{1,2}[-/.]\d{4}([T ]|$)").all())


def _order(column: pl.Series) -> str:
    """What the values themselves say: day_first, month_first or nothing."""
    import polars as pl

    parts = [column.str.extract(r"^(\d{1,2})[-/.](\d{1,2})[-/.]\d{4}", each).cast(pl.Int64) for each in (1, 2)]
    first, second = (bool((part > 12).any()) for part in parts)
    return "" if first == second else "day_first" if first else "month_first"


def _by_rows(column: pl.Series) -> str:
    """Which reading brings the rows into the order of time, if only one does."""
    import polars as pl

    text = column.drop_nulls().str.extract(r"^(\d{1,2}[-/.]\d{1,2}[-/.]\d{4})", 1).str.replace_all(r"[-.]", "/")
    in_order = []
    for name, format in (("day_first", "%d/%m/%Y"), ("month_first", "%m/%d/%Y")):
        dates = text.str.strptime(pl.Date, format, strict=False)
        if dates.null_count() == 0 and dates.n_unique() > 2 and dates.is_sorted():
            in_order.append(name)
    return in_order[0] if len(in_order) == 1 else ""


def _garbled(file: File) -> list[str]:
    """The first damaged values."""
    import polars as pl

    frame = file.written
    values = pl.concat([column.alias("value").filter(column.str.contains(DAMAGED)) for column in frame])
    return values.unique(maintain_order=True).head(3).to_list()


def _texts(file: File) -> list[pl.Series]:
    import polars as pl

    return [column for column in file.frame if column.dtype == pl.String]
