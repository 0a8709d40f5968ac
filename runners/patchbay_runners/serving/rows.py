"""Rows of a request become a table, in the types of training; whatever does not fit is named by row and column."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from patchbay_sdk.errors import DataError
from patchbay_sdk.model import polars_type
from patchbay_sdk.schema import Column, Schema
from patchbay_sdk.table import Table

MOST_ROWS = 10_000
MOST_PROBLEMS = 20
"""Problems that are told of one request."""
WORDS = {
    "int": "a number",
    "float": "a number",
    "bool": "true or false",
    "string": "a text",
    "category": "a text",
    "date": "a date such as 2024-05-31",
    "datetime": "a time such as 2024-05-31T08:00:00",
    "duration": "a number of seconds",
}
_MISSING = object()


class RowsError(DataError):
    """The rows do not fit the model's input schema; `details["problems"]`: [{"row", "column", "message"}]."""

    code = "rows_invalid"


def table_of(schema: Schema, rows: Sequence[Any]) -> Table:
    """The rows as a table with the schema's columns; further columns are left out, null is a missing value.

    Raises:
        RowsError: there are no rows or too many, or a value is missing or of another kind; the columns are named.
    """
    import polars as pl

    if not 1 <= len(rows) <= MOST_ROWS:
        raise RowsError(f"A request has 1 to {MOST_ROWS} rows, not {len(rows)}.", problems=[])
    strange = (number for number, row in enumerate(rows) if not isinstance(row, Mapping))
    problems = [_problem(number, None, "is no object") for number in strange]
    if problems:
        raise _error(problems)
    columns = []
    for column in schema:
        found = [row.get(column.name, _MISSING) for row in rows]
        values = [_value(column, number, value, problems) for number, value in enumerate(found)]
        columns.append(pl.Series(column.name, values, dtype=_type(column, values), strict=False))
    if problems:
        raise _error(problems)
    return Table(pl.DataFrame(columns))


def _value(column: Column, number: int, value: Any, problems: list[dict[str, Any]]) -> Any:
    """The value in the column's type; a problem is added to the list."""
    if value is None:
        return None
    if value is _MISSING:
        problems.append(_problem(number, column.name, "is missing; null stands for an unknown value"))
        return None
    read = _READERS.get(column.type)
    if read is None:
        problems.append(_problem(number, column.name, "had no values in training: only null is taken"))
        return None
    try:
        return read(value)
    except (ValueError, TypeError, OverflowError):
        problems.append(_problem(number, column.name, f"must be {WORDS[column.type]}, not {_shown(value)}"))
        return None


def _number(value: Any) -> int | float:
    if type(value) is int and -(1 << 63) <= value < 1 << 63:
        return value
    if type(value) is float and math.isfinite(value):
        return value
    raise TypeError


def _float(value: Any) -> float:
    return float(_number(value))


def _bool(value: Any) -> bool:
    if type(value) is bool:
        return value
    raise TypeError


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    raise TypeError


def _time(value: Any) -> datetime:
    found = datetime.fromisoformat(value)
    return found.astimezone(UTC).replace(tzinfo=None) if found.tzinfo else found


_READERS: Mapping[str, Callable[[Any], Any]] = {
    "int": _number,
    "float": _float,
    "bool": _bool,
    "string": _text,
    "category": _text,
    "date": date.fromisoformat,
    "datetime": _time,
    "duration": lambda value: timedelta(seconds=_number(value)),
}


def _type(column: Column, values: Sequence[Any]) -> Any:
    """The polars type of a column; decimals in a column of whole numbers stay what they are."""
    import polars as pl

    if column.type == "int" and any(type(value) is float for value in values):
        return pl.Float64
    return polars_type(column)


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:37]}..."


def _problem(row: int, column: str | None, message: str) -> dict[str, Any]:
    return {"row": row, "column": column, "message": message}


def _error(problems: Sequence[Mapping[str, Any]]) -> RowsError:
    ordered = sorted(problems, key=lambda problem: problem["row"])
    first = ordered[0]
    what = f"Column {first['column']!r} of row {first['row']}" if first["column"] is not None else f"Row {first['row']}"
    more = f" ({len(ordered) - 1} more)" if len(ordered) > 1 else ""
    return RowsError(f"{what} {first['message']}{more}.", problems=list(ordered[:MOST_PROBLEMS]))
