"""Wafer maps: a column whose rows are lists of places, row by row of a square."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from patchbay_sdk import DataError, Table

Array = np.ndarray[Any, Any]


class MapReader:
    """`options`: ``side``, dies along an edge of the square."""

    def __init__(self, options: Mapping[str, Any]) -> None:
        self.options = options

    @classmethod
    def learn(cls, table: Table, column: str) -> MapReader:
        """The side, from the first map. Raises DataError when the column holds no square maps."""
        table.require(column)
        if table.schema.get(column).type != "list":  # type: ignore[union-attr]
            raise DataError(f"{column!r} must hold lists of places (0 outside, 1 good die, 2 bad die), a map per row.")
        lengths = table.polars()[column].list.len()
        places = int(lengths[0] or 0) if len(lengths) else 0
        side = math.isqrt(places)
        if not places or side * side != places:
            raise DataError(f"A map in {column!r} has {places} places, which are no square.")
        return cls({"side": side})

    def take(self, table: Table, features: Sequence[str]) -> Array:
        """rows x side x side, uint8. Raises DataError for maps of another size, or places other than 0, 1, 2."""
        import polars as pl

        column, side = table.polars()[features[0]], int(self.options["side"])
        if not len(column):
            return np.zeros((0, side, side), np.uint8)
        if (column.list.len().fill_null(0) != side * side).any():
            raise DataError(f"The maps in {features[0]!r} must have {side} x {side} places; some have not.")
        maps = column.explode(empty_as_null=True).cast(pl.Float64).fill_null(-1).to_numpy()
        if not np.isin(maps, (0, 1, 2)).all():
            raise DataError(f"The maps in {features[0]!r} must hold 0 (outside), 1 (good die) and 2 (bad die) only.")
        return maps.astype(np.uint8).reshape(-1, side, side)
