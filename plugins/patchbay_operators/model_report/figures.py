"""Statistics behind the sentences: how sure a share is, and whether a difference may be chance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]


def interval(part: int, whole: int) -> tuple[float, float]:
    """The 95% interval of a share after Wilson; of nothing, from 0 to 1.

    https://docs.scipy.org/doc/scipy/reference/generated/scipy.stats._result_classes.BinomTestResult.proportion_ci.html
    """
    from scipy.stats import binomtest

    if not whole:
        return 0.0, 1.0
    found = binomtest(part, whole).proportion_ci(method="wilson")
    return float(found.low), float(found.high)


def differ(parts: Sequence[int], wholes: Sequence[int]) -> float:
    """How likely shares differ so much by chance; 1 where there is nothing to compare.

    Two shares by Fisher's exact test, more by the chi-square test.
    """
    import numpy as np
    from scipy.stats import chi2_contingency, fisher_exact

    counts = np.array([[part, whole - part] for part, whole in zip(parts, wholes, strict=True) if whole])
    if len(counts) < 2 or (counts.sum(axis=0) == 0).any():
        return 1.0
    if len(counts) == 2:
        return float(fisher_exact(counts)[1])
    return float(chi2_contingency(counts)[1])


def larger(values: Array, others: Array) -> float:
    """How likely values lie above others so much by chance (Mann and Whitney's test)."""
    from scipy.stats import mannwhitneyu

    if not len(values) or not len(others):
        return 1.0
    return float(mannwhitneyu(values, others, alternative="greater").pvalue)


def more_often_right(right: Array, other: Array) -> float:
    """How likely one set of answers is right where the other is wrong so much more often by chance (a sign test)."""
    from scipy.stats import binomtest

    won, lost = int((right & ~other).sum()), int((other & ~right).sum())
    return float(binomtest(won, won + lost, alternative="greater").pvalue) if won + lost else 1.0


def closer(errors: Array, others: Array) -> float:
    """How likely errors lie below others of the same rows so much by chance (Wilcoxon's test)."""
    from scipy.stats import wilcoxon

    if not len(errors) or (errors == others).all():
        return 1.0
    return float(wilcoxon(errors, others, alternative="less").pvalue)


def equal_parts(values: Array, count: int) -> list[Array]:
    """Positions in up to so many groups of about equal size by value, low to high; equal values stay together."""
    import numpy as np

    edges = np.unique(np.quantile(values, np.linspace(0, 1, count + 1)[1:-1])) if len(values) else np.empty(0)
    group = np.searchsorted(edges, values, side="right")
    return [np.flatnonzero(group == each) for each in np.unique(group)]
