"""Admission: which waiting tasks of a pool may start. A pure function; `scheduler` feeds it and keeps its answer.

Tasks are looked at in the order of their rank. One that does not fit now has its demand set aside, so that smaller
ones behind it cannot keep it waiting for ever; one that can never fit is passed over.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from patchbay_server.engine.settings import Policy


class Slots(NamedTuple):
    """CPUs and GPUs in thousandths, memory in bytes."""

    cpu_milli: int
    gpu_milli: int
    memory: int

    def __sub__(self, other: Slots) -> Slots:
        return Slots(self[0] - other[0], self[1] - other[1], self[2] - other[2])

    def fits(self, room: Slots) -> bool:
        """Whether each part fits; what is not needed always does, even where less than nothing is left."""
        return all(need == 0 or need <= left for need, left in zip(self, room, strict=True))

    def at_least_zero(self) -> Slots:
        return Slots(max(0, self[0]), max(0, self[1]), max(0, self[2]))

    def text(self) -> str:
        """``2 CPU, 1 GPU, 1.5 GiB``, without what is zero."""
        parts = [f"{count / 1000:g} {name}" for count, name in ((self[0], "CPU"), (self[1], "GPU")) if count]
        parts += [f"{self[2] / (1 << 30):.3g} GiB"] if self[2] else []
        return ", ".join(parts) or "nothing"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A task that could start if there were room."""

    id: int
    project_id: int
    priority: int
    demand: Slots


@dataclass(frozen=True, slots=True)
class PoolView:
    """One pool as admission sees it. `used`: slots of running tasks."""

    policy: Policy
    capacity: Slots
    used: Slots
    running_cpu: Mapping[int, int]
    """Project -> CPUs (thousandths) that its running tasks hold: its share of an elastic pool."""


@dataclass(frozen=True, slots=True)
class Decision:
    """`position` counts from 1 in the order of rank. `missing`: what must become free first; zeros when admitted."""

    id: int
    admitted: bool
    position: int
    missing: Slots
    impossible: bool = False


def decide(pool: PoolView, waiting: Sequence[Waiting]) -> list[Decision]:
    """Look at every waiting task in order of rank; the running ones stay as they are."""
    room = pool.capacity - pool.used
    decisions = []
    for position, task in enumerate(RANKINGS[pool.policy](pool, waiting), 1):
        missing = (task.demand - room).at_least_zero()
        impossible = not task.demand.fits(pool.capacity)
        decisions.append(Decision(task.id, task.demand.fits(room), position, missing, impossible))
        if not impossible:
            room = room - task.demand
    return decisions


Ranking = Callable[[PoolView, Sequence[Waiting]], list[Waiting]]


def _elastic(pool: PoolView, waiting: Sequence[Waiting]) -> list[Waiting]:
    """By priority; among equals the project that holds least comes first, and what it is given counts at once."""
    held = dict(pool.running_cpu)
    ranked: list[Waiting] = []
    lines: dict[tuple[int, int], list[Waiting]] = {}
    for task in sorted(waiting, key=lambda task: (-task.priority, task.id)):
        lines.setdefault((-task.priority, task.project_id), []).append(task)
    for priority in sorted({priority for priority, _ in lines}):
        open_lines = {project: line[::-1] for (own, project), line in lines.items() if own == priority}
        while open_lines:
            project = min(open_lines, key=lambda project: (held.get(project, 0), open_lines[project][-1].id))
            task = open_lines[project].pop()
            held[project] = held.get(project, 0) + max(1, task.demand.cpu_milli)
            ranked.append(task)
            if not open_lines[project]:
                del open_lines[project]
    return ranked


def _fixed(_pool: PoolView, waiting: Sequence[Waiting]) -> list[Waiting]:
    """By priority, then first come, first served: what is reserved is neither shared nor lent."""
    return sorted(waiting, key=lambda task: (-task.priority, task.id))


RANKINGS: dict[Policy, Ranking] = {"elastic": _elastic, "fixed": _fixed, "mixed": _elastic}
