"""Write a table of a database."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from patchbay_operators.advice import Text
from patchbay_operators.export._types import flat_frame, require_flat
from patchbay_operators.source._database import database
from patchbay_operators.source._jdbc import database_errors, jdbc_options
from patchbay_sdk import Context, DataError, Operator, Outputs, Table

if TYPE_CHECKING:
    import polars as pl
    from sqlalchemy import Connection
    from sqlalchemy import Table as SqlTable

_BATCH = 10_000
"""Rows per INSERT."""


class WriteSqlTable(Operator):
    """Writes the rows into a database table, in one transaction: all of them or none."""

    def run(
        self,
        context: Context,
        table: Table,
        name: str,
        connection: str = "url",
        url: str = "",
        secret: str = "",
        if_exists: str = "fail",
    ) -> Outputs:
        """`name`: table, or schema.table. Raises DataError for what the database refuses."""
        from sqlalchemy.exc import SQLAlchemyError

        frame = flat_frame(table, "a database table")
        engine = database(context, url, secret if connection == "secret" else "", write=True)
        try:
            with engine.begin() as transaction:
                target, done = _prepare(transaction, name, frame, if_exists)
                _insert(transaction, target, frame, context)
        except SQLAlchemyError as error:
            reason = getattr(error, "orig", None) or error
            refused = Text(
                f"The database refused to write table {name!r}: {reason}. Nothing was changed.",
                f"数据库拒绝写入表“{name}”：{reason}。数据库没有任何改动。",
            )
            raise DataError(refused.as_json()) from error
        message = f"Table {name!r} {done}: {frame.height} rows, {frame.width} columns."
        context.log(message)
        return {"written": message}

    def run_spark(
        self,
        context: Context,
        table: Table,
        name: str,
        connection: str = "url",
        url: str = "",
        secret: str = "",
        if_exists: str = "fail",
    ) -> Outputs:
        """By JDBC, from all of Spark's tasks at once: after a failure some of the rows may be there."""
        require_flat(table, "a database table")
        options = jdbc_options(context, url, secret if connection == "secret" else "")
        mode = {"fail": "error", "append": "append", "replace": "overwrite"}[if_exists]
        with database_errors(Text(f"to write table {name!r}", f"写入表“{name}”")):
            table.spark(context.spark).write.format("jdbc").options(**options, dbtable=name).mode(mode).save()
        message = f"Table {name!r} written: {table.num_rows} rows, {len(table.columns)} columns."
        context.log(message)
        return {"written": message}


def _prepare(connection: Connection, full_name: str, frame: pl.DataFrame, if_exists: str) -> tuple[SqlTable, str]:
    """The table to insert into, created or emptied as asked, and what was done."""
    from sqlalchemy import inspect

    schema, _, name = full_name.rpartition(".")
    inspector = inspect(connection)
    target = _definition(name, schema or None, frame)
    if not inspector.has_table(name, schema or None):
        target.create(connection)
        return target, "created"
    if if_exists == "fail":
        exists = Text(
            f"Table {full_name!r} exists already; set if_exists to append or replace, or use another name.",
            f"表“{full_name}”已经存在；请选择追加或替换，或换一个表名。",
        )
        raise DataError(exists.as_json())
    if if_exists == "replace":
        target.drop(connection)
        target.create(connection)
        return target, "replaced"
    have = [column["name"] for column in inspector.get_columns(name, schema or None)]
    if missing := [column for column in frame.columns if column not in have]:
        lacks = Text(
            f"Table {full_name!r} has no column {', '.join(map(repr, missing[:10]))}; it has: {', '.join(have[:20])}.",
            f"表“{full_name}”没有列“{'”、“'.join(missing[:10])}”；现有列：{'、'.join(have[:20])}。",
        )
        raise DataError(lacks.as_json())
    return target, "extended"


def _definition(name: str, schema: str | None, frame: pl.DataFrame) -> SqlTable:
    """Keys are positions: a column's name may hold characters that a bound parameter must not."""
    from sqlalchemy import Column, MetaData
    from sqlalchemy import Table as SqlTable

    columns = [
        Column(column, _sql_type(type), key=f"c{position}")
        for position, (column, type) in enumerate(frame.schema.items())
    ]
    return SqlTable(name, MetaData(), *columns, schema=schema)


def _sql_type(type: pl.DataType) -> Any:
    import polars as pl
    from sqlalchemy import BigInteger, Boolean, Date, DateTime, Double
    from sqlalchemy import Text as SqlText

    if type.is_integer():
        return BigInteger()
    if type.is_float() or type.is_decimal():
        return Double()
    if type == pl.Boolean:
        return Boolean()
    if type == pl.Date:
        return Date()
    return DateTime() if isinstance(type, pl.Datetime) else SqlText()


def _insert(connection: Connection, target: SqlTable, frame: pl.DataFrame, context: Context) -> None:
    keyed = frame.rename({name: f"c{position}" for position, name in enumerate(frame.columns)})
    for number, batch in enumerate(keyed.iter_slices(_BATCH)):
        if batch.height:
            connection.execute(target.insert(), batch.to_dicts())
        context.check_cancelled()
        context.progress(min(1.0, (number + 1) * _BATCH / max(1, frame.height)))
