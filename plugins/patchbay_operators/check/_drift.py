"""Drift: how far the values of a column have moved away from a reference table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from patchbay_operators.check._columns import count_values

if TYPE_CHECKING:
    import numpy as np
    import polars as pl

    Counts = np.ndarray[Any, np.dtype[np.float64]]

BINS = 10
"""Quantile bins of the reference, the usual number."""

RARE_SHARE = 0.01
RARE_ROWS = 5
"""Categories below this share or this number of rows of the reference are counted together with all that it never had,
so that identifiers, which never repeat, do not drift."""

PSEUDO_COUNT = 0.5
"""Added to every bin, so that an empty one gives a large number and not an infinite one."""

CHANCE = 0.001
"""Drift that equal distributions would show in one of so many comparisons is put down to chance."""


def population_stability(column: pl.Series, reference: pl.Series) -> tuple[float, float]:
    """The population stability index of a column against its reference, and what chance alone may reach.

    ``PSI = sum((p - q) * ln(p / q))`` over bins; numbers in quantile bins of the reference, other columns by category,
    missing values in a bin of their own. Without drift PSI is close to ``(1/n + 1/m) * chi2(bins - 1)``
    (Yurdakul & Naranjo, Statistical properties of the population stability index, 2020).
    """
    import numpy as np
    from scipy.stats import chi2

    now, then = _counts(column, reference)
    used = (now + then) > 0
    now, then = now[used] + PSEUDO_COUNT, then[used] + PSEUDO_COUNT
    p, q = now / now.sum(), then / then.sum()
    chance = chi2.ppf(1 - CHANCE, max(1, len(p) - 1)) * (1 / len(column) + 1 / len(reference))
    return float(np.sum((p - q) * np.log(p / q))), float(chance)


def _counts(column: pl.Series, reference: pl.Series) -> tuple[Counts, Counts]:
    """Rows per bin now and in the reference; the last bin holds the missing values."""
    import numpy as np

    if reference.dtype.is_numeric() and reference.n_unique() > BINS + 1:
        numbers = reference.drop_nulls().cast(float).to_numpy()
        inner = np.unique(np.quantile(numbers[np.isfinite(numbers)], np.linspace(0, 1, BINS + 1)[1:-1]))
        return _binned(column, inner), _binned(reference, inner)
    counts = count_values(reference.cast(str))
    frequent = counts.filter(counts["rows"] >= max(RARE_ROWS, RARE_SHARE * len(reference)))["value"].to_list()
    return _by_category(column, frequent), _by_category(reference, frequent)


def _binned(column: pl.Series, inner: Counts) -> Counts:
    import numpy as np

    numbers = column.drop_nulls().cast(float).to_numpy()
    counts = np.bincount(np.searchsorted(inner, numbers, side="left"), minlength=len(inner) + 1)
    return np.append(counts, column.null_count()).astype(np.float64)


def _by_category(column: pl.Series, frequent: list[str]) -> Counts:
    import numpy as np

    per_value = dict(count_values(column.cast(str)).iter_rows())
    counts = [per_value.pop(value, 0) for value in frequent]
    return np.array([*counts, sum(per_value.values()), column.null_count()], dtype=np.float64)
