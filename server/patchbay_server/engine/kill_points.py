"""Named points where a fault test ends the process, as a crash would: SIGKILL, no clean-up.

The points, in the order in which a worker passes them: ``pop`` (a ticket was taken), ``claim`` (a task was claimed),
``external`` (what an engine will know the attempt by is kept),
``run`` (its process was started), ``finished`` (its outputs are stored), ``commit`` (inside the transaction, before
COMMIT), ``committed`` (after it, the next claim is in hand).
"""

from __future__ import annotations

import os
import signal

POINTS = ("pop", "claim", "external", "run", "finished", "commit", "committed")

_armed: dict[str, int] = {}


def arm(setting: str) -> None:
    """Arm one point: ``commit`` dies at the first pass, ``commit:3`` at the third; empty disarms all.

    Raises:
        ValueError: no such point; the message lists them.
    """
    _armed.clear()
    if not setting:
        return
    point, _, passes = setting.partition(":")
    if point not in POINTS:
        raise ValueError(f"There is no kill point {point!r}; there are {', '.join(POINTS)}.")
    _armed[point] = int(passes or 1)


def reach(point: str) -> None:
    """Pass a point; dies here when it is armed and its turn has come."""
    if point not in _armed:
        return
    _armed[point] -= 1
    if _armed[point] == 0:
        os.kill(os.getpid(), signal.SIGKILL)
