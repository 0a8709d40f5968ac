"""Learns forecasters, and judges them on the folds: the same code for both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from patchbay_operators.auto.learners import Learner, as_table
from patchbay_operators.series.forecaster import Forecaster, answers_of
from patchbay_operators.series.lines import Line
from patchbay_operators.series.origins import MOST_LEARNED, Fold, Origins, thinned, windows_of
from patchbay_operators.series.windows import Shape, boosted_rows, departures

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

MOST_BOOSTED = 40_000
"""Rows that boosted trees learn from; an origin gives as many as there are steps ahead."""


@dataclass
class Learning:
    """What all choices of a search share. `base`: options of the forecaster that no choice changes.

    `scales`: the deviation of each line, `typical`: of all of them, in the target's unit. `learners`: operators,
    by their keys; `folder`: for temporary files.
    """

    lines: Sequence[Line]
    scales: Sequence[float]
    typical: float
    origins: Origins
    folds: Sequence[Fold]
    base: Mapping[str, Any]
    seed: int
    learners: Mapping[str, Learner]
    folder: Path
    _windows: tuple[Shape, Array] | None = field(default=None, repr=False)
    _sums: dict[Shape, list[Sums]] = field(default_factory=dict, repr=False)

    def forecaster(self, kind: str, params: Mapping[str, Any], fold: int | None) -> Forecaster:
        """Learned from the training origins of a fold; None: from all origins."""
        shape = self.shape(kind, params)
        others = self.base["others"] if shape.other_lags else []
        scales = self.base["other_scales"] if shape.other_lags else []
        options = {**self.base, "kind": kind, "shape": asdict(shape), "others": others, "other_scales": scales}
        options["season"] = params.get("season", 0)
        options["never_below_zero"] = self._never_below_zero
        made = Forecaster(options)
        if kind == "linear":
            made.weights = self.sums(shape)[-1 if fold is None else fold].solve(params["alpha"])
        if kind == "boosting":
            made.trees = self._trees(shape, params, fold)
        if learner := self.learners.get(kind):
            rows, departing = self._to_boost(shape, fold)
            table = as_table(rows, departing)
            made.model = learner.train(table, "regression", self.folder, self.seed, target="target", params={})
        return made

    def shape(self, kind: str, params: Mapping[str, Any]) -> Shape:
        """How far back a choice looks."""
        if kind in ("last", "season"):
            return Shape(max(1, params.get("season", 1)))
        return Shape(params["lags"], params.get("other_lags", 0) if self.base["others"] else 0)

    def windows(self, shape: Shape) -> Array:
        """The windows of all origins."""
        if self._windows is None or self._windows[0] != shape:
            scales = self.base["other_scales"] if shape.other_lags else []
            self._windows = (shape, windows_of(self.lines, self.scales, self.origins, shape, scales))
        return self._windows[1]

    def judge(self, kind: str, params: Mapping[str, Any]) -> list[Array]:
        """Per fold the errors on its test origins, in deviations: origins x horizon, NaN where no row has the truth."""
        import numpy as np

        errors = []
        for number, fold in enumerate(self.folds):
            made = self.forecaster(kind, params, number)
            windows = self.windows(made.shape)[fold.test]
            ahead = made.predict(windows) / windows[:, [made.shape.scale_at]]
            truth = self.origins.of(fold.test)
            errors.append(np.where(truth.seen, ahead - truth.ahead, np.nan))
        return errors

    @cached_property
    def _never_below_zero(self) -> bool:
        return all(line.target.min() >= 0 for line in self.lines)

    def sums(self, shape: Shape) -> list[Sums]:
        """Per fold, and for all origins at last, the sums that any ridge regression of this shape is solved from."""
        import numpy as np

        if shape not in self._sums:
            everything = thinned(np.arange(len(self.origins)), MOST_LEARNED)
            parts = [*(fold.train for fold in self.folds), everything]
            windows = self.windows(shape)
            self._sums[shape] = [
                Sums.of(departures(windows[part], shape), self._departing(part, shape)) for part in parts
            ]
        return self._sums[shape]

    def _departing(self, part: Array, shape: Shape) -> Array:
        departing: Array = self.origins.ahead[part] - self.windows(shape)[part, shape.lags - 1 : shape.lags]
        return departing

    def _trees(self, shape: Shape, params: Mapping[str, Any], fold: int | None) -> Any:
        from sklearn.ensemble import HistGradientBoostingRegressor
        from threadpoolctl import threadpool_limits

        rows, departing = self._to_boost(shape, fold)
        estimator = HistGradientBoostingRegressor(
            max_iter=params["trees"], learning_rate=params["rate"], max_leaf_nodes=params["leaves"],
            min_samples_leaf=min(100, max(2, len(rows) // 20)), l2_regularization=1.0, early_stopping=False,
            random_state=self.seed,
        )  # fmt: skip
        with threadpool_limits(1):  # so few rows are done sooner than threads agree on them when others compute too
            return estimator.fit(rows, departing)

    def _to_boost(self, shape: Shape, fold: int | None) -> tuple[Array, Array]:
        """Rows to learn from, and by how much the truth departs from the last value."""
        import numpy as np

        horizon = self.base["horizon"]
        part = np.arange(len(self.origins)) if fold is None else self.folds[fold].train
        part = thinned(part, max(1, MOST_BOOSTED // horizon))
        rows = boosted_rows(self.windows(shape)[part], shape, horizon, self.base["cycles"])
        return rows, self._departing(part, shape).reshape(-1)


def try_out(learner: Learner, folder: Path, seed: int) -> None:
    """Raise PatchbayError unless the operator learns a number from a small made-up table."""
    import numpy as np

    rows = np.array([[row % 13, row * 5 % 17] for row in range(60)], float)
    model = learner.train(as_table(rows, rows.sum(axis=1)), "regression", folder, seed, target="target", params={})
    answers_of(model, rows)


@dataclass(frozen=True)
class Sums:
    """What ridge regressions of all strengths are solved from: means, and the products of what is left."""

    products: Array
    with_targets: Array
    mean: Array
    mean_targets: Array

    @classmethod
    def of(cls, inputs: Array, targets: Array) -> Sums:
        """Of rows x columns and rows x targets."""
        mean, mean_targets = inputs.mean(axis=0), targets.mean(axis=0)
        centred = inputs - mean
        return cls(centred.T @ centred, centred.T @ (targets - mean_targets), mean, mean_targets)

    def solve(self, alpha: float) -> Array:
        """Weights and, last, constants."""
        import numpy as np

        strength = np.eye(len(self.mean)) * alpha
        weights = np.linalg.solve(self.products + strength, self.with_targets) if len(self.mean) else self.with_targets
        return np.vstack([weights, self.mean_targets - self.mean @ weights])
