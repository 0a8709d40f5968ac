"""Keep, drop and reorder columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from patchbay_operators.advice import Text
from patchbay_operators.shape import _spark
from patchbay_sdk import Context, DataError, Schema, SparkLearner, Table


class SelectColumns(SparkLearner):
    """Keeps the chosen columns in the chosen order, or drops them; prediction does the same.

    At prediction a chosen column may be absent (the target, an id): only what the model needs is asked for.
    """

    def fit(self, context: Context, table: Table, columns: Sequence[str], mode: str) -> dict[str, Any]:
        """The choice."""
        table.require(*columns)
        if mode == "drop" and set(columns) >= set(table.columns):
            every = Text("Every column would be dropped; leave at least one.", "所有列都会被去掉；请至少保留一列。")
            raise DataError(every.as_json())
        return {"columns": list(columns), "mode": mode}

    def reads(self, state: Mapping[str, Any]) -> list[str]:
        """Nothing: a column that is absent is neither kept nor dropped."""
        return []

    def apply(self, state: Mapping[str, Any], table: Table) -> Table:
        """The table with those of its columns."""
        chosen = [name for name in state["columns"] if name in table.columns]
        frame = table.polars()
        return table.replace(frame.select(chosen) if state["mode"] == "keep" else frame.drop(chosen))

    def apply_spark(self, context: Context, state: Mapping[str, Any], table: Table) -> Table:
        """The table with those of its columns."""
        chosen = [name for name in state["columns"] if name in table.columns]
        return table.replace(_spark.selected(table.spark(context.spark), chosen, state["mode"] == "keep"))

    def infer(
        self, schemas: Mapping[str, Schema | None], columns: Sequence[str], mode: str
    ) -> dict[str, Schema | None]:
        """The chosen columns, or the others."""
        table = schemas.get("table")
        if table is None:
            return {"table": None}
        if mode == "drop":
            return {"table": Schema.of([column for column in table if column.name not in columns], open=table.open)}
        known = [column for name in columns if (column := table.get(name)) is not None]
        return {"table": Schema.of(known, open=len(known) < len(columns))}
