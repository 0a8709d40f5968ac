"""From wide to long: columns become rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from patchbay_operators.advice import Text
from patchbay_sdk import Column, Context, Operator, Outputs, ParamError, Schema, Table, common_type


class Melt(Operator):
    """Turns the value columns into two: one with the column's name, one with its value."""

    def run(
        self,
        context: Context,
        table: Table,
        id_columns: Sequence[str],
        value_columns: Sequence[str],
        name_column: str,
        value_column: str,
        drop_missing: bool,
    ) -> Outputs:
        """One row per row and value column, value column after value column."""
        import polars as pl

        _long_schema(table.schema, id_columns, value_columns, name_column, value_column)
        long = table.polars().unpivot(
            on=_values(table.schema, id_columns, value_columns),
            index=list(id_columns),
            variable_name=name_column,
            value_name=value_column,
        )
        if drop_missing:
            value = pl.col(value_column)
            long = long.filter(
                value.is_not_null() & ~value.is_nan() if long.schema[value_column].is_float() else value.is_not_null()
            )
        return {"table": Table(long)}

    def infer(
        self,
        schemas: Mapping[str, Schema | None],
        id_columns: Sequence[str],
        value_columns: Sequence[str],
        name_column: str,
        value_column: str,
        drop_missing: bool,
    ) -> Mapping[str, Schema | None]:
        """Id columns, the name, and the value in the type that the value columns have in common."""
        table = schemas.get("table")
        if table is None or table.open:
            return {"table": None}
        return {"table": _long_schema(table, id_columns, value_columns, name_column, value_column)}


def _values(schema: Schema, id_columns: Sequence[str], value_columns: Sequence[str]) -> list[str]:
    return list(value_columns) or [name for name in schema.names if name not in id_columns]


def _long_schema(
    schema: Schema, id_columns: Sequence[str], value_columns: Sequence[str], name_column: str, value_column: str
) -> Schema:
    names = [*id_columns, name_column, value_column]
    if twice := [name for name in names if names.count(name) > 1]:
        same = Text(
            f"Two columns would be called {twice[0]!r}; choose other names for the name and value column.",
            f"会有两列都叫“{twice[0]}”；请为存放原列名的列和存放数值的列换个名称。",
        )
        raise ParamError(same.as_json())
    if both := [name for name in value_columns if name in id_columns]:
        in_both = Text(
            f"value_columns: {both[0]!r} is an id column as well; it can only be one of both.",
            f"“{both[0]}”既是标识列，又要转成行；只能选其一。",
        )
        raise ParamError(in_both.as_json())
    values = [c for name in _values(schema, id_columns, value_columns) if (c := schema.get(name)) is not None]
    if not values:
        none = Text(
            "value_columns: no column is left to be turned into rows; choose fewer id columns.",
            "没有剩下可转成行的列；请少选一些标识列。",
        )
        raise ParamError(none.as_json())
    type = common_type(column.type for column in values)
    if type is None:
        different = next(column for column in values if common_type((column.type, values[0].type)) is None)
        raise ParamError(
            Text(
                f"value_columns: {values[0].name!r} is {values[0].type} and {different.name!r} is {different.type}; "
                "one column cannot hold both. Choose columns of one type, or cast them first "
                "(step “Change column type”).",
                f"“{values[0].name}”的类型是 {values[0].type}，“{different.name}”的类型是 {different.type}；"
                "一列放不下两种类型。请选择类型相同的列，或先转换列类型。",
            ).as_json()
        )
    ids = [schema.get(name) or Column(name, "other") for name in id_columns]
    return Schema.of([*ids, Column(name_column, "string"), Column(value_column, type)])
