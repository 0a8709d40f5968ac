"""Tasks on heavy engines: who may claim them, and what becomes of their jobs when workers go."""

import time
from dataclasses import replace

import pytest

from patchbay_server.engine import Engine, Fenced
from patchbay_server.store.database import Database
from tests.server.engine.conftest import make_engine
from tests.server.engine.flows import SETTINGS, done, plan_of, states, submit

CHOICE = {"engine": "spark", "code": "too_large", "message": "on Spark: it is large", "details": {"rows": 5}}


def test_a_task_on_an_engine_is_for_workers_that_drive_it(engine: Engine) -> None:
    submit(engine, plan_of("a", "b", b={"engine": "spark"}))
    assert engine.has_work("train") and engine.has_work("train", "driver")
    local = engine.claim("train", "w")
    assert local and local.task.path == "a"
    assert not engine.has_work("train") and engine.claim("train", "w") is None
    driven = engine.claim("train", "d", "driver")
    assert driven and driven.task.path == "b"


def test_a_local_worker_goes_on_with_local_tasks_only(engine: Engine) -> None:
    submit(engine, plan_of("a", "b <- a", b={"engine": "ray"}))
    claim = engine.claim("train", "w")
    assert claim and engine.commit(claim, done(claim), "w", claim_next=True).next is None
    driven = engine.claim("train", "d", "driver")
    assert driven and driven.task.path == "b"


def test_a_driver_goes_on_with_the_next_task_of_its_kind(engine: Engine) -> None:
    submit(engine, plan_of("a", "b <- a", a={"engine": "ray"}, b={"engine": "spark"}))
    claim = engine.claim("train", "d", "driver")
    following = claim and engine.commit(claim, done(claim), "d", claim_next=True).next
    assert following and following.task.path == "b"


def test_a_task_whose_engine_was_chosen_is_handed_over(engine: Engine) -> None:
    run_id = submit(engine, plan_of("a", a={"engine": "auto"}))
    claim = engine.claim("train", "w")
    assert claim
    assert engine.hand_over(claim, CHOICE) == {"train": 1}
    with pytest.raises(Fenced):
        engine.hand_over(claim, CHOICE)
    assert states(engine, run_id) == {"a": "ready"}
    assert engine.claim("train", "w") is None
    driven = engine.claim("train", "d", "driver")
    assert driven and driven.task.engine == "spark" and driven.task.retries_left == claim.task.retries_left
    assert [attempt.state for attempt in engine.attempts(claim.task.id)] == ["handed_over", "running"]
    (task,) = engine.tasks(run_id)
    assert (task.engine, task.engine_choice) == ("spark", CHOICE)


def test_the_job_of_a_lost_worker_is_known_until_it_has_ended(database: Database) -> None:
    engine = make_engine(database, replace(SETTINGS, lease=0.2, beat=0.05))
    submit(engine, plan_of("a", "b", a={"engine": "spark"}, b={"engine": "spark"}))
    lost, well = engine.claim("train", "d", "driver"), engine.claim("train", "e", "driver")
    assert lost and well
    for claim in (lost, well):
        engine.note_external(claim, f"session of {claim.task.path}")
    assert engine.abandoned() == []
    time.sleep(0.3)
    engine.beat(well, "e")
    engine.tick()
    (job,) = engine.abandoned()
    assert (job.task_id, job.number, job.engine, job.external_id) == (lost.task.id, 1, "spark", "session of a")
    assert engine.abandoned(well.task.id) == []
    assert engine.abandoned(lost.task.id) == [job]
    engine.job_ended(job)
    assert engine.abandoned() == []
