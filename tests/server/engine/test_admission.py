import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchbay_server.engine import Engine, ImpossibleDemand, UnknownPool
from patchbay_server.engine.admission import PoolView, Slots, Waiting, decide
from patchbay_server.engine.settings import Policy
from tests.server.engine.conftest import GIB
from tests.server.engine.flows import done, plan_of, project_of, states, submit


def view(cpu: int, used: int = 0, policy: Policy = "elastic", held: dict[int, int] | None = None) -> PoolView:
    return PoolView(policy, Slots(cpu, 0, 100), Slots(used, 0, 0), held or {})


def task(id: int, cpu: int, *, priority: int = 0, project: int = 1) -> Waiting:
    return Waiting(id, project, priority, Slots(cpu, 0, 0))


def order(pool: PoolView, *waiting: Waiting) -> list[int]:
    return [decision.id for decision in decide(pool, waiting)]


def admitted(pool: PoolView, *waiting: Waiting) -> list[int]:
    return [decision.id for decision in decide(pool, waiting) if decision.admitted]


def test_the_higher_priority_comes_first_then_the_older() -> None:
    assert order(view(1), task(1, 1), task(2, 1, priority=5), task(3, 1)) == [2, 1, 3]


def test_what_fits_is_admitted_and_no_more() -> None:
    assert admitted(view(4, used=1), task(1, 1), task(2, 1), task(3, 1), task(4, 1)) == [1, 2, 3]


def test_a_large_task_is_not_overtaken_for_ever_by_small_ones() -> None:
    decisions = decide(view(4, used=2), [task(1, 3), task(2, 1)])
    assert [decision.admitted for decision in decisions] == [False, False]
    assert [decision.missing.cpu_milli for decision in decisions] == [1, 2]


def test_a_task_that_does_not_take_what_the_blocked_one_needs_may_pass() -> None:
    pool = PoolView("elastic", Slots(4, 1, 0), Slots(0, 1, 0), {})
    blocked, small = Waiting(1, 1, 0, Slots(2, 1, 0)), Waiting(2, 1, 0, Slots(1, 0, 0))
    assert admitted(pool, blocked, small) == [2]


def test_a_task_that_can_never_fit_blocks_nobody() -> None:
    first, second = decide(view(4), [task(1, 5), task(2, 4)])
    assert (first.impossible, first.admitted, second.admitted) == (True, False, True)


def test_projects_share_an_elastic_pool_and_a_fixed_one_keeps_its_order() -> None:
    waiting = [task(1, 1), task(2, 1), task(3, 1, project=2), task(4, 1, project=2)]
    assert order(view(4), *waiting) == [1, 3, 2, 4]
    assert order(view(4, held={1: 2}), *waiting) == [3, 4, 1, 2]
    assert order(view(4, policy="fixed"), *waiting) == [1, 2, 3, 4]
    assert order(view(4, policy="mixed"), *waiting) == [1, 3, 2, 4]


SLOTS = st.builds(Slots, st.integers(0, 8), st.integers(0, 2), st.integers(0, 50))
WAITING = st.builds(Waiting, st.integers(1, 10**6), st.integers(1, 3), st.integers(-2, 2), SLOTS)


@given(
    SLOTS, SLOTS, st.lists(WAITING, max_size=20, unique_by=lambda task: task.id), st.sampled_from(["elastic", "fixed"])
)
def test_admitted_tasks_always_fit_together(capacity: Slots, used: Slots, tasks: list[Waiting], policy: Policy) -> None:
    decisions = decide(PoolView(policy, capacity, used, {}), tasks)
    assert sorted(decision.id for decision in decisions) == sorted(task.id for task in tasks)
    demand = {task.id: task.demand for task in tasks}
    for dimension in range(3):
        taken = sum(demand[decision.id][dimension] for decision in decisions if decision.admitted)
        assert taken == 0 or taken <= capacity[dimension] - used[dimension]


def test_running_tasks_never_exceed_the_pool(engine: Engine) -> None:
    submit(engine, plan_of("a", "b", "c"))
    first, second = engine.claim("train", "w1"), engine.claim("train", "w2")
    assert first is not None and second is not None
    assert engine.claim("train", "w3") is None
    engine.commit(first, done(first), "w1")
    third = engine.claim("train", "w3")
    assert third is not None and third.task.path == "c"


def test_a_claim_is_for_its_own_pool_only(engine: Engine) -> None:
    submit(engine, plan_of("a", a={"pool": "test"}))
    assert engine.claim("train", "w") is None
    assert engine.has_work("test") and not engine.has_work("train")
    assert engine.claim("test", "w") is not None


def test_a_demand_that_can_never_be_met_is_refused_by_name(engine: Engine) -> None:
    with pytest.raises(ImpossibleDemand, match=r"Node 'big' needs 8 CPU, 0.5 GiB, but pool 'train' has 2 CPU, .*6 CPU"):
        submit(engine, plan_of("a", "big <- a", big={"cpu": 8, "memory": GIB // 2}))
    with pytest.raises(UnknownPool, match="Node 'a' asks for pool 'gpu'; there are: test, train"):
        submit(engine, plan_of("a", a={"pool": "gpu"}))
    assert engine.runs(project_of(engine)).items == []


def test_every_waiting_task_says_why(engine: Engine) -> None:
    run_id = submit(engine, plan_of("a", "b", "c", "d", "e <- a b", d={"cpu": 2}))
    engine.admit("train")
    tasks = {task.path: task.id for task in engine.tasks(run_id)}
    assert states(engine, run_id) == {"a": "admitted", "b": "admitted", "c": "ready", "d": "ready", "e": "waiting"}
    assert engine.explain_wait(tasks["a"]).message == "is admitted; waits for a free worker of pool train"
    claims = [engine.claim("train", "w") for _ in range(2)]
    assert all(claims)
    assert engine.explain_wait(tasks["c"]).message == "position 1 in train; starts when 1 CPU more is free"
    reason = engine.explain_wait(tasks["d"])
    assert (reason.code, reason.details["position"], reason.details["cpu_milli"]) == ("slots", 2, 3000)
    assert engine.explain_wait(tasks["e"]).message == "waits for a, b"
    assert engine.explain_wait(tasks["a"]).code == "none"


def test_an_admitted_task_gives_way_to_one_of_higher_priority(engine: Engine) -> None:
    low = submit(engine, plan_of("a", "b"))
    engine.admit("train")
    high = submit(engine, plan_of("c", c={"cpu": 2}), priority=9)
    engine.tick()
    assert (states(engine, low), states(engine, high)) == ({"a": "ready", "b": "ready"}, {"c": "admitted"})
