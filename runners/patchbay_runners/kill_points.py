"""Named points where a fault test ends the process, as a crash would: SIGKILL, no clean-up.

The points, in the order in which a worker passes them: ``pop`` (a ticket was taken), ``claim`` (a task was claimed),
``external`` (what an engine will know the attempt by is kept), ``run`` (its process was started); in that process
``stage`` (its outputs are on disk, none is visible) and ``rename`` (a file of them has become visible); ``finished``
(its outputs are stored), ``commit`` (inside the transaction, before COMMIT), ``committed`` (after it, the next claim is
in hand).
"""

from __future__ import annotations

import os
import signal

POINTS = ("pop", "claim", "external", "run", "stage", "rename", "finished", "commit", "committed")
VARIABLE = "PATCHBAY_KILL_AT"
"""Arms a task process: the id of its worker, which is to die, a space, and a setting as for `arm`."""

_armed: dict[str, int] = {}
_victims: list[int] = []


def arm(setting: str, worker: int | None = None) -> None:
    """Arm one point: ``commit`` dies at the first pass, ``commit:3`` at the third; empty disarms all.

    `worker`: another process that dies with this one.

    Raises:
        ValueError: no such point; the message lists them.
    """
    _armed.clear()
    _victims[:] = [] if worker is None else [worker]
    if not setting:
        return
    point, _, passes = setting.partition(":")
    if point not in POINTS:
        raise ValueError(f"There is no kill point {point!r}; there are {', '.join(POINTS)}.")
    _armed[point] = int(passes or 1)


def arm_task_process() -> None:
    """Arm what the environment says."""
    worker, _, setting = os.environ.get(VARIABLE, "").partition(" ")
    if setting:
        arm(setting, int(worker))


def reach(point: str) -> None:
    """Pass a point; dies here when it is armed and its turn has come."""
    if point not in _armed:
        return
    _armed[point] -= 1
    if _armed[point] == 0:
        for victim in (*_victims, os.getpid()):
            os.kill(victim, signal.SIGKILL)
