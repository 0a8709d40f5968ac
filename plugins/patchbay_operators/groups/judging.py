"""How good groups are: whether they lie apart, and come out again when a part of the rows is left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from patchbay_operators.advice import Text
from patchbay_operators.auto.learners import Learner, as_table
from patchbay_operators.groups.grouping import Groups, Scale
from patchbay_operators.groups.one_cloud import one_cloud
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
CLOUDS = 5
"""Clouds without groups that groups are held against."""


@dataclass
class Judging:
    """Rows to group: rows x columns, NaN where empty. `folder`: for temporary files.

    An operator finds groups; what is kept of each is its middle, and a row belongs to the nearest one. So every answer
    can be explained, whatever operator it was.

    How far groups lie apart is measured for every choice in the same way, with long tails as logarithms, since
    otherwise a way that pushes a few rows far away would always look best.
    """

    columns: Sequence[str]
    matrix: Array
    seed: int
    folder: Path
    _rows: Array = field(init=False, repr=False)
    _yardstick: Array = field(init=False, repr=False)

    def __post_init__(self) -> None:
        import numpy as np

        rows, draw = np.arange(len(self.matrix)), np.random.default_rng(self.seed)
        self._rows = rows if len(rows) <= MOST_JUDGED else np.sort(draw.choice(rows, MOST_JUDGED, replace=False))
        self._yardstick = Scale.learn(self.matrix, "log").apply(self.matrix[self._rows])

    def judge(self, learner: Learner, way: str, groups: int | None) -> list[float]:
        """Per part that is left out: how far the groups lie apart, times how far they come out again.

        `groups`: how many; None: as many as the operator finds.

        Raises:
            DataError: a group would be of next to no rows, or there would be only one.
            ParamError: the operator does not take so many groups.
        """
        import numpy as np
        from sklearn.metrics import adjusted_rand_score

        chosen = self.matrix[self._rows]
        values = Scale.learn(self.matrix, way).apply(chosen)
        centres = self._centres(learner, values, groups, self.seed)
        members = _nearest(values, centres)
        count = groups or len(centres)
        if count < 2:
            raise DataError(Text("There is only one group.", "只找到一组。").as_json())
        sizes = np.bincount(members, minlength=count)
        if sizes.min() < max(FEWEST, SMALLEST * len(values)):
            tiny = Text(
                f"One of {count} groups would have only {sizes.min()} of {len(values)} rows.",
                f"分成 {count} 组时，有一组只有 {sizes.min()} 行（共 {len(values)} 行）。",
            )
            raise DataError(tiny.as_json())
        apart = max(0.0, self.apart(members))
        part = np.random.default_rng(self.seed).permutation(np.arange(len(values)) * FOLDS // len(values))
        scores = []
        for left_out in range(FOLDS):
            fewer = self._centres(learner, values[part != left_out], groups, self.seed + 1 + left_out)
            scores.append(apart * max(0.0, float(adjusted_rand_score(members, _nearest(values, fewer)))))
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

    def apart_by_chance(self, learner: Learner, groups: int | None) -> tuple[float, float]:
        """The same for rows of one single cloud that looks like these rows (`one_cloud`): mean and deviation of some
        draws."""
        import numpy as np
        from sklearn.metrics import silhouette_score

        draw, rows = np.random.default_rng(self.seed), min(len(self._yardstick), MOST_COMPARED)
        found = []
        for _ in range(CLOUDS):
            cloud = one_cloud(self._yardstick, rows, draw)
            members = _nearest(cloud, self._centres(learner, cloud, groups, self.seed))
            found.append(float(silhouette_score(cloud, members)) if 1 < len(np.unique(members)) < rows else 0.0)
        return float(np.mean(found)), float(np.std(found))

    def grouping(self, learner: Learner, way: str, groups: int | None) -> tuple[Groups, Array]:
        """The groups, learned from all rows, and the number of each row's group."""
        scale = Scale.learn(self.matrix, way)
        values = scale.apply(self.matrix)
        centres = self._centres(learner, values, groups, self.seed)
        made = Groups.made(self.columns, scale, centres, _nearest(values, centres))
        return made, made.predict(values)

    def _centres(self, learner: Learner, values: Array, groups: int | None, seed: int) -> Array:
        return find_centres(learner, values, groups, self.folder, seed)

    def measured(self, numbers: Array) -> float:
        """`apart` for the groups of all rows."""
        return self.apart(numbers[self._rows])


def try_out(learner: Learner, folder: Path, seed: int) -> None:
    """Raise PatchbayError unless the operator puts the rows of a small made-up table into groups."""
    import numpy as np

    heap = np.array([[row % 5, row * 3 % 7] for row in range(30)], float)
    find_centres(learner, np.vstack([heap, heap + 40]), 2, folder, seed)


def find_centres(learner: Learner, values: Array, groups: int | None, folder: Path, seed: int) -> Array:
    """The middles of the groups that an operator finds among rows x comparable columns: groups x columns.

    Raises:
        DataError: it finds none, or cannot learn from these rows.
        ParamError: it does not take so many groups.
    """
    import numpy as np

    table = as_table(values)
    params = {} if groups is None else {"clusters": groups}
    model = learner.train(table, "clustering", folder, seed, params={"starts": STARTS, **params})
    with learner.guard():
        numbers = model.predict(table).polars()["prediction"].to_numpy()
    centres = [values[numbers == number].mean(axis=0) for number in np.unique(numbers) if number >= 0]
    if not centres:
        raise DataError(Text("It finds no groups.", "没有找到任何分组。").as_json())
    return np.array(centres)


def _nearest(values: Array, centres: Array) -> Array:
    import numpy as np

    distances = np.column_stack([((values - centre) ** 2).sum(axis=1) for centre in centres])
    nearest: Array = distances.argmin(axis=1)
    return nearest
