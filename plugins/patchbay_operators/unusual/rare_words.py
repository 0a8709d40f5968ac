"""Columns of words, such as a recipe or a tool: a value that hardly ever comes is unusual."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from patchbay_sdk import Table

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

MOST_VALUES = 50
RARELY = 0.05
"""A value is rare, and a column rarely empty, at most in this share of the rows."""
USUAL = 0.8
"""Share of the rows that must have a value that is not rare, or the column only names things."""
NEVER_SEEN = 5.0

Shares = Mapping[str, Mapping[str, float]]
"""Column -> value -> its share of the rows; an empty cell is the value ""."""


def shares_of(table: Table, names: Sequence[str]) -> Shares:
    """Of those of these columns whose values come again."""
    import polars as pl

    found = {}
    for name in names:
        values = table.polars()[name].cast(pl.String).fill_null("")
        counts = values.value_counts(sort=True)
        shares = {value: count / len(values) for value, count in counts.iter_rows()}
        common = sum(share for share in shares.values() if share > RARELY)
        if 2 <= len(shares) <= MOST_VALUES and common >= USUAL:
            found[name] = shares
    return found


def rareness(table: Table, shares: Shares) -> Array:
    """How unusual each value is, as deviations of a number would be: rows x columns."""
    import numpy as np
    import polars as pl

    columns = []
    for name, known in shares.items():
        far = {value: how_unusual(share) for value, share in known.items()}
        values = table.polars()[name].cast(pl.String).fill_null("")
        columns.append([far.get(value, NEVER_SEEN) for value in values.to_list()])
    return np.array(columns, float).reshape(len(columns), table.num_rows).T


def how_unusual(share: float) -> float:
    """Of what has this share of the rows, in spreads; 0 where it is not rare."""
    if share <= 0:
        return NEVER_SEEN
    return min(NEVER_SEEN, math.sqrt(-2 * math.log(share))) if share <= RARELY else 0.0
