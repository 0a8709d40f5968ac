"""Whether several columns together tell the target without a mistake, as when it was computed from them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from patchbay_operators.check._columns import count_values

if TYPE_CHECKING:
    import numpy as np
    import polars as pl

    Matrix = np.ndarray[Any, Any]

ROWS = 2_000
"""Rows that are looked at: a rule without exceptions shows in few."""

MIN_ROWS = 100
"""Fewer rows prove nothing."""

MIN_CLASS = 20
"""Rows of a class that are needed."""

LIMIT = {True: 0.998, False: 0.9995}
"""AUC for classes, R2 for a quantity, on rows that were not learned from."""

HUGE = 1e100
"""Larger numbers cannot be squared."""

MOST = 5
"""Columns that are named together."""


def found_together(frame: pl.DataFrame, target: pl.Series, classes: bool, seed: int) -> list[str]:
    """The fewest columns, at least two, from which the target follows, or none.

    A linear rule (a sum, a difference above a limit), a small tree and, for a quantity, a product or ratio are tried,
    on one half of the rows and measured on the other.
    """
    import numpy as np

    if len(target) > ROWS:
        keep = np.sort(np.random.default_rng(seed).choice(len(target), ROWS, replace=False)).tolist()
        frame, target = frame[keep], target[keep]
    if len(target) < MIN_ROWS:
        return []
    y = _answers(target, classes)
    if y is None:
        return []
    half = np.random.default_rng(seed).permutation(len(y))
    train, test = half[: len(y) // 2], half[len(y) // 2 :]
    names, matrix = _matrix(frame)
    if len(names) < 2:
        return []
    if found := _fewest(matrix, y, train, test, _linear, _linear_score, LIMIT[classes]):
        return [names[position] for position in found]
    if _tree_score(matrix, y, train, test) >= LIMIT[classes]:
        found = _fewest(matrix, y, train, test, _tree, _tree_score, LIMIT[classes])
        return [names[position] for position in found]
    if classes or y.min() <= 0:
        return []
    names, matrix = _logarithms(frame)
    if len(names) < 2:
        return []
    found = _fewest(matrix, np.log(y), train, test, _linear, _linear_score, LIMIT[classes])
    return [names[position] for position in found]


def _fewest(
    matrix: Matrix,
    y: Matrix,
    train: Matrix,
    test: Matrix,
    weigh: Callable[[Matrix, Matrix], Matrix],
    measure: Callable[[Matrix, Matrix, Matrix, Matrix], float],
    limit: float,
) -> list[int]:
    """Positions of the fewest columns, of those that weigh most, that reach the limit; none if `MOST` do not."""
    import numpy as np

    order = np.argsort(-weigh(matrix[train], y[train]))
    for count in range(2, min(MOST, len(order)) + 1):
        if measure(matrix[:, order[:count]], y, train, test) >= limit:
            return [int(position) for position in order[:count]]
    return []


def _logarithms(frame: pl.DataFrame) -> tuple[list[str], Matrix]:
    """Columns of amounts above nothing: the logarithm of a product or a ratio is a sum of theirs."""
    import polars as pl

    numbers = frame.select(pl.col(n).cast(pl.Float64) for n, t in frame.schema.items() if t.is_numeric())
    names = [name for name in numbers.columns if not numbers[name].null_count() and numbers[name].min() > 0]  # type: ignore[operator]
    return _matrix(numbers.select(pl.col(names).log()))


def _answers(target: pl.Series, classes: bool) -> Matrix | None:
    """The target as numbers: 1 for the rarest class that has enough rows, 0 for others."""
    import numpy as np
    import polars as pl

    if not classes:
        return target.cast(pl.Float64).to_numpy()
    enough = count_values(target).filter(pl.col("rows") >= MIN_CLASS)["value"].to_list()
    return (target == enough[-1]).to_numpy().astype(np.float64) if len(enough) > 1 else None


def _matrix(frame: pl.DataFrame) -> tuple[list[str], Matrix]:
    """Numbers, flags and texts of few values as numbers of about the same size; gaps as the middle value."""
    import numpy as np
    import polars as pl

    chosen: list[pl.Series] = []
    for column in frame:
        if column.dtype == pl.String and column.n_unique() <= 50:
            column = column.rank("dense")
        if (column.dtype.is_numeric() or column.dtype == pl.Boolean) and column.drop_nulls().n_unique() > 1:
            chosen.append(column.cast(pl.Float64))
    matrix = pl.DataFrame(chosen).to_numpy() if chosen else np.zeros((frame.height, 0))
    matrix = np.clip(np.where(np.isfinite(matrix), matrix, np.nan), -HUGE, HUGE)
    middle = np.nanmedian(matrix, axis=0) if chosen else np.zeros(0)
    matrix = np.where(np.isnan(matrix), middle, matrix) - middle
    spread = matrix.std(axis=0)
    return [column.name for column in chosen], matrix / np.where(spread > 0, spread, 1.0)


def _linear(matrix: Matrix, y: Matrix) -> Matrix:
    import numpy as np
    from sklearn.linear_model import Ridge

    weights: Matrix = np.abs(Ridge(alpha=1e-3).fit(matrix, y).coef_)
    return weights


def _linear_score(matrix: Matrix, y: Matrix, train: Matrix, test: Matrix) -> float:
    from sklearn.linear_model import Ridge

    return _score(y[test], Ridge(alpha=1e-3).fit(matrix[train], y[train]).predict(matrix[test]))


def _tree_of(matrix: Matrix, y: Matrix) -> Any:
    from sklearn.tree import DecisionTreeRegressor

    return DecisionTreeRegressor(max_depth=6, min_samples_leaf=3, random_state=0).fit(matrix, y)


def _tree(matrix: Matrix, y: Matrix) -> Matrix:
    found: Matrix = _tree_of(matrix, y).feature_importances_
    return found


def _tree_score(matrix: Matrix, y: Matrix, train: Matrix, test: Matrix) -> float:
    return _score(y[test], _tree_of(matrix[train], y[train]).predict(matrix[test]))


def _score(y: Matrix, predicted: Matrix) -> float:
    """AUC of two classes, R2 of a quantity; 0 where the rows do not allow it."""
    import numpy as np
    from sklearn.metrics import r2_score, roc_auc_score

    if len(np.unique(y)) < 2:
        return 0.0
    if set(np.unique(y)) <= {0.0, 1.0}:
        return float(roc_auc_score(y, predicted))
    return float(r2_score(y, predicted))
