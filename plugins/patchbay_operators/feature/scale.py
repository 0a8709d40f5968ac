"""Bring numbers to a common scale."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from patchbay_operators.advice import Text
from patchbay_operators.feature import _spark_scale
from patchbay_operators.feature._columns import chosen_columns, numbers
from patchbay_sdk import Column, Context, Schema, SparkLearner, Table


class Scale(SparkLearner):
    """Subtracts a learned centre and divides by a learned scale, as scikit-learn's scalers; missing stays missing."""

    def fit(
        self,
        context: Context,
        table: Table,
        columns: Sequence[str],
        method: str,
        log: bool,
        exclude: Sequence[str] = (),
    ) -> dict[str, Any]:
        """Centre and scale per column, ignoring missing values; a column without values stays as it is."""
        import numpy as np

        chosen = chosen_columns(table.schema, columns, exclude)
        matrix = numbers(table, chosen)
        if log:
            matrix = np.log1p(np.where(matrix > -1, matrix, np.nan))
        known = ~np.isnan(matrix).all(axis=0)
        _warn_of_empty(context, [name for name, has_values in zip(chosen, known, strict=True) if not has_values])
        center, scale = np.zeros(len(chosen)), np.ones(len(chosen))
        if known.any():
            center[known], scale[known] = _center_and_scale(matrix[:, known], method)
        return {"columns": chosen, "log": log, "center": center.tolist(), "scale": scale.tolist()}

    def fit_spark(
        self,
        context: Context,
        table: Table,
        columns: Sequence[str],
        method: str,
        log: bool,
        exclude: Sequence[str] = (),
    ) -> dict[str, Any]:
        """As `fit`; medians and quartiles are exact."""
        chosen = chosen_columns(table.schema, columns, exclude)
        found = _spark_scale.center_and_scale(context.spark, table, chosen, method, log)
        _warn_of_empty(context, [name for name, learned in zip(chosen, found, strict=True) if learned is None])
        center, scale = ([each[side] if each else float(side) for each in found] for side in (0, 1))
        return {"columns": chosen, "log": log, "center": center, "scale": scale}

    def apply_spark(self, context: Context, state: Mapping[str, Any], table: Table) -> Table:
        """The table with the columns scaled by Spark."""
        return table.replace(_spark_scale.scaled(context.spark, table, state))

    def apply(self, state: Mapping[str, Any], table: Table) -> Table:
        """The table with the columns scaled, as decimal numbers."""
        import polars as pl

        scaled = []
        for name, center, scale in zip(state["columns"], state["center"], state["scale"], strict=True):
            values = pl.col(name).cast(pl.Float64)
            if state["log"]:
                values = pl.when(values > -1).then(values.log1p())
            scaled.append(((values - center) / scale).alias(name))
        return table.replace(table.polars().with_columns(scaled))

    def infer(
        self,
        schemas: Mapping[str, Schema | None],
        columns: Sequence[str],
        method: str,
        log: bool,
        exclude: Sequence[str] = (),
    ) -> Mapping[str, Schema | None]:
        """The same columns, the scaled ones as float."""
        table = schemas.get("table")
        if table is None:
            return {"table": None}
        scaled = set(chosen_columns(table, columns, exclude))
        return {
            "table": Schema.of([Column(c.name, "float") if c.name in scaled else c for c in table], open=table.open)
        }


def _warn_of_empty(context: Context, empty: Sequence[str]) -> None:
    if empty:
        nothing = Text(
            f"No values to learn from in {', '.join(map(repr, empty[:10]))}; not scaled.",
            f"“{'”、“'.join(empty[:10])}”没有可学习的值，未缩放。",
        )
        context.warn(nothing.as_json())


def _center_and_scale(matrix: Any, method: str) -> tuple[Any, Any]:
    from sklearn.preprocessing import MaxAbsScaler, MinMaxScaler, RobustScaler, StandardScaler

    if method == "standard":
        standard = StandardScaler().fit(matrix)
        return standard.mean_, standard.scale_
    if method == "min_max":
        min_max = MinMaxScaler().fit(matrix)
        return min_max.data_min_, 1 / min_max.scale_
    if method == "robust":
        robust = RobustScaler().fit(matrix)
        return robust.center_, robust.scale_
    return 0.0, MaxAbsScaler().fit(matrix).scale_
