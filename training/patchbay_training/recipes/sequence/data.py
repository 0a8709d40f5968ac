"""Windows of a series: the row and those before it of the same entity, in the order of time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from patchbay_sdk import DataError, Table
from patchbay_training.recipes.tabular.data import NumberReader

Array = np.ndarray[Any, Any]


class WindowReader:
    """`options`: ``entity`` ("": one series), ``time``, ``sensors``, ``steps``, ``numbers`` (of a `NumberReader`).

    A window that begins before its series repeats the series' first row.
    """

    def __init__(self, options: Mapping[str, Any]) -> None:
        self.options = options

    @classmethod
    def learn(cls, table: Table, entity: str, time: str, sensors: Sequence[str], steps: int) -> WindowReader:
        """Scales from the training rows."""
        numbers = NumberReader.learn(table, sensors).options
        return cls({"entity": entity, "time": time, "sensors": list(sensors), "steps": steps, "numbers": numbers})

    def take(self, table: Table, features: Sequence[str]) -> Array:
        """rows x steps x sensors, float32."""
        order, starts = self.order(table)
        values = NumberReader(self.options["numbers"]).take(table, self.options["sensors"])[order]
        back = np.arange(self.options["steps"] - 1, -1, -1)
        places = np.maximum(np.arange(len(order))[:, None] - back, starts[:, None])
        windows = np.empty((len(order), *values[places].shape[1:]), np.float32)
        windows[order] = values[places]
        return windows

    def order(self, table: Table) -> tuple[Array, Array]:
        """Positions of the rows by entity and time; and for each of them where its series starts in that order.

        Raises:
            DataError: two rows of a series have the same time.
        """
        import polars as pl

        entity, time = self.options["entity"], self.options["time"]
        table.require(*filter(None, (entity, time)))
        keys = [pl.col(entity) if entity else pl.lit(0).alias("series"), pl.col(time)]
        frame = table.polars().select(keys).with_row_index("row").sort(keys[0].meta.output_name(), time)
        series = frame[:, 1].rle_id().to_numpy()
        if frame[:, 1:].is_duplicated().any():
            raise DataError(f"Two rows of a series have the same {time!r}: name the column that tells series apart.")
        return frame["row"].to_numpy(), np.searchsorted(series, series)


def remaining_life(reader: WindowReader, table: Table, cap: float) -> Array:
    """Rows until the last of the same entity, at most `cap`: what is left of a life that ends with its series.

    The cap is that of Heimes 2008 (125 for C-MAPSS): far from its end nothing shows the age of a machine.
    """
    order, starts = reader.order(table)
    _, first, lengths = np.unique(starts, return_index=True, return_counts=True)
    left = np.repeat(first + lengths - 1, lengths) - np.arange(len(order))
    targets = np.empty(len(order), np.float64)
    targets[order] = np.minimum(left, cap)
    return targets[:, None]


def futures(reader: WindowReader, table: Table, target: str, horizon: int) -> tuple[Array, Array]:
    """The next `horizon` values of the target for the rows that have a whole window and a whole future.

    Returns their positions in the table, and rows x horizon.

    Raises:
        DataError: no series is long enough.
    """
    order, starts = reader.order(table)
    values = table.polars()[target].cast(float).to_numpy()[order]
    here = np.arange(len(order))
    _, sizes = np.unique(starts, return_counts=True)
    ends = starts + np.repeat(sizes, sizes)
    steps = int(reader.options["steps"])
    whole = (here - starts >= steps - 1) & (here + horizon < ends)
    if not whole.any():
        raise DataError(f"No series has {steps + horizon} rows, which a window and its forecast need.")
    ahead = values[here[whole][:, None] + np.arange(1, horizon + 1)]
    known = np.isfinite(ahead).all(axis=1)
    return order[whole][known], ahead[known]
