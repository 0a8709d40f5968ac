"""Keep the rows for which an expression is true."""

from __future__ import annotations

from patchbay_operators.shape import _spark
from patchbay_operators.shape._expression import evaluate
from patchbay_sdk import Context, Operator, Outputs, Table


class FilterRows(Operator):
    """Rows whose expression is true go to `kept`, all others (false or missing) to `rejected`."""

    def run(self, context: Context, table: Table, expression: str) -> Outputs:
        """Both parts, rows in their order."""
        import polars as pl

        true = evaluate(expression, table)
        if true.dtype == pl.Null:
            true = true.cast(pl.Boolean)
        if true.dtype != pl.Boolean:
            raise _spark.not_a_condition(expression, true.dtype)
        keep, frame = true.fill_null(False), table.polars()
        context.log(f"Kept {keep.sum()} of {table.num_rows} rows.")
        return {"kept": table.replace(frame.filter(keep)), "rejected": table.replace(frame.filter(~keep))}

    def run_spark(self, context: Context, table: Table, expression: str) -> Outputs:
        """Both parts."""
        kept, rejected = _spark.filtered(context.spark, table, expression)
        return {"kept": table.replace(kept), "rejected": table.replace(rejected)}
