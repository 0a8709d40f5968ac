"""The aggregations that group_by and pivot offer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from patchbay_operators.advice import Text
from patchbay_sdk import ParamError, Schema

if TYPE_CHECKING:
    import polars as pl

NUMBERS_ONLY = ("mean", "sum", "std", "median", "quantile")
ORDERED = ("min", "max", "n_unique")


def aggregate(column: str, function: str, schema: Schema, quantile: float = 0.5) -> pl.Expr:
    """The aggregation of a column; missing values and NaN are left out.

    The sum of nothing is 0 and the count 0, everything else of nothing is missing. `std` divides by n - 1.

    Raises:
        ParamError: the function needs numbers (or values that can be compared) and the column holds others.
    """
    import polars as pl

    found = schema.get(column)
    kind, type = (found.kind, found.type) if found else ("other", "other")
    if function in NUMBERS_ONLY and kind not in ("number", "boolean"):
        no_numbers = Text(
            f"{function} needs numbers, column {column!r} is {type}; use count, n_unique, first or last.",
            f"所选的函数需要数字，而列“{column}”的类型是 {type}；请改用非空值个数、不同值个数、第一个值或最后一个值。",
        )
        raise ParamError(no_numbers.as_json())
    if function in ORDERED and kind == "other":
        no_order = Text(
            f"{function} needs values that can be compared, column {column!r} is {type}.",
            f"所选的函数需要可以比较的值，而列“{column}”的类型是 {type}。请换一个函数或一列。",
        )
        raise ParamError(no_order.as_json())
    values = pl.col(column)
    if type == "float":
        values = values.fill_nan(None)
    if function == "sum":
        return values.sum() if type == "float" else values.cast(pl.Int64).sum()
    if function in ("min", "max") and type == "category":
        values = values.cast(pl.String)
    if function in NUMBERS_ONLY:
        values = values.cast(pl.Float64)
    functions: Mapping[str, Callable[[], Any]] = {
        "mean": values.mean,
        "std": values.std,
        "median": values.median,
        "quantile": lambda: values.quantile(quantile, "linear"),
        "min": values.min,
        "max": values.max,
        "count": lambda: values.count().cast(pl.Int64),
        "n_unique": lambda: values.drop_nulls().n_unique().cast(pl.Int64),
        "first": lambda: values.drop_nulls().first(),
        "last": lambda: values.drop_nulls().last(),
    }
    result: pl.Expr = functions[function]()
    return result


def aggregate_type(function: str, type: str) -> str:
    """The logical type of an aggregation of a column of that type."""
    if function in ("count", "n_unique"):
        return "int"
    if function == "sum":
        return "float" if type == "float" else "int"
    if function in NUMBERS_ONLY:
        return "float"
    return "string" if function in ("min", "max") and type == "category" else type
