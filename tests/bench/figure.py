"""How a figure is taken and printed."""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any


def seconds(work: Callable[[], Any]) -> float:
    """Wall time of one call, in seconds."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def in_turn(works: Sequence[Callable[[], Any]], rounds: int) -> list[float]:
    """Median seconds of each work, taken in turn (A B A B ...) so that a drifting machine harms all alike."""
    times: list[list[float]] = [[] for _ in works]
    for _ in range(rounds):
        for position, work in enumerate(works):
            times[position].append(seconds(work))
    return [statistics.median(each) for each in times]


def report(figure: str, *, bound: float, ratio: float, **details: float | int | str) -> bool:
    """Print one figure as a JSON line; `ratio` should be at most `bound`. Returns whether it is."""
    rounded = {name: float(f"{value:.4g}") if isinstance(value, float) else value for name, value in details.items()}
    line = {"figure": figure, "ratio": float(f"{ratio:.3g}"), "bound": bound, "ok": ratio <= bound, **rounded}
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()
    return ratio <= bound
