"""Large tasks are not overtaken for ever, and what does not delay them may go first."""

import pytest

from patchbay_server.engine.admission import Plan, Running, Waiting
from patchbay_server.engine.admission.rules import POINT
from tests.server.engine.admission.states import admitted, decision_of, plan, runs, slots, wait_of, waits


def test_a_large_task_is_not_overtaken_for_ever_by_small_ones() -> None:
    found = plan(slots(4), [waits(1, 3), waits(2, 1)], [runs(9, 2)])
    assert admitted(found) == []
    assert [wait_of(found, id).missing.cpu_milli for id in (1, 2)] == [1, 2]
    assert (wait_of(found, 2).code, wait_of(found, 2).behind) == ("reserved", (1,))


def test_a_task_that_does_not_take_what_the_blocked_one_needs_may_pass() -> None:
    found = plan(slots(4, 1), [waits(1, 2, 1), waits(2, 1)], [runs(9, 0, 1)])
    assert admitted(found) == [2]
    assert decision_of(found, 2).backfilled


def test_one_that_ends_before_the_large_one_can_start_may_pass_it() -> None:
    def with_small(lasts: float | None) -> Plan:
        return plan(slots(4), [waits(1, 4), waits(2, 1, lasts=lasts)], [runs(9, 2, ends=100.0)], now=40.0)

    assert wait_of(with_small(None), 1).starts == 100.0
    assert admitted(with_small(60.0)) == [2]
    assert admitted(with_small(61.0)) == admitted(with_small(None)) == []


def test_one_that_uses_only_what_is_left_over_then_may_pass_too() -> None:
    waiting = [waits(1, 5), waits(2, 1), waits(3, 1), waits(4, 1)]
    assert admitted(plan(slots(6), waiting, [runs(9, 4, ends=100.0)])) == [2]


def test_a_task_that_is_late_is_expected_any_moment() -> None:
    found = plan(slots(4), [waits(1, 4), waits(2, 1, lasts=1.0)], [runs(9, 2, ends=10.0)], now=40.0)
    assert (admitted(found), wait_of(found, 1).starts) == ([], 40.0)


def test_a_large_task_starts_although_small_ones_never_cease() -> None:
    """Also when they are known to be short, and also when they are later than they said."""
    for lasts, ends in ((None, None), (5.0, 5.0), (5.0, 1.0)):
        running: list[Running] = [runs(id, 1, ends=1.0) for id in range(4)]
        large = waits(100, 4)
        for now in range(60):
            smalls: list[Waiting] = [waits(1000 + 10 * now + n, 1, project=2, lasts=lasts) for n in range(4)]
            found = plan(slots(4), [large, *smalls], running, now=float(now))
            if 100 in admitted(found):
                break
            started = [runs(id, 1, project=2, since=float(now), ends=ends and now + ends) for id in admitted(found)]
            running = [task for task in running if now - task.since < 8] + started
        else:
            raise AssertionError("the large task never started")


@pytest.mark.parametrize("priority", [0, 2])
def test_neither_its_own_project_nor_priorities_keep_a_large_task_waiting_for_ever(priority: int) -> None:
    """Three projects have always something of `priority` that fits. The third's large task is twice its own part."""
    large, half = waits(1, 8, project=3), POINT / 2
    running: list[Running] = []
    for step in range(30):
        now = step * half
        smalls = [waits(100 * (step + 1) + n, 1, project=1 + n % 3, priority=priority, enqueued=now) for n in range(36)]
        started = admitted(plan(slots(12), [large, *smalls], running, now=now))
        if 1 in started:
            assert step <= 2 * (1 + priority) + 3
            return
        running = [task for task in running if now - task.since < half]
        running += [
            runs(task.id, 1, project=task.project, priority=priority, enqueued=now, since=now)
            for task in smalls
            if task.id in started
        ]
    raise AssertionError("the large task never started")
