"""In which order the waiting tasks of a lane are looked at."""

from __future__ import annotations

import heapq

from patchbay_server.engine.admission.lane import Lane
from patchbay_server.engine.admission.rules import POINT, Key, aged
from patchbay_server.engine.admission.shares import Shares
from patchbay_server.engine.admission.slots import NOTHING, Slots, total
from patchbay_server.engine.admission.state import Waiting


class Ranking:
    """The waiting tasks of a lane, one after another: the first of the project whose turn it is.

    Under fair rules, what was given back goes to who asked. Then those come first whose project holds less than its
    own, so that nobody is pushed aside by somebody else's high priorities; then the higher priority, then the smaller
    share. What has been looked at counts as if its project had it, so that turns alternate also where nothing starts.
    For a task that waits long, only that counts which came before it in its project's line: what has passed a large one
    does not keep its turn from coming.

    Each step costs the logarithm of the number of projects, however many tasks wait.
    """

    def __init__(self, lane: Lane, shares: Shares) -> None:
        """`shares`: of what the projects hold elsewhere; those of the lane are added as turns come."""
        self._lane = lane
        self._shares = shares
        self._held = _held(lane) if lane.rules.fair else {}
        self._next = dict.fromkeys(lane.waiting, 0)
        self._heap = [(self._key(project, line[0]), project) for project, line in lane.waiting.items() if line]
        heapq.heapify(self._heap)

    def first(self) -> Waiting | None:
        """The task whose turn it is; None: there is no more."""
        if not self._heap:
            return None
        project = self._heap[0][1]
        return self._lane.waiting[project][self._next[project]]

    def done(self, *, counts: bool) -> None:
        """Go on to the next; `counts`: the first one's demand counts as its project's from now on."""
        _, project = self._heap[0]
        line, place = self._lane.waiting[project], self._next[project]
        if counts:
            self._shares.add(project, line[place].demand)
        place = self._next[project] = place + 1
        if place < len(line):
            heapq.heapreplace(self._heap, (self._key(project, line[place]), project))
        else:
            heapq.heappop(self._heap)

    def _key(self, project: int, task: Waiting) -> Key:
        order = self._lane.rules.order(task)
        if not self._lane.rules.fair:
            return (0, *order)
        held = self._held.get(project, [])
        while held and held[-1][0] < order:
            self._shares.add(project, held.pop()[1])
        patient = self._lane.now - task.enqueued >= POINT
        passed = NOTHING if patient else total(demand for _, demand in held)
        owns = task.promised or self._shares.owns(project, passed)
        share = self._shares.share(project, passed)
        return (not task.promised, not owns, -aged(task, self._lane.now), share, *order)


def _held(lane: Lane) -> dict[int, list[tuple[Key, Slots]]]:
    """Project -> what its running tasks hold, the first in its line last. What stops is as good as given back."""
    found: dict[int, list[tuple[Key, Slots]]] = {}
    for task in lane.running:
        if not task.stopping:
            found.setdefault(task.project, []).append((lane.rules.order(task), task.demand))
    for held in found.values():
        held.sort(reverse=True)
    return found
