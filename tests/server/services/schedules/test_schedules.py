"""Schedules fire, once per due time, with the rights that their owner has then."""

from collections.abc import Callable
from dataclasses import replace
from threading import Barrier, Thread

import pytest

from patchbay_server.engine.errors import NotFound
from patchbay_server.errors import FlowParamError
from patchbay_server.services import flows
from patchbay_server.services.errors import AlreadyExists, Conflict, Forbidden, Invalid
from patchbay_server.services.people import audit, members, restrictions, tokens, users
from patchbay_server.services.people.actor import COMMAND, Actor
from patchbay_server.services.people.rights import Role
from patchbay_server.services.platform import Platform
from patchbay_server.services.schedules import due, schedules
from patchbay_server.services.schedules.schedules import Schedule, Timetable
from patchbay_server.store.data import schedule
from patchbay_server.store.database import Transaction

FLOW = {
    "format": 1,
    "name": "clean",
    "params": {"file": {"type": "string", "default": "data.csv"}},
    "nodes": [{"id": "read", "operator": "source.csv@1.0.0", "params": {"path": {"$param": "file"}}}],
    "edges": [],
}
NIGHTLY = Timetable("clean", "30 2 * * *", "Europe/Berlin", {"file": "lots.csv"}, True, overlap="allow")

Someone = Callable[[Role], Actor]


@pytest.fixture
def someone(platform: Platform, project: int) -> Someone:
    """A new user who is a member of the project."""

    def make(role: Role) -> Actor:
        user, _ = users.create(platform, COMMAND, name=f"the-{role}")
        members.add(platform, COMMAND, project, name=user.name, role=role)
        _, key = tokens.create(platform, COMMAND, user.id, name="test")
        return tokens.find(platform, key, "")

    return make


@pytest.fixture(autouse=True)
def flow(platform: Platform, project: int) -> None:
    flows.create(platform, COMMAND, project, FLOW)


def make_due(platform: Platform, name: str, ago: float = 3 * 24 * 3600.0) -> None:
    """As if the platform had been down for days."""

    def write(transaction: Transaction) -> None:
        earlier = schedule.update().where(schedule.c.name == name)
        transaction.core.execute(earlier.values(next_at=schedule.c.next_at - ago))

    platform.database.transact(write)


def nightly(platform: Platform, project: int, actor: Actor = COMMAND) -> Schedule:
    return schedules.create(platform, actor, project, "nightly", NIGHTLY)


def actions(platform: Platform, beginning: str) -> list[str]:
    return [entry.action for entry in audit.entries(platform.database, audit.Filter(action=beginning)).items]


def test_what_is_not_due_does_not_start(platform: Platform, project: int) -> None:
    made = nightly(platform, project)
    assert made.next_times()[0] == made.next_at
    assert len(made.next_times()) == 5
    due.start_due(platform)
    assert platform.engine.runs(project).items == []


def test_missed_times_give_one_run(platform: Platform, project: int, someone: Someone) -> None:
    ann = someone("scientist")
    before = nightly(platform, project, ann)
    make_due(platform, "nightly")
    due.start_due(platform)
    due.start_due(platform)
    (run,) = platform.engine.runs(project).items
    assert (run.flow, run.params, run.created_by) == ("clean", {"file": "lots.csv"}, ann.name)
    after = schedules.find(platform, project, "nightly")
    assert (after.last_run_id, after.last_error, after.next_at) == (run.id, None, before.next_at)
    started = audit.entries(platform.database, audit.Filter(action="run.started")).items
    assert [(entry.actor, entry.via) for entry in started] == [(ann.name, "schedule:nightly")]


def test_many_who_look_at_once_start_it_once(platform: Platform, project: int) -> None:
    nightly(platform, project)
    make_due(platform, "nightly")
    barrier = Barrier(4)

    def look() -> None:
        barrier.wait()
        due.start_due(platform)

    threads = [Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(platform.engine.runs(project).items) == 1
    assert actions(platform, "schedule.failed") == []


def test_a_schedule_that_is_off_does_not_start(platform: Platform, project: int) -> None:
    schedules.create(platform, COMMAND, project, "off", replace(NIGHTLY, enabled=False))
    assert schedules.find(platform, project, "off").next_at is None
    due.start_due(platform)
    assert platform.engine.runs(project).items == []


def test_why_it_could_not_start_is_kept_and_it_is_tried_again_later(platform: Platform, project: int) -> None:
    made = nightly(platform, project)
    flows.change(
        platform, COMMAND, project, "clean", FLOW | {"nodes": [{"id": "x", "operator": "no.such@1.0.0"}]}, expected=1
    )
    make_due(platform, "nightly")
    due.start_due(platform)
    failed = schedules.find(platform, project, "nightly")
    assert "no.such" in failed.last_error
    assert (failed.next_at, failed.last_run_id) == (made.next_at, None)
    assert actions(platform, "schedule.failed") == ["schedule.failed"]
    flows.change(platform, COMMAND, project, "clean", FLOW, expected=2)
    make_due(platform, "nightly")
    due.start_due(platform)
    assert schedules.find(platform, project, "nightly").last_error is None
    assert len(platform.engine.runs(project).items) == 1


def test_one_that_fails_keeps_no_other_from_starting(platform: Platform, project: int) -> None:
    nightly(platform, project)
    flows.create(platform, COMMAND, project, FLOW | {"name": "broken"})
    schedules.create(platform, COMMAND, project, "a", replace(NIGHTLY, flow="broken"))
    flows.change(platform, COMMAND, project, "broken", FLOW | {"name": "broken", "params": {}}, expected=1)
    for name in ("a", "nightly"):
        make_due(platform, name)
    due.start_due(platform)
    assert [run.flow for run in platform.engine.runs(project).items] == ["clean"]
    assert schedules.find(platform, project, "a").last_error


def due_error(platform: Platform, project: int) -> str | None:
    make_due(platform, "nightly")
    due.start_due(platform)
    return schedules.find(platform, project, "nightly").last_error


def test_it_starts_with_the_rights_that_its_owner_has_now(platform: Platform, project: int, someone: Someone) -> None:
    ann = someone("scientist")
    nightly(platform, project, ann)
    restrictions.put(platform, COMMAND, project, "operator:source.csv", roles=["engineer"])
    assert "only these roles" in due_error(platform, project)
    restrictions.delete(platform, COMMAND, project, "operator:source.csv")
    assert due_error(platform, project) is None
    members.change(platform, COMMAND, project, ann.name, expected=1, role="viewer")
    assert "run.start" in due_error(platform, project)
    members.remove(platform, COMMAND, project, ann.name, expected=2)
    assert "run.start" in due_error(platform, project)
    members.add(platform, COMMAND, project, name=ann.name, role="scientist")
    assert due_error(platform, project) is None
    users.change(platform, COMMAND, ann.name, expected=1, active=False)
    assert "not active" in due_error(platform, project)


def test_who_changes_it_gives_it_their_rights(platform: Platform, project: int, someone: Someone) -> None:
    nightly(platform, project, someone("engineer"))
    restrictions.put(platform, COMMAND, project, "operator:source.csv", roles=["engineer"])
    assert due_error(platform, project) is None
    changed = schedules.change(
        platform, someone("on-duty"), project, "nightly", replace(NIGHTLY, cron="0 3 * * *"), expected=1
    )
    assert (changed.owner, changed.version) == ("the-on-duty", 2)
    assert "only these roles" in due_error(platform, project)


def test_who_may_not_run_an_operator_does_not_have_the_schedule_of_another_run_it(
    platform: Platform, project: int, someone: Someone
) -> None:
    scientist, engineer = someone("scientist"), someone("engineer")
    restrictions.put(platform, COMMAND, project, "operator:source.sql", roles=["engineer"])
    query = {"id": "ask", "operator": "source.sql@1.0.0", "params": {"url": "sqlite:///lots.db", "query": "SELECT 1"}}
    asking = FLOW | {"nodes": [*FLOW["nodes"], query]}
    nightly(platform, project, engineer)
    with pytest.raises(Forbidden, match="'nightly'"):
        flows.change(platform, scientist, project, "clean", asking, expected=1)
    assert flows.change(platform, engineer, project, "clean", asking, expected=1).revision.number == 2
    assert flows.change(platform, scientist, project, "clean", FLOW, expected=2).revision.number == 3
    schedules.delete(platform, engineer, project, "nightly", expected=1)
    assert flows.change(platform, scientist, project, "clean", asking, expected=3).revision.number == 4


def test_a_change_names_what_it_changes(platform: Platform, project: int) -> None:
    nightly(platform, project)
    schedules.change(platform, COMMAND, project, "nightly", replace(NIGHTLY, enabled=False), expected=1)
    with pytest.raises(Conflict):
        schedules.change(platform, COMMAND, project, "nightly", NIGHTLY, expected=1)
    with pytest.raises(Conflict):
        schedules.delete(platform, COMMAND, project, "nightly", expected=1)
    with pytest.raises(Conflict, match="schedule 'nightly'"):
        flows.delete(platform, COMMAND, project, "clean", expected=1)
    schedules.delete(platform, COMMAND, project, "nightly", expected=2)
    flows.delete(platform, COMMAND, project, "clean", expected=1)
    assert actions(platform, "schedule.") == ["schedule.deleted", "schedule.changed", "schedule.created"]


def test_what_cannot_be_is_refused(platform: Platform, project: int, someone: Someone) -> None:
    nightly(platform, project)
    refused = [
        (AlreadyExists, "nightly", {}, COMMAND),
        (Invalid, "a/b", {}, COMMAND),
        (Invalid, "..", {}, COMMAND),
        (Invalid, "other", {"cron": "soon"}, COMMAND),
        (Invalid, "other", {"timezone": "Mars/Olympus"}, COMMAND),
        (NotFound, "other", {"flow": "none"}, COMMAND),
        (FlowParamError, "other", {"params": {"fiel": "x"}}, COMMAND),
        (FlowParamError, "other", {"params": {"file": 5}}, COMMAND),
        (Forbidden, "other", {}, someone("viewer")),
    ]
    for error, name, changes, actor in refused:
        with pytest.raises(error):
            schedules.create(platform, actor, project, name, replace(NIGHTLY, **changes))
    with pytest.raises(NotFound, match="'none'"):
        schedules.find(platform, project, "none")


def test_starting_it_now_does_not_change_when_it_is_due(platform: Platform, project: int) -> None:
    before = nightly(platform, project)
    started = schedules.run_now(platform, COMMAND, project, "nightly")
    after = schedules.find(platform, project, "nightly")
    assert (after.next_at, after.last_run_id) == (before.next_at, started.id)
    assert platform.engine.run(started.id).params == {"file": "lots.csv"}


def test_who_starts_it_now_does_so_with_a_priority_of_their_own(
    platform: Platform, project: int, someone: Someone
) -> None:
    schedules.create(platform, COMMAND, project, "urgent", replace(NIGHTLY, priority=500))
    started = schedules.run_now(platform, someone("scientist"), project, "urgent")
    assert platform.engine.run(started.id).priority == 100
