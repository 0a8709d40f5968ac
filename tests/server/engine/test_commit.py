from patchbay_server.engine import Engine
from tests.server.engine.flows import drain, plan_of, states, submit


def test_tasks_run_in_order_of_their_dependencies_and_the_run_ends(engine: Engine) -> None:
    run_id = submit(engine, plan_of("a", "b <- a", "c <- a", "d <- b c"))
    assert states(engine, run_id) == {"a": "ready", "b": "waiting", "c": "waiting", "d": "waiting"}
    assert drain(engine) == ["a", "b", "c", "d"]
    assert engine.run(run_id).state == "done"
    assert [task.outputs for task in engine.tasks(run_id)] == [{"out": f"artifact-of-{name}"} for name in "abcd"]
