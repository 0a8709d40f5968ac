"""Points in time as people write them, against a column."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from patchbay_operators.advice import Text
from patchbay_sdk import ParamError

if TYPE_CHECKING:
    import polars as pl


def parse_start(text: str, times: pl.Series) -> Any:
    """A date, a date with time (ISO 8601, in the column's time zone) or a number, as the column holds it.

    Raises:
        ParamError: the text is not such a point.
    """
    from datetime import datetime
    from zoneinfo import ZoneInfo

    import polars as pl

    if times.dtype.is_numeric():
        try:
            return float(text)
        except ValueError as error:
            no_number = Text(
                f"start: {text!r} is not a number, as column {times.name!r} holds.",
                f"“{text}”不是数字，而列“{times.name}”中是数字。",
            )
            raise ParamError(no_number.as_json()) from error
    try:
        point = datetime.fromisoformat(text)
    except ValueError as error:
        no_date = Text(
            f"start: {text!r} is not a date; write it as 2024-05-31 or 2024-05-31T08:00:00.",
            f"“{text}”不是日期；请写成 2024-05-31 或 2024-05-31T08:00:00。",
        )
        raise ParamError(no_date.as_json()) from error
    if times.dtype == pl.Date:
        return point.date()
    zone = getattr(times.dtype, "time_zone", None)
    if zone is None and point.tzinfo is not None:
        zoned = Text(
            f"start: {text!r} has a time zone and column {times.name!r} has none; leave it out.",
            f"“{text}”带有时区，而列“{times.name}”没有；请去掉时区。",
        )
        raise ParamError(zoned.as_json())
    return point.replace(tzinfo=ZoneInfo(zone)) if zone and point.tzinfo is None else point
