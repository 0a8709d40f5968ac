"""By what people know a row."""

from __future__ import annotations

from collections.abc import Collection

from patchbay_sdk import Table

LONGEST = 30
"""Letters of a name; longer texts are sentences."""


def naming_column(table: Table, other: Collection[str]) -> str:
    """A column that names each row, such as the wafer, and is none of the `other` ones; empty: there is none."""
    import polars as pl

    for column in table.schema:
        values = table.polars()[column.name]
        if column.name in other or values.null_count() or values.n_unique() < len(values):
            continue
        is_short = bool((values.cast(pl.String).str.len_chars() <= LONGEST).all())
        if column.type == "int" or (column.kind == "text" and is_short):
            return column.name
    return ""
