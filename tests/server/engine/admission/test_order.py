"""Who comes first, and who may start with what is free."""

from patchbay_server.engine.admission import Quota
from tests.server.engine.admission.states import admitted, decision_of, order, plan, runs, slots, wait_of, waits


def test_the_higher_priority_comes_first_then_the_older() -> None:
    assert order(plan(slots(1), [waits(1, 1), waits(2, 1, priority=5), waits(3, 1)])) == [2, 1, 3]
    assert order(plan(slots(1), [waits(1, 1, enqueued=9), waits(2, 1, enqueued=3)])) == [2, 1]


def test_what_fits_is_admitted_and_no_more() -> None:
    assert admitted(plan(slots(4), [waits(id, 1) for id in range(1, 5)], [runs(9, 1)])) == [1, 2, 3]


def test_a_task_that_can_never_fit_blocks_nobody_and_says_so() -> None:
    found = plan(slots(4), [waits(1, 5), waits(2, 4)])
    assert admitted(found) == [2]
    assert (wait_of(found, 1).code, wait_of(found, 1).missing.cpu_milli) == ("impossible", 1)


def test_projects_take_turns_in_an_elastic_pool_and_a_fixed_one_keeps_its_order() -> None:
    waiting = [waits(1, 1), waits(2, 1), waits(3, 1, project=2), waits(4, 1, project=2)]
    assert order(plan(slots(4), waiting)) == [1, 3, 2, 4]
    assert order(plan(slots(4), waiting, [runs(9, 2)])) == [3, 4, 1, 2]
    assert order(plan(slots(4), waiting, policy="fixed")) == [1, 2, 3, 4]
    assert order(plan(slots(4), waiting, policy="mixed")) == [1, 3, 2, 4]


def test_the_share_is_that_of_the_scarcest_resource() -> None:
    """The example of the DRF paper (section 4.1): 9 CPUs, 18 GB; tasks of (1, 4) and of (3, 1): 3 and 2 of them run."""
    memory = [waits(id, 1000, 4000) for id in range(10)]
    cpu = [waits(id, 3000, 1000, project=2) for id in range(10, 20)]
    started = admitted(plan(slots(9000, 18000), memory + cpu))
    assert (sum(id < 10 for id in started), sum(id >= 10 for id in started)) == (3, 2)


def test_a_weight_is_a_larger_part() -> None:
    waiting = [waits(id, 1, project=1 + id % 2) for id in range(20)]
    started = admitted(plan(slots(8), waiting, quotas={1: Quota(weight=3)}))
    assert [sum(id % 2 == rest for id in started) for rest in (0, 1)] == [6, 2]


def test_high_priorities_of_one_project_do_not_take_what_is_anothers() -> None:
    eager = [waits(id, 1, priority=9) for id in range(8)]
    modest = [waits(id, 1, project=2) for id in range(8, 16)]
    started = admitted(plan(slots(4), eager + modest))
    assert started == [0, 1, 8, 9]
    assert admitted(plan(slots(6), eager[:4] + modest[:1])) == [0, 1, 2, 8, 3]


def test_what_a_project_has_beyond_its_own_is_borrowed() -> None:
    found = plan(slots(4), [waits(1, 2), waits(2, 1), waits(3, 1, project=2)])
    assert [decision_of(found, id).borrowed for id in (1, 2, 3)] == [False, True, False]


def test_a_gang_starts_whole_or_not_at_all_and_two_do_not_block_each_other() -> None:
    """Each needs 3 of 4 GPUs: member by member each could hold 2 and wait for ever for the third."""
    gangs = [waits(1, 3, 3, members=3), waits(2, 3, 3, project=2, members=3)]
    assert admitted(plan(slots(8, 4), gangs)) == [1]
    assert admitted(plan(slots(8, 4), gangs[1:], [runs(1, 3, 3)])) == []
    assert admitted(plan(slots(8, 4), gangs[1:])) == [2]
