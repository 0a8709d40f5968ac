"""One row per group, with aggregations of the others' values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from patchbay_operators.advice import Text
from patchbay_operators.shape._aggregate import aggregate, aggregate_type
from patchbay_operators.shape._spark_aggregate import grouped
from patchbay_sdk import Column, Context, Operator, Outputs, ParamError, Schema, Table


class GroupBy(Operator):
    """Groups rows by key columns, in order of first appearance; a missing key is a group of its own."""

    def run(
        self, context: Context, table: Table, keys: Sequence[str], aggregations: Sequence[Mapping[str, Any]]
    ) -> Outputs:
        """The keys and one column per aggregation; without keys one row for the whole table."""
        _check_names(keys, aggregations)
        expressions = [_expression(aggregation, table.schema).alias(_name(aggregation)) for aggregation in aggregations]
        frame = table.polars()
        if not keys:
            return {"table": Table(frame.select(expressions))}
        return {"table": Table(frame.group_by(list(keys), maintain_order=True).agg(expressions))}

    def run_spark(
        self, context: Context, table: Table, keys: Sequence[str], aggregations: Sequence[Mapping[str, Any]]
    ) -> Outputs:
        """The keys and one column per aggregation, groups in no order."""
        _check_names(keys, aggregations)
        expressions = [_expression(each, table.schema).alias(_name(each)) for each in aggregations]
        empty = table.empty()
        after = empty.group_by(list(keys)).agg(expressions) if keys else empty.select(expressions)
        named = {_name(each): each for each in aggregations}
        return {"table": Table(grouped(context.spark, table, keys, named, after.to_arrow().schema))}

    def infer(
        self, schemas: Mapping[str, Schema | None], keys: Sequence[str], aggregations: Sequence[Mapping[str, Any]]
    ) -> Mapping[str, Schema | None]:
        """The keys, and a type per aggregation."""
        table = schemas.get("table")
        if table is None:
            return {"table": None}
        types = {column.name: column.type for column in table}
        columns = [Column(key, types.get(key, "other")) for key in keys]
        for aggregation in aggregations:
            type = types.get(aggregation.get("column", ""), "other")
            counts = aggregation["function"] == "rows"
            columns.append(
                Column(_name(aggregation), "int" if counts else aggregate_type(aggregation["function"], type))
            )
        return {"table": Schema.of(columns)}


def _expression(aggregation: Mapping[str, Any], schema: Schema) -> Any:
    import polars as pl

    if aggregation["function"] == "rows":
        return pl.len().cast(pl.Int64)
    return aggregate(aggregation["column"], aggregation["function"], schema, aggregation.get("quantile", 0.5))


def _name(aggregation: Mapping[str, Any]) -> str:
    if aggregation.get("name"):
        return str(aggregation["name"])
    return "rows" if aggregation["function"] == "rows" else f"{aggregation['column']}_{aggregation['function']}"


def _check_names(keys: Sequence[str], aggregations: Sequence[Mapping[str, Any]]) -> None:
    names = [*keys, *map(_name, aggregations)]
    if twice := [name for name in names if names.count(name) > 1]:
        same = Text(
            f"aggregations: two columns would be called {twice[0]!r}; give one of them another name.",
            f"会有两列都叫“{twice[0]}”；请给其中一列另起名称。",
        )
        raise ParamError(same.as_json())
