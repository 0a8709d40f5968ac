"""The fitted forecaster: what a model of a series holds, answers, and writes to disk."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from patchbay_operators.advice import Text
from patchbay_operators.auto.learners import as_table
from patchbay_operators.one_thread import one_thread
from patchbay_operators.series.lines import Line, read_lines
from patchbay_operators.series.steps import Step
from patchbay_operators.series.windows import Shape, boosted_rows, departures, windows
from patchbay_sdk import DataError, Model, Table, dump_estimator, load_estimator

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]


class Forecaster:
    """Answers for the moment of each row with the next `horizon` values, from the row and those before it.

    `options`: JSON: ``kind`` (last, season, linear, boosting, or the key of an operator), ``time``, ``group`` ("": one
    series), ``target``, ``others``, ``horizon``, ``step``, ``shape`` (of the windows), ``season``, ``scales`` (series
    -> its deviation), ``scale`` (of a series that is new), ``other_scales`` (mean and deviation of each of the others),
    ``low`` and ``high`` (per step, how far in deviations a real value lies from the forecast in one case of ten at
    least), ``never_below_zero`` (no value learned from was, as with counts; then no forecast is).
    `weights`: of kind linear, window and a constant x horizon. `trees`: of kind boosting. `model`: of an operator,
    which takes what the trees take.
    """

    takes_missing = True
    title = "a forecaster"

    def __init__(
        self, options: Mapping[str, Any], weights: Array | None = None, trees: Any = None, model: Model | None = None
    ) -> None:
        self.options = options
        self.weights = weights
        self.trees = trees
        self.model = model

    @property
    def step(self) -> Step:
        """The step of time of its series."""
        return Step.from_json(self.options["step"])

    @property
    def shape(self) -> Shape:
        """How far back its windows look."""
        return Shape(**self.options["shape"])

    @property
    def columns(self) -> list[str]:
        """The columns of a line: the target, then the others."""
        return [self.options["target"], *self.options["others"]]

    def lines(self, table: Table) -> Sequence[Line]:
        """The rows as lines. Raises DataError when they do not fit."""
        return read_lines(table, self.step, self.options["time"], self.options["group"], self.columns).lines

    def take(self, table: Table, features: Sequence[str]) -> Array:
        """Windows of all rows: rows x window. Raises DataError: a row has no time."""
        import numpy as np

        taken = np.full((table.num_rows, self.shape.width(len(self.options["others"]))), np.nan)
        for line in self.lines(table) if table.num_rows else ():
            taken[line.rows] = self.windows(line, line.cells)
        if missing := int(np.isnan(taken).any(axis=1).sum()):
            no_time = Text(
                f"{missing} rows have no time in {self.options['time']!r}; drop them (step “Drop rows with gaps”).",
                f"有 {missing} 行在“{self.options['time']}”中没有时间；请先删除这些行（步骤“删除含缺失值的行”）。",
            )
            raise DataError(no_time.as_json())
        return taken

    def windows(self, line: Line, cells: Array) -> Array:
        """The windows of a line that end at these cells."""
        scale = self.options["scales"].get(str(line.name))
        if scale is None:
            deviation = float(line.target[line.seen].std()) if line.seen.any() else 0.0
            scale = deviation or self.options["scale"]
        return windows(line, cells, self.shape, scale, self.options["other_scales"])

    def predict(self, matrix: Array) -> Array:
        """rows x horizon, in the target's own unit."""
        import numpy as np

        horizon, shape = self.options["horizon"], self.shape
        scale, last = matrix[:, shape.scale_at], matrix[:, shape.lags - 1]
        kind = self.options["kind"]
        if kind == "last" or not len(matrix):
            ahead = np.zeros((len(matrix), horizon))
        elif kind == "season":
            ahead = shape.a_season_ago(matrix, self.options["season"], horizon) - last[:, None]
        elif kind == "linear":
            assert self.weights is not None
            ahead = departures(matrix, shape) @ self.weights[:-1] + self.weights[-1]
        else:
            rows = boosted_rows(matrix, shape, horizon, self.options["cycles"])
            with one_thread():
                ahead = answers_of(self.model, rows) if self.model else self.trees.predict(rows)
            ahead = ahead.reshape(len(matrix), horizon)
        return self._possible((ahead + last[:, None]) * scale[:, None])

    def range_of(self, forecast: Array, scales: Array) -> tuple[Array, Array]:
        """The ends of the range that four of five real values should fall into; `scales`: see `scales_of`."""
        import numpy as np

        low, high = (forecast + np.array(self.options[side]) * scales[:, None] for side in ("low", "high"))
        return self._possible(low), self._possible(high)

    def _possible(self, values: Array) -> Array:
        import numpy as np

        return np.maximum(values, 0.0) if self.options.get("never_below_zero") else values

    def scales_of(self, matrix: Array) -> Array:
        """The deviation of the series of each window, in the target's unit."""
        scales: Array = matrix[:, self.shape.scale_at]
        return scales

    def save(self, folder: Path) -> None:
        """Write it into an empty folder."""
        import numpy as np

        (folder / "options.json").write_text(json.dumps(self.options, ensure_ascii=False), encoding="utf-8")
        if self.weights is not None:
            np.save(folder / "weights.npy", self.weights, allow_pickle=False)
        if self.trees is not None:
            dump_estimator(self.trees, folder / "trees.skops")
        if self.model is not None:
            (folder / "model").mkdir()
            self.model.save(folder / "model")

    @classmethod
    def load(cls, files: Mapping[str, Path]) -> Forecaster:
        """Read what `save` wrote."""
        import numpy as np

        options = json.loads(files["options.json"].read_text(encoding="utf-8"))
        weights = np.load(files["weights.npy"], allow_pickle=False) if "weights.npy" in files else None
        trees = load_estimator(files["trees.skops"]) if "trees.skops" in files else None
        of_model = {name.removeprefix("model/"): path for name, path in files.items() if name.startswith("model/")}
        return cls(options, weights, trees, Model.load(of_model) if of_model else None)


def answers_of(model: Model, rows: Array) -> Array:
    """What the model of an operator says of each row. Raises DataError: it is no number."""
    import numpy as np

    answers: Array = model.predict(as_table(rows)).polars()["prediction"].to_numpy()
    if not np.isfinite(answers).all():
        endless = Text(
            f"{model.operator} gives forecasts that are no numbers.",
            f"{model.operator} 给出的预测不是数值。请换一种模型。",
        )
        raise DataError(endless.as_json())
    return answers
