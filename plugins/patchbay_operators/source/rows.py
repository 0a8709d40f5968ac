"""Rows typed by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from patchbay_operators.advice import Text
from patchbay_sdk import Context, DataError, Operator, Outputs, PatchbayError, Schema, Table

if TYPE_CHECKING:
    import polars as pl

Row = Mapping[str, Any]


class TypedRows(Operator):
    """Rows as people type them; the values say the types of the columns."""

    def run(self, context: Context, rows: Sequence[Row]) -> Outputs:
        """Columns in the order in which they are first named. Raises DataError where kinds of values are mixed."""
        return {"table": _table(rows)}

    def infer(self, schemas: Mapping[str, Schema | None], rows: Sequence[Row]) -> Mapping[str, Schema | None]:
        """The columns of the rows typed so far; unknown while their values do not fit together."""
        try:
            return {"table": _table(rows).schema}
        except PatchbayError:
            return {"table": None}


def _table(rows: Sequence[Row]) -> Table:
    import polars as pl

    names = dict.fromkeys(name for row in rows for name in row)
    return Table(pl.DataFrame([_column(name, [row.get(name) for row in rows]) for name in names]))


def _column(name: str, values: Sequence[Any]) -> pl.Series:
    """Whole numbers of 64 bits stay whole; with any other number all are floats. A column without values is text."""
    import polars as pl

    known = [value for value in values if value is not None]
    kinds = {"texts" if isinstance(v, str) else "yes or no" if isinstance(v, bool) else "numbers" for v in known}
    if len(kinds) > 1:
        raise DataError(
            Text(
                f"Column {name!r} holds {' and '.join(sorted(kinds))}; write one kind in all rows.",
                f"“{name}”列中混有不同种类的值；请让各行填写同一种。",
            ).as_json(),
            column=name,
        )
    if kinds == {"numbers"}:
        if all(isinstance(value, int) and abs(value) < 2**63 for value in known):
            return pl.Series(name, values, dtype=pl.Int64)
        try:
            return pl.Series(name, [None if value is None else float(value) for value in values], dtype=pl.Float64)
        except OverflowError as error:
            large = Text(f"Column {name!r} holds a number that is too large.", f"“{name}”列中有过大的数字，请改小。")
            raise DataError(large.as_json(), column=name) from error
    return pl.Series(name, values, dtype=pl.Boolean if kinds == {"yes or no"} else pl.String)
