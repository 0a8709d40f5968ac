"""From which score on a row counts as found: what matters, few false alarms or finding all, decides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Threshold:
    """`value`: rows with this score or a higher one are called. `recall`, `precision`, `f_beta`: what it then did."""

    value: float
    recall: float
    precision: float
    f_beta: float


def beta_of(focus: float) -> float:
    """How many times as much recall counts as precision: 1 at a focus of 50, 4 at 100, a quarter at 0."""
    return float(2 ** ((focus - 50) / 25))


def best_threshold(truth: Array, score: Array, focus: float) -> Threshold:
    """The threshold with the best F-beta on rows that the scores were not learned on.

    A higher focus never gives a lower recall. https://en.wikipedia.org/wiki/F-score

    Args:
        truth: bool per row, at least one true. score: float per row, the higher the more likely true.
    """
    import numpy as np

    order = np.argsort(-score, kind="stable")
    ordered, hits = score[order], np.cumsum(truth[order])
    last = np.flatnonzero(np.append(ordered[1:] != ordered[:-1], True))  # rows of the same score are called together
    called, found = last + 1, hits[last]
    weight = beta_of(focus) ** 2
    f_beta = (1 + weight) * found / (weight * truth.sum() + called)
    best = int(np.flatnonzero(f_beta >= f_beta.max() - 1e-12)[-1 if focus > 50 else 0])
    value = float(ordered[last[best]])
    if best + 1 < len(last):
        value = (value + float(ordered[last[best + 1]])) / 2  # halfway to the next score: as safe to both sides
    recall, precision = float(found[best] / truth.sum()), float(found[best] / called[best])
    return Threshold(value, recall, precision, float(f_beta[best]))
