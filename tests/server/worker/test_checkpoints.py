"""What a task keeps to go on from: over retries, runs, and when it gives its place to another."""

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from patchbay_runners.checkpoints import kept
from patchbay_runners.local import LocalRunner
from patchbay_server.engine import Claim, Engine
from patchbay_server.engine.checkpoints import unneeded
from patchbay_server.graph.cache_key import CacheParts
from tests.server.engine.flows import plan_of, states, submit
from tests.server.worker.workshop import Workshop, wait_for


def train(workshop: Workshop, **own: Any) -> Any:
    """A plan of one task that counts its epochs; see `tests.server.worker.steps`."""
    settings = {"checkpoints": True, "cpu": 2} | own.pop("settings", {})
    return workshop.plan("a", a={"operator": "test.train@1.0.0", "settings": settings, **own})


@pytest.fixture
def go(workshop: Workshop) -> Path:
    """A file that ends the training, at once while it is there."""
    for name in ("go", "saved"):
        (workshop.folder / name).touch()
    return workshop.folder / "go"


def left(workshop: Workshop) -> list[str]:
    return [each.name.partition("-")[0] for each in kept(workshop.store.root)]


@pytest.mark.usefixtures("go")
def test_a_retry_goes_on_from_the_checkpoint_and_a_done_task_keeps_none(workshop: Workshop, engine: Engine) -> None:
    run_id = submit(engine, train(workshop, act="recover", settings={"retries": 1, "retry_delay": 0.0}))
    workshop.journal.write_text("x\nx\n")
    workshop.drain()
    assert engine.run(run_id).state == "failed"
    assert (workshop.executed()[2:], left(workshop)) == (["a from 0", "a from 1"], ["key"])
    workshop.journal.write_text("x\nx\nx\n")
    engine.resume(run_id)
    workshop.drain()
    assert (workshop.executed()[3:], left(workshop)) == (["a from 2"], [])


@pytest.mark.usefixtures("go")
def test_other_work_begins_anew_and_what_is_not_shared_is_of_one_task(workshop: Workshop, engine: Engine) -> None:
    submit(engine, train(workshop, act="refuse"))
    workshop.drain()
    submit(engine, train(workshop, act="refuse", source="other"))
    submit(engine, train(workshop, act="refuse", settings={"cache": False}))
    workshop.drain()
    assert (workshop.executed(), sorted(left(workshop))) == (["a from 0"] * 3, ["key", "key", "task"])


@pytest.mark.usefixtures("go")
def test_what_nobody_goes_on_from_is_known(workshop: Workshop, engine: Engine) -> None:
    submit(engine, train(workshop, act="refuse"))
    submit(engine, train(workshop, act="refuse", settings={"cache": False}))
    later = {"cache": False, "retries": 1, "retry_delay": 60.0}
    waiting = submit(engine, train(workshop, act="refuse", source="other", settings=later))
    workshop.drain()
    assert states(engine, waiting) == {"a": "delayed"}

    def names(older: float) -> list[str]:
        found = [replace(each, used=each.used - older) for each in kept(workshop.store.root)]
        with engine.database.read() as transaction:
            return [name.partition("-")[0] for name in unneeded(transaction, found)]

    assert len(left(workshop)) == 3
    assert names(0.0) == ["task"], "of the run that has failed, which nobody can resume"
    assert names(8 * 24 * 3600.0) == ["key", "task"]


PARTS = CacheParts("test.train@1.0.0", "equal work")


def begin(engine: Engine, name: str, **changes: Any) -> tuple[Claim, str]:
    """Work that keeps checkpoints, begun in a flow of this name, and the name that it keeps them under."""
    submit(engine, plan_of("a", a={"checkpoints": True, **changes}), name)
    claim = engine.claim("train", "w")
    assert claim is not None
    return claim, engine.checkpoint_name(claim, engine.open_attempt(claim, PARTS, None).key)


def end_cancelled(engine: Engine, claim: Claim) -> None:
    engine.cancel(claim.task.run_id)
    engine.end_cancelled(claim)


def test_a_search_that_was_cancelled_begins_anew(engine: Engine, workshop: Workshop) -> None:
    run_id = submit(engine, train(workshop, settings={"finishable": True}))
    worker = threading.Thread(target=workshop.drain)
    worker.start()
    wait_for(lambda: workshop.executed() == ["a from 0"])
    engine.cancel(run_id)
    worker.join(30)
    assert engine.run(run_id).state == "cancelled"
    (old,) = kept(workshop.store.root)
    with engine.database.read() as transaction:
        assert list(unneeded(transaction, [old])) == [old.name]
    (workshop.folder / "go").touch()
    submit(engine, train(workshop, settings={"finishable": True}))
    workshop.drain()
    assert workshop.executed()[-1] == "a from 0"


def test_a_search_goes_on_after_its_worker_died_or_it_failed(engine: Engine) -> None:
    discarded, first = begin(engine, "one", finishable=True)
    end_cancelled(engine, discarded)
    claim, second = begin(engine, "two", finishable=True, retries=1)
    engine.lose(claim, {"code": "worker_lost", "message": "gone"})
    again = engine.claim("train", "w")
    assert again is not None and engine.checkpoint_name(again, engine.open_attempt(again, PARTS, None).key) == second
    engine.fail(again, {"code": "x", "message": "x"}, attempt_state="failed")
    engine.cancel(again.task.run_id)
    third = begin(engine, "three", finishable=True)[1]
    assert len({first, second, third}) == 3, "each was cancelled before the next began"


def test_who_waits_for_a_search_that_is_cancelled_goes_on_with_it(engine: Engine) -> None:
    claim, name = begin(engine, "one", finishable=True)
    waiting = begin(engine, "two", finishable=True)[0]
    end_cancelled(engine, claim)
    assert states(engine, waiting.task.run_id) == {"a": "ready"}
    again = engine.claim("train", "w")
    assert again is not None and engine.checkpoint_name(again, engine.open_attempt(again, PARTS, None).key) == name
    engine.fail(again, {"code": "x", "message": "x"})
    assert begin(engine, "three", finishable=True)[1] == name


def test_a_training_that_was_stopped_goes_on_later(engine: Engine) -> None:
    claim, name = begin(engine, "one")
    end_cancelled(engine, claim)
    assert begin(engine, "two")[1] == name


def test_a_task_that_does_not_stop_in_time_gives_its_place_all_the_same(
    engine: Engine, tmp_path: Path, runner_in: Callable[[Path], LocalRunner]
) -> None:
    engine.settings = replace(engine.settings, checkpoint_grace=0.3)
    workshop = Workshop(engine, tmp_path, runner_in(tmp_path))
    lent = submit(engine, train(workshop))  # it saves until the file "saved" exists, which is never
    worker = threading.Thread(target=workshop.drain)
    worker.start()
    wait_for(lambda: workshop.executed() == ["a from 0"])
    asks = submit(engine, workshop.plan("x"), "wants", project="other")
    task = engine.tasks(lent)[0].id
    engine.admit("train")
    reason = engine.explain_wait(engine.tasks(asks)[0].id)
    assert (reason.code, reason.details["tasks"]) == ("give_back", [task])
    assert engine.explain_wait(task).code == "giving_back"
    wait_for(lambda: engine.run(asks).state == "done")
    wait_for(lambda: workshop.executed()[-1] == "a from 1")
    (workshop.folder / "go").touch()
    worker.join(30)
    assert [attempt.state for attempt in engine.attempts(task)] == ["given_back", "done"]
    assert engine.inspect() == []


def test_a_task_that_gave_its_place_says_so_and_keeps_its_age(engine: Engine, workshop: Workshop) -> None:
    lent = submit(engine, train(workshop))
    claim = engine.claim("train", "w")
    asks = submit(engine, workshop.plan("x", x={"settings": {"cpu": 2}}), "wants", project="other")
    engine.admit("train")
    assert claim is not None and engine.orders(claim) == "go on", "two of two CPUs are more than the other's part"
    engine.cancel(asks)
    asks = submit(engine, workshop.plan("x"), "wants", project="other")
    engine.admit("train")
    assert engine.orders(claim) == "give back"
    engine.give_back(claim)
    task = engine.tasks(lent)[0]
    engine.admit("train")
    reason = engine.explain_wait(task.id)
    wanted = engine.tasks(asks)[0]
    assert (task.state, wanted.state, reason.details["gave_to"]) == ("ready", "admitted", wanted.id)
    assert reason.message.startswith(f"gave its place to task {wanted.id} of another project; position 2 in train")
    second = engine.claim("train", "w")
    assert second is not None and second.task.id == wanted.id
