"""How an expression is translated to Spark: node by node, each asked which type polars gives it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from patchbay_sdk.errors import ExpressionError
from patchbay_sdk.expression_polars import to_polars

if TYPE_CHECKING:
    import polars as pl
    from pyspark.sql import Column


class Translation:
    """One expression on one table's columns.

    Args:
        empty: the table without its rows.
        builders: what each kind of node means.
    """

    def __init__(self, empty: pl.DataFrame, builders: Mapping[type[exp.Expression], Builder]) -> None:
        self._empty = empty
        self._builders = builders

    def typed(self, tree: exp.Expression) -> tuple[Column, Any]:
        """The column, cast to the type that polars gives it, and that type."""
        dtype = self.dtype(tree)
        return self.cast(self.of(tree), dtype), dtype

    def of(self, node: exp.Expression) -> Column:
        """The Spark column of a node. Raises ExpressionError."""
        builder = self._builders.get(type(node))
        if builder is None:
            raise refused(node, "Spark has nothing that means exactly the same", "Spark 没有含义完全相同的写法")
        return builder(self, node)

    def dtype(self, node: exp.Expression) -> Any:
        """The polars type of a node. Raises ExpressionError when it does not fit the columns."""
        import polars as pl

        try:
            return self._empty.select(to_polars(node).alias("result")).schema["result"]
        except pl.exceptions.PolarsError as error:
            reason = str(error).strip().splitlines()[0].rstrip(".")
            raise ExpressionError(
                {
                    "en": f"{shown(node)} does not fit the columns' types: {reason}.",
                    "zh-CN": f"“{cut(node)}”与列的类型不符。请检查各列的类型，必要时用 CAST 转换。",
                }
            ) from error

    def cast(self, value: Column, dtype: Any, *, attempt: bool = False) -> Column:
        """The value in Spark's type for a polars type; what does not fit is an error, or null (`attempt`)."""
        import polars as pl

        from patchbay_sdk.spark_types import spark_type_of

        if dtype == pl.Null:
            return value
        found = spark_type_of(pl.Series([], dtype=dtype).to_arrow().type)
        if found is None or not isinstance(found.json, str):
            raise ExpressionError(
                {
                    "en": f"Spark has no type for {dtype}; run this step locally.",
                    "zh-CN": f"Spark 没有与 {dtype} 对应的类型；请在本机运行此步骤。",
                }
            )
        return value.try_cast(found.json) if attempt else value.cast(found.json)

    def number(self, node: exp.Expression) -> Column:
        """A number as a decimal one (double). Raises ExpressionError for what is none."""
        dtype = self.dtype(node)
        if dtype.is_decimal() or dtype.is_temporal():
            raise to_cast(node, dtype)
        return self.of(node).cast("double")

    def is_whole(self, node: exp.Expression) -> bool:
        """Whether polars computes a node as whole numbers."""
        return bool(self.dtype(node).is_integer())


Builder = Callable[[Translation, Any], Any]
"""Makes the Spark column of a node."""


def shown(node: exp.Expression) -> str:
    """A part of an expression for a message, in quotes."""
    return repr(cut(node))


def cut(node: exp.Expression) -> str:
    """The beginning of a part of an expression."""
    text = node.sql(dialect="duckdb")
    return text if len(text) <= 80 else text[:77] + "..."


def refused(node: exp.Expression, why: str, why_zh: str) -> ExpressionError:
    """The error for what Spark would not compute as the local engine does; why, in English and in Chinese."""
    return ExpressionError(
        {
            "en": f"{shown(node)} cannot be computed on Spark: {why}. Or run this step locally.",
            "zh-CN": f"Spark 上不能计算“{cut(node)}”：{why_zh}。也可在本机运行此步骤。",
        }
    )


def to_cast(node: exp.Expression, dtype: Any) -> ExpressionError:
    """The error for a number of a type with which Spark computes otherwise."""
    return refused(node, f"it is {dtype}; cast it to DOUBLE first", f"它的类型是 {dtype}；请先转换为 DOUBLE")


def sf() -> Any:
    from pyspark.sql.connect import functions

    return functions


def truth(t: Translation, node: exp.Expression) -> Any:
    import polars as pl

    if t.dtype(node) not in (pl.Boolean, pl.Null):
        raise refused(node, "it is neither true nor false; compare it with a value", "它不是真或假；请让它与一个值比较")
    return t.of(node).cast("boolean")


def compared(compare: Callable[[Any, Any], Any]) -> Builder:
    return lambda t, node: compare(*comparable(t, node.this, node.expression))


def comparable(t: Translation, *nodes: exp.Expression) -> list[Any]:
    """Values in one type, as polars brings them to one."""
    types = [t.dtype(node) for node in nodes]
    if any(type.is_numeric() for type in types) and not all(type.is_integer() for type in types):
        pairs = zip(nodes, types, strict=True)
        return [t.of(node).cast("double") if type.is_numeric() else t.of(node) for node, type in pairs]
    return [t.of(node) for node in nodes]


def arguments(node: Any) -> list[exp.Expression]:
    """The arguments of a function of any number of them."""
    first = [node.this] if node.args.get("this") is not None else []
    return [*first, *node.expressions]
