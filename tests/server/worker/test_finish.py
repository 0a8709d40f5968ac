"""Finish now: a running task ends with the best that it has, whatever happens to its worker meanwhile."""

import threading
from dataclasses import replace
from typing import Any

import pytest

from patchbay_server.engine import Engine, Result, finish
from patchbay_server.engine.errors import NotFinishable, NotFound
from patchbay_server.graph.cache_key import CacheParts
from tests.server.engine.flows import done, plan_of, states, submit
from tests.server.worker.workshop import Workshop, wait_for

PARTS = CacheParts("test.search@1.0.0", "equal work")
SEARCH: dict[str, Any] = {"operator": "test.search@1.0.0", "settings": {"finishable": True}}


def ask(engine: Engine, run_id: int) -> list[str]:
    return engine.database.transact(finish.request, run_id)


def start(workshop: Workshop, *nodes: str, **own: str) -> tuple[int, threading.Thread]:
    """A run with a search ``a`` that is at work, and the thread of its worker."""
    run_id = submit(workshop.engine, workshop.plan("a", *nodes, a={**SEARCH, **own}))
    worker = threading.Thread(target=workshop.drain)
    worker.start()
    wait_for(lambda: workshop.executed() == ["a"])
    return run_id, worker


def test_the_best_so_far_is_a_result_like_any_other(workshop: Workshop, engine: Engine) -> None:
    run_id, worker = start(workshop, "b <- a")
    (able,) = engine.run(run_id).finishable
    assert (able.path, able.requested) == ("a", False)
    assert ask(engine, run_id) == ["a"]
    assert ask(engine, run_id) == [], "once is enough"
    worker.join(30)
    assert workshop.value(run_id, "b") == "b(a: best so far)"
    assert (engine.run(run_id).state, engine.run(run_id).finishable) == ("done", [])
    assert [task.finished_early for task in engine.tasks(run_id)] == [True, False]


def test_a_new_run_of_the_same_has_all_the_time_again(workshop: Workshop, engine: Engine) -> None:
    for rounds in (1, 2):
        run_id = submit(engine, workshop.plan("a", a=SEARCH))
        worker = threading.Thread(target=workshop.drain)
        worker.start()
        wait_for(lambda wanted=["a"] * rounds: workshop.executed() == wanted)
        ask(engine, run_id)
        worker.join(30)
        assert [(task.cached, task.finished_early) for task in engine.tasks(run_id)] == [(False, True)]


def test_who_waits_for_the_same_does_it_when_that_is_finished_early(engine: Engine) -> None:
    finished, waiting = (submit(engine, plan_of("a", a={"finishable": True}), name) for name in ("flow", "other"))
    first, second = engine.claim("train", "w"), engine.claim("train", "v")
    assert first is not None and second is not None
    key = engine.open_attempt(first, PARTS, None).key
    assert engine.open_attempt(second, PARTS, None).outcome == "wait"
    ask(engine, finished)
    engine.commit(first, replace(done(first), publish_as=key), "w")
    assert states(engine, waiting) == {"a": "ready"}
    again = engine.claim("train", "v")
    assert again is not None and engine.open_attempt(again, PARTS, None).outcome == "run"
    assert engine.inspect() == []


def test_a_resumed_run_keeps_what_was_finished_early(engine: Engine) -> None:
    run_id = submit(engine, plan_of("a", "b <- a", a={"finishable": True}))
    first = engine.claim("train", "w")
    assert first is not None
    key = engine.open_attempt(first, PARTS, None).key
    ask(engine, run_id)
    engine.commit(first, replace(done(first), publish_as=key), "w")
    failing = engine.claim("train", "w")
    assert failing is not None
    engine.fail(failing, {"code": "x", "message": "x"})
    engine.resume(run_id)
    again = engine.claim("train", "w")
    assert again is not None
    opened = engine.open_attempt(again, PARTS, None)
    engine.commit(again, Result(opened.outputs, reused=True, source=opened.source, publish_as=key), "w")
    assert [task.finished_early for task in engine.tasks(again.task.run_id)] == [True, False]
    submit(engine, plan_of("a", a={"finishable": True}), "new", priority=1)
    new = engine.claim("train", "w")
    assert new is not None and engine.open_attempt(new, PARTS, None).outcome == "run"


def test_the_next_attempt_of_one_whose_worker_died_finishes_without_being_asked_again(
    workshop: Workshop, engine: Engine
) -> None:
    run_id = submit(engine, workshop.plan("a", a=SEARCH))
    assert engine.claim("train", "one that dies") is not None
    ask(engine, run_id)
    wait_for(lambda: engine.tick().lost == 1)
    assert ask(engine, run_id) == [], "it is asked already"
    workshop.drain()
    assert workshop.value(run_id, "a") == "a: best so far"
    attempts = engine.attempts(engine.tasks(run_id)[0].id)
    assert [attempt.state for attempt in attempts] == ["lost", "done"]


def test_a_run_can_be_cancelled_after_it_was_asked_to_finish(workshop: Workshop, engine: Engine) -> None:
    run_id, worker = start(workshop, act="swallow")
    ask(engine, run_id)
    engine.cancel(run_id)
    worker.join(30)
    assert states(engine, run_id) == {"a": "cancelled"}
    with pytest.raises(NotFinishable, match="is cancelled"):
        ask(engine, run_id)


def test_only_what_runs_and_can_is_asked(workshop: Workshop, engine: Engine) -> None:
    run_id = submit(engine, workshop.plan("a", "b", b=SEARCH))
    assert engine.run(run_id).finishable == []
    with pytest.raises(NotFinishable, match="no step of it is running now that can end early"):
        ask(engine, run_id)
    with pytest.raises(NotFound):
        ask(engine, 987654)
    claim = engine.claim("train", "w")
    assert claim is not None and claim.task.path == "a", "which cannot end early"
    with pytest.raises(NotFinishable):
        ask(engine, run_id)


def test_an_attempt_is_not_finished_by_what_was_said_to_the_one_before(workshop: Workshop, engine: Engine) -> None:
    run_id, worker = start(workshop)
    ask(engine, run_id)
    worker.join(30)
    first = engine.tasks(run_id)[0]
    workshop.journal.write_text("")
    second, worker = start(workshop, source="another")
    assert engine.run(second).finishable[0].requested is False
    ask(engine, second)
    worker.join(30)
    assert (first.state, engine.tasks(second)[0].state) == ("done", "done")
