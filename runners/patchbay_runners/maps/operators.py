"""What happens to tables before and after a map."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from patchbay_sdk.context import Context
from patchbay_sdk.errors import DataError
from patchbay_sdk.operator import Operator, Outputs
from patchbay_sdk.schema import common_type
from patchbay_sdk.table import Table


class Divide(Operator):
    """One table for each value of a column, in the order of the values; rows without a value come last."""

    def run(self, context: Context, table: Table, column: str, most: int) -> Outputs:
        """`items`: each value and its number of rows. The tables themselves are artifacts named by their number."""
        import polars as pl

        if column not in table.columns:
            names = ", ".join(map(repr, table.columns[:20]))
            raise DataError(f"The map runs over column {column!r}, which the table lacks; it has: {names}.")
        frame = table.polars()
        count = frame[column].n_unique()
        if count > most:
            raise DataError(f"Column {column!r} has {count:,} values; a map runs over {most:,} at most.")
        parts = frame.sort(column, nulls_last=True, maintain_order=True).partition_by(column, maintain_order=True)
        parts = [part for part in parts if part.height]
        for number, part in enumerate(parts):
            context.artifact(str(number), table.replace(part), "table")
        values = (
            frame.select(column).clear() if not parts else pl.concat([part.select(column).head(1) for part in parts])
        )
        rows = pl.Series("rows", [part.height for part in parts], dtype=pl.Int64)
        items = values.rename({column: "item"}).with_columns(rows)
        return {"items": Table(items)}


class Collect(Operator):
    """Tables one below the other; a column may name the item that each comes from, unless they have it already."""

    def run(
        self, context: Context, tables: Sequence[Table], column: str = "", type: str = "", items: Sequence[Any] = ()
    ) -> Outputs:
        """Columns that a table lacks are missing in its rows."""
        import polars as pl

        _require_common_types(tables)
        frames = [table.polars() for table in tables]
        if column and not any(column in table.columns for table in tables):
            kind = {"integer": pl.Int64, "number": pl.Float64, "boolean": pl.Boolean}.get(type, pl.String)
            frames = [
                frame.with_columns(pl.lit(item, dtype=kind).alias(column))
                for frame, item in zip(frames, items, strict=True)
            ]
        try:
            united = pl.concat(frames, how="diagonal_relaxed")
        except pl.exceptions.PolarsError as error:
            raise DataError(f"The tables of the items cannot be put together: {error}.") from error
        return {"table": tables[0].replace(united)}


def _require_common_types(tables: Sequence[Table]) -> None:
    found: dict[str, dict[str, int]] = {}
    for position, table in enumerate(tables):
        for column in table.schema:
            found.setdefault(column.name, {}).setdefault(column.type, position)
    conflicts = [
        f"{name!r} is " + ", ".join(f"{type} in item {position}" for type, position in types.items())
        for name, types in found.items()
        if common_type(types) is None
    ]
    if conflicts:
        raise DataError(
            f"The items make columns of different types: {'; '.join(conflicts[:10])}. Cast them first (clean.cast)."
        )
