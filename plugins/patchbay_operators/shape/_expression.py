"""Evaluates an expression on a table, with errors that name the expression."""

from __future__ import annotations

from typing import TYPE_CHECKING

from patchbay_operators.advice import Text
from patchbay_sdk import ExpressionError, Table
from patchbay_sdk.expressions import parse

if TYPE_CHECKING:
    import polars as pl

RESULT = "\0result"
"""A column name that no table has."""


def evaluate(expression: str, table: Table) -> pl.Series:
    """One value per row.

    Raises:
        ExpressionError: it does not parse, names an unknown column, or does not fit the columns' types or values.
    """
    import polars as pl

    parsed = parse(expression, table.schema)
    try:
        return table.polars().with_columns(parsed.polars().alias(RESULT))[RESULT]
    except pl.exceptions.PolarsError as error:
        reason = str(error).strip().splitlines()[0].rstrip(".")
        uncomputed = Text(
            f"{expression!r} cannot be computed on this table: {reason}.",
            f"无法在此表上计算“{expression}”。请检查其中各列的类型和值。",
        )
        raise ExpressionError(uncomputed.as_json()) from error
