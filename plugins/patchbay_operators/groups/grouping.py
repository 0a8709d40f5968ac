"""The fitted grouping: what its model holds, answers, and writes to disk."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from patchbay_sdk import Table, feature_matrix

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

WAYS = ("plain", "log", "ranks")
"""Ways to make columns comparable: as they are, long tails as logarithms, or by their rank."""
LEVELS = 101


@dataclass(frozen=True)
class Scale:
    """Makes columns comparable, learned from rows. `way`: one of `WAYS`; `logged`: columns taken as logarithms.

    `middles`: what stands for an empty value. `means`, `deviations`: of each column, after the way. `levels`: of ranks,
    per column the values at the hundredths.
    """

    way: str
    logged: Sequence[bool]
    middles: Sequence[float]
    means: Sequence[float]
    deviations: Sequence[float]
    levels: Sequence[Sequence[float]]

    @classmethod
    def learn(cls, matrix: Array, way: str) -> Scale:
        """From rows x columns, NaN where empty."""
        import numpy as np

        logged = [way == "log" and is_skewed(column) for column in matrix.T]
        known = [column[np.isfinite(column)] for column in matrix.T]
        middles = [float(np.median(values)) if len(values) else 0.0 for values in known]
        at = np.linspace(0, 1, LEVELS)
        levels = [np.quantile(values, at).tolist() if len(values) and way == "ranks" else [] for values in known]
        unscaled = cls(way, logged, middles, [0.0] * len(known), [1.0] * len(known), levels)
        values = unscaled.apply(matrix)
        deviations = [float(each) if each > 1e-12 else 1.0 for each in values.std(axis=0)]
        return cls(way, logged, middles, values.mean(axis=0).tolist(), deviations, levels)

    def apply(self, matrix: Array) -> Array:
        """Rows x columns, without empty or infinite values."""
        import numpy as np

        filled = np.where(np.isfinite(matrix), matrix, np.array(self.middles))
        if any(self.logged):
            filled = np.where(np.array(self.logged), np.log1p(np.maximum(filled, 0)), filled)
        if self.way == "ranks":
            at = np.linspace(0, 1, LEVELS)
            columns = [_rank(column, levels, at) for column, levels in zip(filled.T, self.levels, strict=True)]
            filled = np.column_stack(columns)
        scaled: Array = (filled - np.array(self.means)) / np.array(self.deviations)
        return scaled


def _rank(column: Array, levels: Sequence[float], at: Array) -> Array:
    """Where values stand among the levels; of equal levels in the middle."""
    import numpy as np

    if not levels:
        return column * 0
    low, high = (np.searchsorted(levels, column, side) for side in ("left", "right"))
    between: Array = np.interp(column, levels, at)
    middle = (np.clip(low, 0, LEVELS - 1) + np.clip(high - 1, 0, LEVELS - 1)) / 2 / (LEVELS - 1)
    ranks: Array = np.where(high > low + 1, middle, between)
    return ranks


def is_skewed(column: Array) -> bool:
    """Whether a column without negative values has a long tail, as amounts and times have."""
    import numpy as np

    known = column[np.isfinite(column)]
    if len(known) < 10 or known.min() < 0:
        return False
    deviation = known.std()
    return bool(deviation > 0 and (((known - known.mean()) / deviation) ** 3).mean() > 2)


class Groups:
    """Puts each row to the nearest of its centres; groups count from 1, the largest of the rows learned from first.

    `options`: JSON: ``columns``, ``scale`` (`Scale`), ``centres`` (groups x columns).
    """

    takes_missing = True
    title = "a grouping"

    def __init__(self, options: Mapping[str, Any]) -> None:
        self.options = options

    @property
    def scale(self) -> Scale:
        """How columns are made comparable."""
        return Scale(**self.options["scale"])

    @classmethod
    def made(cls, columns: Sequence[str], scale: Scale, centres: Array, members: Array) -> Groups:
        """Of centres in any order; `members`: the centre of each row, from 0."""
        import numpy as np

        order = np.argsort(-np.bincount(members, minlength=len(centres)), kind="stable")
        return cls({"columns": list(columns), "scale": asdict(scale), "centres": centres[order].tolist()})

    def take(self, table: Table, features: Sequence[str]) -> Array:
        """Comparable columns: rows x columns."""
        return self.scale.apply(feature_matrix(table, self.options["columns"]))

    def distances(self, matrix: Array) -> Array:
        """How far each row is from each centre: rows x groups."""
        import numpy as np

        centres = np.array(self.options["centres"])
        distances: Array = np.column_stack([((matrix - centre) ** 2).sum(axis=1) for centre in centres]) ** 0.5
        return distances

    def predict(self, matrix: Array) -> Array:
        """The number of each row's group."""
        numbers: Array = self.distances(matrix).argmin(axis=1) + 1
        return numbers

    def save(self, folder: Path) -> None:
        """Write it into an empty folder."""
        (folder / "options.json").write_text(json.dumps(self.options, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, files: Mapping[str, Path]) -> Groups:
        """Read what `save` wrote."""
        return cls(json.loads(files["options.json"].read_text(encoding="utf-8")))
