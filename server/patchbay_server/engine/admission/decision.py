"""What admission says: who starts, who gives back, what is kept free for whom, and why everybody else waits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from patchbay_server.engine.admission.slots import NOTHING, Slots

Code = Literal["slots", "reserved", "give_back", "quota", "impossible"]
QuotaResource = Literal["cpu", "gpu", "trainings", "storage"]


@dataclass(frozen=True, slots=True)
class QuotaLack:
    """The limit of its project that holds a task back. CPUs and GPUs in thousandths, storage in bytes."""

    resource: QuotaResource
    limit: int
    used: int
    missing: int
    """What must become free, or be added to the limit, first."""


@dataclass(frozen=True, slots=True)
class Wait:
    """Why a task waits, and what would start it.

    ``slots``: `missing` must become free first, counting what goes before it. ``give_back``: the tasks `behind` were
    asked to give their slots back to it. ``reserved``: there is room, but it could delay the tasks `behind`, for which
    the room is kept. ``quota``: see `quota`. ``impossible``: more than the pool, or with `quota` the project, may ever
    have.
    """

    code: Code
    missing: Slots = NOTHING
    behind: tuple[int, ...] = ()
    starts: float | None = None
    """When it starts at the latest if everything that runs ends as expected; None: that cannot be said."""
    quota: QuotaLack | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """About one waiting task. `wait` is None when it is admitted. `position` counts from 1 in the order of rank."""

    id: int
    position: int
    wait: Wait | None = None
    backfilled: bool = False
    """Admitted before a task of higher rank, which it does not delay."""
    borrowed: bool = False
    """Admitted beyond what is the project's own: it may have to give back."""

    @property
    def admitted(self) -> bool:
        return self.wait is None


@dataclass(frozen=True, slots=True)
class GiveBack:
    """A running task that is asked to stop at a checkpoint, so that task `to` can start. It goes back to its queue."""

    id: int
    to: int


@dataclass(frozen=True, slots=True)
class Reservation:
    """Slots that are kept free for tasks of high rank. `starts`: when they can all have started; None: unknown."""

    tasks: tuple[int, ...]
    demand: Slots
    starts: float | None


@dataclass(frozen=True, slots=True)
class Plan:
    """The decisions about all waiting tasks that were looked at, in order of rank, pool by pool."""

    decisions: tuple[Decision, ...] = ()
    give_back: tuple[GiveBack, ...] = ()
    reservations: tuple[Reservation, ...] = ()
