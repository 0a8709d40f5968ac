"""Who holds how much of a lane, and what is one's own.

Dominant-resource fairness: a project's share is its largest part of any resource, and the project with the smallest
share, divided by its weight, comes first (Ghodsi et al., "Dominant Resource Fairness: Fair Allocation of Multiple
Resource Types", NSDI 2011). It is worth no project's while to ask for more than it needs, or to split a demand.
"""

from __future__ import annotations

from collections.abc import Iterable

from patchbay_server.engine.admission.quotas import Ledger
from patchbay_server.engine.admission.slots import NOTHING, Slots

ROUNDING = 1e-9
"""Shares are compared with this much patience: they are sums of fractions."""


class Shares:
    """Weighted dominant shares of the projects that run or want something in a lane of a capacity.

    What is a project's own: its quota of CPUs and GPUs where it has one, over all pools; else its weight's part of the
    lane, among the projects that are there now.
    """

    def __init__(self, capacity: Slots, ledger: Ledger, active: Iterable[int]) -> None:
        self._parts = [1 / amount if amount > 0 else 0.0 for amount in capacity]
        self._ledger = ledger
        self._held: dict[int, Slots] = {}
        self._weight = {project: ledger.quota(project).weight for project in active}
        self._equal = 1 / sum(self._weight.values()) if self._weight else 1.0
        self._elsewhere: dict[int, Slots] = {}

    def begin(self, project: int, here: Slots) -> None:
        """Of what the ledger says that a project holds, so much is in this lane, and is added here when it counts."""
        if self._limits(project) is not None:
            self._elsewhere[project] = self._ledger.held(project) - here

    def add(self, project: int, demand: Slots) -> None:
        """The project holds so much more in this lane."""
        self._held[project] = self._held.get(project, NOTHING).plus(demand)

    def remove(self, project: int, demand: Slots) -> None:
        self.add(project, demand.times(-1))

    def share(self, project: int, more: Slots = NOTHING) -> float:
        """The weighted dominant share of what the project holds and so much more."""
        return self._of(project, self._held.get(project, NOTHING).plus(more))

    def owns(self, project: int, more: Slots = NOTHING) -> bool:
        """Whether the project would hold less than its own; then its next task comes before those who borrow."""
        limits = self._limits(project)
        if limits is None:
            return self.share(project, more) < self._equal - ROUNDING
        held = self._all(project).plus(more)
        return all(limit is None or used < limit for limit, used in zip(limits, held, strict=False))

    def owns_with(self, project: int, demand: Slots) -> bool:
        """Whether the project would still hold no more than its own with so much more."""
        limits = self._limits(project)
        if limits is None:
            return self.share(project, demand) <= self._equal + ROUNDING
        held = self._all(project).plus(demand)
        return all(limit is None or used <= limit for limit, used in zip(limits, held, strict=False))

    def borrows(self, project: int) -> bool:
        """Whether the project holds more than its own."""
        return not self.owns_with(project, NOTHING)

    def _limits(self, project: int) -> tuple[int | None, int | None] | None:
        quota = self._ledger.quota(project)
        limits = (quota.cpu_milli, quota.gpu_milli)
        return None if limits == (None, None) else limits

    def _all(self, project: int) -> Slots:
        return self._held.get(project, NOTHING).plus(self._elsewhere.get(project, NOTHING))

    def _of(self, project: int, held: Slots) -> float:
        cpu, gpu, memory = self._parts
        return max(held[0] * cpu, held[1] * gpu, held[2] * memory) / self._weight[project]
