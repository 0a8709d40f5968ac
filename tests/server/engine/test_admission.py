import pytest

from patchbay_server.engine import Engine, ImpossibleDemand, PoolSettings, UnknownPool, quotas
from patchbay_server.engine.admission import Quota
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


def test_a_project_that_has_more_does_not_pass_its_slots_on_while_another_waits(engine: Engine) -> None:
    many = submit(engine, plan_of("a", "b", "c", "d"))
    claims = [engine.claim("train", "w") for _ in range(2)]
    submit(engine, plan_of("x"), project="other")
    assert claims[0] is not None and claims[1] is not None
    assert engine.commit(claims[0], done(claims[0]), "w", claim_next=True).next is None
    following = engine.claim("train", "w")
    assert following is not None and following.task.path == "x"
    last = engine.commit(claims[1], done(claims[1]), "w", claim_next=True).next
    assert last is not None and last.task.path == "c"
    assert states(engine, many)["d"] == "ready"


def test_a_project_with_thousands_of_tasks_does_not_hide_anothers(engine: Engine) -> None:
    submit(engine, plan_of(*(f"n{number}" for number in range(600))), priority=3)
    other = submit(engine, plan_of("x"), project="other")
    engine.admit("train")
    assert states(engine, other) == {"x": "admitted"}


def test_a_quota_counts_over_all_pools_and_says_so(engine: Engine) -> None:
    mine = Quota(cpu_milli=2000, borrows=False)
    engine.database.transact(quotas.put, project_of(engine), mine)
    with engine.database.read() as transaction:
        assert quotas.get(transaction, project_of(engine)) == mine
        assert quotas.get(transaction, project_of(engine, "other")) == Quota()
    run_id = submit(engine, plan_of("a", "b", "c", c={"pool": "test"}))
    for pool in ("train", "test"):
        engine.admit(pool)
    assert states(engine, run_id) == {"a": "admitted", "b": "admitted", "c": "ready"}
    reason = engine.explain_wait(engine.tasks(run_id)[2].id)
    assert reason.message.endswith(
        "its project may have 2 CPU and has 2; starts when it gives back 1, or may have more"
    )
    assert (reason.code, reason.details["resource"], reason.details["missing"]) == ("quota", "cpu", 1000)
    engine.database.transact(quotas.put, project_of(engine), Quota(cpu_milli=3000, borrows=False))
    assert engine.claim("test", "w") is not None


def test_trainings_at_once_are_limited(engine: Engine) -> None:
    engine.database.transact(quotas.put, project_of(engine), Quota(trainings=1))
    run_id = submit(engine, plan_of("a", "b", "c", a={"engine": "deepspeed"}, b={"engine": "deepspeed"}))
    engine.admit("train")
    assert states(engine, run_id) == {"a": "admitted", "b": "ready", "c": "admitted"}
    assert "may have 1 trainings at once and has 1" in engine.explain_wait(engine.tasks(run_id)[1].id).message


def test_a_gang_has_a_gpu_for_each_worker_where_its_pool_has_gpus(engine: Engine) -> None:
    engine.set_pools([PoolSettings("train", 8, 3, 8 * GIB)])
    gang = {"engine": "deepspeed", "cpu": 2}
    run_id = submit(engine, plan_of("a", "b", "c", a=gang, b=gang, c={"cpu": 2}))
    engine.admit("train")
    assert states(engine, run_id) == {"a": "admitted", "b": "ready", "c": "admitted"}
    assert "starts when 1 GPU more is free" in engine.explain_wait(engine.tasks(run_id)[1].id).message
    with pytest.raises(ImpossibleDemand, match="needs 4 CPU, 4 GPU"):
        submit(engine, plan_of("e", e={"engine": "deepspeed", "cpu": 4}))


def test_room_that_is_kept_is_said_to_be_kept(engine: Engine) -> None:
    run_id = submit(engine, plan_of("a", "b", "c", b={"cpu": 2}))
    assert engine.claim("train", "w") is not None
    engine.admit("train")
    b, c = (engine.tasks(run_id)[place].id for place in (1, 2))
    reason = engine.explain_wait(c)
    assert (reason.code, reason.details["tasks"]) == ("reserved", [b])


def test_a_task_that_ends_in_time_may_pass_a_larger_one(engine: Engine) -> None:
    run_id = submit(engine, plan_of("a", "b", "c", a={"timeout": 100.0}, b={"cpu": 2}, c={"timeout": 50.0}))
    assert engine.claim("train", "w") is not None
    engine.admit("train")
    assert states(engine, run_id) == {"a": "running", "b": "ready", "c": "admitted"}
    assert engine.explain_wait(engine.tasks(run_id)[1].id).details["starts_at"] > 100


def test_load_tests_have_a_part_of_a_mixed_pool_and_nobody_else_has_it(engine: Engine) -> None:
    engine.set_pools([PoolSettings("test", 3, 0, 4 * GIB, "mixed", (1.0, 0.0, GIB))])
    plain = {name: {"pool": "test"} for name in ("a", "b", "c")}
    loads = {name: {"pool": "test", "load_test": True} for name in ("x", "y")}
    run_id = submit(engine, plan_of("a", "b", "c", "x", "y", **plain, **loads))
    engine.admit("test")
    assert states(engine, run_id) == {"a": "admitted", "b": "admitted", "c": "ready", "x": "admitted", "y": "ready"}
    claims = [engine.claim("test", "w") for _ in range(4)]
    assert [claim and claim.task.path for claim in claims] == ["a", "b", "x", None]
    first = claims[0]
    assert first is not None
    following = engine.commit(first, done(first), "w", claim_next=True).next
    assert following is not None and following.task.path == "c"
    assert engine.commit(following, done(following), "w", claim_next=True).next is None, "a load test is no successor"
    engine.admit("test")
    assert states(engine, run_id)["y"] == "ready", "two CPUs are free, but not of its part"
    assert "starts when 1 CPU more is free" in engine.explain_wait(engine.tasks(run_id)[4].id).message
    for wrong, part in (({"load_test": True}, "load tests has 1 CPU"), ({}, "all but load tests has 2 CPU")):
        with pytest.raises(ImpossibleDemand, match=f"Node 'big' needs 3 CPU, .* the part of pool 'test' for {part}"):
            submit(engine, plan_of("big", big={"pool": "test", "cpu": 3, **wrong}))
