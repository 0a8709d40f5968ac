"""How good groups are: whether they lie apart, and come out again when a part of the rows is left out."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from patchbay_operators.advice import Text
from patchbay_operators.groups.grouping import Groups, Scale
from patchbay_sdk import DataError

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

FOLDS = 4
STARTS = 5
MOST_JUDGED = 20_000
"""Rows that choices are judged on; of more, some at random."""
MOST_COMPARED = 2_000
"""Rows whose distances to each other are measured."""
SMALLEST = 0.01
"""A group of a smaller share of the rows, or of fewer than `FEWEST` rows, is an outlier and no group."""
FEWEST = 3


@dataclass
class Judging:
    """Rows to group: rows x columns, NaN where empty.

    How far groups lie apart is measured for every choice in the same way, with long tails as logarithms, since
    otherwise a way that pushes a few rows far away would always look best.
    """

    columns: Sequence[str]
    matrix: Array
    seed: int
    _rows: Array = field(init=False, repr=False)
    _yardstick: Array = field(init=False, repr=False)

    def __post_init__(self) -> None:
        import numpy as np

        rows, draw = np.arange(len(self.matrix)), np.random.default_rng(self.seed)
        self._rows = rows if len(rows) <= MOST_JUDGED else np.sort(draw.choice(rows, MOST_JUDGED, replace=False))
        self._yardstick = Scale.learn(self.matrix, "log").apply(self.matrix[self._rows])

    def judge(self, way: str, groups: int) -> list[float]:
        """Per part that is left out: how far the groups lie apart, times how far they come out again.

        Raises:
            DataError: a group would be of next to no rows.
        """
        import numpy as np
        from sklearn.metrics import adjusted_rand_score

        chosen = self.matrix[self._rows]
        values = Scale.learn(self.matrix, way).apply(chosen)
        members, _ = _fitted(values, groups, self.seed)
        sizes = np.bincount(members, minlength=groups)
        if sizes.min() < max(FEWEST, SMALLEST * len(values)):
            tiny = Text(
                f"One of {groups} groups would have only {sizes.min()} of {len(values)} rows.",
                f"分成 {groups} 组时，有一组只有 {sizes.min()} 行（共 {len(values)} 行）。",
            )
            raise DataError(tiny.as_json())
        apart = max(0.0, self.apart(members))
        part = np.random.default_rng(self.seed).permutation(np.arange(len(values)) * FOLDS // len(values))
        scores = []
        for left_out in range(FOLDS):
            _, centres = _fitted(values[part != left_out], groups, self.seed + 1 + left_out)
            again = _nearest(values, centres)
            scores.append(apart * max(0.0, float(adjusted_rand_score(members, again))))
        return scores

    def apart(self, members: Array) -> float:
        """The silhouette, from -1 to 1: how much nearer rows are to their own group than to the next one."""
        import numpy as np
        from sklearn.metrics import silhouette_score

        rows = np.arange(len(members))
        if len(rows) > MOST_COMPARED:
            rows = np.random.default_rng(self.seed).choice(rows, MOST_COMPARED, replace=False)
        if not 1 < len(np.unique(members[rows])) < len(rows):
            return 0.0
        return float(silhouette_score(self._yardstick[rows], members[rows]))

    def apart_by_chance(self, groups: int) -> float:
        """The same for rows of one single cloud that is as wide in each direction as these rows are."""
        import numpy as np
        from sklearn.metrics import silhouette_score

        draw, rows = np.random.default_rng(self.seed), min(len(self._yardstick), MOST_COMPARED)
        wide = np.atleast_2d(np.cov(self._yardstick, rowvar=False))
        cloud = draw.multivariate_normal(np.zeros(len(wide)), wide, rows, method="eigh")
        members, _ = _fitted(cloud, groups, self.seed)
        return float(silhouette_score(cloud, members)) if 1 < len(np.unique(members)) < rows else 0.0

    def grouping(self, way: str, groups: int) -> tuple[Groups, Array]:
        """The groups, learned from all rows, and the number of each row's group."""
        scale = Scale.learn(self.matrix, way)
        values = scale.apply(self.matrix)
        members, centres = _fitted(values, groups, self.seed)
        made = Groups.made(self.columns, scale, centres, members)
        return made, made.predict(values)

    def measured(self, numbers: Array) -> float:
        """`apart` for the groups of all rows."""
        return self.apart(numbers[self._rows])


def _fitted(values: Array, groups: int, seed: int) -> tuple[Array, Array]:
    """The group of each row, and the centres, by k-means."""
    from sklearn.cluster import KMeans
    from sklearn.exceptions import ConvergenceWarning
    from threadpoolctl import threadpool_limits

    if len(values) < groups:
        few = Text(
            f"{groups} groups need at least as many rows; there are {len(values)}.",
            f"分成 {groups} 组至少需要同样多的行；现在有 {len(values)} 行。",
        )
        raise DataError(few.as_json())
    threads = 1 if len(values) <= MOST_JUDGED else None  # so few rows are done sooner than threads agree on them
    with threadpool_limits(threads), warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # fewer different rows than groups: too small ones follow
        fitted = KMeans(n_clusters=groups, n_init=STARTS, random_state=seed).fit(values)
    return fitted.labels_, fitted.cluster_centers_


def _nearest(values: Array, centres: Array) -> Array:
    import numpy as np

    distances = np.column_stack([((values - centre) ** 2).sum(axis=1) for centre in centres])
    nearest: Array = distances.argmin(axis=1)
    return nearest
