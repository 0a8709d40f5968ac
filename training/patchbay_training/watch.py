"""Alarms: losses that diverge and steps that do not come."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

WINDOW = 20
"""Reports whose losses say what is usual."""


def divergence(losses: Sequence[float], factor: float) -> str:
    """Why the last of these losses means that training has diverged; empty: it has not.

    It has when the loss is not finite, or `factor` times the median of the `WINDOW` reports before it and `factor`
    times the first as well: a loss that was small for long may rise back to where it began.
    """
    last = losses[-1]
    if not math.isfinite(last):
        return f"the loss is {last}"
    before = sorted(losses[:-1][-WINDOW:])
    usual = before[len(before) // 2] if before else last
    if before and last > factor * max(abs(usual), 1e-12) and last > factor * max(abs(losses[0]), 1e-12):
        return f"the loss rose from {usual:.4g} to {last:.4g}"
    return ""


@dataclass
class Stall:
    """Says when no step was reported for too long. Times in seconds, by any clock that does not go back.

    `warn_after`, `fail_after`: seconds without a report. `grace`: seconds that the start may take on top.
    """

    warn_after: float
    fail_after: float
    now: float
    grace: float = 0.0
    warned: bool = False

    def __post_init__(self) -> None:
        self._last = self.now + self.grace

    def reported(self, now: float, grace: float = 0.0) -> None:
        """A report came at `now`; the next one may take `grace` seconds more."""
        self._last, self.warned = now + grace, False

    def look(self, now: float) -> str:
        """``"warn"``, once per silence, ``"fail"``, or ``""``."""
        silent = now - self._last
        if silent >= self.fail_after:
            return "fail"
        if silent >= self.warn_after and not self.warned:
            self.warned = True
            return "warn"
        return ""
