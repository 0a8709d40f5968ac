"""Bring outliers back to bounds learned on the training rows."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from patchbay_operators.advice import Text
from patchbay_operators.clean._columns import nan_as_null, outside, require_same_kinds
from patchbay_sdk import Column, Context, Learner, ParamError, Schema, Table

if TYPE_CHECKING:
    import polars as pl

NORMAL_MAD = 1.4826
"""Standard deviations per median absolute deviation where values are normally distributed."""

FEW_VALUES = 10
"""Columns with so many different values or fewer are flags or grades: they are clipped only when they are named."""


class ClipOutliers(Learner):
    """Learns bounds per column; what lies outside is set to the bound, emptied, or flagged in a column of its own."""

    def infer(
        self,
        schemas: Mapping[str, Schema | None],
        columns: Sequence[str] = (),
        action: str = "clip",
        **params: Any,
    ) -> Mapping[str, Schema | None]:
        """The same columns; with flags, one more for each column named, or for those that the data will choose."""
        schema = schemas["table"]
        if schema is None or action != "flag":
            return {"table": schema}
        flags = [Column(_flag(name), "bool") for name in columns]
        return {"table": Schema((*schema.columns, *flags), open=schema.open or not columns)}

    def fit(
        self,
        context: Context,
        table: Table,
        columns: Sequence[str] = (),
        exclude: Sequence[str] = (),
        method: str = "quantile",
        lower: float = 0.01,
        upper: float = 0.99,
        factor: float = 1.5,
        deviations: float = 3.5,
        action: str = "clip",
    ) -> dict[str, Any]:
        """The columns, and the bounds of those that have some (see `_bounds`); rounded outwards for whole numbers.

        Raises:
            ParamError: `lower` is not below `upper`, or a column for a flag exists already.
        """
        if method == "quantile" and lower >= upper:
            order = Text(
                f"lower is {lower}; it must be below upper, which is {upper}.",
                f"下分位数是 {lower}，必须小于上分位数 {upper}。",
            )
            raise ParamError(order.as_json(), field="lower")
        frame = nan_as_null(table.polars())
        numbers = [name for name in table.schema.of_kind("number") if name not in exclude]
        chosen = list(columns) or [name for name in numbers if frame[name].drop_nulls().n_unique() > FEW_VALUES]
        if action == "flag" and (taken := [_flag(name) for name in chosen if _flag(name) in table.columns]):
            raise ParamError(
                Text(
                    f"action: the flags need a column {taken[0]!r}, which exists already: rename it.",
                    f"标记需要新列“{taken[0]}”，但该列已经存在：请先重命名。",
                ).as_json(),
                field="action",
            )
        distance = factor if method == "iqr" else deviations
        bounds = {name: _bounds(frame[name], method, lower, upper, distance) for name in chosen}
        if unbounded := [name for name, bound in bounds.items() if bound is None]:
            narrow = Text(
                f"The values of {', '.join(map(repr, unbounded))} do not spread: no bounds, nothing is changed.",
                f"“{'”、“'.join(unbounded)}”的值没有离散，没有界限，保持不变。",
            )
            context.warn(narrow.as_json())
        return {"columns": chosen, "bounds": {name: bound for name, bound in bounds.items() if bound}, "action": action}

    def apply(self, state: Mapping[str, Any], table: Table) -> Table:
        """The table with outliers clipped, emptied or flagged. NaN is a gap, and gaps stay.

        Raises:
            DataError: a column is of another kind than it was in training.
        """
        import polars as pl

        require_same_kinds(Schema.of(dict.fromkeys(state["columns"], "float")), table)
        frame = nan_as_null(table.polars(), state["columns"])
        if state["action"] == "flag":
            none = pl.repeat(False, pl.len())
            found = {name: outside(name, bound).fill_null(False) for name, bound in state["bounds"].items()}
            flags = [found.get(name, none).alias(_flag(name)) for name in state["columns"]]
            return table.replace(frame.with_columns(flags))
        types = frame.schema
        change = _emptied if state["action"] == "null" else _clipped
        return table.replace(
            frame.with_columns(change(name, bound, types[name]) for name, bound in state["bounds"].items())
        )


def _flag(name: str) -> str:
    return f"{name}_outlier"


def _emptied(name: str, bound: Sequence[float], dtype: pl.DataType) -> pl.Expr:
    import polars as pl

    return pl.when(~outside(name, bound)).then(pl.col(name)).alias(name)


def _clipped(name: str, bound: Sequence[float], dtype: pl.DataType) -> pl.Expr:
    """Clipped; whole numbers become decimal where the bounds, learned from decimals, are not whole."""
    import polars as pl

    decimal = dtype.is_integer() and not all(float(edge).is_integer() for edge in bound)
    return (pl.col(name).cast(pl.Float64) if decimal else pl.col(name)).clip(*bound)


def _bounds(column: pl.Series, method: str, lower: float, upper: float, distance: float) -> tuple[float, float] | None:
    """Lowest and highest value that is no outlier; None where the finite values do not spread.

    quantile: quantiles `lower` and `upper`; iqr: `distance` interquartile ranges outside of the quartiles (Tukey 1977);
    mad: `distance` robust standard deviations around the median (modified z-score, Iglewicz & Hoaglin 1993).
    """
    import numpy as np
    import polars as pl

    values = column.drop_nulls().cast(pl.Float64).to_numpy()
    values = values[np.isfinite(values)]
    if not len(values):
        return None
    if method == "quantile":
        low, high = np.quantile(values, [lower, upper])
    elif method == "iqr":
        first, third = np.quantile(values, [0.25, 0.75])
        low, high = first - distance * (third - first), third + distance * (third - first)
    else:
        spread = NORMAL_MAD * np.median(np.abs(values - np.median(values)))
        low, high = np.median(values) - distance * spread, np.median(values) + distance * spread
    if low == high:
        return None
    return (math.floor(low), math.ceil(high)) if column.dtype.is_integer() else (float(low), float(high))
