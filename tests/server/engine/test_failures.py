from collections.abc import Callable
from typing import Any

import pytest

from patchbay_server.engine import Claim, Engine, NotResumable
from patchbay_server.store.database import Database
from patchbay_server.store.statement import Statement
from tests.server.engine.drawing import unguard
from tests.server.engine.flows import done, drain, plan_of, states, submit

ERROR = {"code": "data_invalid", "message": "Column 'x' is empty."}
EXPIRE = Statement("UPDATE task SET lease_until = $now - 1 WHERE state = 'running'")
OVERDUE = Statement("UPDATE task SET deadline = $now - 100 WHERE state = 'running'")
HURRY = Statement("UPDATE task SET not_before = $now - 1 WHERE state = 'delayed'")


def claimed(engine: Engine) -> Claim:
    claim = engine.claim("train", "w")
    assert claim is not None
    return claim


def run(database: Database, statement: Statement) -> None:
    assert database.transact(lambda transaction: transaction.run(statement, {})) == 1


def used_slots(database: Database) -> tuple[Any, ...] | None:
    statement = Statement("SELECT used_cpu_milli, used_gpu_milli, used_memory FROM pool WHERE name = 'train'")
    with database.read() as transaction:
        return transaction.one(statement, {})


def test_what_depends_on_a_failed_task_is_skipped_and_says_why_the_rest_goes_on(engine: Engine) -> None:
    run_id = submit(engine, plan_of("a", "b <- a", "c <- b", "other", "both <- other c"))
    engine.fail(claimed(engine), ERROR)
    assert drain(engine) == ["other"]
    assert states(engine, run_id) == {"a": "failed", "b": "skipped", "c": "skipped", "other": "done", "both": "skipped"}
    tasks = {task.path: task for task in engine.tasks(run_id)}
    assert tasks["a"].error == ERROR
    assert tasks["both"].error == {"code": "upstream_failed", "message": "upstream failed: a", "upstream": "a"}
    assert engine.run(run_id).state == "failed"


def test_a_failed_task_is_tried_again_after_its_delay(engine: Engine, database: Database) -> None:
    run_id = submit(engine, plan_of("a", a={"retries": 1, "retry_delay": 60.0}))
    engine.fail(claimed(engine), ERROR)
    assert states(engine, run_id) == {"a": "delayed"}
    assert engine.explain_wait(engine.tasks(run_id)[0].id).message == "is tried again in 60 s"
    engine.tick()
    assert engine.claim("train", "w") is None
    run(database, HURRY)
    engine.tick()
    second = claimed(engine)
    assert second.task.attempt == 2
    engine.fail(second, ERROR)
    assert states(engine, run_id) == {"a": "failed"}
    assert [attempt.state for attempt in engine.attempts(second.task.id)] == ["failed", "failed"]


def test_a_retry_without_delay_is_ready_at_once(engine: Engine) -> None:
    run_id = submit(engine, plan_of("a", a={"retries": 1, "retry_delay": 0.0}))
    assert engine.fail(claimed(engine), ERROR) == {"train": 1}
    assert drain(engine) == ["a"]
    assert engine.run(run_id).state == "done"


def test_slots_return_whatever_happens_to_the_task(engine: Engine, database: Database) -> None:
    endings: list[Callable[[Claim], object]] = [
        lambda claim: engine.commit(claim, done(claim), "w"),
        lambda claim: engine.fail(claim, ERROR),
        engine.hand_back,
        lambda claim: (engine.cancel(claim.task.run_id), engine.end_cancelled(claim)),
        lambda claim: (run(database, EXPIRE), engine.tick()),
    ]
    for end in endings:
        submit(engine, plan_of("a", a={"cpu": 1.5, "gpu": 1, "memory": 1000}))
        claim = claimed(engine)
        assert used_slots(database) == (1500, 1000, 1000)
        end(claim)
        assert used_slots(database) == (0, 0, 0)
        drain(engine)


def test_a_task_whose_worker_is_silent_is_given_to_another(engine: Engine, database: Database) -> None:
    run_id = submit(engine, plan_of("a", "b <- a"))
    lost = claimed(engine)
    assert engine.tick().lost == 0
    run(database, EXPIRE)
    assert engine.tick().lost == 1
    assert engine.tick().lost == 0
    assert not engine.beat(lost, "w")
    assert drain(engine) == ["a", "b"]
    assert engine.run(run_id).state == "done"
    assert [attempt.state for attempt in engine.attempts(lost.task.id)] == ["lost", "done"]


def test_a_lease_that_is_null_counts_as_expired(engine: Engine, database: Database) -> None:
    submit(engine, plan_of("a"))
    claimed(engine)
    run(database, Statement("UPDATE task SET lease_until = NULL WHERE state = 'running'"))
    assert engine.tick().lost == 1


def test_lost_workers_use_up_no_retry_but_not_for_ever(engine: Engine, database: Database) -> None:
    run_id = submit(engine, plan_of("a", a={"retries": 1, "retry_delay": 0.0}))
    for _ in range(engine.settings.infra_retries):
        claimed(engine)
        run(database, EXPIRE)
        engine.tick()
    last = claimed(engine)
    assert last.task.retries_left == 1
    run(database, EXPIRE)
    engine.tick()
    task = engine.tasks(run_id)[0]
    assert (task.state, (task.error or {})["code"]) == ("failed", "worker_lost")


def test_the_reconciler_ends_what_its_worker_let_run_past_the_deadline(engine: Engine, database: Database) -> None:
    run_id = submit(engine, plan_of("a", "b <- a", a={"timeout": 5.0}))
    claim = claimed(engine)
    run(database, OVERDUE)
    assert engine.tick().overdue == 1
    assert not engine.beat(claim, "w")
    assert states(engine, run_id) == {"a": "failed", "b": "skipped"}
    assert "longer than its timeout of 5 s" in (engine.tasks(run_id)[0].error or {})["message"]


def test_a_run_cancelled_while_its_worker_is_dead_ends_all_the_same(engine: Engine, database: Database) -> None:
    run_id = submit(engine, plan_of("a", "b <- a"))
    claimed(engine)
    engine.cancel(run_id)
    assert states(engine, run_id) == {"a": "running", "b": "cancelled"}
    run(database, EXPIRE)
    engine.tick()
    assert states(engine, run_id) == {"a": "cancelled", "b": "cancelled"}
    assert engine.run(run_id).state == "cancelled"


@pytest.mark.parametrize("state", ["waiting", "ready", "admitted", "delayed", "waiting_cache"])
def test_a_task_that_has_not_started_is_cancelled_at_once(engine: Engine, database: Database, state: str) -> None:
    run_id = submit(engine, plan_of("a"))
    unguard(database)
    put = Statement(f"UPDATE task SET state = '{state}', not_before = $now + 60")
    run(database, put)
    engine.cancel(run_id)
    engine.tick()
    assert states(engine, run_id) == {"a": "cancelled"}
    assert engine.run(run_id).state == "cancelled"
    assert engine.claim("train", "w") is None


def test_cancelling_a_run_that_has_ended_changes_nothing(engine: Engine) -> None:
    run_id = submit(engine, plan_of("a"))
    drain(engine)
    before = engine.run(run_id)
    engine.cancel(run_id)
    engine.tick()
    assert engine.run(run_id) == before


def test_only_a_run_that_did_not_succeed_can_be_resumed(engine: Engine) -> None:
    run_id = submit(engine, plan_of("a"))
    with pytest.raises(NotResumable, match="is queued"):
        engine.resume(run_id)
    drain(engine)
    with pytest.raises(NotResumable, match="is done"):
        engine.resume(run_id)


def test_a_resumed_run_has_the_same_tasks_with_all_their_retries(engine: Engine) -> None:
    plan = plan_of("a", "b <- a a", "c <- b", b={"retries": 2, "retry_delay": 0.0})
    run_id = submit(engine, plan, params={"file": "x"}, priority=3)
    first = claimed(engine)
    engine.commit(first, done(first), "w")
    for _ in range(3):
        engine.fail(claimed(engine), ERROR)
    resumed, wake = engine.resume(run_id)
    assert wake == {"train": 1}
    after = engine.run(resumed)
    assert (after.resumed_from, after.params, after.priority) == (run_id, {"file": "x"}, 3)
    a = claimed(engine)
    b = engine.commit(a, done(a), "w", claim_next=True).next
    assert b is not None and b.task.retries_left == 2
    assert b.inputs == {"in0": ["artifact-of-a"], "in1": ["artifact-of-a"]}
