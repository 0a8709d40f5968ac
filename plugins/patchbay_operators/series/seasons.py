"""Seasons of a series: after how many steps its pattern comes again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from patchbay_operators.series.steps import DAY, Step

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

CLEAR = 0.3
"""Correlation of a series with itself a season ago from which on the season counts."""
LONGEST = 2016
"""Steps of the longest season looked for: a week of five minutes."""
MOST_CELLS = 50_000
"""Of a longer series the end is looked at."""


def find_seasons(values: Array, step: Step) -> list[int]:
    """Seasons in steps: a day and a week of clocked data where they are nearly as clear as any, else the clearest."""
    cells = values[-MOST_CELLS:]
    longest = min(LONGEST, len(cells) // 3)
    if longest < 2:
        return []
    strength = _strength(cells, longest)
    peaks = [lag for lag in range(2, longest + 1) if _is_peak(strength, lag)]
    if not peaks:
        return []
    best = max(strength[lag] for lag in peaks)
    enough = max(CLEAR, best - 0.15)
    found = [lag for lag in clock_cycles(step) if lag <= longest and strength[lag] >= enough]
    clearest = min(lag for lag in peaks if strength[lag] >= best - 0.05)
    if strength[clearest] >= CLEAR and all(abs(clearest - lag) > 0.1 * lag for lag in found):
        found.append(clearest)
    return found


def clock_cycles(step: Step) -> list[int]:
    """A day and a week, or a year of months, in steps, where they are a whole number of at least two."""
    if step.kind == "months":
        return [12 // int(step.size)] if 12 % step.size == 0 and step.size < 12 else []
    if step.kind != "time":
        return []
    return [round(cycle / step.size) for cycle in (DAY, 7 * DAY) if cycle % step.size == 0 and cycle >= 2 * step.size]


def _strength(cells: Array, longest: int) -> Array:
    """Per lag the greater correlation of the series without its slow part, and of its changes, with themselves."""
    import numpy as np

    slow = min(len(cells) - 1, 2 * longest + 1)
    kernel = np.ones(slow) / slow
    weight = np.convolve(np.ones(len(cells)), kernel, "same")
    without_slow = cells - np.convolve(cells, kernel, "same") / weight
    return np.maximum(_correlation(without_slow, longest), _correlation(np.diff(cells), longest))


def _correlation(values: Array, longest: int) -> Array:
    import numpy as np

    centred = values - values.mean()
    power = (centred**2).sum()
    if not np.isfinite(power) or power <= 1e-12 * max(1.0, float(np.abs(values).max()) ** 2):
        return np.zeros(longest + 2)
    size = 2 ** int(np.ceil(np.log2(2 * len(centred))))
    spectrum = np.fft.rfft(centred, size)
    lagged = np.fft.irfft(spectrum * np.conj(spectrum), size)[: longest + 2]
    pairs = np.maximum(len(centred) - np.arange(longest + 2), 1)
    correlation: Array = lagged / power * len(centred) / pairs
    return correlation


def _is_peak(strength: Array, lag: int) -> bool:
    return bool(strength[lag] >= strength[lag - 1] and strength[lag] > strength[lag + 1])
