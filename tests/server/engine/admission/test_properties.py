"""What holds whatever waits and runs."""

from dataclasses import replace
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from patchbay_server.engine.admission import Pool, Quota, Slots, State, Waiting, decide
from tests.server.engine.admission.invariants import check
from tests.server.engine.admission.states import admitted
from tests.server.engine.admission.strategies import STATES, several, waiting

SLOWLY = settings(max_examples=60, deadline=None)


@SLOWLY
@given(STATES)
def test_every_plan_keeps_to_capacity_and_quotas_and_gives_reasons(state: State) -> None:
    check(state, decide(state))


@SLOWLY
@given(STATES, st.randoms(use_true_random=False))
def test_the_order_in_which_tasks_are_given_does_not_matter(state: State, random: Random) -> None:
    shuffled = replace(
        state,
        running=random.sample(list(state.running), len(state.running)),
        waiting=random.sample(list(state.waiting), len(state.waiting)),
        pools=dict(reversed(list(state.pools.items()))),
    )
    assert decide(shuffled) == decide(state)


@SLOWLY
@given(STATES)
def test_only_borrowers_are_asked_also_where_everybody_could_stop(state: State) -> None:
    crowded = replace(
        state,
        running=[replace(task, pool="train", checkpoints=True, since=0.0) for task in state.running],
        waiting=[replace(task, pool="train") for task in state.waiting],
        now=max(state.now, state.min_run),
    )
    check(crowded, decide(crowded))


EQUALS = several(waiting(st.integers(1, 10**6)), most=60)


@SLOWLY
@given(EQUALS, st.lists(st.sampled_from([0.5, 1.0, 2.0]), min_size=4, max_size=4))
def test_no_project_gets_more_than_one_task_ahead_of_another_that_waits(
    tasks: list[Waiting], weights: list[float]
) -> None:
    """DRF's bound: when a project was given its last task, none that still waits had a smaller share.

    (Tasks of one priority and unknown length; what passed a blocked one takes only what that one does not need.)
    """
    capacity = Slots(12, 6, 60)
    tasks = [replace(task, priority=0, pool="train", lasts=None) for task in tasks]
    quotas = {project: Quota(weight) for project, weight in enumerate(weights, 1)}
    plan = decide(State({"train": Pool("elastic", capacity)}, waiting=tasks, quotas=quotas))
    by_id = {task.id: task for task in tasks}
    shares = dict.fromkeys(quotas, 0.0)
    held = dict.fromkeys(quotas, Slots(0, 0, 0))
    last = dict.fromkeys(quotas, 0.0)
    for decision in plan.decisions:
        if decision.backfilled or not decision.admitted:
            break
        task = by_id[decision.id]
        last[task.project] = shares[task.project]
        held[task.project] = held[task.project].plus(task.demand)
        part = max(have / all_ for have, all_ in zip(held[task.project], capacity, strict=True))
        shares[task.project] = part / quotas[task.project].weight
    blocked = {
        by_id[decision.id].project for decision in plan.decisions if decision.wait and decision.wait.code == "slots"
    }
    for project in blocked:
        assert all(before <= shares[project] + 1e-9 for before in last.values())


@SLOWLY
@given(EQUALS, st.sampled_from(["elastic", "fixed"]))
def test_no_slot_is_left_idle_that_the_first_in_line_could_use(tasks: list[Waiting], policy: str) -> None:
    capacity = Slots(12, 6, 60)
    tasks = [replace(task, pool="p") for task in tasks]
    plan = decide(State({"p": Pool(policy, capacity)}, waiting=tasks))
    started = admitted(plan)
    free = capacity
    for task in (task for task in tasks if task.id in started):
        free = free - task.demand
    blocked = [decision for decision in plan.decisions if decision.wait and decision.wait.code == "slots"]
    if blocked:
        first = next(task for task in tasks if task.id == blocked[0].id)
        assert not first.demand.fits(free)
