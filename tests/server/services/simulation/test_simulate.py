"""What the simulator says of small traces that can be worked out by hand, and of larger ones, what must hold."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from patchbay_server.engine.admission import Slots
from patchbay_server.services.simulation.generate import Wanted, generate
from patchbay_server.services.simulation.measure import Measures
from patchbay_server.services.simulation.policies import POLICIES
from patchbay_server.services.simulation.simulate import LOADING, MIN_RUN, SAVING, simulate
from patchbay_server.services.simulation.swarm import BOUNDS, cost, search, weighted
from patchbay_server.services.simulation.trace import Job

POOL = Slots(100_000, 4_000, 0)


def job(name: str, arrival: float, duration: float, gpus: int, *, project: str = "a", **more: object) -> Job:
    demand = Slots(1000, gpus * 1000, 0)
    plain = Job(name, project, 0, arrival, duration, duration, 1, demand, checkpoints=False)
    return replace(plain, **more)


def play(policy: str, *jobs: Job, pool: Slots = POOL) -> Measures:
    return simulate(sorted(jobs, key=lambda job: job.arrival), pool, POLICIES[policy])


def test_one_after_another() -> None:
    found = play("fifo", job("1", 0, 100, 4), job("2", 10, 100, 4))
    assert (found.makespan, found.mean_wait, found.longest_wait) == (200, 45, 90)
    assert (found.utilisation, found.saturated) == (1.0, 1.0)


def test_small_ones_fill_the_gap_before_a_gang_and_do_not_delay_it() -> None:
    jobs = (job("1", 0, 100, 3), job("2", 1, 50, 4), job("3", 2, 98, 1), job("4", 2, 99, 1))
    fifo, elastic = play("fifo", *jobs), play("elastic", *jobs)
    assert fifo.makespan == 249 and elastic.makespan == 249
    assert elastic.mean_wait == pytest.approx((0 + 99 + 0 + 148) / 4)
    assert fifo.mean_wait == pytest.approx((0 + 99 + 148 + 148) / 4)


def test_what_was_borrowed_is_given_back_and_nothing_of_it_is_lost() -> None:
    long = job("1", 0, 2000, 4, checkpoints=True)
    found = play("elastic", long, job("2", 10, 100, 2, project="b"))
    assert found.given_back == 1
    stopped = MIN_RUN + SAVING
    assert found.longest_wait == stopped - 10
    assert found.makespan == stopped + 100 + LOADING + 2000 - MIN_RUN
    assert found.lost == pytest.approx((SAVING + LOADING) / (2000 + SAVING + LOADING + 50))


def test_what_the_pool_never_has_is_left_out() -> None:
    found = play("elastic", job("1", 0, 10, 5), job("2", 0, 10, 4))
    assert (found.tasks, found.refused, found.longest_wait) == (1, 1, 0)
    assert play("fifo", job("1", 0, 10, 5)).tasks == 0


def test_equal_shares_are_fair_and_one_for_all_is_not() -> None:
    halves = [job(f"{project}{n}", 0, 100, 2, project=project) for project in "ab" for n in range(2)]
    assert play("drf", *halves).fairness == pytest.approx(1.0)
    hog = [job(str(n), n, 100, 4) for n in range(3)] + [job("b", 1, 100, 4, project="b")]
    assert play("fifo", *hog).fairness == pytest.approx(0.5)


@given(st.integers(0, 10**6), st.sampled_from(sorted(POLICIES)), st.sampled_from([None, 0.1, 1.0, 7.0]), st.booleans())
@settings(max_examples=15, deadline=None)
def test_every_task_runs_once_with_whatever_estimates(
    seed: int, policy: str, wrong: float | None, checkpoints: bool
) -> None:
    """(The simulator itself refuses to end while a task waits.)"""
    jobs = [
        replace(job, estimate=None if wrong is None else wrong * job.duration, checkpoints=checkpoints)
        for job in generate(Wanted(tasks=40, gpus=16, load=2.0, seed=seed))
    ]
    pool = Slots(256_000, 16_000, 4096 << 30)
    found = simulate(jobs, pool, POLICIES[policy])
    assert found == simulate(jobs, pool, POLICIES[policy])
    assert found.tasks == 40
    asked = sum(job.demand.gpu_milli * job.duration for job in jobs)
    used = (found.utilisation or 0) * 16_000 * found.makespan
    assert used * (1 - (found.lost or 0)) == pytest.approx(asked, rel=1e-6)


def test_the_policy_of_the_train_pool_is_better_than_a_queue_on_a_part_of_a_cluster() -> None:
    """The whole comparison is in docs/pools.md. Here some gangs want all there is, so that no policy uses it well."""
    jobs, pool = generate(Wanted(tasks=400, gpus=32, load=1.5)), Slots(512_000, 32_000, 4096 << 30)
    fifo, elastic = (simulate(jobs, pool, POLICIES[policy]) for policy in ("fifo", "elastic"))
    assert (elastic.saturated or 0) > 1.2 * (fifo.saturated or 0)
    assert fifo.high_p95_wait >= 5 * elastic.high_p95_wait
    assert elastic.mean_wait < fifo.mean_wait
    assert (elastic.fairness or 0) > (fifo.fairness or 0)


def test_a_swarm_finds_weights_that_are_better_than_first_come_first_served() -> None:
    jobs, pool = generate(Wanted(tasks=80, gpus=16, load=3.0)), Slots(256_000, 16_000, 4096 << 30)
    weights, rules = search(jobs, pool, particles=2, rounds=1)
    assert weights == search(jobs, pool, particles=2, rounds=1)[0]
    assert all(least <= weight <= most for weight, (least, most) in zip(weights, BOUNDS, strict=True))
    assert cost(simulate(jobs, pool, rules)) < cost(simulate(jobs, pool, weighted((0.0, 0.0, 0.0))))
