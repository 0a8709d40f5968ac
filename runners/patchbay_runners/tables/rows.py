"""Which rows a page is cut from, and in which order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from patchbay_runners.tables.source import Source
from patchbay_sdk.errors import DataError
from patchbay_sdk.schema import Column

if TYPE_CHECKING:
    import polars as pl

OPERATORS = ("=", "!=", "<", "<=", ">", ">=", "contains", "missing", "present")
"""What a condition may ask of a column. NaN counts as missing; a missing value matches only ``missing``."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A column, one of `OPERATORS`, and the value to compare with (text in ISO 8601 for times)."""

    column: str
    operator: str
    value: Any = None


@dataclass(frozen=True, slots=True)
class Selection:
    """Rows that meet all conditions and hold `search` in some column of text, whatever its case; sorted by a column.

    Missing values come last; equal ones stay in the order of the table.
    """

    conditions: tuple[Condition, ...] = ()
    search: str = ""
    sort: str | None = None
    descending: bool = False

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Selection:
        """From the fields of a question."""
        conditions = tuple(Condition(each["column"], each["operator"], each.get("value")) for each in raw["where"])
        return cls(conditions, raw["search"], raw["sort"], raw["descending"])


@lru_cache(maxsize=8)
def selected(source: Source, selection: Selection) -> Any:
    """Numbers of the selected rows: a range or an array. Remembered, so that the next page is there at once.

    Raises:
        DataError: there is no such column, or it cannot be compared like this.
    """
    import numpy as np
    import polars as pl

    found: Any = range(source.rows)
    if selection.conditions or selection.search:
        masks = [_meets(source, condition) for condition in selection.conditions]
        if selection.search:
            masks.append(_holds(source, selection.search))
        mask = masks[0]
        for other in masks[1:]:
            mask &= other
        found = mask.fill_null(False).arg_true().to_numpy()
    if selection.sort is None:
        return found
    keys = _sortable(source, selection.sort)
    frame = pl.DataFrame(
        {"key": keys, "row": np.arange(source.rows, dtype=np.uint32 if source.rows < 1 << 32 else np.uint64)}
    )
    if not isinstance(found, range):
        frame = frame[found]
    ordered = frame.sort("key", descending=selection.descending, nulls_last=True, maintain_order=True)
    return ordered["row"].to_numpy()


def plain(series: pl.Series) -> pl.Series:
    """NaN as missing, categories as text, decimals as numbers."""
    import polars as pl

    if series.dtype.is_float():
        return series.fill_nan(None)
    if series.dtype.is_decimal():
        return series.cast(pl.Float64)
    if series.dtype in (pl.Categorical, pl.Enum):
        return series.cast(pl.String)
    return series


def _sortable(source: Source, name: str) -> pl.Series:
    import polars as pl

    keys = plain(source.series(name))
    if keys.dtype.is_nested() or keys.dtype in (pl.Binary, pl.Object):
        raise DataError(f"Column {name!r} is of type {source.column(name).type} and cannot be sorted.", column=name)
    return keys


def _holds(source: Source, text: str) -> pl.Series:
    import polars as pl

    mask = pl.Series([False]).new_from_index(0, source.rows)
    for column in source.columns.values():
        if column.kind == "text":
            values = plain(source.series(column.name)).str.to_lowercase()
            mask |= values.str.contains(text.lower(), literal=True).fill_null(False)
    return mask


def _meets(source: Source, condition: Condition) -> pl.Series:
    column = source.column(condition.column)
    values = plain(source.series(column.name))
    operator = condition.operator
    if operator in ("missing", "present"):
        return values.is_null() if operator == "missing" else values.is_not_null()
    if operator == "contains":
        if column.kind != "text":
            raise DataError(f"Column {column.name!r} is of type {column.type}: only text can contain something.")
        return values.str.to_lowercase().str.contains(str(condition.value).lower(), literal=True)
    if operator not in OPERATORS:
        raise DataError(f"{operator!r} is no way to compare; there are: {', '.join(OPERATORS)}.")
    return _compared(values, operator, _value(condition.value, column, values.dtype))


def _compared(values: pl.Series, operator: str, value: Any) -> pl.Series:
    import polars as pl

    item = pl.lit(value)
    if isinstance(value, datetime) and isinstance(values.dtype, pl.Datetime) and (zone := values.dtype.time_zone):
        item = item.dt.convert_time_zone(zone) if value.tzinfo else item.dt.replace_time_zone(zone)
    column = pl.col("values")
    compared = {
        "=": column == item,
        "!=": column != item,
        "<": column < item,
        "<=": column <= item,
        ">": column > item,
        ">=": column >= item,
    }[operator]
    return values.to_frame("values").select(compared).to_series()


def _value(value: Any, column: Column, dtype: pl.DataType) -> Any:
    """The value in the column's type. Raises DataError."""
    import polars as pl

    try:
        if dtype == pl.Boolean and value in (True, False, "true", "false"):
            return value in (True, "true")
        if dtype.is_integer() and not isinstance(value, bool):
            return int(value) if float(value).is_integer() else float(value)
        if dtype.is_float() and not isinstance(value, bool):
            return float(value)
        if dtype == pl.Date:
            return datetime.fromisoformat(value).date()
        if isinstance(dtype, pl.Datetime):
            return datetime.fromisoformat(value)
        if dtype == pl.String and isinstance(value, str):
            return value
    except (ValueError, TypeError, OverflowError):
        pass
    raise DataError(
        f"Column {column.name!r} is of type {column.type} and cannot be compared with {value!r}.", column=column.name
    )
