"""In which order the waiting tasks of a lane are looked at."""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence

from patchbay_server.engine.admission.rules import Key, Rules
from patchbay_server.engine.admission.shares import Shares
from patchbay_server.engine.admission.state import Waiting


class Ranking:
    """The waiting tasks, one after another: the first of the project whose turn it is.

    Under fair rules those come first whose project holds less than its own, so that nobody is pushed aside by somebody
    else's high priorities; then the higher priority, then the smaller share. What has been looked at counts as if its
    project had it, so that turns alternate also where nothing starts. Each step costs the logarithm of the number of
    projects, however many tasks wait.
    """

    def __init__(self, rules: Rules, lines: Mapping[int, Sequence[Waiting]], shares: Shares) -> None:
        self._rules = rules
        self._shares = shares
        self._lines = lines
        self._next = dict.fromkeys(lines, 0)
        self._heap = [(self._key(project, line[0]), project) for project, line in lines.items() if line]
        heapq.heapify(self._heap)

    def first(self) -> tuple[Waiting, bool] | None:
        """The task whose turn it is, and whether its project holds less than its own. None: there is no more."""
        if not self._heap:
            return None
        key, project = self._heap[0]
        return self._lines[project][self._next[project]], not key[0]

    def done(self, *, counts: bool) -> None:
        """Go on to the next; `counts`: the first one's demand counts as its project's from now on."""
        _, project = self._heap[0]
        line, place = self._lines[project], self._next[project]
        if counts:
            self._shares.add(project, line[place].demand)
        place = self._next[project] = place + 1
        if place < len(line):
            heapq.heapreplace(self._heap, (self._key(project, line[place]), project))
        else:
            heapq.heappop(self._heap)

    def _key(self, project: int, task: Waiting) -> Key:
        order = self._rules.order(task)
        if not self._rules.fair:
            return (0, *order)
        return (not self._shares.owns(project), -task.priority, self._shares.share(project), *order)
