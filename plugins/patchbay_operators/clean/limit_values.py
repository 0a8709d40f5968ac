"""Keep numbers within limits that somebody has set."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from patchbay_operators.advice import Text
from patchbay_operators.clean._columns import nan_as_null, outside, require_same_kinds
from patchbay_sdk import Context, Learner, ParamError, Schema, Table

if TYPE_CHECKING:
    import polars as pl


class LimitValues(Learner):
    """Empties what lies outside of the limits given, or sets it to the limit; nothing is learned from the rows."""

    def fit(
        self, context: Context, table: Table, limits: Sequence[Mapping[str, Any]], action: str = "null"
    ) -> dict[str, Any]:
        """The limits as they were given, and the columns they concern.

        Raises:
            ParamError: a lower limit is above the upper one.
        """
        bounds = [(each["column"], each.get("low"), each.get("high")) for each in limits]
        for name, low, high in bounds:
            if low is not None and high is not None and low > high:
                order = Text(
                    f"limits: the lower limit of {name!r} is {low:g}, above the upper one, {high:g}.",
                    f"“{name}”的下限是 {low:g}，高于上限 {high:g}。请改正其中一个。",
                )
                raise ParamError(order.as_json(), field="limits", value=name)
        columns = list(dict.fromkeys(name for name, _, _ in bounds))
        return {"columns": columns, "limits": [list(bound) for bound in bounds], "action": action}

    def apply(self, state: Mapping[str, Any], table: Table) -> Table:
        """The table with values outside of the limits emptied or set to them. NaN is a gap, and gaps stay.

        Raises:
            DataError: a column holds no numbers.
        """
        require_same_kinds(Schema.of(dict.fromkeys(state["columns"], "float")), table)
        frame = nan_as_null(table.polars(), state["columns"])
        change = _emptied if state["action"] == "null" else _clipped
        for name, low, high in state["limits"]:
            frame = frame.with_columns(
                change(frame[name], -math.inf if low is None else low, math.inf if high is None else high)
            )
        return table.replace(frame)


def _emptied(column: pl.Series, low: float, high: float) -> pl.Expr:
    import polars as pl

    return pl.when(~outside(column.name, (low, high))).then(pl.col(column.name)).alias(column.name)


def _clipped(column: pl.Series, low: float, high: float) -> pl.Expr:
    """Whole numbers stay whole: they go to the nearest whole number within the limits."""
    import polars as pl

    whole = column.dtype.is_integer()
    lower = None if low == -math.inf else math.ceil(low) if whole else low
    upper = None if high == math.inf else math.floor(high) if whole else high
    return pl.col(column.name).clip(lower, upper)
