"""Columns whose type a person has declared: values that do not fit it put their row aside."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from patchbay_operators.advice import Text
from patchbay_operators.source._dates import DateVote, read_dates
from patchbay_operators.source._fields import Reading, clean, numerals
from patchbay_operators.source._records import Records
from patchbay_sdk import ParamError

if TYPE_CHECKING:
    import polars as pl


def date_formats(rows: Iterable[Records], reading: Reading) -> dict[str, str | None]:
    """The format of every column that is declared to hold dates; None where its values look like no dates.

    Raises:
        ParamError: the dates of a column can be read in two ways.
    """
    order = "auto" if reading.dates == "off" else reading.dates
    votes = {name: DateVote(order, compact=True) for name, type in reading.types.items() if type.startswith("date")}
    for records in rows if votes else ():
        for name, vote in votes.items():
            vote.add(clean(records.frame[name], reading))
    for name, vote in votes.items():
        if vote.problem:
            unclear = Text(
                f"Column {name!r} {vote.problem}: set dates to day_first or month_first.",
                f"列“{name}”的日期读法不确定：请把日期设为日在前或月在前。",
            )
            raise ParamError(unclear.as_json(), field="dates")
    return {name: vote.format for name, vote in votes.items()}


def declared(
    frame: pl.DataFrame, reading: Reading, formats: Mapping[str, str | None]
) -> tuple[dict[str, pl.Series], dict[int, str]]:
    """The columns that have a declared type, and row -> why it does not fit."""
    columns, misfits = {}, dict[int, str]()
    for name, type in reading.types.items():
        text = clean(frame[name], reading)
        values = columns[name] = _as_type(text, type, reading, formats.get(name))
        for row in (values.is_null() & text.is_not_null()).arg_true().to_list():
            misfits.setdefault(row, f"{text[row]!r} in column {name!r} is no {type}")
    return columns, misfits


def _as_type(text: pl.Series, type: str, reading: Reading, format: str | None) -> pl.Series:
    import polars as pl

    match type:
        case "int":
            return _integers(numerals(text, reading))
        case "float":
            return numerals(text, reading).cast(pl.Float64, strict=False)
        case "bool":
            return text.str.to_lowercase().replace_strict(
                {"true": True, "false": False, "1": True, "0": False}, default=None, return_dtype=pl.Boolean
            )
        case "category":
            return text.cast(pl.Categorical)
        case "date" | "datetime":
            dtype = pl.Date() if type == "date" else pl.Datetime("us")
            no_dates = pl.Series(text.name, [None] * len(text), dtype=dtype)
            return no_dates if format is None else read_dates(text, format).cast(dtype)
    return text


def _integers(numerals: pl.Series) -> pl.Series:
    """Whole numbers, also those written like 3.0; null for others."""
    import polars as pl

    integers = numerals.cast(pl.Int64, strict=False)
    floats = numerals.cast(pl.Float64, strict=False)
    exact = (floats == floats.round()) & (floats.abs() < 2**53)
    frame = pl.DataFrame({"integers": integers, "floats": floats, "exact": exact})
    from_floats = pl.when("exact").then(pl.col("floats")).cast(pl.Int64)
    return frame.select(pl.coalesce("integers", from_floats)).to_series().alias(numerals.name)
