"""What came of a simulated trace."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from patchbay_server.engine.admission import Slots
from patchbay_server.services.simulation.trace import Job

LEAST_HIGH = 0.05
"""Part of the tasks that count as of high priority, at least: the highest levels that have so many together."""


@dataclass(frozen=True, slots=True)
class Measures:
    """Times in seconds, the rest as fractions of 1. None: there was nothing to measure."""

    tasks: int
    refused: int
    """More than the whole pool has: never started, and not counted anywhere else."""
    makespan: float
    utilisation: float | None
    """Of GPU time, from the first arrival to the last end."""
    saturated: float | None
    """Of GPU time, while a task that wants GPUs waits."""
    lost: float | None
    """GPU time spent on saving and loading checkpoints, as a part of what was used."""
    mean_wait: float
    p95_wait: float
    high_p95_wait: float
    longest_wait: float
    fairness: float | None
    """Jain's index over the dominant shares of the projects that wait for something, on average over time."""
    given_back: int
    """How often a task was asked to stop at a checkpoint."""


@dataclass(slots=True)
class Meter:
    """Integrates over simulated time. (Jain, Chiu, Hawe, "A Quantitative Measure of Fairness", DEC-TR-301, 1984.)"""

    capacity: Slots
    busy: float = 0.0
    saturated_busy: float = 0.0
    saturated: float = 0.0
    fair: float = 0.0
    contended: float = 0.0
    lost: float = 0.0
    given_back: int = 0
    waits: dict[int, float] = field(default_factory=dict)
    """Task -> seconds that it waited, before its first start and each time it had given back."""

    def pass_time(self, seconds: float, used_gpu: int, *, wanted: bool, shares: Iterable[float]) -> None:
        """So many seconds in which nothing changes. `wanted`: a task waits for GPUs; `shares`: of who waits at all."""
        self.busy += used_gpu * seconds
        if wanted:
            self.saturated_busy += used_gpu * seconds
            self.saturated += seconds
        values = list(shares)
        squares = len(values) * sum(value * value for value in values)
        if len(values) > 1 and squares:
            self.fair += seconds * sum(values) ** 2 / squares
            self.contended += seconds

    def measures(self, jobs: Mapping[int, Job], refused: int, makespan: float) -> Measures:
        """`jobs`: those that ran, by id."""
        gpus = self.capacity.gpu_milli
        high = high_priority(list(jobs.values()))
        waits = sorted(self.waits[id] for id in jobs)
        of_high = sorted(self.waits[id] for id, job in jobs.items() if job.priority >= high)
        return Measures(
            tasks=len(jobs),
            refused=refused,
            makespan=makespan,
            utilisation=_part(self.busy, gpus * makespan),
            saturated=_part(self.saturated_busy, gpus * self.saturated),
            lost=_part(self.lost, self.busy),
            mean_wait=sum(waits) / len(waits) if waits else 0.0,
            p95_wait=percentile(waits, 0.95),
            high_p95_wait=percentile(of_high, 0.95),
            longest_wait=waits[-1] if waits else 0.0,
            fairness=_part(self.fair, self.contended),
            given_back=self.given_back,
        )


def high_priority(jobs: Sequence[Job]) -> int:
    """The lowest priority that counts as high."""
    priorities = sorted((job.priority for job in jobs), reverse=True)
    return priorities[int(len(priorities) * LEAST_HIGH)] if priorities else 0


def percentile(ordered: Sequence[float], part: float) -> float:
    """The value that this part of the ordered values does not exceed; 0 without values."""
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))] if ordered else 0.0


def _part(of: float, whole: float) -> float | None:
    return of / whole if whole else None
