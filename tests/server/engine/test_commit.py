from collections.abc import Callable
from typing import Any

import pytest

from patchbay_server.engine import CancelRequested, Engine, Fenced, Result
from tests.server.engine.flows import done, drain, plan_of, states, submit


def test_tasks_run_in_order_of_their_dependencies_and_the_run_ends(engine: Engine) -> None:
    run_id = submit(engine, plan_of("a", "b <- a", "c <- a", "d <- b c"))
    assert states(engine, run_id) == {"a": "ready", "b": "waiting", "c": "waiting", "d": "waiting"}
    assert drain(engine) == ["a", "b", "c", "d"]
    assert engine.run(run_id).state == "done"
    assert [task.outputs for task in engine.tasks(run_id)] == [{"out": f"artifact-of-{name}"} for name in "abcd"]


def test_a_claim_brings_all_that_the_task_needs(engine: Engine) -> None:
    plan = plan_of("a", "b <- a a", b={"timeout": 5.0, "seed": 7, "engine": "local"})
    submit(engine, plan, data_roots=["/data"], bypass_cache=True)
    first = engine.claim("train", "w")
    assert first is not None and first.inputs == {}
    second = engine.commit(first, done(first), "w", claim_next=True).next
    assert second is not None
    assert second.inputs == {"in0": ["artifact-of-a"], "in1": ["artifact-of-a"]}
    assert (second.params, second.data_roots, second.bypass_cache) == ({"name": "b"}, ["/data"], True)
    assert (second.task.timeout, second.task.seed, second.task.engine, second.task.attempt) == (5.0, 7, "local", 1)
    assert second.log_path.endswith(f"/run-{second.task.run_id}/b-1.log")
    assert first.task.token != second.task.token


def test_a_successor_of_the_same_shape_inherits_the_slots(engine: Engine) -> None:
    submit(engine, plan_of("a", "b <- a", "big <- b", big={"cpu": 2}))
    a = engine.claim("train", "w")
    assert a is not None
    b = engine.commit(a, done(a), "w", claim_next=True).next
    assert b is not None and b.task.path == "b"
    assert engine.commit(b, done(b), "w", claim_next=True).next is None  # another shape: admission decides
    big = engine.claim("train", "w")
    assert big is not None and big.task.path == "big"


def test_nothing_is_inherited_while_something_of_higher_rank_waits(engine: Engine) -> None:
    submit(engine, plan_of("a", "b <- a"))
    a = engine.claim("train", "w")
    urgent = submit(engine, plan_of("urgent"), priority=5)
    assert a is not None
    assert engine.commit(a, done(a), "w", claim_next=True).next is None
    first = engine.claim("train", "w")
    assert first is not None and first.task.run_id == urgent


def test_a_commit_says_where_work_has_become_ready(engine: Engine) -> None:
    submit(engine, plan_of("a", "b <- a", "c <- a", "d <- a", d={"pool": "test"}))
    a = engine.claim("train", "w")
    assert a is not None
    assert engine.commit(a, done(a), "w").wake == {"train": 2, "test": 1}


def test_a_stale_token_changes_nothing(engine: Engine) -> None:
    run_id = submit(engine, plan_of("a", "b <- a"))
    stale = engine.claim("train", "w")
    assert stale is not None
    engine.hand_back(stale)
    fresh = engine.claim("train", "v")
    assert fresh is not None and fresh.task.attempt == 2
    before = engine.events(run_id)
    with pytest.raises(Fenced):
        engine.commit(stale, Result({"out": "wrong"}), "w")
    with pytest.raises(Fenced):
        engine.fail(stale, {"code": "x", "message": "x"})
    assert not engine.beat(stale, "w")
    assert engine.orders(stale) == "fenced"
    assert engine.events(run_id) == before
    assert states(engine, run_id) == {"a": "running", "b": "waiting"}
    engine.commit(fresh, done(fresh), "v")
    assert engine.tasks(run_id)[0].outputs == {"out": "artifact-of-a"}


def test_a_commit_asked_for_twice_counts_once(engine: Engine) -> None:
    run_id = submit(engine, plan_of("a", "b", "c <- a b"))
    a = engine.claim("train", "w")
    assert a is not None
    engine.commit(a, done(a), "w")
    again = engine.commit(a, done(a), "w")
    assert (again.next, again.wake) == (None, {})
    assert states(engine, run_id) == {"a": "done", "b": "admitted", "c": "waiting"}


def test_a_claim_whose_answer_was_lost_is_found_again(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    run_id = submit(engine, plan_of("a", "b <- a"))
    lose_an_answer(engine, monkeypatch)
    a = engine.claim("train", "w")
    assert a is not None
    lose_an_answer(engine, monkeypatch)
    b = engine.commit(a, done(a), "w", claim_next=True).next
    assert b is not None and b.inputs == {"in0": ["artifact-of-a"]}
    assert [(task.state, task.attempt) for task in engine.tasks(run_id)] == [("done", 1), ("running", 1)]
    assert engine.beat(b, "w") and engine.inspect() == []


def lose_an_answer(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next transaction that changes something is done twice, as if the answer to its first COMMIT were lost."""
    transact = engine.database.transact

    def twice(body: Callable[..., Any], *given: Any, **named: Any) -> Any:
        transact(body, *given, **named)
        monkeypatch.undo()
        return transact(body, *given, **named)

    monkeypatch.setattr(engine.database, "transact", twice)


def test_a_cancelled_run_takes_no_commit(engine: Engine) -> None:
    run_id = submit(engine, plan_of("a", "b <- a"))
    a = engine.claim("train", "w")
    assert a is not None
    engine.cancel(run_id)
    assert engine.orders(a) == "cancel"
    with pytest.raises(CancelRequested):
        engine.commit(a, done(a), "w")
    engine.end_cancelled(a)
    assert states(engine, run_id) == {"a": "cancelled", "b": "cancelled"}
    assert engine.run(run_id).state == "cancelled"


def test_events_have_a_gapless_number_and_tell_the_story(engine: Engine) -> None:
    run_id = submit(engine, plan_of("a", "b <- a"))
    drain(engine)
    events = engine.events(run_id)
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    assert [(event.kind, event.data.get("path"), event.data["state"]) for event in events] == [
        ("run", None, "queued"),
        ("task", "a", "running"),
        ("task", "a", "done"),
        ("task", "b", "running"),
        ("task", "b", "done"),
        ("run", None, "done"),
    ]
    assert engine.events(run_id, after=4) == events[4:]
    assert engine.run(run_id).event_seq == len(events)


def test_reported_progress_becomes_events(engine: Engine) -> None:
    run_id = submit(engine, plan_of("a"))
    claim = engine.claim("train", "w")
    assert claim is not None
    engine.report(claim, [("log", {"level": "info", "message": "hi"}), ("progress", {"fraction": 0.5, "message": ""})])
    told = engine.events(run_id, after=2)
    assert [event.kind for event in told] == ["log", "progress"]
    assert told[1].data == {"path": "a", "index": "", "attempt": 1, "fraction": 0.5, "message": ""}
