"""Columns of strings as columns of types: those declared, and for the others the narrowest that every value fits."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from patchbay_operators.source._dates import parse_dates
from patchbay_sdk import DataError, ParamError

if TYPE_CHECKING:
    import polars as pl

_NEARLY = 0.9
"""From this share of fitting values on, those that do not fit are worth a warning."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How fields are read: `missing`: texts that stand for no value, besides an empty field."""

    missing: Sequence[str] = ()
    trim: bool = True
    decimal_comma: bool = False
    dates: str = "auto"
    types: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Typed:
    """The typed columns; `misfits`: row -> why it does not fit a declared type; `remarks`: what to warn of."""

    frame: pl.DataFrame
    misfits: dict[int, str]
    remarks: list[str]


def typed(frame: pl.DataFrame, reading: Reading, line_of: Callable[[int], int]) -> Typed:
    """Give every column its type. Rows that do not fit a declared type are left out and reported.

    Args:
        frame: columns of strings, "" for an empty field.
        reading: how to read them.
        line_of: row -> line in the file, for messages.

    Raises:
        ParamError: a type is declared for a column that is not there, or its dates are ambiguous.
        DataError: no row fits the declared types.
    """
    import polars as pl

    if unknown := [name for name in reading.types if name not in frame.columns]:
        have = ", ".join(frame.columns[:20])
        raise ParamError(f"types names column {unknown[0]!r}, which the file lacks; it has: {have}.", field="types")
    misfits: dict[int, str] = {}
    declared = {name: _declared(frame[name], type, reading, misfits) for name, type in reading.types.items()}
    if len(misfits) == frame.height:
        row = min(misfits)
        raise DataError(f"No row fits the declared types: line {line_of(row)}: {misfits[row]}.")
    if misfits:
        keep = pl.Series(range(frame.height)).is_in(list(misfits)).not_()
        declared = {name: column.filter(keep) for name, column in declared.items()}
        rows = keep.arg_true()
        frame = frame.filter(keep)
        line_of_all, line_of = line_of, lambda row: line_of_all(int(rows[row]))
    remarks: list[str] = []
    known = declared | _plain_numbers(frame.drop(list(declared)), reading)
    columns = [
        known[column.name] if column.name in known else _inferred(column, reading, remarks, line_of)
        for column in frame.get_columns()
    ]
    return Typed(pl.DataFrame(columns), misfits, remarks)


def _clean(column: pl.Series, reading: Reading) -> pl.Series:
    """Trimmed, null where the value is missing."""
    import polars as pl

    text = column.str.strip_chars() if reading.trim else column
    is_missing = text.is_in(["", *reading.missing])
    return text.to_frame().select(pl.when(~is_missing).then(text)).to_series().alias(column.name)


def _declared(column: pl.Series, type: str, reading: Reading, misfits: dict[int, str]) -> pl.Series:
    text = _clean(column, reading)
    values = _as_type(text, type, reading)
    for row in (values.is_null() & text.is_not_null()).arg_true().to_list():
        misfits.setdefault(row, f"{text[row]!r} in column {column.name!r} is no {type}")
    return values


def _as_type(text: pl.Series, type: str, reading: Reading) -> pl.Series:
    import polars as pl

    match type:
        case "int":
            return _integers(_numerals(text, reading))
        case "float":
            return _numerals(text, reading).cast(pl.Float64, strict=False)
        case "bool":
            return text.str.to_lowercase().replace_strict(
                {"true": True, "false": False, "1": True, "0": False}, default=None, return_dtype=pl.Boolean
            )
        case "category":
            return text.cast(pl.Categorical)
        case "date" | "datetime":
            return _declared_dates(text, pl.Date() if type == "date" else pl.Datetime("us"), reading)
    return text


def _declared_dates(text: pl.Series, type: pl.DataType, reading: Reading) -> pl.Series:
    import polars as pl

    dates = parse_dates(text, "auto" if reading.dates == "off" else reading.dates, compact=True)
    if dates.problem:
        raise ParamError(f"Column {text.name!r} {dates.problem}: set dates to day_first or month_first.", field="dates")
    if dates.values is None:
        return pl.Series(text.name, [None] * len(text), dtype=type)
    return dates.values.cast(type)


def _inferred(column: pl.Series, reading: Reading, remarks: list[str], line_of: Callable[[int], int]) -> pl.Series:
    import polars as pl

    text = _clean(column, reading)
    given = len(text) - text.null_count()
    if given == 0:
        return text.cast(pl.Float64)
    floats = _numerals(text, reading).cast(pl.Float64, strict=False)
    if floats.null_count() == text.null_count():
        return _narrowest(floats, text, reading)
    if text.str.to_lowercase().is_in(["true", "false"]).all():
        return text.str.to_lowercase() == "true"
    dates = parse_dates(text, reading.dates) if reading.dates != "off" else None
    if dates is not None and dates.values is not None and dates.values.null_count() == text.null_count():
        return dates.values
    if dates is not None and dates.problem:
        remarks.append(f"Column {column.name!r} {dates.problem}; it stays text. Set dates to day_first or month_first.")
    for kind, values in (("numbers", floats), ("dates", dates.values if dates else None)):
        if values is not None and len(values) - values.null_count() >= _NEARLY * given:
            row = int((values.is_null() & text.is_not_null()).arg_true()[0])
            count = values.null_count() - text.null_count()
            remarks.append(
                f"Column {column.name!r} stays text: {count} of {given} values are no {kind}, the first is "
                f"{text[row]!r} in line {line_of(row)}. Add it to the missing values, or declare the column's type."
            )
    if not reading.decimal_comma and text.str.contains(r"^[+-]?\d*,\d+$").all():
        remarks.append(f"Column {column.name!r} stays text; if its numbers have a decimal comma, switch that on.")
    return text


def _plain_numbers(frame: pl.DataFrame, reading: Reading) -> dict[str, pl.Series]:
    """The columns that are numbers without trimming or markers: the common case, and quick for all at once."""
    import numpy as np
    import polars as pl

    if not frame.width or reading.decimal_comma or any(_is_number(marker) for marker in reading.missing):
        return {}
    floats = frame.select(pl.all().cast(pl.Float64, strict=False))
    missing = frame.select((pl.all() == "").sum()).row(0)
    counts = zip(frame.columns, floats.null_count().row(0), missing, strict=True)
    numbers = [name for name, nulls, empty in counts if nulls == empty < frame.height]
    floats, frame = floats.select(numbers), frame.select(numbers)
    if any(marker.lower() == "nan" for marker in reading.missing):
        with_nan = _columns_where(floats, pl.all().is_nan().any())
        floats = floats.with_columns(pl.col(with_nan).fill_nan(None))
    with np.errstate(invalid="ignore"):
        fractions = np.asarray(floats.head(100).to_numpy() % 1 > 0)
    maybe = [name for position, name in enumerate(numbers) if not fractions[:, position].any()]
    whole = _columns_where(floats.select(maybe), (pl.all() % 1 == 0).all())
    return dict(zip(numbers, floats, strict=True)) | _whole_numbers(floats.select(whole), frame.select(whole), reading)


def _columns_where(frame: pl.DataFrame, condition: pl.Expr) -> list[str]:
    flags = frame.select(condition).row(0) if frame.width else ()
    return [name for name, is_true in zip(frame.columns, flags, strict=True) if is_true]


def _whole_numbers(floats: pl.DataFrame, text: pl.DataFrame, reading: Reading) -> dict[str, pl.Series]:
    """Columns of whole numbers as int. Numbers that are names (leading zeros, more digits than fit) stay text."""
    import polars as pl

    integers = text.select(pl.all().cast(pl.Int64, strict=False))
    nulls = zip(text.columns, integers.null_count().row(0), floats.null_count().row(0), strict=True)
    fitting = {name for name, of_integers, of_floats in nulls if of_integers == of_floats}
    huge = _columns_where(floats.select(pl.exclude(fitting)), pl.all().abs().max() >= 2.0**63)
    names = _columns_where(text.select(pl.exclude(huge)), pl.all().str.contains(r"^[+-]?0\d+$").any())
    names += _columns_where(text.select(huge), pl.all().str.contains(r"^[+-]?\d{19,}$").any())
    kept = {name: _clean(text[name], reading) for name in names}
    return {name: integers[name] if name in fitting else floats[name] for name in text.columns} | kept


def _narrowest(floats: pl.Series, text: pl.Series, reading: Reading) -> pl.Series:
    if not (floats % 1 == 0).all():
        return floats
    return _whole_numbers(floats.to_frame(), text.to_frame(), reading)[text.name]


def _is_number(text: str) -> bool:
    try:
        return float(text) == float(text)
    except ValueError:
        return False


def _numerals(text: pl.Series, reading: Reading) -> pl.Series:
    """The text with a decimal point, null where it is no number with a decimal comma."""
    import polars as pl

    if not reading.decimal_comma:
        return text
    point = text.str.replace(",", ".", literal=True)
    return text.to_frame().select(pl.when(~text.str.contains(".", literal=True)).then(point)).to_series()


def _integers(numerals: pl.Series) -> pl.Series:
    """Whole numbers, also those written like 3.0; null for others."""
    import polars as pl

    integers = numerals.cast(pl.Int64, strict=False)
    floats = numerals.cast(pl.Float64, strict=False)
    exact = (floats == floats.round()) & (floats.abs() < 2**53)
    frame = pl.DataFrame({"integers": integers, "floats": floats, "exact": exact})
    from_floats = pl.when("exact").then(pl.col("floats")).cast(pl.Int64)
    return frame.select(pl.coalesce("integers", from_floats)).to_series().alias(numerals.name)
