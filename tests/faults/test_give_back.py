"""A task that borrows is asked to give its place back: real workers, a checkpoint, and what may go wrong meanwhile."""

import signal

from patchbay_server.engine import Engine
from tests.faults.rig import Rig
from tests.server.engine.flows import states, submit
from tests.server.worker.workshop import wait_for

TRAIN = "test.train@1.0.0"


def borrow(rig: Rig, engine: Engine, **params: str) -> int:
    """A run whose one task has all of the pool, which is twice its project's part as soon as another comes."""
    plan = rig.plan("a", a={"operator": TRAIN, "settings": {"checkpoints": True, "cpu": 2}, **params})
    run_id = submit(engine, plan)
    rig.tickets.ring({"train": 1})
    return run_id


def want(rig: Rig, engine: Engine) -> int:
    """A run of another project, which has a right to half of the pool."""
    return submit(engine, rig.plan("x"), "wants", project="other")


def test_a_task_gives_its_place_back_and_goes_on_from_its_checkpoint(rig: Rig, engine: Engine) -> None:
    lent = borrow(rig, engine)
    rig.start_worker("worker")
    wait_for(lambda: rig.executed() == ["a from 0"])
    (rig.folder / "saved").touch()
    asks = want(rig, engine)
    rig.finish(asks)
    wait_for(lambda: rig.executed() == ["a from 0", "a saves", "x", "a from 1"])
    (rig.folder / "go").touch()
    rig.finish(lent)
    assert rig.value(lent, "a") == "a after 2"
    assert rig.committed(lent) == {"a": ["given_back", "done"]}
    given = [event.data for event in engine.events(lent) if "gave_to" in event.data]
    assert [(data["state"], data["gave_to"]) for data in given] == [("ready", engine.tasks(asks)[0].id)]
    assert engine.inspect() == []
    assert list((rig.folder / "store" / "checkpoints").iterdir()) == []


def test_a_worker_killed_while_its_task_gives_back_loses_nothing(rig: Rig, engine: Engine) -> None:
    lent = borrow(rig, engine)
    victim = rig.start_worker("victim")
    wait_for(lambda: rig.executed() == ["a from 0"])
    asks = want(rig, engine)
    wait_for(lambda: rig.executed() == ["a from 0", "a saves"])
    victim.send_signal(signal.SIGKILL)
    rig.start_worker("successor")
    rig.finish(asks)
    (rig.folder / "go").touch()
    rig.finish(lent)
    assert rig.value(lent, "a") == "a after 2", "the checkpoint outlives the worker"
    assert rig.committed(lent) == {"a": ["lost", "done"]}
    assert engine.inspect() == []


def test_a_worker_frozen_while_its_task_gives_back_frees_its_slots_once(rig: Rig, engine: Engine) -> None:
    lent = borrow(rig, engine)
    frozen = rig.start_worker("frozen")
    wait_for(lambda: rig.executed() == ["a from 0"])
    asks = want(rig, engine)
    wait_for(lambda: rig.executed() == ["a from 0", "a saves"])
    frozen.send_signal(signal.SIGSTOP)
    rig.start_worker("successor")
    rig.finish(asks)
    wait_for(lambda: rig.executed()[-1] == "a from 1")
    (rig.folder / "saved").touch()
    frozen.send_signal(signal.SIGCONT)
    wait_for(lambda: "no longer owns its task" in rig.log("frozen") or "given to another" in rig.log("frozen"))
    assert engine.inspect() == []
    (rig.folder / "go").touch()
    rig.finish(lent)
    assert rig.committed(lent) == {"a": ["lost", "done"]}
    assert engine.inspect() == []


def test_a_run_that_is_cancelled_while_it_gives_back_is_cancelled(rig: Rig, engine: Engine) -> None:
    lent = borrow(rig, engine)
    rig.start_worker("worker")
    wait_for(lambda: rig.executed() == ["a from 0"])
    asks = want(rig, engine)
    wait_for(lambda: rig.executed() == ["a from 0", "a saves"])
    engine.cancel(lent)
    rig.wait_for_end(lent)
    assert states(engine, lent) == {"a": "cancelled"}
    rig.finish(asks)
    assert engine.inspect() == []
