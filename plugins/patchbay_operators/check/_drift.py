"""Drift: how far the values of a column have moved away from a reference table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from patchbay_operators.check._counted import Counts

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


def population_stability(now: Counts, before: Counts, name: str) -> tuple[float, float]:
    """The population stability index of a column against its reference, and what chance alone may reach.

    ``PSI = sum((p - q) * ln(p / q))`` over bins; numbers in quantile bins of the reference, other columns by category,
    missing values in a bin of their own. Without drift PSI is close to ``(1/n + 1/m) * chi2(bins - 1)``
    (Yurdakul & Naranjo, Statistical properties of the population stability index, 2020).
    """
    import numpy as np
    from scipy.stats import chi2

    bins = _bins(now, before, name)
    gaps = now.gaps()[name], before.gaps()[name]
    rows, reference = (np.array([*each, gap], dtype=np.float64) for each, gap in zip(bins, gaps, strict=True))
    used = (rows + reference) > 0
    rows, reference = rows[used] + PSEUDO_COUNT, reference[used] + PSEUDO_COUNT
    p, q = rows / rows.sum(), reference / reference.sum()
    chance = chi2.ppf(1 - CHANCE, max(1, len(p) - 1)) * (1 / now.rows + 1 / before.rows)
    return float(np.sum((p - q) * np.log(p / q))), float(chance)


def _bins(now: Counts, before: Counts, name: str) -> tuple[Sequence[int], Sequence[int]]:
    """Rows per bin now and in the reference, without the missing values."""
    import numpy as np

    if before.schema[name].is_numeric() and before.more_than(name, BINS + 1):
        limits = np.unique(before.quantiles(name, np.linspace(0, 1, BINS + 1)[1:-1].tolist())).tolist()
        return now.binned(name, limits), before.binned(name, limits)
    here, there = _by_text(now, name), _by_text(before, name)
    frequent = [value for value, rows in there.items() if rows >= max(RARE_ROWS, RARE_SHARE * before.rows)]
    return _by_category(here, frequent), _by_category(there, frequent)


def _by_text(counts: Counts, name: str) -> dict[str, int]:
    import polars as pl

    found = counts.values(name).select(pl.col("value").cast(pl.String), "rows").group_by("value").sum()
    return dict(found.iter_rows())


def _by_category(rows: Mapping[str, int], frequent: Sequence[str]) -> list[int]:
    """Rows of each frequent category, and of all others together."""
    each = [rows.get(value, 0) for value in frequent]
    return [*each, sum(rows.values()) - sum(each)]
