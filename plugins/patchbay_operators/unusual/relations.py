"""Columns that others tell, such as a current by a power: a row is unusual where they do not go together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

TOLD = 0.8
"""Share of a column's variance that the others must tell."""
MOST_COLUMNS, ROWS_EACH = 100, 20
"""Of more columns, or with fewer rows for each, what goes together would be chance."""
TRIMMED = 0.95
"""Share of the rows, those that fit best, by which relations are learned at last."""
SMOOTHING = 1e-3


@dataclass(frozen=True)
class Relations:
    """`of`: positions of the columns that others tell. Per such column `weights` of all columns and `constants`, which
    give what is left of it, and its `spreads`."""

    of: Sequence[int]
    weights: Sequence[Sequence[float]]
    constants: Sequence[float]
    spreads: Sequence[float]

    @classmethod
    def learn(cls, far: Array) -> Relations:
        """`far`: deviations, rows x columns, NaN where empty."""
        import numpy as np

        whole = far[np.isfinite(far).all(axis=1)]
        columns = far.shape[1]
        if not 2 <= columns <= MOST_COLUMNS or len(whole) < ROWS_EACH * columns:
            return cls([], [], [], [])
        rows = np.ones(len(whole), bool)
        for _ in range(2):
            together = np.cov(whole[rows], rowvar=False) + SMOOTHING * np.eye(columns)
            inverse = np.linalg.inv(together)
            weights = inverse / np.diag(inverse)
            left = whole @ weights
            middles = np.median(left[rows], axis=0)
            spreads = 1.4826 * np.median(np.abs(left[rows] - middles), axis=0)
            worst = (np.abs(left - middles) / np.where(spreads > 0, spreads, 1.0)).max(axis=1)
            rows = worst <= np.quantile(worst, TRIMMED)
        told = 1 - 1 / (np.diag(inverse) * np.diag(together))
        of = np.flatnonzero((told >= TOLD) & (spreads > 0))
        return cls(of.tolist(), weights.T[of].tolist(), (-middles[of]).tolist(), spreads[of].tolist())

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Relations:
        """What `asdict` gave."""
        return cls(**document)

    def left(self, far: Array) -> Array:
        """What the others do not tell of each of these columns, in its deviations; 0 in rows with an empty cell."""
        import numpy as np

        if not self.of:
            return np.empty((len(far), 0))
        left = far @ np.array(self.weights).T + np.array(self.constants)
        return np.where(np.isfinite(left), left, 0.0)

    def far(self, far: Array) -> Array:
        """The same in spreads of its own."""
        import numpy as np

        spread: Array = self.left(far) / np.array(self.spreads)
        return spread
