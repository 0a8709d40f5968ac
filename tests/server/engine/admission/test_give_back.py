"""What is borrowed comes back when somebody wants their own."""

from patchbay_server.engine.admission import Quota
from tests.server.engine.admission.states import admitted, asked, plan, runs, slots, wait_of, waits


def test_the_lowest_priority_gives_back_then_the_latest() -> None:
    running = [runs(1, 1, priority=5, checkpoints=True), *(runs(id, 1, since=id, checkpoints=True) for id in (2, 3, 4))]
    found = plan(slots(4), [waits(9, 1, project=2)], running, now=9.0)
    assert (admitted(found), asked(found)) == ([], [4])
    assert (wait_of(found, 9).code, wait_of(found, 9).behind) == ("give_back", (4,))


def test_no_more_than_is_needed_is_asked_back() -> None:
    running = [runs(1, 1, checkpoints=True), runs(2, 3, priority=1, checkpoints=True)]
    assert asked(plan(slots(4), [waits(9, 2, project=2)], running)) == [2]


def test_nobody_is_asked_twice_and_what_comes_back_is_kept_for_who_asked() -> None:
    running = [runs(1, 2, checkpoints=True, stopping=True), runs(2, 2, checkpoints=True)]
    found = plan(slots(4), [waits(9, 2, project=2), waits(8, 1, lasts=1.0)], running)
    assert (admitted(found), asked(found)) == ([], [])
    freed = plan(slots(4), [waits(9, 2, project=2), waits(1, 2)], running[1:])
    assert admitted(freed) == [9]


def test_what_cannot_stop_is_not_asked_and_nobody_in_vain() -> None:
    running = [runs(1, 1, checkpoints=True), runs(2, 3)]
    assert asked(plan(slots(4), [waits(9, 2, project=2)], running)) == []


def test_nobody_gives_back_what_is_their_own() -> None:
    running = [runs(1, 2, checkpoints=True), runs(2, 2, project=2, checkpoints=True)]
    assert asked(plan(slots(4), [waits(9, 1, priority=100)], running)) == []
    assert asked(plan(slots(4), [waits(9, 3, project=3)], running)) == [], "three of four is more than its own"
    thirds = [runs(1, 2, checkpoints=True), runs(2, 4, project=2, priority=9, checkpoints=True)]
    assert asked(plan(slots(6), [waits(9, 1, project=3)], thirds)) == [2]


def test_a_task_that_has_just_started_is_left_alone() -> None:
    running = [runs(1, 4, since=50.0, checkpoints=True)]
    at = {
        now: asked(plan(slots(4), [waits(9, 1, project=2)], running, now=now, min_run=60.0)) for now in (109.0, 110.0)
    }
    assert at == {109.0: [], 110.0: [1]}


def test_a_fixed_pool_never_asks() -> None:
    running = [runs(1, 4, checkpoints=True)]
    assert asked(plan(slots(4), [waits(9, 1, project=2, priority=9)], running, policy="fixed")) == []


def test_a_quota_says_what_is_ones_own() -> None:
    running = [runs(1, 2, checkpoints=True), runs(2, 2, project=2, checkpoints=True)]
    quotas = {2: Quota(cpu_milli=1)}
    assert asked(plan(slots(4), [waits(9, 1, project=3)], running, quotas=quotas)) == [2]
    assert asked(plan(slots(4), [waits(9, 1, project=1)], running, quotas={1: Quota(cpu_milli=3), **quotas})) == [2]


def test_what_is_given_back_goes_to_who_asked_although_the_other_is_older() -> None:
    waiting = [waits(1, 4, enqueued=8.0), waits(9, 2, project=2, enqueued=9.0, promised=True)]
    assert admitted(plan(slots(4), waiting, now=10.0)) == [9]
