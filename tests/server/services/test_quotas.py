"""Quotas on both databases: set and taken away, what is used, what then waits; who may over HTTP is tested there."""

from dataclasses import replace

import pytest
import sqlalchemy as sa

from patchbay_server.engine import Result, collection
from patchbay_server.engine import quotas as held
from patchbay_server.engine.admission import Quota
from patchbay_server.engine.errors import StorageFull
from patchbay_server.services import flows, quotas, runs
from patchbay_server.services.datasets.adopt import insert_dataset
from patchbay_server.services.people import audit, projects
from patchbay_server.services.people.actor import COMMAND
from patchbay_server.services.people.projects import Project
from patchbay_server.services.platform import Platform
from patchbay_server.services.quotas import DEFAULTS, Limits, Use
from patchbay_server.store.data import dataset_version
from patchbay_server.store.database import Transaction

FLOW = {
    "format": 1,
    "name": "two",
    "nodes": [{"id": id, "operator": "source.csv@1.0.0", "params": {"path": "lots.csv"}} for id in ("first", "second")],
}
LIMITS = Limits(weight=2.5, cpu=1.5, gpu=0, trainings=3, storage=1 << 30, borrows=False)


@pytest.fixture
def default(platform: Platform) -> Project:
    return projects.find(platform, COMMAND, "default")


@pytest.fixture
def other(platform: Platform) -> Project:
    return projects.create(platform, COMMAND, name="other")


def test_what_is_set_is_what_admission_holds_to(platform: Platform, default: Project, other: Project) -> None:
    assert quotas.find(platform, default) == quotas.ProjectQuota(DEFAULTS, Use(0, 0, 0, 0), edited=False)
    found = quotas.put(platform, COMMAND, default, LIMITS)
    assert (found.limits, found.edited) == (LIMITS, True)
    with platform.database.read() as transaction:
        assert held.get(transaction, default.id) == Quota(2.5, 1500, 0, 3, 1 << 30, borrows=False)
    assert quotas.find(platform, other).limits == DEFAULTS
    assert quotas.put(platform, COMMAND, default, replace(LIMITS, cpu=None)).limits.cpu is None
    assert quotas.reset(platform, COMMAND, default) == quotas.find(platform, default)
    assert quotas.find(platform, default).limits == DEFAULTS


def test_only_what_changes_is_on_record(platform: Platform, default: Project) -> None:
    quotas.reset(platform, COMMAND, default)
    quotas.put(platform, COMMAND, default, LIMITS)
    quotas.reset(platform, COMMAND, default)
    found = audit.entries(platform.database, audit.Filter(project_id=default.id, action="quota.")).items
    assert [(entry.action, entry.thing) for entry in found] == [
        ("quota.reset", "quota:default"),
        ("quota.set", "quota:default"),
    ]
    assert (found[0].before["cpu"], found[0].after["cpu"], found[1].before["weight"]) == (1.5, None, 1.0)


def test_what_runs_counts_and_what_is_too_much_waits(platform: Platform, default: Project, other: Project) -> None:
    flows.create(platform, COMMAND, default.id, FLOW)
    run = runs.start(platform, COMMAND, default.id, flow="two", request=runs.RunRequest())
    quotas.put(platform, COMMAND, default, replace(DEFAULTS, cpu=1, borrows=False))
    claim = platform.engine.claim("train", "w")
    assert claim is not None
    assert quotas.find(platform, default).used == Use(1, 0, 0, 0)
    assert quotas.find(platform, other).used == Use(0, 0, 0, 0)
    assert platform.engine.claim("train", "w") is None
    (waits,) = (task for task in platform.engine.tasks(run.id) if task.path != claim.task.path)
    assert platform.engine.explain_wait(waits.id).code == "quota"
    quotas.reset(platform, COMMAND, default)
    assert platform.engine.claim("train", "w") is not None
    assert quotas.find(platform, default).used.cpu == 2


def test_what_is_kept_is_measured_and_limits_what_is_submitted(platform: Platform, default: Project) -> None:
    flows.create(platform, COMMAND, default.id, FLOW)
    runs.start(platform, COMMAND, default.id, flow="two", request=runs.RunRequest())
    for id, size in (("shared", 700), ("shared", 700)):
        claim = platform.engine.claim("train", "w")
        assert claim is not None
        platform.engine.commit(claim, Result({"table": id}, sizes={id: size}), "w")
    assert quotas.find(platform, default).used.storage == 700, "an artifact counts once"
    platform.database.transact(_add_version, default.id)
    assert quotas.find(platform, default).used.storage == 1000
    quotas.put(platform, COMMAND, default, replace(DEFAULTS, storage=1000))
    with pytest.raises(StorageFull, match="may keep"):
        runs.start(platform, COMMAND, default.id, flow="two", request=runs.RunRequest())
    platform.database.transact(collection.mark, ["shared"])
    assert quotas.find(platform, default).used.storage == 300
    assert runs.start(platform, COMMAND, default.id, flow="two", request=runs.RunRequest()).id


def _add_version(transaction: Transaction, project_id: int) -> None:
    id = insert_dataset(transaction, project_id, "lots", None)
    row = {"content_hash": "", "rows": 1, "schema": {}, "source": {}, "created_at": 0.0}
    for number, size, expired_at in ((1, 500, 1.0), (2, 300, None)):
        version = row | {"dataset_id": id, "number": number, "bytes": size, "expired_at": expired_at}
        transaction.core.execute(sa.insert(dataset_version).values(**version))
