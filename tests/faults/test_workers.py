"""Workers that die or freeze at the worst moment: every run ends, each task is committed once."""

import signal

import pytest

from patchbay_runners.kill_points import POINTS, arm
from patchbay_server.engine import Engine
from tests.faults.rig import Rig
from tests.server.engine.flows import states, submit
from tests.server.worker.workshop import wait_for

NODES = ("a", "b <- a", "c <- a", "d <- b c")
RESULT = "d(b(a()), c(a()))"


def start(rig: Rig, engine: Engine) -> int:
    run_id = submit(engine, rig.plan(*NODES))
    rig.tickets.ring({"train": 1})
    return run_id


LOCAL_POINTS = [point for point in POINTS if point != "external"]


@pytest.mark.parametrize("point", [*LOCAL_POINTS, "rename:2", "commit:3", "committed:2", "run:4"])
def test_a_worker_killed_at_any_point_loses_nothing(rig: Rig, engine: Engine, point: str) -> None:
    run_id = start(rig, engine)
    victim = rig.start_worker("victim", kill_at=point)
    assert victim.wait(60) == -signal.SIGKILL, rig.log("victim")
    rig.start_worker("successor")
    rig.finish(run_id)
    assert rig.value(run_id, "d") == RESULT
    for task in engine.tasks(run_id):
        rig.store.verify(task.outputs["out"])
    for path, attempts in rig.committed(run_id).items():
        assert attempts.count("done") == 1, path
        assert set(attempts) <= {"done", "lost"}, path
    assert engine.inspect() == []


def test_equal_work_of_two_runs_is_done_once_though_its_worker_dies(rig: Rig, engine: Engine) -> None:
    runs = [submit(engine, rig.plan(*NODES), name) for name in ("one", "two")]
    victim = rig.start_worker("victim", kill_at="finished:2")
    assert victim.wait(60) == -signal.SIGKILL, rig.log("victim")
    rig.start_worker("one")
    rig.start_worker("two")
    for run_id in runs:
        rig.finish(run_id)
    done = [states.count("done") for run_id in runs for states in rig.committed(run_id).values()]
    assert done == [1] * 2 * len(NODES)
    assert sorted(set(rig.executed())) == list("abcd")
    assert len(rig.executed()) == len(NODES) + 1, "what the victim had not committed was executed again"
    assert engine.tasks(runs[0])[-1].outputs == engine.tasks(runs[1])[-1].outputs
    assert engine.inspect() == []


def test_a_kill_point_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="There is no kill point 'comit'; there are pop, claim"):
        arm("comit")


def test_a_worker_frozen_beyond_its_lease_changes_nothing_when_it_wakes(rig: Rig, engine: Engine) -> None:
    run_id = submit(engine, rig.plan("a", "b <- a", a={"act": "wait_for_go"}))
    frozen = rig.start_worker("frozen")
    wait_for(lambda: rig.executed() == ["a"])
    frozen.send_signal(signal.SIGSTOP)
    rig.start_worker("other")
    wait_for(lambda: rig.executed() == ["a", "a"])
    (rig.folder / "go").touch()
    rig.wait_for_end(run_id)
    before = engine.events(run_id)
    frozen.send_signal(signal.SIGCONT)
    gave_up = ("no longer owns its task", "given to another", "could not be renewed in time")
    wait_for(lambda: any(words in rig.log("frozen") for words in gave_up))
    assert engine.events(run_id) == before
    assert rig.committed(run_id) == {"a": ["lost", "done"], "b": ["done"]}
    assert frozen.wait(0) is None


def test_a_frozen_database_holder_is_overcome(rig: Rig, engine: Engine) -> None:
    """Many freezes, none longer than a lease: nothing is given away, nothing is lost."""
    run_id = submit(engine, rig.plan(*NODES, *(f"n{n} <- a" for n in range(10))))
    worker = rig.start_worker("shaky")
    for _ in range(5):
        wait_for(lambda: bool(rig.executed()))
        worker.send_signal(signal.SIGSTOP)
        worker.send_signal(signal.SIGCONT)
    rig.finish(run_id)


def test_cancel_reaches_a_task_in_another_process(rig: Rig, engine: Engine) -> None:
    run_id = submit(engine, rig.plan("a", "b <- a", a={"act": "swallow"}))
    rig.start_worker("worker")
    wait_for(lambda: rig.executed() == ["a"])
    engine.cancel(run_id)
    rig.wait_for_end(run_id)
    assert states(engine, run_id) == {"a": "cancelled", "b": "cancelled"}
    assert engine.inspect() == []


def test_a_worker_told_to_end_hands_back_its_task_and_leaves(rig: Rig, engine: Engine) -> None:
    run_id = submit(engine, rig.plan("a", a={"act": "wait_for_go"}))
    first = rig.start_worker("first")
    wait_for(lambda: rig.executed() == ["a"])
    first.terminate()
    assert first.wait(60) == 0, rig.log("first")
    (rig.folder / "go").touch()
    rig.start_worker("second")
    rig.wait_for_end(run_id)
    assert rig.committed(run_id) == {"a": ["handed_back", "done"]}
