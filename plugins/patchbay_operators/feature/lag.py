"""Earlier values of the same entity."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any

from patchbay_operators.feature._past import ROW, in_time, with_past
from patchbay_sdk import Column, Context, Learner, Schema, Table


class Lag(Learner):
    """Adds ``<column>_lag<n>``, the value n rows before in time, and ``<column>_diff<n>``, the change since then.

    The last training rows of each entity are kept, so that later rows have a past.
    """

    def fit(
        self,
        context: Context,
        table: Table,
        time: str,
        by: Sequence[str],
        columns: Sequence[str],
        lags: Sequence[int],
        differences: bool,
    ) -> dict[str, Any]:
        """The choices, and each entity's last rows."""
        table.require(time, *by, *columns)
        rows = in_time(table, time, by, columns)
        last = rows.group_by(list(by), maintain_order=True).tail(max(lags)) if by else rows.tail(max(lags))
        return {
            "time": time,
            "by": list(by),
            "columns": list(columns),
            "lags": list(lags),
            "differences": differences,
            "past": Table(last.select([*by, time, *columns]).sort(time, maintain_order=True)),
        }

    def reads(self, state: Mapping[str, Any]) -> list[str]:
        """Values, time and entity."""
        return [*state["columns"], state["time"], *state["by"]]

    def apply(self, state: Mapping[str, Any], table: Table) -> Table:
        """The table, rows in their order, with the earlier values; rows without a time have none."""
        import polars as pl

        by, added = state["by"], []
        rows = with_past(in_time(table, state["time"], by, state["columns"]), state["past"].polars(), state["time"], by)
        for column, lag in product(state["columns"], state["lags"]):
            before = pl.col(column).shift(lag).over(by) if by else pl.col(column).shift(lag)
            added.append(before.alias(f"{column}_lag{lag}"))
            if state["differences"]:
                added.append((pl.col(column) - before).alias(f"{column}_diff{lag}"))
        values = rows.select(ROW, *added).filter(pl.col(ROW).is_not_null())
        names = [name for name in values.columns if name != ROW]
        frame = table.polars().drop(names, strict=False).with_row_index(ROW)
        return table.replace(frame.join(values, on=ROW, how="left", maintain_order="left").drop(ROW))

    def infer(
        self,
        schemas: Mapping[str, Schema | None],
        columns: Sequence[str],
        lags: Sequence[int],
        differences: bool,
        **params: Any,
    ) -> Mapping[str, Schema | None]:
        """The columns, and one or two per column and lag."""
        table = schemas.get("table")
        if table is None:
            return {"table": None}
        kinds = ("lag", "diff") if differences else ("lag",)
        new = [f"{column}_{kind}{lag}" for column, lag, kind in product(columns, lags, kinds)]
        kept = [column for column in table if column.name not in new]
        return {"table": Schema.of([*kept, *(Column(name, "float") for name in new)], open=table.open)}
