import pytest

from patchbay_server.engine import Engine, ImpossibleDemand, UnknownPool
from tests.server.engine.conftest import GIB
from tests.server.engine.flows import done, plan_of, project_of, states, submit


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
