"""As many rows as models can learn from within the time: of a very large table a part, drawn by chance."""

from __future__ import annotations

from collections.abc import Collection

from patchbay_operators.advice import Text
from patchbay_sdk import Context, Table

CELLS_A_SECOND = 500_000
"""Values that boosted trees learn from in a second of one CPU, with a margin for preparing them.

With 100 trees, a CPU of 2024 takes 1.5 to 2.8 million.
"""
LEAST_ROWS = 1_000
"""However little time there is."""
LONG_TEXT = 40.0
"""Characters on average from which on each character of a text counts as a value."""


def most_rows(table: Table, left_out: Collection[str], seconds: float) -> int | None:
    """From so many rows models learn in about `seconds`; None: from all that there are."""
    import polars as pl

    frame = table.polars().drop(left_out)
    cells = 0.0
    for column in frame:
        length = float(column.str.len_chars().mean() or 0) if column.dtype == pl.String else 0.0  # type: ignore[arg-type]
        cells += frame.height * (length if length > LONG_TEXT else 1)
    rows = max(LEAST_ROWS, int(frame.height * seconds * CELLS_A_SECOND / max(1.0, cells)))
    return rows if rows < frame.height else None


def few_enough(context: Context, table: Table, most: int | None, seed: int) -> Table:
    """The table, or `most` of its rows, in their order; a warning says so."""
    import numpy as np

    if most is None or most >= table.num_rows:
        return table
    kept = np.sort(np.random.default_rng(seed).choice(table.num_rows, most, replace=False))
    told = Text(
        f"In the time given, models can learn from about {most:,} of {table.num_rows:,} rows; these were drawn by "
        "chance. More minutes use more of them.",
        f"在给定的时间内，模型大约能学习 {table.num_rows:,} 行中的 {most:,} 行；这些行是随机抽取的。"
        "给更多分钟数可以使用更多行。",
    )
    context.warn(told.as_json())
    return table.replace(table.polars()[kept])
