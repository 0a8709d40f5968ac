"""What becomes of due times that were missed, and of those that come while a run is open."""

from dataclasses import replace
from datetime import UTC, datetime
from threading import Barrier, Thread

import pytest

from patchbay_server.services import flows
from patchbay_server.services.errors import Forbidden, Invalid
from patchbay_server.services.people import audit
from patchbay_server.services.people.actor import COMMAND
from patchbay_server.services.platform import Platform
from patchbay_server.services.runs import cancel
from patchbay_server.services.schedules import due, schedules
from patchbay_server.services.schedules.schedules import Schedule, Timetable
from patchbay_server.store.data import schedule
from patchbay_server.store.database import Transaction

FLOW = {
    "format": 1,
    "name": "clean",
    "params": {"file": {"type": "string", "default": "data.csv"}, "days": {"type": "integer", "default": 1}},
    "nodes": [{"id": "read", "operator": "source.csv@1.0.0", "params": {"path": {"$param": "file"}}}],
    "edges": [],
}
HOURLY = Timetable("clean", "0 * * * *", "UTC", {"file": "{{ scheduled_time }}.csv"}, True)
HOUR = 3600.0


@pytest.fixture(autouse=True)
def flow(platform: Platform, project: int) -> None:
    flows.create(platform, COMMAND, project, FLOW)


def hourly(platform: Platform, project: int, hours: int, **policies: object) -> Schedule:
    """A schedule that nobody has looked after for so many hours."""
    made = schedules.create(platform, COMMAND, project, "hourly", replace(HOURLY, **policies))
    missed(platform, hours)
    return made


def missed(platform: Platform, hours: int, name: str = "hourly") -> None:
    def write(transaction: Transaction) -> None:
        earlier = schedule.update().where(schedule.c.name == name)
        transaction.core.execute(earlier.values(next_at=schedule.c.next_at - hours * HOUR))

    platform.database.transact(write)


def look(platform: Platform, project: int) -> Schedule:
    due.start_due(platform)
    return schedules.find(platform, project, "hourly")


def made(platform: Platform, project: int) -> list[tuple[int, float]]:
    """(run, time that it is for), oldest first."""
    return [(run.id, run.scheduled_at) for run in reversed(platform.engine.runs(project).items)]


def end_all(platform: Platform, project: int) -> None:
    for run, _ in made(platform, project):
        cancel(platform, COMMAND, run)


def test_one_run_for_all_that_was_missed_knows_the_latest_time(platform: Platform, project: int) -> None:
    before = hourly(platform, project, 5)
    after = look(platform, project)
    ((run, at),) = made(platform, project)
    assert (at, after.next_at, after.last_skip) == (before.next_at - HOUR, before.next_at, None)
    view = platform.engine.run(run)
    assert view.schedule == "hourly"
    assert view.params == {"file": f"{datetime.fromtimestamp(at, UTC).isoformat()}.csv"}


def test_what_was_missed_can_be_left_out(platform: Platform, project: int) -> None:
    before = hourly(platform, project, 5, catch_up="none")
    known = replace(before, next_at=before.next_at - 5 * HOUR)
    late, in_time = (due.decide(known, before.next_at + delay, None) for delay in (-10, 10))
    assert (late.start, late.skip.reason, late.next_at) == (None, "missed", before.next_at)
    assert (in_time.start, in_time.skip.at) == (before.next_at, before.next_at - 5 * HOUR)


def test_each_missed_time_gives_a_run_up_to_a_limit(
    platform: Platform, project: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(due, "MOST_CAUGHT_UP", 3)
    before = hourly(platform, project, 5, catch_up="all", overlap="allow", priority=7)
    after = look(platform, project)
    assert [at for _, at in made(platform, project)] == [before.next_at - hours * HOUR for hours in (3, 2, 1)]
    assert {run.priority for run in platform.engine.runs(project).items} == {7}
    assert (after.next_at, after.last_skip.reason, after.last_skip.at) == (
        before.next_at, "missed", before.next_at - 5 * HOUR,
    )  # fmt: skip


def test_no_run_starts_while_the_one_before_is_open(platform: Platform, project: int) -> None:
    before = hourly(platform, project, 1)
    look(platform, project)
    missed(platform, 1)
    skipped = look(platform, project)
    ((run, _),) = made(platform, project)
    assert (skipped.next_at, skipped.last_skip.reason, skipped.last_skip.run) == (before.next_at, "overlap", run)
    assert len(audit.entries(platform.database, audit.Filter(action="schedule.skipped")).items) == 1
    end_all(platform, project)
    missed(platform, 1)
    look(platform, project)
    assert len(made(platform, project)) == 2


def test_a_due_time_can_wait_for_the_end_of_the_run_before(platform: Platform, project: int) -> None:
    before = hourly(platform, project, 3, catch_up="all", overlap="queue")
    for count in (1, 2, 3):
        waits = look(platform, project)
        assert len(made(platform, project)) == count
        assert waits.waits_for == (made(platform, project)[-1][0] if count < 3 else None)
        due.start_due(platform)
        assert len(made(platform, project)) == count
        end_all(platform, project)
    assert [at for _, at in made(platform, project)] == [before.next_at - hours * HOUR for hours in (3, 2, 1)]


def test_reconcilers_at_once_make_each_run_once(platform: Platform, project: int) -> None:
    before = hourly(platform, project, 4, catch_up="all", overlap="allow")
    barrier = Barrier(3)

    def many() -> None:
        barrier.wait()
        for _ in range(4):
            due.start_due(platform)

    threads = [Thread(target=many) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(at for _, at in made(platform, project)) == [before.next_at - hours * HOUR for hours in (4, 3, 2, 1)]


def test_a_crash_between_moving_on_and_the_run_undoes_both(
    platform: Platform, project: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = hourly(platform, project, 1)

    class Killed(BaseException):
        pass

    def die(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(due.runs, "insert", die)
        due.start_due(platform)
    assert (made(platform, project), schedules.find(platform, project, "hourly").next_at) == (
        [], before.next_at - HOUR,
    )  # fmt: skip
    look(platform, project)
    assert len(made(platform, project)) == 1


def test_what_contradicts_itself_is_refused(platform: Platform, project: int) -> None:
    refused = [
        ({"catch_up": "all", "overlap": "skip"}, Invalid, "overlap"),
        ({"params": {"file": "{{ yesterday }}"}}, Invalid, "scheduled_date"),
        ({"priority": 1001}, Forbidden, "1000"),
    ]
    for changes, error, text in refused:
        with pytest.raises(error, match=text):
            schedules.create(platform, COMMAND, project, "hourly", replace(HOURLY, **changes))


def test_a_schedule_that_is_deleted_still_names_its_runs(platform: Platform, project: int) -> None:
    hourly(platform, project, 1)
    look(platform, project)
    schedules.delete(platform, COMMAND, project, "hourly", expected=1)
    schedules.create(platform, COMMAND, project, "hourly", HOURLY)
    ((run, _),) = made(platform, project)
    assert platform.engine.run(run).schedule == "hourly"
    missed(platform, 1)
    look(platform, project)
    assert len(made(platform, project)) == 2
    assert [known.name for known in schedules.listed(platform, project).items] == ["hourly"]
