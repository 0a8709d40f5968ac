"""Tables from other formats brought to the types that every operator knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from patchbay_operators.source._dates import parse_dates

if TYPE_CHECKING:
    import polars as pl


def plain_types(frame: pl.DataFrame, dates: bool) -> pl.DataFrame:
    """Decimals as float, columns without any value as float, integers beyond 64 bits and objects as text.

    `dates`: columns of text that are all ISO dates become dates.
    """
    return frame.with_columns(_plain(column, dates) for column in frame.get_columns())


def _plain(column: pl.Series, dates: bool) -> pl.Series:
    import polars as pl

    if column.null_count() == len(column) or column.dtype.is_decimal():
        return column.cast(pl.Float64, strict=False) if not column.dtype.is_nested() else column
    if column.dtype in (pl.Int128, pl.UInt64):
        integers = column.cast(pl.Int64, strict=False)
        return integers if integers.null_count() == column.null_count() else column.cast(pl.String)
    if isinstance(column.dtype, pl.Struct):
        text = column.to_frame().select(pl.when(column.is_not_null()).then(column.struct.json_encode()))
        return text.to_series().alias(column.name)
    if isinstance(column.dtype, pl.Datetime) and column.dtype.time_zone is not None:
        return column.dt.convert_time_zone("UTC").dt.replace_time_zone(None)
    if dates and column.dtype == pl.String:
        parsed = parse_dates(column, "iso").values
        if parsed is not None and parsed.null_count() == column.null_count():
            return parsed
    return column
