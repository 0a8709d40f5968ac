"""How far the values of a column stray."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]


def spread_of(rest: Array, values: Array) -> float:
    """A robust deviation; of a column that hardly varies the plain one, of one that never does next to nothing.

    `rest`: what is left of `values` without their middles.
    """
    import numpy as np

    known = rest[np.isfinite(rest)]
    if not len(known):
        return 1.0
    low, high = np.quantile(known, [0.01, 0.99])
    for spread in (1.4826 * float(np.median(np.abs(known - np.median(known)))), (high - low) / 4.65, known.std()):
        if np.isfinite(spread) and spread > 1e-12 * max(1.0, float(np.abs(known).max())):
            return float(spread)
    return 1e-6 * max(1.0, float(np.nanmax(np.abs(values[np.isfinite(values)]))))
