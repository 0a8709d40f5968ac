"""The decisions about one lane."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from patchbay_server.engine.admission.decision import Decision, GiveBack, Reservation, Wait
from patchbay_server.engine.admission.give_back import Lenders
from patchbay_server.engine.admission.lane import Lane
from patchbay_server.engine.admission.quotas import Ledger
from patchbay_server.engine.admission.ranking import Ranking
from patchbay_server.engine.admission.reservation import Room
from patchbay_server.engine.admission.shares import Shares
from patchbay_server.engine.admission.slots import NOTHING, Slots, total
from patchbay_server.engine.admission.state import Running, Waiting


class Round:
    """The decisions about a lane's waiting tasks, one after another in order of rank.

    Whoever needs only those that start may stop as soon as nothing more can: what has been decided stays right.
    `give_back` and `reservation` are about what was looked at so far. `closed`: room is kept for nobody more.
    """

    def __init__(self, lane: Lane, ledger: Ledger) -> None:
        """`ledger`: counts what runs in all lanes, and from then on what is admitted here."""
        self._lane = lane
        self._ledger = ledger
        self.give_back: list[GiveBack] = []
        self.closed = False
        active = sorted({task.project for task in lane.running} | {p for p, line in lane.waiting.items() if line})
        self._held, self._ranked = (Shares(lane.capacity, ledger, active) for _ in range(2))
        stopping = [task for task in lane.running if task.stopping]
        held = _by_project(lane.running)
        for project in active:
            self._held.begin(project, held.get(project, NOTHING))
            self._ranked.begin(project, held.get(project, NOTHING))
            self._held.add(project, held.get(project, NOTHING))
        for task in stopping:  # what is as good as given back is nobody's share
            self._held.remove(task.project, task.demand)
        self._ends = [(max(lane.now, task.ends), task.demand) for task in lane.running if task.ends is not None]
        self._stopping: list[int] = []
        self._coming = NOTHING
        for task in stopping:
            self._is_stopping(task)
        self.room = Room(lane.capacity - total(task.demand for task in lane.running), lane.now)
        self._ahead = NOTHING
        self._lenders: Lenders | None = None

    @property
    def reservation(self) -> Reservation | None:
        """For whom room is kept, if for anybody."""
        room = self.room
        return Reservation(tuple(room.tasks), room.reserved, room.starts) if room.tasks else None

    def __iter__(self) -> Iterator[Decision]:
        ranking = Ranking(self._lane, self._ranked)
        position = 0
        while (task := ranking.first()) is not None:
            position += 1
            wait = self._never(task) or self._over_quota(task)
            if wait is not None:
                ranking.done(counts=False)
                yield Decision(task.id, position, wait)
                continue
            backfilled = bool(self.room.tasks)
            if (self._lane.rules.backfill or not backfilled) and self.room.take(task.demand, task.lasts):
                borrowed = not self._held.owns_with(task.project, task.demand)
                self._start(task)
                yield Decision(task.id, position, None, backfilled, borrowed)
            else:
                yield Decision(task.id, position, self._hold(task))
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

    def _hold(self, task: Waiting) -> Wait:
        """A task for which there is no room now: keep room for it, ask for what is its own, or let it queue."""
        missing = (task.demand - (self.room.free - self._ahead)).at_least_zero()
        self._ahead = self._ahead.plus(task.demand)
        if self.closed:
            if task.demand.fits(self.room.free):
                return Wait("reserved", missing, tuple(self.room.tasks))
            return Wait("slots", missing)
        free = self.room.free.plus(self._coming) - self.room.reserved
        asked: Sequence[int] = ()
        if task.demand.fits(free):
            asked = self._stopping
        elif self._lane.rules.give_back and self._would_own(task):
            asked = self._ask(task, (task.demand - free).at_least_zero())
        self.closed = not asked
        self.room.reserve(task.id, task.demand, self._ends)
        return Wait("give_back" if asked else "slots", missing, tuple(asked), self.room.starts)

    def _would_own(self, task: Waiting) -> bool:
        """Whether its project would hold no more than its own, with what comes before the task and what passed it."""
        return all(shares.owns_with(task.project, task.demand) for shares in (self._held, self._ranked))

    def _ask(self, task: Waiting, missing: Slots) -> list[int]:
        lane = self._lane
        if self._lenders is None:
            self._lenders = Lenders(lane.running, self._held, lane.now, lane.min_run)
        asked = self._lenders.ask(task.project, missing)
        for lender in asked:
            self.give_back.append(GiveBack(lender.id, task.id))
            self._is_stopping(lender)
        return [lender.id for lender in asked]

    def _is_stopping(self, task: Running) -> None:
        """Its slots come any moment."""
        now = self._lane.now
        self._stopping.append(task.id)
        self._coming = self._coming.plus(task.demand)
        if task.ends is not None:
            self._ends.remove((max(now, task.ends), task.demand))
        self._ends.append((now, task.demand))


def _by_project(tasks: Iterable[Running]) -> dict[int, Slots]:
    found: dict[int, list[Slots]] = {}
    for task in tasks:
        found.setdefault(task.project, []).append(task.demand)
    return {project: total(demands) for project, demands in found.items()}
