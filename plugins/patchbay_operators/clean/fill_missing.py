"""Fill missing values with what was learned on the training rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from patchbay_operators.advice import Text
from patchbay_operators.clean import _spark
from patchbay_operators.clean._columns import nan_as_null, require_same_kinds
from patchbay_sdk import Context, ParamError, SparkLearner, Table

if TYPE_CHECKING:
    import polars as pl


class FillMissing(SparkLearner):
    """Learns one value per column (and per group of `by`) and puts it where a value is null or NaN.

    A column keeps its type: in whole numbers, dates and times, mean and median are rounded.
    """

    def fit(
        self,
        context: Context,
        table: Table,
        columns: Sequence[str] = (),
        exclude: Sequence[str] = (),
        strategy: str = "median",
        value: Any = None,
        by: Sequence[str] = (),
    ) -> dict[str, Any]:
        """The fill values as a table: one row overall, and one per group.

        Raises:
            ParamError: a column cannot be filled in this way, or is filled and a group at once.
        """
        state = _chosen(table, columns, exclude, strategy, value, by)
        if strategy not in ("forward", "constant"):
            frame = nan_as_null(table.polars())
            statistics = [_statistic(frame[name], strategy) for name in state["columns"]]
            state["overall"] = Table(_warned(context, frame.select(statistics)))
            if by:
                state["groups"] = Table(frame.group_by(list(by), maintain_order=True).agg(statistics))
        return state

    def fit_spark(
        self,
        context: Context,
        table: Table,
        columns: Sequence[str] = (),
        exclude: Sequence[str] = (),
        strategy: str = "median",
        value: Any = None,
        by: Sequence[str] = (),
    ) -> dict[str, Any]:
        """As `fit`; medians are exact, groups in the order of their values."""
        state = _chosen(table, columns, exclude, strategy, value, by)
        if strategy not in ("forward", "constant"):
            names = state["columns"]
            overall = _spark.statistics(context.spark, table, names, strategy)
            state["overall"] = Table(_warned(context, overall))
            if by:
                state["groups"] = Table(_spark.statistics(context.spark, table, names, strategy, by))
        return state

    def apply_spark(self, context: Context, state: Mapping[str, Any], table: Table) -> Table:
        """The table with the gaps of the learned columns filled by Spark."""
        if "overall" not in state:
            return table.replace(_spark.forward_filled(context.spark, table, state["columns"], state["by"]))
        return table.replace(_spark.filled(context.spark, table, state))

    def reads(self, state: Mapping[str, Any]) -> list[str]:
        """The filled columns and the group columns."""
        return [*state["columns"], *state["by"]]

    def apply(self, state: Mapping[str, Any], table: Table) -> Table:
        """The table with the gaps of the learned columns filled.

        Raises:
            DataError: a column is of another kind than it was in training.
        """
        import polars as pl

        columns, by = state["columns"], state["by"]
        frame = nan_as_null(table.polars(), [*columns, *by])
        if "overall" not in state:
            previous = [pl.col(name).forward_fill().over(by) if by else pl.col(name).forward_fill() for name in columns]
            return table.replace(frame.with_columns(previous))
        require_same_kinds(state["overall"].schema, table)
        types = frame.schema
        if "groups" in state:
            groups = state["groups"].polars().rename({name: f"{name}\0group" for name in columns})
            groups = groups.with_columns(pl.col(name).cast(types[name], strict=False) for name in by)
            frame = frame.join(groups, on=by, how="left", nulls_equal=True, maintain_order="left").with_columns(
                _filled(types[name], pl.col(name), pl.col(f"{name}\0group")) for name in columns
            )
        fills = state["overall"].polars().row(0) if columns else ()
        learned = state["overall"].polars().schema
        frame = frame.with_columns(
            _filled(types[name], pl.col(name), pl.lit(fill, learned[name]))
            for name, fill in zip(columns, fills, strict=True)
        )
        return table.replace(frame.select(table.columns))


def _chosen(
    table: Table, columns: Sequence[str], exclude: Sequence[str], strategy: str, value: Any, by: Sequence[str]
) -> dict[str, Any]:
    """The state as far as the schema says it: columns, groups, constants. Raises as `FillMissing.fit`."""
    import polars as pl

    kinds, schema = _kinds(strategy, value), table.schema
    automatic = [c.name for c in schema if c.kind in kinds and c.kind != "time"]
    chosen = list(columns) or [name for name in automatic if name not in (*exclude, *by)]
    for name in chosen:
        column = schema.get(name)
        if column is None or column.kind not in kinds:
            type = column.type if column else "missing"
            unfit = Text(
                f"columns: {name!r} is {type}, which cannot be filled with {strategy}.",
                f"列“{name}”的类型是 {type}，不能用所选的方式填充。请换一种填充方式，或不选该列。",
            )
            raise ParamError(unfit.as_json(), field="columns")
        if name in by:
            itself = Text(
                f"columns: {name!r} cannot be filled within groups of itself.",
                f"列“{name}”不能按它自己分组来填充。请从其中一处去掉该列。",
            )
            raise ParamError(itself.as_json(), field="columns")
    state: dict[str, Any] = {"columns": chosen, "by": list(by)}
    if strategy == "constant":
        state["overall"] = Table(pl.DataFrame([_constant(table.empty()[name], value) for name in chosen]))
    return state


def _warned(context: Context, overall: pl.DataFrame) -> pl.DataFrame:
    if empty := [name for name in overall.columns if overall[name].null_count()]:
        nothing = Text(
            f"There is no value to learn from in {', '.join(map(repr, empty))}: the gaps there stay.",
            f"“{'”、“'.join(empty)}”没有可学习的值，空缺保持不变。",
        )
        context.warn(nothing.as_json())
    return overall


def _kinds(strategy: str, value: Any) -> Sequence[str]:
    """Kinds of columns that a strategy can fill."""
    if strategy in ("mean", "median"):
        return ("number", "time")
    if strategy != "constant":
        return ("number", "text", "time", "boolean")
    return ("boolean",) if isinstance(value, bool) else ("text", "time") if isinstance(value, str) else ("number",)


def _constant(column: pl.Series, value: Any) -> pl.Series:
    """A constant in a column's own type. Raises ParamError when the type cannot hold it."""
    import polars as pl

    try:
        given = datetime.fromisoformat(value) if column.dtype.is_temporal() else value
        held = pl.select(pl.lit(given).cast(column.dtype).alias(column.name)).to_series()
        if not column.dtype.is_integer() or held.item() == value:
            return held
    except (ValueError, pl.exceptions.InvalidOperationError):
        pass
    raise ParamError(
        Text(
            f"value: {value!r} does not fit column {column.name!r}, which is {column.dtype}. "
            "Choose another value, leave the column out, or cast it first.",
            f"“{value}”不能填入列“{column.name}”，它的类型是 {column.dtype}。请换一个值，不选该列，或先转换列类型。",
        ).as_json(),
        field="value",
    )


def _statistic(column: pl.Series, strategy: str) -> pl.Expr:
    """What a column is filled with, in the column's own type."""
    import polars as pl

    values = pl.col(column.name)
    if strategy == "most_frequent":
        return values.drop_nulls().mode().sort().first()
    average = values.mean() if strategy == "mean" else values.median()
    return (average.round() if column.dtype.is_integer() else average).cast(column.dtype)


def _filled(dtype: pl.DataType, column: pl.Expr, fill: pl.Expr) -> pl.Expr:
    """Gaps filled. A learned 2.5 makes a column of whole numbers decimal; what is not a number adapts to the column."""
    import polars as pl

    return column.fill_null(fill if dtype.is_numeric() or dtype == pl.Null else fill.cast(dtype, strict=False))
