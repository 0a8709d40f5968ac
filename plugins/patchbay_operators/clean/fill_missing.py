"""Fill missing values with what was learned on the training rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from patchbay_sdk import Context, Learner, ParamError, Table

if TYPE_CHECKING:
    import polars as pl


class FillMissing(Learner):
    """Learns one value per column (and per group of `by`) and puts it where a value is null or NaN."""

    def fit(
        self,
        context: Context,
        table: Table,
        columns: Sequence[str] = (),
        strategy: str = "median",
        value: Any = None,
        by: Sequence[str] = (),
    ) -> dict[str, Any]:
        """The fill values as a table: one row overall, and one per group."""
        frame = _nan_as_null(table.polars())
        chosen = list(columns) or [name for name in _fitting(table, strategy, value) if name not in by]
        state = {"columns": chosen, "by": list(by), "strategy": strategy, "value": value}
        if strategy in ("constant", "forward"):
            return state
        if wrong := [name for name in chosen if name not in _fitting(table, strategy, value)]:
            raise ParamError(f"columns: {wrong[0]!r} is not a number, which {strategy} needs; use most_frequent.")
        values = [_statistic(name, strategy) for name in chosen]
        state["overall"] = Table(frame.select(values))
        if by:
            state["groups"] = Table(frame.group_by(list(by), maintain_order=True).agg(values))
        return state

    def reads(self, state: Mapping[str, Any]) -> list[str]:
        """The filled columns and the group columns."""
        return [*state["columns"], *state["by"]]

    def apply(self, state: Mapping[str, Any], table: Table) -> Table:
        """The table with the gaps of the learned columns filled."""
        import polars as pl

        frame, columns, by = _nan_as_null(table.polars(), state["columns"]), state["columns"], state["by"]
        if state["strategy"] == "forward":
            filled = [pl.col(name).forward_fill().over(by) if by else pl.col(name).forward_fill() for name in columns]
            return table.replace(frame.with_columns(filled))
        if state["strategy"] == "constant":
            types = {name: frame.schema[name] for name in columns}
            constants = [pl.col(name).fill_null(pl.lit(state["value"]).cast(types[name])) for name in columns]
            return table.replace(frame.with_columns(constants))
        if by:
            groups = state["groups"].polars().rename({name: f"{name}\0group" for name in columns})
            frame = frame.join(groups, on=by, how="left", nulls_equal=True, maintain_order="left").with_columns(
                pl.col(name).fill_null(pl.col(f"{name}\0group")) for name in columns
            )
        overall = state["overall"].polars()
        frame = frame.with_columns(pl.col(name).fill_null(pl.lit(overall[name][0], overall.schema[name])) for name in columns)
        return table.replace(frame.select(table.columns))


def _fitting(table: Table, strategy: str, value: Any) -> list[str]:
    """Columns that a strategy can fill."""
    if strategy in ("mean", "median"):
        return table.schema.of_kind("number")
    if strategy == "constant":
        kinds = ("boolean",) if isinstance(value, bool) else ("text",) if isinstance(value, str) else ("number",)
        return table.schema.of_kind(*kinds)
    return table.columns


def _nan_as_null(frame: pl.DataFrame, columns: Sequence[str] | None = None) -> pl.DataFrame:
    import polars as pl

    floats = [n for n, t in frame.schema.items() if t.is_float() and (columns is None or n in columns)]
    return frame.with_columns(pl.col(floats).fill_nan(None))


def _statistic(name: str, strategy: str) -> pl.Expr:
    import polars as pl

    column = pl.col(name)
    if strategy == "most_frequent":
        return column.drop_nulls().mode().sort().first()
    return column.mean() if strategy == "mean" else column.median()
