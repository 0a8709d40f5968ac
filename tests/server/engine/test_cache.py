import pytest

from patchbay_server.engine import Claim, Engine, Fenced, Result
from patchbay_server.graph.cache_key import CacheParts, Reason
from patchbay_server.store.database import Database
from tests.server.engine.flows import plan_of, states, submit
from tests.server.engine.test_failures import ERROR, EXPIRE, claimed, run

PARTS = CacheParts(operator="test.step@1.0.0", code="c", params={"strategy": "mean"}, project="1")
OTHER = CacheParts(operator="test.step@1.0.0", code="c", params={"strategy": "median"}, project="1")


def finish(engine: Engine, claim: Claim, parts: CacheParts = PARTS, artifact: str = "made") -> None:
    opened = engine.open_attempt(claim, parts, None)
    assert opened.outcome == "run"
    engine.commit(claim, Result({"out": artifact}, {"out": 3}, publish_as=opened.key), "w")


def test_equal_work_is_reused_in_another_flow(engine: Engine) -> None:
    submit(engine, plan_of("a"), name="one")
    finish(engine, claimed(engine))
    run_id = submit(engine, plan_of("z"), name="two")
    claim = claimed(engine)
    opened = engine.open_attempt(claim, PARTS, None)
    assert (opened.outcome, opened.outputs, opened.rows) == ("reuse", {"out": "made"}, {"out": 3})
    engine.commit(claim, Result(opened.outputs, opened.rows, publish_as=opened.key, reused=True), "w")
    task = engine.tasks(run_id)[0]
    assert (task.cached, task.outputs, task.rows, task.reasons) == (True, {"out": "made"}, {"out": 3}, None)


def test_a_task_that_runs_again_says_why(engine: Engine) -> None:
    first = submit(engine, plan_of("a"))
    finish(engine, claimed(engine))
    second = submit(engine, plan_of("a"))
    finish(engine, claimed(engine), OTHER)
    reasons = [[reason["text"] for reason in engine.tasks(run_id)[0].reasons or []] for run_id in (first, second)]
    assert reasons == [["first run"], ["strategy: mean -> median"]]


def test_a_bypassed_task_neither_looks_up_nor_waits(engine: Engine) -> None:
    submit(engine, plan_of("a"))
    finish(engine, claimed(engine))
    run_id = submit(engine, plan_of("a"))
    assert engine.open_attempt(claimed(engine), PARTS, Reason("bypass", "node")).outcome == "run"
    assert [reason["text"] for reason in engine.tasks(run_id)[0].reasons or []] == ["cache switched off for this node"]


def test_equal_tasks_run_once_and_the_other_reuses(engine: Engine) -> None:
    first, second = submit(engine, plan_of("a"), name="one"), submit(engine, plan_of("b"), name="two")
    leader, follower = claimed(engine), claimed(engine)
    assert engine.open_attempt(leader, PARTS, None).outcome == "run"
    assert engine.open_attempt(follower, PARTS, None).outcome == "wait"
    assert states(engine, second) == {"b": "waiting_cache"}
    waiting = engine.explain_wait(follower.task.id)
    assert waiting.message == f"the same step is running as a in run {first}; its result will be reused"
    engine.tick()
    assert states(engine, second) == {"b": "waiting_cache"}
    key = engine.tasks(first)[0].cache_key
    assert engine.commit(leader, Result({"out": "made"}, publish_as=key), "w").wake == {"train": 1}
    again = claimed(engine)
    assert (again.task.path, again.task.attempt) == ("b", 1)
    assert engine.open_attempt(again, PARTS, None).outputs == {"out": "made"}


@pytest.mark.parametrize("ending", ["fail", "hand_back", "cancel", "expire"])
def test_a_waiter_takes_over_when_its_leader_does_not_finish(engine: Engine, database: Database, ending: str) -> None:
    first = submit(engine, plan_of("a"), name="one")
    second = submit(engine, plan_of("b"), name="two", priority=-1)
    leader, follower = claimed(engine), claimed(engine)
    assert engine.open_attempt(leader, PARTS, None).outcome == "run"
    assert engine.open_attempt(follower, PARTS, None).outcome == "wait"
    if ending == "fail":
        engine.fail(leader, ERROR)
    elif ending == "hand_back":
        engine.hand_back(leader)
        engine.cancel(first)
    elif ending == "cancel":
        engine.cancel(first)
        engine.end_cancelled(leader)
    else:
        run(database, EXPIRE)
        engine.tick()
        engine.cancel(first)
    assert engine.explain_wait(follower.task.id).code == "worker"
    successor = claimed(engine)
    assert successor.task.run_id == second
    finish(engine, successor, artifact="by the successor")
    assert engine.run(second).state == "done"


def test_a_waiter_without_a_leader_is_found_by_the_reconciler(engine: Engine, database: Database) -> None:
    from patchbay_server.store.statement import Statement

    submit(engine, plan_of("a"), name="one")
    second = submit(engine, plan_of("b"), name="two")
    leader, follower = claimed(engine), claimed(engine)
    engine.open_attempt(leader, PARTS, None)
    engine.open_attempt(follower, PARTS, None)
    run(database, Statement("DELETE FROM cache_entry"))
    engine.tick()
    assert states(engine, second) == {"b": "admitted"}


def test_a_leader_that_lost_its_task_leads_no_more(engine: Engine, database: Database) -> None:
    submit(engine, plan_of("a"))
    stale = claimed(engine)
    engine.open_attempt(stale, PARTS, None)
    run(database, EXPIRE)
    engine.tick()
    with pytest.raises(Fenced):
        engine.open_attempt(stale, PARTS, None)
    finish(engine, claimed(engine))


def test_a_forgotten_result_is_made_again(engine: Engine) -> None:
    submit(engine, plan_of("a"))
    finish(engine, claimed(engine))
    run_id = submit(engine, plan_of("a"))
    claim = claimed(engine)
    opened = engine.open_attempt(claim, PARTS, None)
    assert opened.outcome == "reuse"
    engine.forget_cached(claim, opened.key)
    again = engine.open_attempt(claim, PARTS, Reason("lost", "made"), history=False)
    assert again.outcome == "run"
    assert [reason["kind"] for reason in engine.tasks(run_id)[0].reasons or []] == ["lost"]


def test_a_resumed_run_reuses_what_is_not_cacheable_only_when_nothing_changed(engine: Engine) -> None:
    live = Reason("bypass", "operator")
    run_id = submit(engine, plan_of("a", "b <- a"))
    a = claimed(engine)
    engine.open_attempt(a, PARTS, live)
    engine.commit(a, Result({"out": "from the database"}), "w")
    engine.fail(claimed(engine), ERROR)
    engine.resume(run_id)
    again = claimed(engine)
    assert engine.open_attempt(again, OTHER, live).outcome == "run"
    opened = engine.open_attempt(again, PARTS, live)
    assert (opened.outcome, opened.outputs) == ("reuse", {"out": "from the database"})


def test_a_task_that_may_only_reuse_takes_the_flows_latest_result(engine: Engine) -> None:
    live = Reason("bypass", "operator")
    for artifact in ("older", "newer"):
        submit(engine, plan_of("a"))
        claim = claimed(engine)
        engine.open_attempt(claim, PARTS, live)
        engine.commit(claim, Result({"out": artifact}), "w")
    submit(engine, plan_of("a", "b <- a", a={"reuse_only": True}))
    assert engine.open_attempt(claimed(engine), PARTS, live).outputs == {"out": "newer"}
