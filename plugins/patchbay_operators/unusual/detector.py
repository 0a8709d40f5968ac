"""The fitted detector of unusual rows: what its model holds, answers, explains, and writes to disk."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from patchbay_operators.unusual.usual import Usual
from patchbay_sdk import Table, dump_estimator, load_estimator

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

SINGLE = ("values", "stretch", "together")
"""Ways of looking: each value by itself, stretches of time, and values together."""
LEVELS = 200


class UnusualRows:
    """Answers how rare a row is: its score is 2 for one in a hundred, 3 for one in a thousand.

    `options`: JSON: ``usual`` (`Usual`), ``window`` (rows of a stretch; 0: rows have no order), ``members`` (the ways
    of looking that vote), ``tails`` (of each, and of the vote: what scores are how rare), ``threshold`` (the score from
    which on a row is called unusual). `forest`: of the way of looking called together.
    """

    takes_missing = True
    title = "a detector of unusual rows"

    def __init__(self, options: Mapping[str, Any], forest: Any = None) -> None:
        self.options = options
        self.forest = forest

    @property
    def usual(self) -> Usual:
        """What is usual."""
        return Usual.from_json(self.options["usual"])

    def take(self, table: Table, features: Sequence[str]) -> Array:
        """Deviations of each row, and of the stretch that ends with it: rows x numbers."""
        return deviations(self.usual, table, self.options["window"])

    def looks(self, matrix: Array) -> dict[str, Array]:
        """How unusual each row is by each way of looking, in numbers of its own."""
        return looks(matrix, len(self.usual.columns), self.options["window"], self.forest)

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
        if self.forest is not None:
            dump_estimator(self.forest, folder / "forest.skops")

    @classmethod
    def load(cls, files: Mapping[str, Path]) -> UnusualRows:
        """Read what `save` wrote."""
        options = json.loads(files["options.json"].read_text(encoding="utf-8"))
        return cls(options, load_estimator(files["forest.skops"]) if "forest.skops" in files else None)


def deviations(usual: Usual, table: Table, window: int) -> Array:
    """Rows x numbers: each column's deviation; in the order of time also its mean, its spread and its mean size over
    the `window` rows up to the row, never after it."""
    import numpy as np
    import polars as pl

    far = usual.deviations(table)
    if not window:
        return far
    names = [str(number) for number in range(far.shape[1])]
    order = table.polars()[usual.time].arg_sort().to_numpy()
    rolled = pl.DataFrame(far[order], schema=names).select(
        pl.col(names).rolling_mean(window, min_samples=1).name.prefix("mean"),
        pl.col(names).rolling_std(window, min_samples=2).fill_null(0).fill_nan(0).name.prefix("spread"),
        pl.col(names).abs().rolling_mean(window, min_samples=1).name.prefix("size"),
    )
    behind = np.empty((len(far), 3 * far.shape[1]))
    behind[order] = rolled.to_numpy()
    return np.hstack([far, behind])


def looks(matrix: Array, columns: int, window: int, forest: Any) -> dict[str, Array]:
    """See `UnusualRows.looks`. A forest that is None does not look."""
    import numpy as np

    found = {"values": np.sqrt((matrix[:, :columns] ** 2).mean(axis=1))}
    if window:
        found["stretch"] = np.sqrt((matrix[:, 3 * columns :] ** 2).mean(axis=1))
    if forest is not None:
        found["together"] = -forest.score_samples(for_forest(matrix, columns)) if len(matrix) else np.empty(0)
    return found


def for_forest(matrix: Array, columns: int) -> Array:
    """What the forest takes: deviations, and of stretches their mean and spread."""
    return matrix[:, : 3 * columns]


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
