"""Rows that look like others, but form one single cloud: what groups must lie further apart than."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

MOST_PARTS = 4
NARROW = 0.7
"""A column falls apart by itself where its best parts leave at most this share of the variance that those of evenly
spread values leave, which is 1 / parts ** 2."""
ANSWERS = 3
"""Different values up to which a column says yes or no: such columns have no cloud to be long in, so where they go
together there are groups, and in the cloud they do not."""
SMALLEST, FEW_VALUES = 0.05, 20
"""Share of the rows that each part must have, and different values below which a column is made of steps anyway."""


def one_cloud(values: Array, rows: int, draw: np.random.Generator) -> Array:
    """So many rows in which columns go together as much as in `values` (rows x columns) and have the very same values,
    so that neither a long tail nor steps nor a sharp edge looks like a group. Only a column that falls apart by itself
    has normal ones."""
    import numpy as np
    from scipy.stats import norm, rankdata

    places = np.column_stack([(rankdata(column) - 0.5) / len(column) for column in values.T])
    together = np.atleast_2d(np.cov(norm.ppf(places), rowvar=False))
    answers = [len(np.unique(column)) <= ANSWERS for column in values.T]
    together[answers, :] = together[:, answers] = 0.0
    together[answers, answers] = 1.0
    cloud = draw.multivariate_normal(np.zeros(values.shape[1]), together, rows, method="eigh")
    for number, column in enumerate(values.T):
        wanted = (rankdata(cloud[:, number]) - 0.5) / rows
        if _falls_apart(column):
            cloud[:, number] = norm.ppf(wanted) * column.std() + column.mean()
        else:
            cloud[:, number] = np.quantile(column, wanted)
    return cloud


def _falls_apart(column: Array) -> bool:
    """Whether a column alone has groups: heaps with hardly anything between them."""
    import numpy as np

    ordered = np.sort(column)
    if len(np.unique(ordered)) <= FEW_VALUES:
        return False
    whole, heaps = float(ordered.var()), [ordered]
    for parts in range(2, MOST_PARTS + 1):
        heap = heaps.pop(int(np.argmax([len(each) * each.var() for each in heaps])))
        heaps += np.split(heap, [_best_cut(heap)])
        left = sum(len(each) * float(each.var()) for each in heaps) / len(ordered)
        if min(map(len, heaps)) >= SMALLEST * len(ordered) and left <= NARROW / parts**2 * whole:
            return True
    return False


def _best_cut(ordered: Array) -> int:
    """Where two parts of ordered values stray least around their own means."""
    import numpy as np

    before = np.arange(1, len(ordered))
    sums = np.cumsum(ordered - ordered.mean())[:-1]
    gained = sums**2 / before + sums**2 / (len(ordered) - before)  # the sum of all of them is 0
    return int(gained.argmax()) + 1
