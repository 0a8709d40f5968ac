"""Room that is kept for tasks that come first and do not fit yet, so that no large one waits for ever.

EASY backfilling (Lifka, "The ANL/IBM SP Scheduling System", JSSPP 1995; Mu'alem and Feitelson, IEEE TPDS 12(6), 2001):
the first task that does not fit gets the earliest moment at which it will, by what is known of the ends of those that
run. Another may start before it when it ends before that moment, or uses only what is left over at that moment.

Estimates may be wrong without harm: a task that is late is expected any moment, which leaves no time to fill. Where an
end is needed that nobody knows, nothing may use what the first one waits for.
"""

from __future__ import annotations

from collections.abc import Iterable

from patchbay_server.engine.admission.slots import NOTHING, Slots


class Room:
    """The free slots of a lane, now and at the moment when the tasks that come first can start.

    `ends` of tasks: when slots come free, never before now, and how many; those that nobody knows are left out.
    """

    def __init__(self, free: Slots, now: float) -> None:
        self.free = free
        self.reserved = NOTHING
        self.starts: float | None = None
        self.tasks: list[int] = []
        self._now = now
        self._spare = free

    def reserve(self, id: int, demand: Slots, ends: Iterable[tuple[float, Slots]]) -> None:
        """Keep room for one more task, at the moment when it and those before it can start together."""
        self.tasks.append(id)
        self.reserved = self.reserved.plus(demand)
        later, self.starts = self.free, None
        for moment, slots in sorted(ends):
            if self.starts is not None and moment > self.starts:
                break
            later = later.plus(slots)
            if self.starts is None and self.reserved.fits(later):
                self.starts = moment
        self._spare = (self.free if self.starts is None else later) - self.reserved

    def take(self, demand: Slots, lasts: float | None) -> bool:
        """Take slots for a task that would start now, unless that could delay those for whom room is kept."""
        if not demand.fits(self.free):
            return False
        if self.tasks and not self._ends_before(lasts):
            if not demand.fits(self._spare):
                return False
            self._spare = self._spare - demand
        self.free = self.free - demand
        return True

    def _ends_before(self, lasts: float | None) -> bool:
        return self.starts is not None and lasts is not None and self._now + lasts <= self.starts
