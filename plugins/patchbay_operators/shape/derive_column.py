"""A column computed from others by an expression."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from patchbay_operators.shape import _spark
from patchbay_operators.shape._expression import evaluate
from patchbay_sdk import Column, Context, Schema, SparkLearner, Table
from patchbay_sdk.expressions import parse


class DeriveColumn(SparkLearner):
    """Adds a column, or replaces the one of that name in place; prediction computes it again."""

    def fit(self, context: Context, table: Table, name: str, expression: str) -> dict[str, Any]:
        """The expression and the columns that it reads."""
        return {"name": name, "expression": expression, "columns": list(parse(expression, table.schema).columns)}

    def apply(self, state: Mapping[str, Any], table: Table) -> Table:
        """The table with the column computed."""
        return table.replace(table.polars().with_columns(evaluate(state["expression"], table).alias(state["name"])))

    def apply_spark(self, context: Context, state: Mapping[str, Any], table: Table) -> Table:
        """The table with the column computed by Spark."""
        return table.replace(_spark.derived(context.spark, table, state["name"], state["expression"]))

    def infer(self, schemas: Mapping[str, Schema | None], name: str, expression: str) -> Mapping[str, Schema | None]:
        """The column's type comes from the expression; it stays unknown while columns are."""
        table = schemas.get("table")
        if table is None:
            return {"table": None}
        parsed = parse(expression)
        known = all(column in table for column in parsed.columns)
        columns = {column.name: column for column in table}
        columns[name] = Column(name, parsed.type(table) if known else "other")
        return {"table": Schema.of(columns.values(), open=table.open)}
