"""Asking back what is borrowed, when somebody wants their own."""

from __future__ import annotations

from collections.abc import Iterable

from patchbay_server.engine.admission.shares import Shares
from patchbay_server.engine.admission.slots import Slots, total
from patchbay_server.engine.admission.state import Running


class Lenders:
    """The running tasks that can be asked to stop at a checkpoint: of the lowest priority first, then the latest.

    `held`: what projects hold, without those that have been asked. A task that has run for less than `min_run` seconds
    is left alone, so that whoever is stopped again and again still gets on.
    """

    def __init__(self, running: Iterable[Running], held: Shares, now: float, min_run: float) -> None:
        able = (task for task in running if task.checkpoints and not task.stopping and task.since + min_run <= now)
        self._able = sorted(able, key=lambda task: (task.priority, -task.since, -task.id))
        self._held = held

    def ask(self, project: int, missing: Slots) -> list[Running]:
        """As few tasks of projects that hold more than their own as give `missing`; none if all together do not."""
        chosen: list[Running] = []
        left = missing
        for task in self._able:
            if not any(left):
                break
            helps = any(need and has for need, has in zip(left, task.demand, strict=True))
            if helps and task.project != project and self._held.borrows(task.project):
                self._held.remove(task.project, task.demand)
                chosen.append(task)
                left = (left - task.demand).at_least_zero()
        if any(left):
            self._spare(chosen)
            return []
        kept = self._needed(chosen, missing)
        gone = {task.id for task in kept}
        self._able = [task for task in self._able if task.id not in gone]
        return kept

    def _needed(self, chosen: list[Running], missing: Slots) -> list[Running]:
        """Those without which it would not do; the higher priorities are spared first."""
        for task in reversed(chosen[:]):
            rest = [other for other in chosen if other is not task]
            if missing.fits(total(other.demand for other in rest)):
                self._spare([task])
                chosen = rest
        return chosen

    def _spare(self, tasks: list[Running]) -> None:
        for task in tasks:
            self._held.add(task.project, task.demand)
