"""Limits of projects, over all pools; and the two parts of a mixed pool."""

import pytest

from patchbay_server.engine.admission import Pool, Quota, State, decide
from tests.server.engine.admission.states import admitted, plan, runs, slots, wait_of, waits


def test_a_quota_is_borrowed_beyond_in_an_elastic_pool_only() -> None:
    waiting, quotas = [waits(1, 1), waits(2, 1), waits(3, 1)], {1: Quota(cpu_milli=2)}
    assert admitted(plan(slots(4), waiting, quotas=quotas)) == [1, 2, 3]
    found = plan(slots(4), waiting, policy="fixed", quotas=quotas)
    assert admitted(found) == [1, 2]
    lack = wait_of(found, 3).quota
    assert lack is not None
    assert (lack.resource, lack.limit, lack.used, lack.missing) == ("cpu", 2, 2, 1)
    assert admitted(plan(slots(4), waiting, quotas={1: Quota(cpu_milli=2, borrows=False)})) == [1, 2]


def test_trainings_and_storage_are_limits_everywhere() -> None:
    trainings = [waits(id, 1, training=True) for id in (1, 2)]
    found = plan(slots(4), [*trainings, waits(3, 1)], quotas={1: Quota(trainings=1)})
    assert admitted(found) == [1, 3]
    assert wait_of(found, 2).code == "quota"
    full = plan(slots(4), [waits(1, 1), waits(2, 1, project=2)], quotas={1: Quota(storage=10)}, stored={1: 10, 2: 99})
    assert admitted(full) == [2]
    lack = wait_of(full, 1).quota
    assert lack is not None and (lack.resource, lack.missing) == ("storage", 1)


def test_a_demand_beyond_the_quota_itself_is_impossible() -> None:
    wait = wait_of(plan(slots(8, 4), [waits(1, 1, 3)], policy="fixed", quotas={1: Quota(gpu_milli=2)}), 1)
    assert wait.code == "impossible" and wait.quota is not None and wait.quota.missing == 1


def test_a_large_task_is_not_kept_from_its_projects_quota_by_small_ones() -> None:
    quotas = {1: Quota(cpu_milli=4, borrows=False)}
    assert admitted(plan(slots(9), [waits(1, 4), waits(2, 1)], [runs(9, 1)], quotas=quotas)) == []


def test_what_was_borrowed_keeps_nobody_from_what_is_reserved() -> None:
    """The quota is used up in an elastic pool; a deployment in a fixed one starts all the same."""
    pools = {"train": Pool("elastic", slots(8)), "inference": Pool("fixed", slots(4))}
    running, deployment = [runs(1, 6)], waits(2, 2, pool="inference")
    state = State(pools, running, [deployment], {1: Quota(cpu_milli=2)})
    assert admitted(decide(state)) == [2]
    strict = State(pools, running, [deployment], {1: Quota(cpu_milli=6, borrows=False)})
    assert admitted(decide(strict)) == []


def test_a_mixed_pool_keeps_its_parts_apart() -> None:
    functional, load = [waits(id, 1) for id in (1, 2, 3, 4)], [waits(id, 1, isolated=True) for id in (5, 6)]
    found = plan(slots(4), functional + load, policy="mixed", isolated=slots(1))
    assert admitted(found) == [1, 2, 3, 5]
    assert admitted(plan(slots(4), functional, policy="mixed", isolated=slots(4))) == []
    assert wait_of(plan(slots(4), load, policy="mixed"), 5).code == "impossible"
    assert admitted(plan(slots(4), functional + load, policy="elastic")) == [1, 2, 3, 4]


def test_a_load_test_neither_gives_back_nor_is_given_back_to() -> None:
    running = [runs(1, 2, isolated=True, checkpoints=True), runs(2, 2, checkpoints=True)]
    waiting = [waits(3, 1, project=2), waits(4, 1, project=2, isolated=True)]
    found = plan(slots(4), waiting, running, policy="mixed", isolated=slots(2))
    assert [(item.id, item.to) for item in found.give_back] == [(2, 3)]


def test_a_weight_is_positive() -> None:
    with pytest.raises(ValueError, match=r"weight \(0\) must be a positive number"):
        Quota(weight=0)
