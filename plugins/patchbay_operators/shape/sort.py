"""Order rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from patchbay_operators.shape import _spark
from patchbay_sdk import Context, Operator, Outputs, Table

if TYPE_CHECKING:
    import polars as pl


class Sort(Operator):
    """Sorts by one or several columns; missing values and NaN come last, equal rows keep their order."""

    def run(self, context: Context, table: Table, by: Sequence[Mapping[str, str]]) -> Outputs:
        """The rows in their new order."""
        table.require(*(key["column"] for key in by))
        keys = [_sort_key(key["column"], table) for key in by]
        descending = [key["order"] == "descending" for key in by]
        sorted_rows = table.polars().sort(keys, descending=descending, nulls_last=True, maintain_order=True)
        return {"table": table.replace(sorted_rows)}

    def run_spark(self, context: Context, table: Table, by: Sequence[Mapping[str, str]]) -> Outputs:
        """The rows in their new order."""
        table.require(*(key["column"] for key in by))
        return {"table": table.replace(_spark.sorted_rows(context.spark, table, by))}


def _sort_key(column: str, table: Table) -> pl.Expr:
    """The column with NaN as missing, and categories in the order of their texts."""
    import polars as pl

    dtype = table.polars().schema[column]
    if dtype.is_float():
        return pl.col(column).fill_nan(None)
    return pl.col(column).cast(pl.String) if isinstance(dtype, pl.Categorical | pl.Enum) else pl.col(column)
