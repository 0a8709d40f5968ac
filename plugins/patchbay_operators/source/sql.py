"""Read the result of a SQL query."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from patchbay_operators.advice import Text
from patchbay_operators.source._database import database
from patchbay_operators.source._frames import plain_types
from patchbay_operators.source._jdbc import database_errors, jdbc_options, with_values
from patchbay_operators.source._names import changed, unique_names
from patchbay_sdk import Context, DataError, Operator, Outputs, ParamError, Table

if TYPE_CHECKING:
    from sqlalchemy import Engine

_DIALECTS = {"postgresql": "postgres", "mssql": "tsql", "mariadb": "mysql"}
"""SQLAlchemy's name of a database -> sqlglot's, where they differ."""


class ReadSql(Operator):
    """Runs one SELECT statement in a read-only transaction; parameters are bound, never written into the text."""

    def run(
        self,
        context: Context,
        query: str,
        connection: str = "url",
        url: str = "",
        secret: str = "",
        parameters: Mapping[str, Any] | None = None,
        max_rows: int = 1_000_000,
        dates: bool = True,
    ) -> Outputs:
        """Raises ParamError for anything but one SELECT, DataError for what the database refuses."""
        import polars as pl

        engine = database(context, url, secret if connection == "secret" else "")
        statement = check_select(query, engine.dialect.name, parameters or {})
        names, rows = _fetch(engine, statement, parameters or {}, max_rows + 1)
        unique, changes = unique_names(names)
        if changes:
            context.warn(changed(changes).as_json())
        if len(rows) > max_rows:
            more = Text(
                f"Only the first {max_rows:,} rows were read: the result has more. Raise max_rows to read them.",
                f"只读取了前 {max_rows:,} 行，结果还有更多。如需读取，请调大 max_rows。",
            )
            context.warn(more.as_json())
        frame = pl.DataFrame(rows[:max_rows], schema=unique, orient="row", infer_schema_length=None, strict=False)
        context.log(f"{frame.height} rows, {frame.width} columns.")
        return {"table": Table(plain_types(frame, dates))}

    def run_spark(
        self,
        context: Context,
        query: str,
        connection: str = "url",
        url: str = "",
        secret: str = "",
        parameters: Mapping[str, Any] | None = None,
        max_rows: int = 1_000_000,
        dates: bool = True,
    ) -> Outputs:
        """By JDBC, with its types: decimals become float, text stays text. Of more rows some `max_rows` are read."""
        from pyspark.sql.types import DecimalType

        from patchbay_sdk.spark import column

        options = jdbc_options(context, url, secret if connection == "secret" else "")
        name = options["url"].split(":")[1]
        dialect = {"postgresql": "postgres", "sqlserver": "tsql", "derby": ""}.get(name, name)
        check_select(query, dialect, parameters or {})
        statement = with_values(query, dialect, parameters or {})
        with database_errors(Text("the query", "执行查询")):
            reader = context.spark.read.format("jdbc").options(**options, query=statement, preferTimestampNTZ="true")
            frame = reader.option("fetchsize", "10000").load().limit(max_rows)
            decimals = {field.name for field in frame.schema if isinstance(field.dataType, DecimalType)}
        plain = (column(n).cast("double").alias(n) if n in decimals else column(n) for n in frame.columns)
        return {"table": Table(frame.select(*plain))}


def check_select(query: str, dialect: str, parameters: Mapping[str, Any]) -> str:
    """The statement, ready for SQLAlchemy's `text`.

    Raises:
        ParamError: the query is not exactly one SELECT (or a union of them) that only reads, or names other
            parameters than those given.
    """
    import sqlglot
    from sqlglot import exp
    from sqlglot.errors import SqlglotError

    try:
        statements = [found for found in sqlglot.parse(query, dialect=_DIALECTS.get(dialect, dialect)) if found]
    except SqlglotError as error:
        plain = re.sub(r"\x1b\[\d+m", "", str(error))
        unread = Text(f"The query cannot be read as SQL: {plain}", f"查询不是正确的 SQL，请检查：{plain}")
        raise ParamError(unread.as_json(), field="query") from error
    if len(statements) != 1:
        raise ParamError(
            Text(
                f"The query must be one SELECT statement; it holds {len(statements)} statements.",
                f"查询必须是一条 SELECT 语句；现在有 {len(statements)} 条语句。",
            ).as_json(),
            field="query",
        )
    found = next(statements[0].find_all(exp.Insert, exp.Update, exp.Delete, exp.Merge, exp.Into, exp.Lock), None)
    if not isinstance(statements[0], exp.Query) or found is not None:
        kind = (found or statements[0]).key.upper()
        writes = Text(
            f"The query must only read: {kind} is not allowed, only SELECT.",
            f"查询只能读取数据：不允许 {kind}，只允许 SELECT。",
        )
        raise ParamError(writes.as_json(), field="query")
    used = {node.name for node in statements[0].find_all(exp.Placeholder)}
    if not all(re.fullmatch(r"[A-Za-z_]\w*", name) for name in used):
        named = Text(
            "Write parameters as :name, and give their values under parameters.",
            "请把参数写成“:名称”，并在“参数”中给出它们的值。",
        )
        raise ParamError(named.as_json(), field="query")
    for missing, problem in (
        (used - set(parameters), Text("has no value", "没有值，请填写")),
        (set(parameters) - used, Text("is not in the query", "不在查询中，请去掉")),
    ):
        if missing:
            name = min(missing)
            unmatched = Text(f"Parameter {name!r} {problem.en}.", f"参数“{name}”{problem.zh}。")
            raise ParamError(unmatched.as_json(), field="parameters")
    # `text` also takes what stands in quotes for parameters; only those that the parser knows are some.
    return re.sub(r"(?<![:\w\\]):(\w+)(?!:)", lambda match: match[0] if match[1] in used else "\\" + match[0], query)


def _fetch(engine: Engine, statement: str, parameters: Mapping[str, Any], limit: int) -> tuple[list[str], list[Any]]:
    from sqlalchemy import text
    from sqlalchemy.exc import SQLAlchemyError

    options = {"postgresql_readonly": True} if engine.dialect.name == "postgresql" else {}
    try:
        with engine.connect().execution_options(stream_results=True, **options) as connection:
            result = connection.execute(text(statement), dict(parameters))
            return list(result.keys()), [tuple(row) for row in result.fetchmany(limit)]
    except SQLAlchemyError as error:
        reason = getattr(error, "orig", None) or error
        refused = Text(f"The database refused the query: {reason}.", f"数据库拒绝执行查询：{reason}。")
        raise DataError(refused.as_json()) from error
