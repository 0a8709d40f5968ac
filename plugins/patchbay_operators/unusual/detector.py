"""The fitted detector of unusual rows: what its model holds, answers, explains, and writes to disk."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from patchbay_operators.advice import Text
from patchbay_operators.auto.learners import as_table
from patchbay_operators.unusual.usual import Usual
from patchbay_sdk import DataError, Model, Table

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

OWN = ("values", "stretch")
"""Ways of looking that need no operator: each value by itself, and stretches of time."""
LEVELS = 200


class UnusualRows:
    """Answers how rare a row is: its score is 2 for one in a hundred, 3 for one in a thousand.

    `options`: JSON: ``usual`` (`Usual`), ``window`` (rows of a stretch; 0: rows have no order), ``members`` (the ways
    of looking that vote), ``tails`` (of each, and of the vote: what scores are how rare), ``threshold`` (the score from
    which on a row is called unusual). `detectors`: the models of those members that are operators, by their keys.
    """

    takes_missing = True
    title = "a detector of unusual rows"

    def __init__(self, options: Mapping[str, Any], detectors: Mapping[str, Model]) -> None:
        self.options = options
        self.detectors = detectors

    @property
    def usual(self) -> Usual:
        """What is usual."""
        return Usual.from_json(self.options["usual"])

    def take(self, table: Table, features: Sequence[str]) -> Array:
        """Deviations of each row, and of the stretch that ends with it: rows x numbers."""
        return deviations(self.usual, table, self.options["window"])

    def looks(self, matrix: Array) -> dict[str, Array]:
        """How unusual each row is by each way of looking, in numbers of its own."""
        columns = self.usual.width
        found = looks(matrix, columns, self.options["window"])
        return found | {key: strangeness(model, matrix, columns) for key, model in self.detectors.items()}

    def rarity(self, matrix: Array) -> Array:
        """The score of each row."""
        tails, members = self.options["tails"], self.options["members"]
        looked = self.looks(matrix)
        voted = mean_rarity(looked, tails, members)
        return rarity_of(voted, tails["vote"]) if len(members) > 1 else voted

    def score_samples(self, matrix: Array) -> Array:
        """As scikit-learn's detectors: the lower, the more unusual."""
        return -self.rarity(matrix)

    def predict(self, matrix: Array) -> Array:
        """As scikit-learn's detectors: -1 for a row that is unusual, else 1."""
        import numpy as np

        called: Array = np.where(self.rarity(matrix) >= self.options["threshold"], -1, 1)
        return called

    def save(self, folder: Path) -> None:
        """Write it into an empty folder."""
        (folder / "options.json").write_text(json.dumps(self.options, ensure_ascii=False), encoding="utf-8")
        for key, model in self.detectors.items():
            (folder / key).mkdir()
            model.save(folder / key)

    @classmethod
    def load(cls, files: Mapping[str, Path]) -> UnusualRows:
        """Read what `save` wrote."""
        options = json.loads(files["options.json"].read_text(encoding="utf-8"))
        detectors = {}
        for key in options["members"]:
            if key not in OWN:
                begin = f"{key}/"
                of_model = {name.removeprefix(begin): path for name, path in files.items() if name.startswith(begin)}
                detectors[key] = Model.load(of_model)
        return cls(options, detectors)


def deviations(usual: Usual, table: Table, window: int) -> Array:
    """Rows x numbers: each column's deviation; in the order of time also its mean, its spread and its mean size over
    the `window` rows up to the row, never after it; of rows with a level of their own, within these."""
    import numpy as np
    import polars as pl

    far = usual.deviations(table)
    if not window:
        return far
    names = [str(number) for number in range(far.shape[1])]
    order = table.polars()[usual.time].arg_sort().to_numpy()
    together = table.polars()[usual.levels.by].gather(order) if usual.levels else pl.Series([0] * len(far))
    rolled = pl.DataFrame(far[order], schema=names).select(
        pl.col(names).rolling_mean(window, min_samples=1).over(together).name.prefix("mean"),
        pl.col(names).rolling_std(window, min_samples=2).fill_null(0).fill_nan(0).over(together).name.prefix("spread"),
        pl.col(names).abs().rolling_mean(window, min_samples=1).over(together).name.prefix("size"),
    )
    behind = np.empty((len(far), 3 * far.shape[1]))
    behind[order] = rolled.to_numpy()
    return np.hstack([far, behind])


def looks(matrix: Array, columns: int, window: int) -> dict[str, Array]:
    """How unusual each row is by the ways of looking in `OWN`."""
    import numpy as np

    found = {"values": np.sqrt((matrix[:, :columns] ** 2).mean(axis=1))}
    if window:
        found["stretch"] = np.sqrt((matrix[:, 3 * columns :] ** 2).mean(axis=1))
    return found


def for_detectors(matrix: Array, columns: int) -> Table:
    """What operators take: deviations, and of stretches their mean and spread."""
    return as_table(matrix[:, : 3 * columns])


def strangeness(model: Model, matrix: Array, columns: int) -> Array:
    """How strange each row is to the model of an operator. Raises DataError when it does not say it as a number."""
    import numpy as np

    if not len(matrix):
        return np.empty(0)
    # The score of `Model.predict`, without its answer yes or no, for which many would compute the score again.
    scores: Array = -model.estimator.score_samples(model.matrix(model.prepare(for_detectors(matrix, columns))))
    if not np.isfinite(scores).all():
        endless = Text(
            f"{model.operator} gives scores that are no numbers.",
            f"{model.operator} 给出的分数不是数值。请换一种方法。",
        )
        raise DataError(endless.as_json())
    return scores


def tail_of(scores: Array) -> list[list[float]]:
    """Scores at which rows become rarer, and how rare: for `rarity_of`."""
    import numpy as np

    rarities = np.linspace(0, np.log10(max(2, len(scores))), LEVELS)
    levels = np.quantile(scores, 1 - 10**-rarities)
    kept = np.flatnonzero(np.append(np.diff(levels) > 0, True))
    return [levels[kept].tolist(), rarities[kept].tolist()]


def mean_rarity(looked: Mapping[str, Array], tails: Mapping[str, Any], members: Sequence[str]) -> Array:
    """The mean over ways of looking."""
    import numpy as np

    mean: Array = np.mean([rarity_of(looked[name], tails[name]) for name in members], axis=0)
    return mean


def rarity_of(scores: Array, tail: Sequence[Sequence[float]]) -> Array:
    """How rare such a score was among the rows learned from, as powers of ten; beyond them it goes on to rise."""
    import numpy as np

    levels, rarities = np.array(tail[0]), np.array(tail[1])
    beyond = np.maximum(scores - levels[-1], 0) / (abs(levels[-1]) + 1e-9)
    rarity: Array = np.interp(scores, levels, rarities) + np.minimum(beyond, 1.0)
    return rarity
