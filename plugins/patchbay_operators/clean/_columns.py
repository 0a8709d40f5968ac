"""Columns as the cleaning steps see them: NaN is a missing value."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from patchbay_operators.advice import Text
from patchbay_sdk import DataError, Schema, Table

if TYPE_CHECKING:
    import polars as pl


def nan_as_null(frame: pl.DataFrame, columns: Sequence[str] | None = None) -> pl.DataFrame:
    """The frame with null for NaN, in all columns or in these."""
    import polars as pl

    names = [n for n, t in frame.schema.items() if t.is_float() and (columns is None or n in columns)]
    return frame.with_columns(pl.col(name).fill_nan(None) for name in names)


def outside(name: str, bound: Sequence[float]) -> pl.Expr:
    """Whether a column's values lie below the first bound or above the second; null where there is no value."""
    import polars as pl

    return (pl.col(name) < bound[0]) | (pl.col(name) > bound[1])


def require_columns(table: Table) -> None:
    """Raise DataError when there is nothing to look at."""
    if not table.columns:
        raise DataError(Text("The table has no columns.", "表格没有任何列。请检查上一步。").as_json())


def require_rows(table: Table, what: str) -> None:
    """Raise DataError when there is nothing to learn from."""
    if not table.num_rows:
        nothing = Text(
            f"The table has no rows, so there is nothing to learn {what} from.",
            "表格没有任何行，没有可学习的内容。请检查上一步。",
        )
        raise DataError(nothing.as_json())


def require_same_kinds(learned: Schema, table: Table) -> None:
    """Raise DataError when a column is of another kind (number, text, ...) than the one that was learned from.

    A column without any value is of any kind.
    """
    import polars as pl

    types, schema = table.polars().schema, table.schema
    for column in learned:
        now = schema.get(column.name)
        if now is not None and now.kind != column.kind and types[now.name] != pl.Null:
            raise DataError(
                Text(
                    f"Column {now.name!r} is {now.type}, but was {column.type} when this step learned from it: "
                    "cast it.",
                    f"列“{now.name}”的类型是 {now.type}，而此步骤学习时是 {column.type}：请先转换列类型。",
                ).as_json(),
                columns=[now.name],
            )
