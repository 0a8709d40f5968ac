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
    by their keys.
    """

    lines: Sequence[Line]
    scales: Sequence[float]
    typical: float
    origins: Origins
    folds: Sequence[Fold]
    base: Mapping[str, Any]
    seed: int
    learners: Mapping[str, Learner]
    _windows: tuple[Shape, Array] | None = field(default=None, repr=False)

    def forecaster(self, kind: str, params: Mapping[str, Any], fold: int | None, folder: Path) -> Forecaster:
        """Learned from the training origins of a fold; None: from all origins. `folder`: for temporary files.

        Raises:
            DataError, ParamError: an operator cannot learn from these.
        """
        shape = self.shape(kind, params)
        others = self.base["others"] if shape.other_lags else []
        scales = self.base["other_scales"] if shape.other_lags else []
        options = {**self.base, "kind": kind, "shape": asdict(shape), "others": others, "other_scales": scales}
        options["season"] = params.get("season", 0)
        options["never_below_zero"] = self._never_below_zero
        made = Forecaster(options)
        if kind == "linear":
            part = self._learned(fold, MOST_LEARNED)
            made.weights = ridge(
                departures(self.windows(shape)[part], shape), self._departing(part, shape), params["alpha"]
            )
        if kind == "boosting":
            made.trees = self._trees(shape, params, fold)
        if learner := self.learners.get(kind):
            rows, departing = self._to_boost(shape, fold)
            table = as_table(rows, departing)
            made.model = learner.train(table, "regression", folder, self.seed, target="target", params={})
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

    def errors(self, kind: str, params: Mapping[str, Any], fold: int, folder: Path) -> Array:
        """On the test origins of a fold, in deviations: origins x horizon, NaN where no row has the truth.

        Raises:
            DataError, ParamError: an operator cannot learn from the others.
        """
        import numpy as np

        made = self.forecaster(kind, params, fold, folder)
        test = self.folds[fold].test
        windows, truth = self.windows(made.shape)[test], self.origins.of(test)
        ahead = made.predict(windows) / windows[:, [made.shape.scale_at]]
        return np.where(truth.seen, ahead - truth.ahead, np.nan)

    @cached_property
    def _never_below_zero(self) -> bool:
        return all(line.target.min() >= 0 for line in self.lines)

    def _learned(self, fold: int | None, most: int) -> Array:
        """The origins that are learned from, `most` of them."""
        import numpy as np

        return thinned(np.arange(len(self.origins)) if fold is None else self.folds[fold].train, most)

    def _departing(self, part: Array, shape: Shape) -> Array:
        departing: Array = self.origins.ahead[part] - self.windows(shape)[part, shape.lags - 1 : shape.lags]
        return departing

    def _trees(self, shape: Shape, params: Mapping[str, Any], fold: int | None) -> Any:
        from sklearn.ensemble import HistGradientBoostingRegressor

        rows, departing = self._to_boost(shape, fold)
        estimator = HistGradientBoostingRegressor(
            max_iter=params["trees"], learning_rate=params["rate"], max_leaf_nodes=params["leaves"],
            min_samples_leaf=min(100, max(2, len(rows) // 20)), l2_regularization=1.0, early_stopping=False,
            random_state=self.seed,
        )  # fmt: skip
        return estimator.fit(rows, departing)

    def _to_boost(self, shape: Shape, fold: int | None) -> tuple[Array, Array]:
        """Rows to learn from, and by how much the truth departs from the last value."""
        horizon = self.base["horizon"]
        part = self._learned(fold, max(1, MOST_BOOSTED // horizon))
        rows = boosted_rows(self.windows(shape)[part], shape, horizon, self.base["cycles"])
        return rows, self._departing(part, shape).reshape(-1)


def try_out(learner: Learner, folder: Path, seed: int) -> None:
    """Raise PatchbayError unless the operator learns a number from a small made-up table."""
    import numpy as np

    rows = np.array([[row % 13, row * 5 % 17] for row in range(60)], float)
    model = learner.train(as_table(rows, rows.sum(axis=1)), "regression", folder, seed, target="target", params={})
    answers_of(model, rows)


def ridge(inputs: Array, targets: Array, alpha: float) -> Array:
    """Weights and, last, constants, of a ridge regression of rows x targets on rows x columns."""
    import numpy as np

    mean, mean_targets = inputs.mean(axis=0), targets.mean(axis=0)
    centred = inputs - mean
    products = centred.T @ centred + np.eye(len(mean)) * alpha
    weights = centred.T @ (targets - mean_targets)
    if len(mean):
        weights = np.linalg.solve(products, weights)
    return np.vstack([weights, mean_targets - mean @ weights])
