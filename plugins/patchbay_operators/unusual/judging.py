"""How far ways of looking for unusual rows can be relied on, where nobody has labelled any."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from patchbay_operators.advice import Text
from patchbay_operators.auto.learners import Learner
from patchbay_operators.unusual.detector import (
    OWN,
    UnusualRows,
    deviations,
    for_detectors,
    looks,
    mean_rarity,
    strangeness,
    tail_of,
)
from patchbay_operators.unusual.usual import Usual
from patchbay_sdk import DataError, Model, ParamError, Table

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

FOLDS = 4
TREES, TREES_TO_JUDGE = 200, 50
MOST_JUDGED = 20_000
"""Rows that judgements are compared on; of more, evenly spaced ones."""
WEAK = 0.5
"""A way of looking votes when it is confirmed at least this much as well as the best one."""


@dataclass(frozen=True)
class Learned:
    """What an operator says of all rows, and, per fold, of its rows without having learned from them; or its error."""

    model: Any = None
    everywhere: Any = None
    elsewhere: Sequence[Array] = ()
    error: DataError | ParamError | None = None


@dataclass
class Judging:
    """The rows as deviations, and what each way of looking says: learned from all rows, and from those of other folds.

    A fold is a part of the time, or, where rows have no order, a part of the rows at random. `folder`: for temporary
    files.
    """

    usual: Usual
    window: int
    matrix: Array
    fold: Array
    folds: int
    seed: int
    learners: Sequence[Learner]
    folder: Path

    @classmethod
    def of(
        cls, table: Table, usual: Usual, window: int, seed: int, learners: Sequence[Learner], folder: Path
    ) -> Judging:
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
        return cls(usual, window, matrix, fold, FOLDS, seed, learners, folder)

    @property
    def names(self) -> list[str]:
        """The ways of looking that these rows allow."""
        return list(self._everywhere)

    def judge(self, kind: str) -> list[float]:
        """Per fold how far it is confirmed: the mean of its stability and of the agreement with the others.

        Raises:
            DataError, ParamError: the operator of this key cannot learn from these rows.
        """
        if (learned := self._learned.get(kind)) and learned.error:
            raise learned.error
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
        made = UnusualRows(options, {key: self._learned[key].model for key in members if key not in OWN})
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
        learned = {key: each.everywhere for key, each in self._learned.items() if not each.error}
        return looks(self.matrix, self.usual.width, self.window) | learned

    @cached_property
    def _elsewhere(self) -> Sequence[Mapping[str, Array]]:
        """Per fold, what is said of its rows by ways of looking that have not learned from them."""
        import numpy as np

        columns, said = self.usual.width, []
        for fold in range(self.folds):
            others = self.matrix[self.fold != fold][:, :columns]
            middle = np.median(others, axis=0)
            spread = 1.4826 * np.median(np.abs(others - middle), axis=0)
            spread = np.where(spread > 0, spread, 1.0)
            rows = self._rows(fold)
            again = self.matrix[rows].copy()
            again[:, :columns] = (again[:, :columns] - middle) / spread
            found = looks(again, columns, self.window)
            if self.window:
                found["stretch"] = looks(self.matrix[rows], columns, self.window)["stretch"]
            learned = {key: each.elsewhere[fold] for key, each in self._learned.items() if not each.error}
            said.append(found | learned)
        return said

    @cached_property
    def _learned(self) -> Mapping[str, Learned]:
        return {learner.key: self._learn(learner) for learner in self.learners}

    def _learn(self, learner: Learner) -> Learned:
        columns, matrix = self.usual.width, self.matrix
        try:
            with learner.guard():
                model = self._model(learner, matrix, TREES)
                everywhere, elsewhere = strangeness(model, matrix, columns), []
                for fold in range(self.folds):
                    of_others = self._model(learner, matrix[self.fold != fold], TREES_TO_JUDGE)
                    elsewhere.append(strangeness(of_others, matrix[self._rows(fold)], columns))
        except (DataError, ParamError) as error:
            return Learned(error=error)
        return Learned(model, everywhere, elsewhere)

    def _model(self, learner: Learner, rows: Array, trees: int) -> Model:
        table = for_detectors(rows, self.usual.width)
        return learner.train(table, "anomaly", self.folder, self.seed, params={"trees": trees})

    def _rows(self, fold: int) -> Array:
        sample = self._sample
        rows: Array = sample[self.fold[sample] == fold]
        return rows

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


def try_out(learner: Learner, folder: Path, seed: int) -> None:
    """Raise PatchbayError unless the operator finds the one row of a small made-up table that is far away."""
    import numpy as np

    rows = np.array([[row % 5, row * 3 % 7] for row in range(60)], float)
    rows[-1] = 80
    model = learner.train(for_detectors(rows, 2), "anomaly", folder, seed, params={"trees": TREES_TO_JUDGE})
    scores = strangeness(model, rows, 2)
    if scores[-1] <= np.median(scores):
        blind = Text("it does not find a row that is far away.", "它找不到明显偏离的行。请换一种方法。")
        raise DataError(blind.as_json())


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
