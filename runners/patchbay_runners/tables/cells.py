"""Values as JSON, alike everywhere.

null: missing. Numbers: JSON numbers, but ``"NaN"``, ``"Infinity"``, ``"-Infinity"`` and, since JavaScript would round
them, integers beyond 2^53 - 1 and decimals as text. Dates, times and durations: ISO 8601 text. Bytes, lists and
structures: text. Text is cut after `LONGEST` characters.
"""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import polars as pl

LONGEST = 256
"""Characters of one value that are handed out."""

LARGEST_NUMBER = (1 << 53) - 1
"""The largest integer that every program reads exactly."""


def number(value: float | int | None) -> float | int | str | None:
    """A number as JSON."""
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, int) and abs(value) > LARGEST_NUMBER:
        return str(value)
    return value


def cells(series: pl.Series, longest: int = LONGEST) -> tuple[list[Any], list[int]]:
    """The values of a column, texts up to `longest` characters, and the positions of those that were cut."""
    import polars as pl

    dtype = series.dtype
    if dtype.is_integer() or dtype.is_float():
        return [number(value) for value in series.to_list()], []
    if dtype in (pl.Boolean, pl.Null):
        return series.to_list(), []
    return _cut(texts(series, longest=longest + 1), longest)


def cell(value: Any, dtype: pl.DataType) -> Any:
    """One value of a column of this type."""
    import polars as pl

    return None if value is None else cells(pl.Series([value], dtype=dtype))[0][0]


def texts(series: pl.Series, longest: int | None = None) -> pl.Series:
    """A column that is not of numbers as text, of at most `longest` characters."""
    import polars as pl

    dtype = series.dtype
    if dtype.is_temporal():
        series = series.dt.to_string("iso")
    elif dtype == pl.Binary or dtype.is_nested() or dtype == pl.Object:
        values = [None if value is None else _text(value) for value in _shortened(series, longest)]
        series = pl.Series(series.name, values, dtype=pl.String)
    else:
        series = series.cast(pl.String)
    return series if longest is None else series.str.head(longest)


def _shortened(series: pl.Series, longest: int | None) -> list[Any]:
    """Values of which no more than needed becomes Python."""
    import polars as pl

    if longest is not None and series.dtype == pl.List:
        series = series.list.head(longest)
    if longest is not None and series.dtype == pl.Binary:
        series = series.bin.slice(0, longest)
    return series.to_list()


def _text(value: Any) -> str:
    if isinstance(value, bytes):
        return value.decode("utf-8", "backslashreplace")
    return json.dumps(value, ensure_ascii=False, default=_inner)


def _inner(value: Any) -> Any:
    return _text(value) if isinstance(value, bytes) else str(value)


def _cut(series: pl.Series, longest: int) -> tuple[list[Any], list[int]]:
    cut = (series.str.len_chars() > longest).fill_null(False)
    return series.str.head(longest).to_list(), cut.arg_true().to_list()
