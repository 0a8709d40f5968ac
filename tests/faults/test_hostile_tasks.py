"""Tasks that do not end, slip away or take all memory, in workers that are processes: nothing of them is left."""

import os
import signal

import pytest

from patchbay_server.engine import Engine
from tests.faults.rig import Rig
from tests.processes import descendants, state_and_parent
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
    pids = [pid_of(rig, "catch_everything"), pid_of(rig, "start_daemon_and_wait"), int(daemon.read_text())]
    engine.cancel(run_id)
    rig.wait_for_end(run_id)
    assert states(engine, run_id) == {node["id"]: "done" if node["id"] == "a" else "cancelled" for node in nodes}
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


def test_a_task_process_that_crashes_is_named_and_replaced(rig: Rig, engine: Engine) -> None:
    run_id = submit(engine, rig.plan("a", "b", a={"act": "catch_everything"}))
    rig.start_worker("worker")
    os.kill(pid_of(rig, "catch_everything"), signal.SIGSEGV)
    rig.wait_for_end(run_id)
    assert states(engine, run_id) == {"a": "failed", "b": "done"}
    error = engine.tasks(run_id)[0].error or {}
    assert error["code"] == "process_died" and "SIGSEGV" in error["message"]


@pytest.mark.parametrize("victim", ["task process", "preloader"])
def test_a_task_whose_process_is_killed_runs_again(rig: Rig, engine: Engine, victim: str) -> None:
    """Both are killed by somebody else, which is no fault of the task, and uses up none of its retries."""
    run_id = submit(engine, rig.plan("a", "b <- a", a={"act": "wait_for_go"}))
    rig.start_worker("worker")
    for times in (1, 2):
        wait_for(lambda times=times: rig.executed() == ["a"] * times)  # type: ignore[misc]
        kill(rig, victim)
    wait_for(lambda: rig.executed() == ["a"] * 3)
    (rig.folder / "go").touch()
    rig.finish(run_id)
    assert rig.committed(run_id) == {"a": ["lost", "lost", "done"], "b": ["done"]}
    first = engine.attempts(engine.tasks(run_id)[0].id)[0].error or {}
    assert first["code"] == "process_killed"
    assert engine.inspect() == []


def test_a_task_whose_process_is_killed_again_and_again_is_given_up(rig: Rig, engine: Engine) -> None:
    run_id = submit(engine, rig.plan("a", "b", a={"act": "kill_itself"}))
    rig.start_worker("worker")
    rig.wait_for_end(run_id)
    assert states(engine, run_id) == {"a": "failed", "b": "done"}
    assert rig.committed(run_id)["a"] == ["lost"] * (engine.settings.infra_retries + 1)
    error = engine.tasks(run_id)[0].error or {}
    assert error["code"] == "process_killed" and "SIGKILL" in error["message"]
    assert engine.inspect() == []


def kill(rig: Rig, victim: str) -> None:
    """Kill the worker's task process, or the process that forked it."""
    below = descendants(rig.workers["worker"].pid)
    parents = {pid: found[1] for pid in below if (found := state_and_parent(pid))}
    (task,) = [pid for pid, parent in parents.items() if parent in below]
    os.kill(task if victim == "task process" else parents[task], signal.SIGKILL)
