"""A failed step is corrected and the flow goes on while other steps of the first run are still at work."""

import signal
from typing import Any

from patchbay_server.engine import Engine
from tests.faults.rig import Rig
from tests.server.engine.flows import states, submit
from tests.server.worker.workshop import wait_for

NODES = ("bad", "shared", "own", "after <- bad", "join <- shared own after", "behind <- own")
SMALL = {"cpu": 0.5}
BUSY = {"act": "wait_for_go", "settings": SMALL}


def plan(rig: Rig, **bad: str) -> Any:
    """`shared` and `own` are at work until they may go on; the result of `own` and of what follows it is not shared."""
    live = {"operator": "test.live@1.0.0"}
    small = {"settings": SMALL}
    return rig.plan(
        *NODES,
        shared=BUSY,
        own={**live, **BUSY},
        behind={**live, **small},
        after=small,
        join=small,
        bad={**small, **bad},
    )


def fail_then_go_on(rig: Rig, engine: Engine) -> tuple[int, int]:
    """A run whose step ``bad`` has failed beside two that are at work, and one that goes on with it corrected."""
    first = submit(engine, plan(rig, act="refuse"))
    for name in ("w0", "w1", "w2"):
        rig.start_worker(name)
    rig.tickets.ring({"train": 3})
    wait_for(lambda: states(engine, first)["after"] == "skipped" and sorted(rig.executed()) == ["bad", "own", "shared"])
    second = submit(engine, plan(rig), goes_on_from=first)
    rig.tickets.ring({"train": 3})
    wait_for(lambda: states(engine, second)["after"] == "done")
    return first, second


def test_what_is_changed_and_what_follows_is_executed_and_nothing_else(rig: Rig, engine: Engine) -> None:
    first, second = fail_then_go_on(rig, engine)
    wait_for(lambda: states(engine, second)["own"] == states(engine, second)["shared"] == "waiting_cache")
    waits = {task.path: engine.explain_wait(task.id) for task in engine.tasks(second) if task.state == "waiting_cache"}
    assert {(path, why.code, why.details["run"]) for path, why in waits.items()} == {
        ("own", "same_work", first), ("shared", "same_work", first),
    }  # fmt: skip
    (rig.folder / "go").touch()
    rig.finish(second)
    rig.wait_for_end(first)
    assert sorted(rig.executed()) == ["after", "bad", "bad", "behind", "join", "own", "shared"]
    assert states(engine, first) == {
        "bad": "failed", "shared": "done", "own": "done", "after": "skipped", "join": "skipped", "behind": "done",
    }  # fmt: skip
    tasks = {task.path: task for task in engine.tasks(second)}
    assert {path for path, task in tasks.items() if task.cached} == {"own", "shared", "behind"}
    assert [(reason["kind"], reason["name"]) for reason in tasks["bad"].reasons or []] == [("param", "act")]
    assert {reason["kind"] for path in ("after", "join") for reason in tasks[path].reasons or []} == {"first_run"}
    assert rig.value(second, "join") == "join(shared(), own(), after(bad()))"
    assert engine.inspect() == []


def test_a_worker_killed_meanwhile_loses_nothing(rig: Rig, engine: Engine) -> None:
    _, second = fail_then_go_on(rig, engine)
    for name in ("w0", "w1", "w2"):
        rig.workers.pop(name).send_signal(signal.SIGKILL)
    (rig.folder / "go").touch()
    rig.start_worker("w3")
    rig.finish(second)
    assert sorted(set(rig.executed())) == ["after", "bad", "behind", "join", "own", "shared"]
    assert rig.executed().count("after") == rig.executed().count("join") == 1
    assert engine.inspect() == []


def test_when_the_first_run_is_cancelled_the_other_does_it_itself(rig: Rig, engine: Engine) -> None:
    first, second = fail_then_go_on(rig, engine)
    engine.cancel(first)
    rig.wait_for_end(first)
    (rig.folder / "go").touch()
    rig.finish(second)
    assert rig.value(second, "join") == "join(shared(), own(), after(bad()))"
    assert engine.inspect() == []
