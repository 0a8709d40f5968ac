"""One lane: a pool, or a part of a mixed one, in which all tasks compete by the same rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from patchbay_server.engine.admission.decision import Decision, GiveBack, Reservation, Wait
from patchbay_server.engine.admission.give_back import Lenders
from patchbay_server.engine.admission.quotas import Ledger
from patchbay_server.engine.admission.ranking import Ranking
from patchbay_server.engine.admission.reservation import Room
from patchbay_server.engine.admission.rules import Rules
from patchbay_server.engine.admission.shares import Shares
from patchbay_server.engine.admission.slots import NOTHING, Slots
from patchbay_server.engine.admission.state import Running, Waiting


@dataclass(frozen=True, slots=True)
class Lane:
    """`waiting`: project -> its tasks in the order of `rules.order`. Times in seconds."""

    rules: Rules
    capacity: Slots
    running: Sequence[Running]
    waiting: Mapping[int, Sequence[Waiting]]
    now: float = 0.0
    min_run: float = 0.0


class Round:
    """The decisions about a lane's waiting tasks, one after another in order of rank.

    Whoever needs only those that start may stop as soon as nothing more can: what has been decided stays right.
    `give_back` and `reservation` are about what was looked at so far.
    """

    def __init__(self, lane: Lane, ledger: Ledger) -> None:
        """`ledger`: counts what runs in all lanes, and from then on what is admitted here."""
        self._lane = lane
        self._ledger = ledger
        self.give_back: list[GiveBack] = []
        used, stopping = NOTHING, NOTHING
        active = sorted({task.project for task in lane.running} | {p for p, line in lane.waiting.items() if line})
        self._held, self._ranked = (Shares(lane.capacity, ledger, active) for _ in range(2))
        self._stopping: list[int] = []
        self._ends: list[tuple[float, Slots]] = []
        for task in lane.running:
            used = used.plus(task.demand)
            ends = lane.now if task.stopping else task.ends
            if ends is not None:
                self._ends.append((max(lane.now, ends), task.demand))
            for shares in (self._held, self._ranked):
                shares.add(task.project, task.demand)
        for shares in (self._held, self._ranked):
            shares.start()
        for task in (task for task in lane.running if task.stopping):
            self._stopping.append(task.id)
            stopping = stopping.plus(task.demand)
            for shares in (self._held, self._ranked):
                shares.remove(task.project, task.demand)  # what is as good as given back is nobody's share
        self._coming = stopping
        self.room = Room(lane.capacity - used, lane.now)
        self._ahead = NOTHING
        self._closed = False
        self._lenders: Lenders | None = None

    @property
    def reservation(self) -> Reservation | None:
        """For whom room is kept, if for anybody."""
        room = self.room
        return Reservation(tuple(room.tasks), room.reserved, room.starts) if room.tasks else None

    def __iter__(self) -> Iterator[Decision]:
        ranking = Ranking(self._lane.rules, self._lane.waiting, self._ranked)
        position = 0
        while (found := ranking.first()) is not None:
            task, owns = found
            position += 1
            wait = self._never(task) or self._over_quota(task)
            if wait is not None:
                ranking.done(counts=False)
                yield Decision(task.id, position, wait)
                continue
            backfilled = bool(self.room.tasks)
            if (self._lane.rules.backfill or not backfilled) and self.room.take(task.demand, task.lasts):
                borrowed = not self._ranked.owns_with(task.project, task.demand)
                self._start(task)
                yield Decision(task.id, position, None, backfilled, borrowed)
            else:
                yield Decision(task.id, position, self._hold(task, owns))
            ranking.done(counts=True)

    def _start(self, task: Waiting) -> None:
        lane = self._lane
        self._ledger.add([task], firm=not lane.rules.borrow)
        self._held.add(task.project, task.demand)
        if task.lasts is not None:
            self._ends.append((lane.now + task.lasts, task.demand))

    def _never(self, task: Waiting) -> Wait | None:
        if not task.demand.fits(self._lane.capacity):
            return Wait("impossible", (task.demand - self._lane.capacity).at_least_zero())
        lack = self._ledger.never(task, lends=self._lane.rules.borrow)
        return Wait("impossible", quota=lack) if lack else None

    def _over_quota(self, task: Waiting) -> Wait | None:
        lack = self._ledger.lack(task, lends=self._lane.rules.borrow)
        if lack is None:
            return None
        # smaller ones of the same project may not pass for ever: what this one lacks is set aside
        self._ledger.add([task], firm=not self._lane.rules.borrow)
        return Wait("quota", quota=lack)

    def _hold(self, task: Waiting, owns: bool) -> Wait:
        """A task for which there is no room now: keep room for it, ask for what is its own, or let it queue."""
        missing = (task.demand - (self.room.free - self._ahead)).at_least_zero()
        self._ahead = self._ahead.plus(task.demand)
        if self._closed:
            if task.demand.fits(self.room.free):
                return Wait("reserved", missing, tuple(self.room.tasks))
            return Wait("slots", missing)
        free = self.room.free.plus(self._coming) - self.room.reserved
        asked: Sequence[int] = ()
        if task.demand.fits(free):
            asked = self._stopping
        elif owns and self._lane.rules.give_back and self._ranked.owns_with(task.project, task.demand):
            asked = self._ask(task, (task.demand - free).at_least_zero())
        self._closed = not asked
        self.room.reserve(task.id, task.demand, self._ends)
        return Wait("give_back" if asked else "slots", missing, tuple(asked), self.room.starts)

    def _ask(self, task: Waiting, missing: Slots) -> list[int]:
        lane = self._lane
        if self._lenders is None:
            self._lenders = Lenders(lane.running, self._held, lane.now, lane.min_run)
        asked = self._lenders.ask(task.project, missing)
        for lender in asked:
            self.give_back.append(GiveBack(lender.id, task.id))
            self._stopping.append(lender.id)
            self._coming = self._coming.plus(lender.demand)
            if lender.ends is not None:
                self._ends.remove((max(lane.now, lender.ends), lender.demand))
            self._ends.append((lane.now, lender.demand))
        return [lender.id for lender in asked]
