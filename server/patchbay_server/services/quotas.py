"""Quotas: what a project may have at once, over all pools, and what it has now. They belong to all projects.

So they are set by whoever may change the capacity of pools, and seen by the project's members.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

from patchbay_server.engine import quotas
from patchbay_server.engine.admission import Quota
from patchbay_server.services.people import audit
from patchbay_server.services.people.actor import Actor
from patchbay_server.services.people.projects import Project
from patchbay_server.services.platform import Platform
from patchbay_server.store.database import Transaction


@dataclass(frozen=True, slots=True)
class Limits:
    """CPUs, GPUs, trainings at once, bytes kept; None: no limit but the pools'.

    `borrows`: more CPUs and GPUs while they are idle. `weight`: the project's part where several want the same.
    """

    weight: float
    cpu: float | None
    gpu: float | None
    trainings: int | None
    storage: int | None
    borrows: bool

    @classmethod
    def of(cls, quota: Quota) -> Limits:
        cpu, gpu = (None if milli is None else milli / 1000 for milli in (quota.cpu_milli, quota.gpu_milli))
        return cls(quota.weight, cpu, gpu, quota.trainings, quota.storage, quota.borrows)

    def quota(self) -> Quota:
        cpu, gpu = (None if units is None else round(units * 1000) for units in (self.cpu, self.gpu))
        return Quota(self.weight, cpu, gpu, self.trainings, self.storage, self.borrows)


DEFAULTS = Limits.of(Quota())


@dataclass(frozen=True, slots=True)
class Use:
    """CPUs and GPUs of the tasks that run, how many of them are trainings, and bytes that the project keeps."""

    cpu: float
    gpu: float
    trainings: int
    storage: int


@dataclass(frozen=True, slots=True)
class ProjectQuota:
    """The quota of a project now. `edited`: somebody set it, it is not the default."""

    limits: Limits
    used: Use
    edited: bool


def find(platform: Platform, project: Project) -> ProjectQuota:
    """The quota of a project, and what it uses."""
    with platform.database.read() as transaction:
        return _quota(transaction, project)


def put(platform: Platform, actor: Actor, project: Project, limits: Limits) -> ProjectQuota:
    """Set the quota of a project, instead of the one before, also below what it uses: running tasks go on."""

    def write(transaction: Transaction) -> ProjectQuota:
        before = Limits.of(quotas.get(transaction, project.id))
        quotas.put(transaction, project.id, limits.quota())
        after = _quota(transaction, project)
        _record(transaction, actor, "quota.set", project, before, after.limits)
        return after

    return platform.database.transact(write)


def reset(platform: Platform, actor: Actor, project: Project) -> ProjectQuota:
    """Give a project the default again: no limits, the weight 1."""

    def write(transaction: Transaction) -> ProjectQuota:
        before = Limits.of(quotas.get(transaction, project.id))
        if quotas.delete(transaction, project.id):
            _record(transaction, actor, "quota.reset", project, before, DEFAULTS)
        return _quota(transaction, project)

    return platform.database.transact(write)


def _record(
    transaction: Transaction, actor: Actor, action: str, project: Project, before: Limits, after: Limits
) -> None:
    thing, old, new = f"quota:{project.name}", asdict(before), asdict(after)
    audit.append(transaction, actor, action, thing, project_id=project.id, before=old, after=new)


def _quota(transaction: Transaction, project: Project) -> ProjectQuota:
    limits = Limits.of(quotas.get(transaction, project.id))
    slots, trainings = quotas.used(transaction, project.id)
    stored = quotas.stored(transaction, project.id)
    used = Use(slots.cpu_milli / 1000, slots.gpu_milli / 1000, trainings, stored)
    return ProjectQuota(limits, used, edited=limits != DEFAULTS)
