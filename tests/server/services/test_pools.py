"""Pools and restrictions on both databases; what people see of them over HTTP is tested there."""

from dataclasses import replace
from threading import Barrier, Thread

import pytest
import sqlalchemy as sa

from patchbay_server.services import flows, pools, runs
from patchbay_server.services.errors import AlreadyExists, Conflict, Forbidden, Invalid
from patchbay_server.services.people import audit, restrictions
from patchbay_server.services.people.actor import COMMAND, Actor
from patchbay_server.services.platform import Platform
from patchbay_server.store.tables import task

FLOW = {
    "format": 1,
    "name": "clean",
    "nodes": [
        {"id": "read", "operator": "source.csv@1.0.0", "params": {"path": "lots.csv"}},
        {"id": "fill", "operator": "clean.fill_missing@1.0.0"},
    ],
    "edges": [{"from": "read.table", "to": "fill.table"}],
}


def at_once(*calls) -> list[Exception]:
    """Call all at the same time; what they raised."""
    barrier, raised = Barrier(len(calls)), []

    def attempt(call) -> None:
        barrier.wait()
        try:
            call()
        except Exception as error:  # noqa: BLE001 - whatever it is, the test looks at it
            raised.append(error)

    threads = [Thread(target=attempt, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


def test_what_is_used_and_what_waits(platform: Platform, project: int) -> None:
    flows.create(platform, COMMAND, project, FLOW)
    run = runs.start(platform, COMMAND, project, flow="clean", request=runs.RunRequest())
    before = pools.find(platform, "train")
    assert (before.waiting, before.running, before.used.cpu) == (1, 0, 0)
    (waiting,) = pools.waiting_tasks(platform, COMMAND, "train").items
    assert (waiting.project, waiting.run_id, waiting.reason.code) == ("default", run.id, "worker")
    platform.engine.worker_seen("w", "train", "host", 1)
    claim = platform.engine.claim("train", "w")
    assert claim is not None
    platform.engine.beat(claim, "w")
    after = pools.find(platform, "train")
    assert (after.waiting, after.running, after.workers) == (0, 1, 1)
    (worker,) = pools.workers(platform, COMMAND).items
    assert (worker.path, worker.project) == ("read", "default")
    lowered = pools.change(platform, COMMAND, "train", expected=1, cpu=0)
    assert lowered.note is not None
    assert pools.reset(platform, COMMAND, "train", expected=2).note is None


def test_of_two_who_change_a_capacity_one_is_told(platform: Platform) -> None:
    def change() -> None:
        pools.change(platform, COMMAND, "train", expected=1, cpu=1)

    (error,) = at_once(change, change)
    assert isinstance(error, Conflict)
    assert pools.find(platform, "train").version == 2


def test_of_two_who_make_a_flow_one_is_told(platform: Platform, project: int) -> None:
    calls = [lambda title=title: flows.create(platform, COMMAND, project, FLOW | {"title": title}) for title in "ab"]
    (error,) = at_once(*calls)
    assert isinstance(error, AlreadyExists)
    assert flows.get(platform, project, "clean").number == 1


def test_of_two_who_save_a_flow_one_is_told(platform: Platform, project: int) -> None:
    flows.create(platform, COMMAND, project, FLOW)
    calls = [
        lambda title=title: flows.change(platform, COMMAND, project, "clean", FLOW | {"title": title}, expected=1)
        for title in "ab"
    ]
    (error,) = at_once(*calls)
    assert isinstance(error, Conflict)
    assert flows.get(platform, project, "clean").number == 2


def test_restrictions_hold_for_whoever_has_another_role(platform: Platform, project: int) -> None:
    flows.create(platform, COMMAND, project, FLOW)
    at_once(*[lambda: restrictions.put(platform, COMMAND, project, "family:clean", roles=["engineer"])] * 2)
    engineer, scientist = (
        Actor(None, role, False, "session", roles={project: role}) for role in ("engineer", "scientist")
    )
    request = runs.RunRequest()
    assert runs.start(platform, engineer, project, flow="clean", request=request).id
    with pytest.raises(Forbidden, match="Node 'fill'"):
        runs.start(platform, scientist, project, flow="clean", request=request)
    assert len(platform.engine.runs(project).items) == 1
    with pytest.raises(Forbidden, match="priority of 100"):
        runs.start(platform, engineer, project, flow="clean", request=runs.RunRequest(priority=101))
    restrictions.delete(platform, COMMAND, project, "family:clean")
    assert runs.start(platform, scientist, project, flow="clean", request=request).id


def test_a_run_that_is_resumed_has_no_higher_priority_than_who_resumes_it_may_give(
    platform: Platform, project: int
) -> None:
    flows.create(platform, COMMAND, project, FLOW)
    first = runs.start(platform, COMMAND, project, flow="clean", request=runs.RunRequest(priority=1000)).id
    runs.cancel(platform, COMMAND, first, project)
    expert = Actor(None, "ann", False, "session", roles={project: "expert"})
    for actor, priority in ((COMMAND, 1000), (expert, 0)):
        resumed = runs.resume(platform, actor, first, project)
        assert platform.engine.run(resumed).priority == priority
        with platform.database.read() as transaction:
            tasks = sa.select(task.c.priority).where(task.c.run_id == resumed).distinct()
            assert list(transaction.core.execute(tasks).scalars()) == [priority]


def test_all_of_it_is_on_record_and_the_record_is_whole(platform: Platform, project: int) -> None:
    flows.create(platform, COMMAND, project, FLOW)
    run = runs.start(platform, COMMAND, project, flow="clean", request=runs.RunRequest())
    runs.cancel(platform, COMMAND, run.id, project)
    runs.cancel(platform, COMMAND, run.id, project)
    runs.resume(platform, COMMAND, run.id, project)
    found = [entry.action for entry in audit.entries(platform.database, audit.Filter(project_id=project)).items]
    assert found[:4] == ["run.resumed", "run.cancelled", "run.started", "flow.created"]
    assert audit.first_break(platform.database) is None


def test_the_part_for_load_tests_is_a_part_of_a_mixed_pool(platform: Platform) -> None:
    before = pools.find(platform, "test")
    part = pools.Capacity(0, 0, 1)
    changed = pools.change(platform, COMMAND, "test", expected=before.version, cpu=2, isolated=replace(part, cpu=1.5))
    assert (changed.capacity.cpu, changed.isolated) == (2, pools.Capacity(1.5, 0, 1))
    with pytest.raises(Invalid, match=r"has cpu 1\.5, which is more than the pool will have"):
        pools.change(platform, COMMAND, "test", expected=changed.version, cpu=1)
    with pytest.raises(Invalid, match="only a mixed one has a part for load tests"):
        pools.change(platform, COMMAND, "train", expected=pools.find(platform, "train").version, isolated=part)
    declared = pools.reset(platform, COMMAND, "test", expected=changed.version)
    assert declared.isolated == pools.Capacity(*platform.settings.pool("test").isolated)
