"""Levels of their own: the middle and the spread that the rows of each machine, recipe or line have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from patchbay_operators.labels import label_texts
from patchbay_operators.unusual.spread import spread_of
from patchbay_sdk import Table

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

FEWEST = 20
"""Rows, fewer than which say little of a level: they are compared with all rows."""


@dataclass(frozen=True)
class Levels:
    """`of`: value of the column `by` -> middles and spreads of all columns; `all`: of rows with other values."""

    by: str
    of: Mapping[str, Sequence[Sequence[float]]]
    all: Sequence[Sequence[float]]

    @classmethod
    def learn(cls, table: Table, by: str, values: Array) -> Levels:
        """`values`: rows x columns, NaN where empty."""
        import polars as pl

        whole = _level(values, [[0.0, 1.0]] * values.shape[1])
        names = label_texts(table.polars()[by].cast(pl.String))
        found = {}
        for name in names.drop_nulls().unique(maintain_order=True):
            rows = (names == name).fill_null(False).to_numpy()
            if rows.sum() >= FEWEST:
                found[name] = _level(values[rows], whole)
        return cls(by, found, whole)

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Levels:
        """What `asdict` gave."""
        return cls(**document)

    def leave_out(self, table: Table, values: Array) -> Array:
        """The values in spreads from the middle of their level."""
        middles, spreads = self._rows(table)
        left: Array = (values - middles) / spreads
        return left

    def put_back(self, table: Table, values: Array) -> Array:
        """What `leave_out` has taken away."""
        middles, spreads = self._rows(table)
        back: Array = values * spreads + middles
        return back

    def _rows(self, table: Table) -> tuple[Array, Array]:
        """The middles and spreads that hold for each row: rows x columns."""
        import numpy as np
        import polars as pl

        names = label_texts(table.polars()[self.by].cast(pl.String)).to_list()
        levels = np.array([self.of.get(name, self.all) for name in names], float).reshape(len(names), -1, 2)
        return levels[:, :, 0], levels[:, :, 1]


def _level(values: Array, otherwise: Sequence[Sequence[float]]) -> list[list[float]]:
    """Middle and spread of each column; of one without a value, `otherwise`."""
    import numpy as np

    found = []
    for column, other in zip(values.T, otherwise, strict=True):
        known = column[np.isfinite(column)]
        middle = float(np.median(known)) if len(known) else 0.0
        found.append([middle, spread_of(known - middle, known)] if len(known) else list(other))
    return found
