"""A worker dies while a map finds its items, a loop decides, a branch is taken: nothing is lost, nothing done twice."""

import signal
from typing import Any

import pytest

from patchbay_server.engine import Engine
from tests.faults.rig import Rig
from tests.server.engine.flows import submit
from tests.server.worker.test_control_flow import joins, loop, per_tool, states, step


def everything() -> dict[str, Any]:
    """A map over a column, a loop that ends early and a branch, one behind the other."""
    mapped, looped = per_tool(["B", "A", "B", "C"]), loop({"length": {"minimum": 30}}, times=4)
    cases = [{"port": "long", "when": {"length": {"minimum": 30}}}, {"port": "short"}]
    nodes = [
        *mapped["nodes"], looped["nodes"][1] | {"id": "until"}, {"id": "which", "kind": "branch", "cases": cases},
        step("yes", "need"), step("no", "need"), step("end", "join"),
    ]  # fmt: skip
    more = joins(
        "names.out > until.text", "until.text > which.value", "which.long > yes.in0", "which.short > no.in0",
        "yes.out > end.texts", "no.out > end.texts",
    )  # fmt: skip
    return {"nodes": nodes, "edges": [*mapped["edges"], *more]}


RESULT = "end(yes(grow(grow(grow(names(A, B, C))))))"


@pytest.mark.parametrize("point", ["commit:2", "committed:2", "commit:9", "finished:11"])
def test_a_worker_killed_in_the_middle_of_control_flow(rig: Rig, engine: Engine, point: str) -> None:
    run_id = submit(engine, rig.flow(everything()))
    rig.tickets.ring({"train": 1})
    victim = rig.start_worker("victim", kill_at=point)
    assert victim.wait(60) == -signal.SIGKILL, rig.log("victim")
    rig.start_worker("successor")
    rig.finish(run_id)
    tasks = engine.tasks(run_id)
    end = next(task for task in tasks if task.path == "end")
    assert rig.store.load(end.outputs["out"]) == RESULT
    assert len(tasks) == len(states(engine, run_id))
    for task in tasks:
        attempts = [attempt.state for attempt in engine.attempts(task.id)]
        assert attempts.count("done") == (task.state == "done"), (task.path, task.index)
        assert set(attempts) <= {"done", "lost"}, (task.path, task.index)
    assert engine.inspect() == []
