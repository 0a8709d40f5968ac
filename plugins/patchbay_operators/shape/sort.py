"""Order rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from patchbay_sdk import Context, Operator, Outputs, Table


class Sort(Operator):
    """Sorts by one or several columns; missing values and NaN come last, equal rows keep their order."""

    def run(self, context: Context, table: Table, by: Sequence[Mapping[str, str]]) -> Outputs:
        """The rows in their new order."""
        import polars as pl

        table.require(*(key["column"] for key in by))
        types = {column.name: column.type for column in table.schema}
        keys = [pl.col(key["column"]) for key in by]
        keys = [
            key.fill_nan(None) if types[name] == "float" else key.cast(pl.String) if types[name] == "category" else key
            for key, name in ((key, key.meta.output_name()) for key in keys)
        ]
        descending = [key["order"] == "descending" for key in by]
        return {
            "table": table.replace(
                table.polars().sort(keys, descending=descending, nulls_last=True, maintain_order=True)
            )
        }
