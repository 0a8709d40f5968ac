"""The one expression language of Patchbay: a safe part of SQL.

An expression is SQL as one writes it behind WHERE or SELECT: ``pressure > 3 AND tool IN ('A', 'B')``,
``"flow rate" / nullif(area, 0)``, ``CASE WHEN x IS NULL THEN 0 ELSE 1 END``. Column names with blanks or capitals
that matter stand in double quotes. sqlglot parses it, only the words listed here pass, and the tree is translated to
polars and to Spark: nothing is ever evaluated as code.

Division is always real division; comparing with NULL gives NULL, as in SQL.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from patchbay_sdk.errors import ExpressionError
from patchbay_sdk.schema import Schema

if TYPE_CHECKING:
    import polars as pl
    from pyspark.sql import Column
    from sqlglot import exp

FUNCTIONS = [
    "abs",
    "ceil",
    "coalesce",
    "concat",
    "contains",
    "day",
    "dayofweek",
    "ends_with",
    "exp",
    "floor",
    "greatest",
    "hour",
    "if",
    "isnan",
    "least",
    "length",
    "ln",
    "log10",
    "log2",
    "lower",
    "minute",
    "month",
    "nullif",
    "power",
    "quarter",
    "regexp_matches",
    "replace",
    "round",
    "sign",
    "sqrt",
    "starts_with",
    "substring",
    "trim",
    "upper",
    "year",
]
"""Functions that an expression may call."""
MAX_LENGTH = 10_000
"""Longest expression, in characters."""
MAX_DEPTH = 200
"""Deepest nesting."""


@dataclass(frozen=True, slots=True)
class Expression:
    """A parsed expression: `columns` it reads, in order of appearance, and its views."""

    text: str
    columns: tuple[str, ...]
    tree: exp.Expression

    def polars(self) -> pl.Expr:
        """The expression for polars."""
        from patchbay_sdk.expression_polars import to_polars

        return to_polars(self.tree)

    def spark(self, empty: pl.DataFrame) -> tuple[Column, pl.DataType]:
        """The expression for Spark, and its type in polars, on a table that is `empty` without its rows.

        Raises:
            ExpressionError: it does not fit the columns' types, or Spark would give something else than polars.
        """
        from patchbay_sdk.expression_spark import to_spark

        return to_spark(self.tree, empty)

    def type(self, schema: Schema) -> str:
        """The logical type of the result on a table of this schema."""
        import polars as pl

        from patchbay_sdk.model import polars_type

        empty = pl.DataFrame(schema={column.name: polars_type(column) for column in schema})
        try:
            result = empty.select(self.polars().alias("result"))
        except pl.exceptions.PolarsError as error:
            raise ExpressionError(f"{self.text!r} does not fit the columns' types: {_first_line(error)}.") from error
        return Schema.from_arrow(result.to_arrow().schema).columns[0].type


def parse(text: str, schema: Schema | None = None) -> Expression:
    """Parse and check an expression; with a schema, its column names too.

    Raises:
        ExpressionError: it does not parse, uses something that is not allowed, or names an unknown column.
    """
    expression = _parsed(text)
    if schema is not None:
        for name in expression.columns:
            if name not in schema:
                alike = difflib.get_close_matches(name, schema.names, n=1)
                hint = f"did you mean {alike[0]!r}?" if alike else f"there are: {', '.join(schema.names[:20])}."
                raise ExpressionError(f"Column {name!r} is not in the table; {hint}", column=name)
    return expression


@lru_cache(maxsize=1024)
def _parsed(text: str) -> Expression:
    import sqlglot
    from sqlglot import exp

    if not text.strip():
        raise ExpressionError("The expression is empty.")
    if len(text) > MAX_LENGTH:
        raise ExpressionError(f"The expression has {len(text)} characters; at most {MAX_LENGTH} are allowed.")
    try:
        tree = sqlglot.parse_one(text, dialect="duckdb")
    except RecursionError:
        raise ExpressionError(f"{_shown(text)} is nested deeper than {MAX_DEPTH} levels.") from None
    except sqlglot.errors.SqlglotError as error:
        raise ExpressionError(f"{_shown(text)} cannot be read: {_parse_message(error)}") from error
    if not isinstance(tree, exp.Expression) or tree.find(exp.Query, exp.DDL, exp.DML, exp.Command, exp.Drop):
        raise ExpressionError(f"{_shown(text)} is a statement; an expression over the columns is needed.")
    _check_tree(tree, text)
    columns = tuple(dict.fromkeys(node.name for node in tree.find_all(exp.Column, bfs=False)))
    return Expression(text, columns, tree)


def _shown(text: str) -> str:
    return repr(text if len(text) <= 80 else text[:77] + "...")


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0].rstrip(".")


def _parse_message(error: Exception) -> str:
    details = getattr(error, "errors", None)
    if details:
        description = details[0]["description"]
        # sqlglot tells the name of a class of its own here, which says nothing to whoever writes the expression.
        what = "something is missing" if description.startswith("Required keyword") else description
        return f"{what} at column {details[0]['col']}."
    return _first_line(error) + "."


def _check_tree(tree: exp.Expression, text: str) -> None:
    from sqlglot import exp

    from patchbay_sdk.expression_polars import BUILDERS, CAST_TYPES, PARTS, PATTERNS

    for node in tree.walk():
        if node.depth > MAX_DEPTH:
            raise ExpressionError(f"{_shown(text)} is nested deeper than {MAX_DEPTH} levels.")
        if isinstance(node, exp.Column) and node.table:
            raise ExpressionError(f"{node.sql()}: write the column name alone, in double quotes if it has a dot.")
        if type(node) not in BUILDERS and not isinstance(node, PARTS):
            name = node.name if isinstance(node, exp.Anonymous) else node.sql(dialect="duckdb")
            raise ExpressionError(
                f"{_shown(name)} is not allowed in an expression; functions are: {', '.join(FUNCTIONS)}.", part=name
            )
        if isinstance(node, exp.Cast) and node.to.this not in CAST_TYPES:
            allowed = "int, float, text, boolean, date, timestamp"
            raise ExpressionError(f"Cannot cast to {node.to.sql(dialect='duckdb')}; allowed: {allowed}.")
        if isinstance(node, PATTERNS) and not (isinstance(node.expression, exp.Literal) and node.expression.is_string):
            raise ExpressionError(f"{_shown(node.sql(dialect='duckdb'))}: the pattern must be a quoted text.")
