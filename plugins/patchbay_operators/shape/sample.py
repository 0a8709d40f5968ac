"""Take some of the rows."""

from __future__ import annotations

import math

from patchbay_operators.shape import _spark
from patchbay_sdk import Context, Operator, Outputs, Table


class Sample(Operator):
    """Takes rows at random, from the start, from the end, or at equal steps; they stay in their order."""

    def run(
        self,
        context: Context,
        table: Table,
        method: str,
        size: str = "share",
        rows: int = 1000,
        share: float = 0.1,
        step: int = 10,
        stratify: str | None = None,
    ) -> Outputs:
        """The chosen rows; all of them when there are fewer than asked for."""
        frame = table.polars()
        if method == "every_nth":
            return {"table": table.replace(frame.gather_every(step))}
        n = _wanted(table, size, rows, share)
        if method == "first":
            return {"table": table.replace(frame.head(n))}
        if method == "last":
            return {"table": table.replace(frame.tail(n))}
        return {"table": table.replace(frame[_random_rows(table, n, stratify, context.seed)])}

    def run_spark(
        self,
        context: Context,
        table: Table,
        method: str,
        size: str = "share",
        rows: int = 1000,
        share: float = 0.1,
        step: int = 10,
        stratify: str | None = None,
    ) -> Outputs:
        """As many rows, in no order; at random others than the local engine draws, the same ones each time."""
        if stratify:
            table.require(stratify)
        n = _wanted(table, size, rows, share)
        chosen = _spark.sampled(context.spark, table, method, n, step, stratify, context.seed)
        return {"table": table.replace(chosen)}


def _wanted(table: Table, size: str, rows: int, share: float) -> int:
    return min(rows, table.num_rows) if size == "rows" else math.ceil(share * table.num_rows)


def _random_rows(table: Table, n: int, stratify: str | None, seed: int) -> list[int]:
    """Row numbers in order. Stratified: each value's rows are spread evenly over (0, 1), and the n lowest are taken."""
    import numpy as np
    import polars as pl

    order = np.random.default_rng(seed).permutation(table.num_rows)
    if stratify:
        table.require(stratify)
        shuffled = table.polars().select(pl.col(stratify)).with_columns(row=pl.int_range(pl.len()))[order]
        place = (pl.int_range(pl.len()) + 0.5) / pl.len()
        order = shuffled.with_columns(place=place.over(stratify)).sort("place", maintain_order=True)["row"].to_numpy()
    return sorted(order[:n].tolist())
