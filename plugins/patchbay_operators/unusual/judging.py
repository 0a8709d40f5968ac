"""How far ways of looking for unusual rows can be relied on, where nobody has labelled any."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from patchbay_operators.unusual.detector import (
    SINGLE,
    UnusualRows,
    deviations,
    for_forest,
    looks,
    mean_rarity,
    tail_of,
)
from patchbay_operators.unusual.usual import Usual
from patchbay_sdk import Table

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

FOLDS = 4
TREES, TREES_TO_JUDGE = 200, 50
MOST_JUDGED = 20_000
"""Rows that judgements are compared on; of more, evenly spaced ones."""
WEAK = 0.5
"""A way of looking votes when it is confirmed at least this much as well as the best one."""


@dataclass
class Judging:
    """The rows as deviations, and what each way of looking says: learned from all rows, and from those of other folds.

    A fold is a part of the time, or, where rows have no order, a part of the rows at random.
    """

    usual: Usual
    window: int
    matrix: Array
    fold: Array
    folds: int
    seed: int

    @classmethod
    def of(cls, table: Table, usual: Usual, window: int, seed: int) -> Judging:
        """Of a table."""
        import numpy as np

        matrix = deviations(usual, table, window)
        rows = len(matrix)
        fold = np.arange(rows) * FOLDS // rows
        if window:
            placed = np.empty(rows, int)
            placed[table.polars()[usual.time].arg_sort().to_numpy()] = fold
            fold = placed
        else:
            fold = np.random.default_rng(seed).permutation(fold)
        return cls(usual, window, matrix, fold, FOLDS, seed)

    @property
    def names(self) -> list[str]:
        """The ways of looking that these rows allow."""
        return [name for name in SINGLE if name in self._everywhere]

    def judge(self, kind: str) -> list[float]:
        """Per fold how far it is confirmed: the mean of its stability and of the agreement with the others."""
        return [(s + a) / 2 for s, a in zip(self._stability(kind), self._agreement(kind), strict=True)]

    def stability(self, kind: str) -> float:
        """Rank correlation of what it says with and without having learned from the rows, mean over the folds."""
        return sum(self._stability(kind)) / self.folds

    def agreement(self, kind: str) -> float:
        """Rank correlation of what it says with what the other ways say together, mean over the folds."""
        return sum(self._agreement(kind)) / self.folds

    def members(self, kind: str) -> list[str]:
        """The ways of looking that a choice consists of."""
        return self._voting if kind == "vote" else [kind]

    def detector(self, kind: str, share: float) -> UnusualRows:
        """The detector, learned from all rows, that calls about this share of them unusual."""
        import numpy as np

        members = self.members(kind)
        tails = {name: tail_of(self._everywhere[name]) for name in members}
        voted = mean_rarity(self._everywhere, tails, members)
        tails["vote"] = tail_of(voted)
        options = {
            "usual": self.usual.as_json(),
            "window": self.window,
            "members": members,
            "tails": tails,
            "threshold": 0.0,
        }
        made = UnusualRows(options, self._forest(slice(None)) if "together" in members else None)
        made.options = {**options, "threshold": float(np.quantile(made.rarity(self.matrix), 1 - share))}
        return made

    @cached_property
    def _voting(self) -> list[str]:
        confirmed = {name: sum(self.judge(name)) for name in self.names}
        return [name for name, value in confirmed.items() if value >= WEAK * max(confirmed.values())]

    @cached_property
    def _sample(self) -> Array:
        import numpy as np

        rows = len(self.matrix)
        return np.unique(np.linspace(0, rows - 1, min(rows, MOST_JUDGED)).round().astype(int))

    @cached_property
    def _everywhere(self) -> Mapping[str, Array]:
        return looks(self.matrix, len(self.usual.columns), self.window, self._forest(slice(None)))

    @cached_property
    def _elsewhere(self) -> Sequence[Mapping[str, Array]]:
        """Per fold, what is said of its rows by ways of looking that have not learned from them."""
        import numpy as np

        columns, said = len(self.usual.columns), []
        for fold in range(self.folds):
            others = self.matrix[self.fold != fold][:, :columns]
            middle = np.median(others, axis=0)
            spread = 1.4826 * np.median(np.abs(others - middle), axis=0)
            spread = np.where(spread > 0, spread, 1.0)
            rows = self._rows(fold)
            again = self.matrix[rows].copy()
            again[:, :columns] = (again[:, :columns] - middle) / spread
            found = dict(looks(again, columns, self.window, None))
            if self.window:
                found["stretch"] = looks(self.matrix[rows], columns, self.window, None)["stretch"]
            found["together"] = looks(
                self.matrix[rows], columns, self.window, self._forest(self.fold != fold, TREES_TO_JUDGE)
            )["together"]
            said.append(found)
        return said

    def _rows(self, fold: int) -> Array:
        sample = self._sample
        rows: Array = sample[self.fold[sample] == fold]
        return rows

    def _forest(self, rows: Any, trees: int = TREES) -> Any:
        from sklearn.ensemble import IsolationForest

        forest = IsolationForest(n_estimators=trees, random_state=self.seed)
        return forest.fit(for_forest(self.matrix[rows], len(self.usual.columns)))

    def _stability(self, kind: str) -> list[float]:
        return [
            _same_order(self._of(kind, self._at(fold)), self._of(kind, self._elsewhere[fold]))
            for fold in range(self.folds)
        ]

    def _agreement(self, kind: str) -> list[float]:
        names = self.names
        others = [name for name in names if name != kind] or names
        return [
            sum(_same_order(self._of(kind, self._at(fold)), self._at(fold)[name]) for name in others) / len(others)
            for fold in range(self.folds)
        ]

    def _at(self, fold: int) -> Mapping[str, Array]:
        rows = self._rows(fold)
        return {name: scores[rows] for name, scores in self._everywhere.items()}

    def _of(self, kind: str, said: Mapping[str, Array]) -> Array:
        """What a way says, or the vote of all, by mean rank."""
        if kind != "vote":
            return said[kind]
        voted: Array = sum(_ranks(said[name]) for name in self.members("vote"))  # type: ignore[assignment]
        return voted


def _ranks(scores: Array) -> Array:
    from scipy.stats import rankdata

    ranks: Array = rankdata(scores)
    return ranks


def _same_order(one: Array, other: Array) -> float:
    """Rank correlation, 0 where one does not tell rows apart."""
    import numpy as np

    if len(one) < 2 or np.ptp(one) == 0 or np.ptp(other) == 0:
        return 0.0
    return float(np.corrcoef(_ranks(one), _ranks(other))[0, 1])
