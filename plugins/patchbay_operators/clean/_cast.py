"""Conversions of columns: what cannot be converted becomes null, and the caller compares."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from patchbay_operators.advice import Text
from patchbay_sdk import DataError, ParamError

if TYPE_CHECKING:
    import polars as pl

TRUE_WORDS = ("true", "t", "yes", "y", "on", "1", "是")
FALSE_WORDS = ("false", "f", "no", "n", "off", "0", "否")

COUNTS = {"%s": (1.0, 0.0), "unix_ms": (1e-3, 0.0), "excel": (86_400.0, -2_209_161_600.0)}
"""Formats of numbers that count time: seconds of a unit, and where counting begins, in seconds after 1970."""

YEARS_1_TO_9999 = (-62_135_596_800.0, 253_402_300_799.0)
"""Seconds after 1970."""

POINTS_OR_COMMA = r",|^\s*[+-]?[1-9]\d{0,2}(\.\d{3})+\s*$"
"""With a decimal comma, points part thousands here; in 3.14 the point can only be a decimal one."""

ISO_FORMATS = (
    "%Y-%m-%dT%H:%M:%S%.f",
    "%Y-%m-%d %H:%M:%S%.f",
    "%Y-%m-%dT%H:%M",
    "%Y-%m-%d %H:%M",
    "%Y-%m-%d",
    "%Y/%m/%d %H:%M:%S%.f",
    "%Y/%m/%d %H:%M",
    "%Y/%m/%d",
    "%Y-%m-%dT%H:%M:%S%.f%#z",
    "%Y-%m-%d %H:%M:%S%.f%#z",
)
"""Tried in turn where no format is given: year first, so that day and month cannot be mixed up."""


def converted(
    column: pl.Series, type: str, format: str, decimal_comma: bool, take_out: Sequence[str] = ()
) -> pl.Series:
    """The column as `type` (int, float, bool, string, category, date or datetime); null where a value does not fit.

    Text is stripped; empty text is a gap. Times with a zone become UTC without one. `take_out`: what is removed from
    texts that become numbers, such as a unit.

    Raises:
        DataError: no value of the column's type can be converted.
        ParamError: the format is not one.
    """
    import polars as pl

    if column.dtype == pl.Null:
        column = column.cast(pl.String)
    if isinstance(column.dtype, pl.Categorical | pl.Enum):
        column = column.cast(pl.String)
    if column.dtype == pl.String and type in ("int", "float"):
        for mark in take_out:
            column = column.str.replace_all(mark, "", literal=True)
    if column.dtype == pl.String and type not in ("string", "category"):
        column = column.str.strip_chars()
        column = column.set(column == "", None)
    if column.dtype.is_nested() or column.dtype in (pl.Binary, pl.Duration, pl.Time, pl.Object):
        raise DataError(
            Text(
                f"Column {column.name!r} is {column.dtype}, which cannot be converted to {type}.",
                f"列“{column.name}”的类型是 {column.dtype}，无法转换为 {type}。请不要选择该列。",
            ).as_json(),
            column=column.name,
        )
    match type:
        case "string":
            return _to_text(column, format)
        case "category":
            return _to_text(column, "").cast(pl.Categorical)
        case "bool":
            return _to_bool(column)
        case "date":
            return _to_datetime(column, format).dt.date()
        case "datetime":
            return _to_datetime(column, format)
    if column.dtype.is_temporal():
        raise DataError(
            Text(
                f"Column {column.name!r} is {column.dtype}: a time is not a number. Take date parts of it instead.",
                f"列“{column.name}”的类型是 {column.dtype}：时间不是数字。请改用“日期拆分”。",
            ).as_json(),
            column=column.name,
        )
    return _to_int(column, decimal_comma) if type == "int" else _to_float(column, decimal_comma)


def _to_text(column: pl.Series, format: str) -> pl.Series:
    import polars as pl

    if not format or not column.dtype.is_temporal():
        return column.cast(pl.String)
    try:
        return column.dt.to_string(format)
    except pl.exceptions.ComputeError as error:
        raise ParamError(
            Text(
                f"format is {format!r}, which is not a date format such as %Y-%m-%d.",
                f"“{format}”不是日期格式；请写成“%Y-%m-%d”这样的格式。",
            ).as_json(),
            field="format",
        ) from error


def _to_bool(column: pl.Series) -> pl.Series:
    import polars as pl

    if column.dtype == pl.Boolean:
        return column
    if column.dtype.is_numeric():
        column = column.cast(pl.Float64).replace_strict([0.0, 1.0], ["0", "1"], default=None, return_dtype=pl.String)
    words = {**dict.fromkeys(TRUE_WORDS, True), **dict.fromkeys(FALSE_WORDS, False)}
    return column.cast(pl.String).str.to_lowercase().replace_strict(words, default=None, return_dtype=pl.Boolean)


def _to_float(column: pl.Series, decimal_comma: bool) -> pl.Series:
    import polars as pl

    if column.dtype == pl.String and decimal_comma:
        with_comma = column.str.replace_all(".", "", literal=True).str.replace(",", ".", literal=True)
        column = column.zip_with(~column.str.contains(POINTS_OR_COMMA).fill_null(True), with_comma)
    return column.cast(pl.Float64, strict=False)


def _to_int(column: pl.Series, decimal_comma: bool) -> pl.Series:
    """Whole numbers; "3.0" is one, 3.7 is not."""
    import polars as pl

    floats = _to_float(column, decimal_comma)
    whole = floats.set((floats % 1 != 0).fill_null(True), None).cast(pl.Int64, strict=False)
    if (decimal_comma and column.dtype == pl.String) or column.dtype.is_float() or column.dtype.is_decimal():
        return whole
    # Directly where it can be: a decimal number holds no more than 15 digits.
    exact = column.cast(pl.Int64, strict=False)
    return pl.select(pl.coalesce(pl.lit(exact), pl.lit(whole)).alias(column.name)).to_series()


def _to_datetime(column: pl.Series, format: str) -> pl.Series:
    """Microseconds without a time zone."""
    import polars as pl

    if column.dtype == pl.Boolean:
        boolean = Text(
            f"Column {column.name!r} is boolean, which is no time.", f"列“{column.name}”是布尔值，不是时间。请换一列。"
        )
        raise DataError(boolean.as_json(), column=column.name)
    if column.dtype.is_numeric():
        if format in COUNTS:
            return _counted(column, *COUNTS[format])
        if not format:
            raise DataError(
                Text(
                    f"Column {column.name!r} holds numbers: give their format, "
                    "%Y%m%d for 20240131, %s for Unix seconds, unix_ms, or excel for days since 1900.",
                    f"列“{column.name}”中是数字，请给出格式：20240131 写“%Y%m%d”，Unix 时间秒数写“%s”，"
                    "毫秒数写“unix_ms”，Excel 的天数写“excel”。",
                ).as_json(),
                column=column.name,
            )
        column = _to_int(column, False).cast(pl.String)
    if column.dtype == pl.String:
        formats = (format,) if format else ISO_FORMATS
        parsed = [_without_zone(column.str.to_datetime(f, time_unit="us", strict=False)) for f in formats]
        return pl.select(pl.coalesce(*map(pl.lit, parsed)).alias(column.name)).to_series()
    return _without_zone(column.cast(pl.Datetime("us", getattr(column.dtype, "time_zone", None))))


def _counted(column: pl.Series, seconds: float, start: float) -> pl.Series:
    """Times that are counted in units of so many seconds, from a moment so many seconds after 1970."""
    import polars as pl

    since = column.cast(pl.Float64) * seconds + start
    since = since.set(~since.is_between(*YEARS_1_TO_9999).fill_null(True), None)
    return (since.round(3) * 1e6).cast(pl.Int64).cast(pl.Datetime("us"))


def _without_zone(times: pl.Series) -> pl.Series:
    if getattr(times.dtype, "time_zone", None) is None:
        return times
    return times.dt.convert_time_zone("UTC").dt.replace_time_zone(None)


def lost_rows(before: pl.Series, after: pl.Series) -> pl.DataFrame:
    """Values that did not fit, with their rows, counted from 1: filled before, empty after."""
    import polars as pl

    values = before.rename("value").to_frame().with_row_index("row", offset=1)
    filled = pl.col("value").is_not_null()
    if before.dtype == pl.String and after.dtype not in (pl.String, pl.Categorical):
        filled &= pl.col("value").str.strip_chars() != ""
    elif before.dtype.is_float():
        filled &= pl.col("value").is_not_nan()
    return values.filter(filled & after.is_null())
