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
from patchbay_sdk.texts import quoted

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
            raise ExpressionError(
                {
                    "en": f"{self.text!r} does not fit the columns' types: {_first_line(error)}.",
                    "zh-CN": f"“{self.text}”与列的类型不符。请检查各列的类型，必要时用 CAST 转换。",
                }
            ) from error
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
                hint_zh = f"是否指“{alike[0]}”？" if alike else f"现有的列：{quoted(schema.names)}。"
                raise ExpressionError(
                    {"en": f"Column {name!r} is not in the table; {hint}", "zh-CN": f"表中没有“{name}”列；{hint_zh}"},
                    column=name,
                )
    return expression


@lru_cache(maxsize=1024)
def _parsed(text: str) -> Expression:
    import sqlglot
    from sqlglot import exp

    if not text.strip():
        raise ExpressionError({"en": "The expression is empty.", "zh-CN": "表达式为空。请填写。"})
    if len(text) > MAX_LENGTH:
        raise ExpressionError(
            {
                "en": f"The expression has {len(text)} characters; at most {MAX_LENGTH} are allowed.",
                "zh-CN": f"表达式有 {len(text)} 个字符，最多允许 {MAX_LENGTH} 个。",
            }
        )
    try:
        tree = sqlglot.parse_one(text, dialect="duckdb")
    except RecursionError:
        raise _too_deep(text) from None
    except sqlglot.errors.SqlglotError as error:
        why, why_zh = _parse_message(error)
        raise ExpressionError(
            {"en": f"{_shown(text)} cannot be read: {why}", "zh-CN": f"无法读取“{_cut(text)}”：{why_zh}"}
        ) from error
    if not isinstance(tree, exp.Expression) or tree.find(exp.Query, exp.DDL, exp.DML, exp.Command, exp.Drop):
        raise ExpressionError(
            {
                "en": f"{_shown(text)} is a statement; an expression over the columns is needed.",
                "zh-CN": f"“{_cut(text)}”是语句；这里需要由列组成的表达式。",
            }
        )
    _check_tree(tree, text)
    columns = tuple(dict.fromkeys(node.name for node in tree.find_all(exp.Column, bfs=False)))
    return Expression(text, columns, tree)


def _cut(text: str) -> str:
    return text if len(text) <= 80 else text[:77] + "..."


def _shown(text: str) -> str:
    return repr(_cut(text))


def _too_deep(text: str) -> ExpressionError:
    return ExpressionError(
        {
            "en": f"{_shown(text)} is nested deeper than {MAX_DEPTH} levels.",
            "zh-CN": f"“{_cut(text)}”的嵌套超过 {MAX_DEPTH} 层。请拆成几步。",
        }
    )


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0].rstrip(".")


def _parse_message(error: Exception) -> tuple[str, str]:
    """What is wrong, in English and in Chinese."""
    details = getattr(error, "errors", None)
    if details:
        description = details[0]["description"]
        # sqlglot tells the name of a class of its own here, which says nothing to whoever writes the expression.
        what, what_zh = description, "写法有误"
        if description.startswith("Required keyword"):
            what, what_zh = "something is missing", "缺少内容"
        elif description.startswith("Expecting "):
            what_zh = description.replace("Expecting ", "缺少 ")
        place = details[0]["col"]
        return f"{what} at column {place}.", f"第 {place} 个字符处{what_zh}。"
    return f"{_first_line(error)}.", "请检查括号、引号和其余写法。"


def _check_tree(tree: exp.Expression, text: str) -> None:
    from sqlglot import exp

    from patchbay_sdk.expression_polars import BUILDERS, CAST_TYPES, PARTS, PATTERNS

    for node in tree.walk():
        if node.depth > MAX_DEPTH:
            raise _too_deep(text)
        if isinstance(node, exp.Column) and node.table:
            raise ExpressionError(
                {
                    "en": f"{node.sql()}: write the column name alone, in double quotes if it has a dot.",
                    "zh-CN": f"“{node.sql()}”：请只写列名；列名中有点时，请用双引号括起来。",
                }
            )
        if type(node) not in BUILDERS and not isinstance(node, PARTS):
            name = node.name if isinstance(node, exp.Anonymous) else node.sql(dialect="duckdb")
            raise ExpressionError(
                {
                    "en": f"{_shown(name)} is not allowed in an expression; functions are: {', '.join(FUNCTIONS)}.",
                    "zh-CN": f"表达式中不能使用“{_cut(name)}”；可用的函数：{'、'.join(FUNCTIONS)}。",
                },
                part=name,
            )
        if isinstance(node, exp.Cast) and node.to.this not in CAST_TYPES:
            allowed = "int, float, text, boolean, date, timestamp"
            wanted = node.to.sql(dialect="duckdb")
            raise ExpressionError(
                {
                    "en": f"Cannot cast to {wanted}; allowed: {allowed}.",
                    "zh-CN": f"不能转换为 {wanted}；可用的类型：{allowed.replace(', ', '、')}。",
                }
            )
        if isinstance(node, PATTERNS) and not (isinstance(node.expression, exp.Literal) and node.expression.is_string):
            part = node.sql(dialect="duckdb")
            raise ExpressionError(
                {
                    "en": f"{_shown(part)}: the pattern must be a quoted text.",
                    "zh-CN": f"“{_cut(part)}”：模式必须是单引号中的文本。",
                }
            )
