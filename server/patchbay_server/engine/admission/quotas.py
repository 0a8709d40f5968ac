"""The limits of projects, which count over all pools together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from patchbay_server.engine.admission.decision import QuotaLack, QuotaResource
from patchbay_server.engine.admission.slots import NOTHING, Slots
from patchbay_server.engine.admission.state import Quota, Running, Waiting

NO_QUOTA = Quota()


class Ledger:
    """What projects hold, against what they may. It is written while a decision is made: what is admitted counts.

    What a project has borrowed in an elastic pool never keeps it from what is its own in a fixed one: there, only what
    it holds where nothing is lent (`firm`) counts.
    """

    def __init__(self, quotas: Mapping[int, Quota], stored: Mapping[int, int]) -> None:
        self._quotas = quotas
        self._stored = stored
        self._held: dict[int, Slots] = {}
        self._firm: dict[int, Slots] = {}
        self._trainings: dict[int, int] = {}

    def quota(self, project: int) -> Quota:
        return self._quotas.get(project, NO_QUOTA)

    def held(self, project: int) -> Slots:
        """What a project holds, over all pools."""
        return self._held.get(project, NOTHING)

    def add(self, tasks: Iterable[Running | Waiting], *, firm: bool) -> None:
        """Count tasks that hold slots, or for which a part of their project's quota is set aside."""
        for task in tasks:
            project = task.project
            if project not in self._quotas:
                continue
            self._held[project] = self.held(project).plus(task.demand)
            if firm:
                self._firm[project] = self._firm.get(project, NOTHING).plus(task.demand)
            self._trainings[project] = self._trainings.get(project, 0) + task.training

    def lack(self, task: Waiting, *, lends: bool) -> QuotaLack | None:
        """The limit that keeps a task from starting in a lane that does or does not lend; None: none does."""
        quota = self._quotas.get(task.project)
        if quota is None:
            return None
        stored = self._stored.get(task.project, 0)
        if quota.storage is not None and stored >= quota.storage:
            return QuotaLack("storage", quota.storage, stored, stored - quota.storage + 1)
        if task.training:
            found = _lack("trainings", quota.trainings, self._trainings.get(task.project, 0), 1)
            if found:
                return found
        if lends and quota.borrows:
            return None
        used = self._firm.get(task.project, NOTHING) if quota.borrows else self.held(task.project)
        return _lack("cpu", quota.cpu_milli, used.cpu_milli, task.demand.cpu_milli) or _lack(
            "gpu", quota.gpu_milli, used.gpu_milli, task.demand.gpu_milli
        )

    def never(self, task: Waiting, *, lends: bool) -> QuotaLack | None:
        """The limit that a task exceeds by itself, whatever else its project runs or keeps."""
        quota = self._quotas.get(task.project)
        if quota is None:
            return None
        found = _lack("trainings", quota.trainings, 0, 1) if task.training else None
        if found or (lends and quota.borrows):
            return found
        return _lack("cpu", quota.cpu_milli, 0, task.demand.cpu_milli) or _lack(
            "gpu", quota.gpu_milli, 0, task.demand.gpu_milli
        )


def _lack(resource: QuotaResource, limit: int | None, used: int, demand: int) -> QuotaLack | None:
    if limit is None or demand == 0 or used + demand <= limit:
        return None
    return QuotaLack(resource, limit, used, used + demand - limit)
