"""Tasks that do not end, slip away or take all memory, in workers that are processes: nothing of them is left."""

import os
import signal

import pytest

from patchbay_server.engine import Engine
from tests.faults.rig import Rig
from tests.server.engine.flows import states, submit
from tests.server.worker.test_control_flow import joins, step
from tests.server.worker.workshop import wait_for

NEVER_ENDS = ("catch_everything", "hang_in_c", "ignore_signals")


def pid_of(rig: Rig, act: str) -> int:
    file = rig.folder / f"{act}.pid"
    wait_for(file.exists)
    return int(file.read_text())


def is_gone(pid: int) -> bool:
    """Whether neither the process nor anything of its group is left."""
    for ask in (os.kill, os.killpg):
        try:
            ask(pid, 0)
        except ProcessLookupError:
            continue
        return False
    return True


def test_code_that_does_not_end_is_ended_by_its_timeout(rig: Rig, engine: Engine) -> None:
    changes = {act: {"act": act, "settings": {"timeout": 1.0}} for act in NEVER_ENDS}
    run_id = submit(engine, rig.plan(*NEVER_ENDS, "other", **changes))
    rig.start_worker("one")
    rig.start_worker("two")
    rig.wait_for_end(run_id)
    assert states(engine, run_id) == {**dict.fromkeys(NEVER_ENDS, "failed"), "other": "done"}
    for task in engine.tasks(run_id):
        assert task.path == "other" or (task.error or {})["code"] == "timeout"
    for act in NEVER_ENDS:
        assert is_gone(pid_of(rig, act)), act
    assert engine.inspect() == []


def test_cancel_reaches_a_task_in_whatever_state_it_is(rig: Rig, engine: Engine) -> None:
    """Two CPUs are taken by what does not end and by what forks away; everything else waits in its own way."""
    first = {"priority": 5}
    nodes = [
        step("a", "step", first), {"id": "ask", "kind": "approval"},
        step("again", "step", {**first, "retries": 1, "retry_delay": 600.0}, act="refuse"),
        step("twin1", "step", first, name="twin", act="catch_everything"),
        step("twin2", "step", first, name="twin", act="catch_everything"),
        step("daemon", "step", first, act="start_daemon_and_wait"), step("w", "need"), step("r"),
    ]  # fmt: skip
    flow = {"nodes": nodes, "edges": joins("a.out > ask.value", "daemon.out > w.in0")}
    run_id = submit(engine, rig.flow(flow))
    for name in ("one", "two", "three"):
        rig.start_worker(name)
    every = ["delayed", "done", "ready", "running", "running", "waiting", "waiting_approval", "waiting_cache"]
    wait_for(lambda: sorted(states(engine, run_id).values()) in (every, sorted([*every[:2], "admitted", *every[3:]])))
    daemon = rig.folder / "tmp" / "daemon"
    wait_for(daemon.exists)
    engine.cancel(run_id)
    rig.wait_for_end(run_id)
    assert states(engine, run_id) == {node["id"]: "done" if node["id"] == "a" else "cancelled" for node in nodes}
    pids = [pid_of(rig, "catch_everything"), pid_of(rig, "start_daemon_and_wait"), int(daemon.read_text())]
    assert [pid for pid in pids if not is_gone(pid)] == []
    assert engine.inspect() == []
    rig.finish(submit(engine, rig.plan("next")))
    assert engine.run(run_id).state == "cancelled"


def test_a_task_that_takes_too_much_memory_is_named_and_harms_no_other(rig: Rig, engine: Engine) -> None:
    beside = submit(engine, rig.plan("beside", beside={"act": "wait_for_go"}))
    rig.start_worker("one")
    rig.start_worker("two")
    wait_for(lambda: rig.executed() == ["beside"])
    greedy = submit(engine, rig.plan("a", "b", "c <- a", a={"act": "devour"}, b={"act": "abort_natively"}))
    rig.wait_for_end(greedy)
    assert states(engine, greedy) == {"a": "failed", "b": "failed", "c": "skipped"}
    for task in engine.tasks(greedy)[:2]:
        error = task.error or {}
        assert (error["code"], error["details"]["limit"]) == ("out_of_memory", 4 << 30)
        assert "more memory than the 4 GiB of its pool" in error["message"]
    (rig.folder / "go").touch()
    rig.finish(beside)
    rig.finish(submit(engine, rig.plan("next")))
    assert rig.committed(beside) == {"beside": ["done"]}
    assert engine.inspect() == []


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV])
def test_a_task_process_that_is_killed_is_named_and_replaced(rig: Rig, engine: Engine, number: signal.Signals) -> None:
    """As the kernel does when the machine runs out of memory."""
    run_id = submit(engine, rig.plan("a", "b", a={"act": "catch_everything"}))
    rig.start_worker("worker")
    os.kill(pid_of(rig, "catch_everything"), number)
    rig.wait_for_end(run_id)
    assert states(engine, run_id) == {"a": "failed", "b": "done"}
    error = engine.tasks(run_id)[0].error or {}
    assert error["code"] == "process_died" and number.name in error["message"]
