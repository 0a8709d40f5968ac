"""A backfill makes one run for each time, whatever dies and however many look; what failed can be run again."""

from dataclasses import replace
from datetime import UTC, datetime
from threading import Barrier, Thread
from typing import Any

import pytest

from patchbay_server.engine import Result
from patchbay_server.engine.errors import NotFound
from patchbay_server.errors import FlowParamError
from patchbay_server.services import flows
from patchbay_server.services.backfills import backfills, drive
from patchbay_server.services.backfills.backfills import Backfill
from patchbay_server.services.backfills.start import Wanted, start
from patchbay_server.services.errors import Conflict, Forbidden, Invalid
from patchbay_server.services.people import audit, members, tokens, users
from patchbay_server.services.people.actor import COMMAND, Actor
from patchbay_server.services.people.rights import Role
from patchbay_server.services.platform import Platform
from patchbay_server.services.schedules import schedules
from patchbay_server.services.schedules.schedules import Timetable

DAY = 24 * 3600.0
FIRST = datetime(2026, 3, 1, 6, tzinfo=UTC).timestamp()
DAILY = Wanted(
    "clean", FIRST, FIRST + 4 * DAY, cron="0 6 * * *", params={"file": "lots-{{ scheduled_date }}.csv"}, parallel=2
)


def flow(name: str, reads: str | None = None, writes: str | None = None) -> dict[str, Any]:
    """A flow that reads a file or a dataset, and may write a dataset."""
    read = {"id": "read", "operator": "source.csv@1.0.0", "params": {"path": {"$param": "file"}}}
    if reads:
        read |= {"operator": "source.dataset@1.0.0", "params": {"name": reads}}
    write = {"id": "write", "operator": "export.dataset@1.0.0", "params": {"name": writes}}
    return {
        "format": 1,
        "name": name,
        "params": {} if reads else {"file": {"type": "string", "default": "data.csv"}},
        "nodes": [read, write] if writes else [read],
        "edges": [{"from": "read.table", "to": "write.table"}] if writes else [],
    }


@pytest.fixture(autouse=True)
def clean(platform: Platform, project: int) -> None:
    flows.create(platform, COMMAND, project, flow("clean"))


def begin(platform: Platform, project: int, actor: Actor = COMMAND, **changes: Any) -> Backfill:
    return start(platform, actor, project, replace(DAILY, **changes))


def work(platform: Platform, *failing: float) -> None:
    """Be the worker of everything that waits; runs for these times fail."""
    while (claim := platform.engine.claim("train", "w")) is not None:
        if platform.engine.run(claim.task.run_id).scheduled_at in failing:
            platform.engine.fail(claim, {"code": "broken", "message": "broken"})
        else:
            platform.engine.commit(claim, Result({"table": "t", "written": "w"}), "w")


def runs(platform: Platform, project: int) -> list[tuple[str, float, str]]:
    """(flow, time, state), oldest first."""
    found = reversed(platform.engine.runs(project, limit=200).items)
    return [(run.flow, (run.scheduled_at - FIRST) / DAY, run.state) for run in found]


def counts(platform: Platform, project: int, id: int) -> dict[str, int]:
    found = backfills.find(platform, project, id)
    return {"state": found.state} | {state: count for state, count in found.counts.items() if count}


def test_each_time_gives_a_run_and_never_more_are_open_than_may_be(platform: Platform, project: int) -> None:
    id = begin(platform, project, priority=5).id
    drive.drive(platform)
    drive.drive(platform)
    assert counts(platform, project, id) == {"state": "running", "running": 2, "pending": 2}
    for _ in range(3):
        work(platform)
        drive.drive(platform)
    assert counts(platform, project, id) == {"state": "done", "done": 4}
    assert runs(platform, project) == [("clean", day, "done") for day in range(4)]
    first = platform.engine.runs(project).items[-1]
    assert (first.params, first.priority, first.backfill_id) == ({"file": "lots-2026-03-01.csv"}, 5, id)
    assert backfills.items(platform, project, id)[0].run == first.id
    done = [entry.action for entry in audit.entries(platform.database, audit.Filter(action="backfill.")).items]
    assert done == ["backfill.done", "backfill.started"]


def test_resuming_runs_again_what_failed_and_nothing_else(platform: Platform, project: int) -> None:
    id = begin(platform, project, parallel=4).id
    drive.drive(platform)
    work(platform, FIRST + DAY)
    drive.drive(platform)
    assert counts(platform, project, id) == {"state": "failed", "done": 3, "failed": 1}
    fixed = flow("clean") | {"title": "fixed"}
    flows.change(platform, COMMAND, project, "clean", fixed, expected=1)
    assert backfills.resume(platform, COMMAND, project, id).state == "running"
    drive.drive(platform)
    work(platform)
    drive.drive(platform)
    assert counts(platform, project, id) == {"state": "done", "done": 4}
    assert sorted(runs(platform, project))[1:3] == [("clean", 1, "done"), ("clean", 1, "failed")]
    assert platform.engine.runs(project).items[0].revision == 2
    with pytest.raises(Conflict, match="done"):
        backfills.resume(platform, COMMAND, project, id)


def test_it_can_be_paused_and_cancelled_and_goes_on_after_both(platform: Platform, project: int) -> None:
    id = begin(platform, project, parallel=1).id
    drive.drive(platform)
    backfills.pause(platform, COMMAND, project, id)
    work(platform)
    drive.drive(platform)
    assert counts(platform, project, id) == {"state": "paused", "done": 1, "pending": 3}
    backfills.resume(platform, COMMAND, project, id)
    drive.drive(platform)
    backfills.cancel(platform, COMMAND, project, id)
    for _ in range(2):
        drive.drive(platform)
    assert counts(platform, project, id) == {"state": "cancelled", "done": 1, "cancelled": 1, "pending": 2}
    with pytest.raises(Conflict, match="cancelled"):
        backfills.pause(platform, COMMAND, project, id)
    backfills.resume(platform, COMMAND, project, id)
    for _ in range(4):
        drive.drive(platform)
        work(platform)
    drive.drive(platform)
    assert counts(platform, project, id) == {"state": "done", "done": 4}


def cascade(platform: Platform, project: int) -> None:
    """clean -> lots -> (shape -> shapes, train); shapes -> train."""
    flows.change(platform, COMMAND, project, "clean", flow("clean", writes="lots"), expected=1)
    flows.create(platform, COMMAND, project, flow("shape", reads="lots", writes="shapes"))
    train = flow("train", reads="lots")
    train["nodes"].append({"id": "more", "operator": "source.dataset@1.0.0", "params": {"name": "shapes"}})
    flows.create(platform, COMMAND, project, train)
    old = flow("old", reads="lots")
    old["nodes"][0]["params"]["version"] = 1
    flows.create(platform, COMMAND, project, old)


def test_it_cascades_to_what_reads_its_dataset_one_time_after_another(platform: Platform, project: int) -> None:
    cascade(platform, project)
    made = begin(platform, project, until_at=FIRST + 2 * DAY, cascade=True)
    assert made.flows == ["clean", "shape", "train"]
    for _ in range(7):
        drive.drive(platform)
        work(platform)
    assert counts(platform, project, made.id) == {"state": "done", "done": 6}
    assert runs(platform, project) == [(name, day, "done") for day in range(2) for name in ("clean", "shape", "train")]


def test_what_follows_from_a_failure_is_skipped_and_resumed_with_it(platform: Platform, project: int) -> None:
    cascade(platform, project)
    id = begin(platform, project, until_at=FIRST + 2 * DAY, cascade=True).id
    for _ in range(5):
        drive.drive(platform)
        work(platform, FIRST)
    assert counts(platform, project, id) == {"state": "failed", "failed": 1, "skipped": 2, "done": 3}
    backfills.resume(platform, COMMAND, project, id)
    for _ in range(4):
        drive.drive(platform)
        work(platform)
    assert counts(platform, project, id) == {"state": "done", "done": 6}


def test_flows_that_read_each_other_run_once(platform: Platform, project: int) -> None:
    flows.change(platform, COMMAND, project, "clean", flow("clean", writes="lots"), expected=1)
    flows.create(platform, COMMAND, project, flow("there", reads="lots", writes="back"))
    flows.create(platform, COMMAND, project, flow("again", reads="back", writes="lots"))
    made = begin(platform, project, cascade=True)
    assert (made.flows, [planned.after for planned in made.plan]) == (["clean", "there", "again"], [(), (0,), (1,)])


def test_reconcilers_at_once_make_each_run_once(platform: Platform, project: int) -> None:
    id = begin(platform, project, until_at=FIRST + 12 * DAY, parallel=3).id
    barrier, open_at_once = Barrier(3), []

    def look() -> None:
        barrier.wait()
        for _ in range(8):
            drive.drive(platform)
            open_at_once.append(backfills.find(platform, project, id).counts["running"])
            work(platform)

    threads = [Thread(target=look) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    drive.drive(platform)
    assert counts(platform, project, id) == {"state": "done", "done": 12}
    assert sorted(runs(platform, project)) == [("clean", day, "done") for day in range(12)]
    assert max(open_at_once) <= 3


def test_a_crash_between_the_run_and_its_note_undoes_both(
    platform: Platform, project: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    id = begin(platform, project).id

    class Killed(BaseException):
        pass

    insert = drive.runs.insert

    def die(*arguments: Any) -> None:
        insert(*arguments)
        raise Killed

    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(drive.runs, "insert", die)
        drive.drive(platform)
    assert (runs(platform, project), counts(platform, project, id)) == ([], {"state": "running", "pending": 4})
    drive.drive(platform)
    assert runs(platform, project) == [("clean", 0, "queued"), ("clean", 1, "queued")]


def someone(platform: Platform, project: int, role: Role) -> Actor:
    user, _ = users.create(platform, COMMAND, name=f"the-{role}")
    members.add(platform, COMMAND, project, name=user.name, role=role)
    _, key = tokens.create(platform, COMMAND, user.id, name="test")
    return tokens.find(platform, key, "")


def test_it_has_the_rights_of_who_started_it_and_waits_for_a_person_without_them(
    platform: Platform, project: int
) -> None:
    ann = someone(platform, project, "scientist")
    made = begin(platform, project, ann)
    members.remove(platform, COMMAND, project, ann.name, expected=1)
    drive.drive(platform)
    waits = backfills.find(platform, project, made.id)
    assert (waits.state, waits.owner, "run.start" in waits.error) == ("paused", ann.name, True)
    backfills.resume(platform, COMMAND, project, made.id)
    drive.drive(platform)
    assert counts(platform, project, made.id) == {"state": "running", "running": 2, "pending": 2}


def test_it_takes_times_and_params_of_a_schedule(platform: Platform, project: int) -> None:
    table = Timetable("clean", "0 7 * * *", "Europe/Berlin", {"file": "{{ scheduled_time }}"}, False, priority=3)
    schedules.create(platform, COMMAND, project, "daily", table)
    made = begin(platform, project, schedule="daily", cron=None, params={})
    drive.drive(platform)
    assert (made.schedule, made.priority, made.counts["pending"]) == ("daily", 3, 4)
    assert platform.engine.runs(project).items[-1].params == {"file": "2026-03-01T07:00:00+01:00"}


def test_what_cannot_be_is_refused(platform: Platform, project: int) -> None:
    refused: list[tuple[type[Exception], dict[str, Any]]] = [
        (NotFound, {"flow": "none"}),
        (NotFound, {"schedule": "none"}),
        (Invalid, {"cron": None}),
        (Invalid, {"cron": "soon"}),
        (Invalid, {"until_at": FIRST}),
        (Invalid, {"cron": "* * * * *"}),
        (Invalid, {"params": {"file": "{{ today }}"}}),
        (FlowParamError, {"params": {"fiel": "x"}}),
        (Forbidden, {"priority": 1001}),
    ]
    for error, changes in refused:
        with pytest.raises(error):
            begin(platform, project, **changes)
    with pytest.raises(Forbidden):
        begin(platform, project, someone(platform, project, "viewer"))
    with pytest.raises(NotFound):
        backfills.find(platform, project, 1)


def test_one_whose_run_cannot_be_made_keeps_why(platform: Platform, project: int) -> None:
    broken = flow("clean") | {"nodes": [{"id": "x", "operator": "no.such@1.0.0"}]}
    flows.change(platform, COMMAND, project, "clean", broken, expected=1)
    id = begin(platform, project).id
    drive.drive(platform)
    drive.drive(platform)
    assert counts(platform, project, id) == {"state": "failed", "failed": 4}
    assert "no.such" in backfills.items(platform, project, id)[0].error
