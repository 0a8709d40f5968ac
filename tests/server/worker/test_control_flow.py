"""Sub-flows, loops, maps, branches and approvals, with real tasks in real processes."""

from collections.abc import Mapping
from typing import Any

from patchbay_server.engine import Engine
from tests.server.engine.flows import submit
from tests.server.worker.workshop import Workshop


def step(id: str, operator: str = "step", /, settings: Mapping[str, Any] | None = None, **params: Any) -> dict[str, Any]:
    return {"id": id, "operator": f"test.{operator}@1.0.0", "params": params, "settings": dict(settings or {})}


def joins(*pairs: str) -> list[dict[str, str]]:
    return [dict(zip(("from", "to"), pair.split(" > "), strict=True)) for pair in pairs]


def states(engine: Engine, run_id: int) -> dict[str, str]:
    return {f"{task.path}[{task.index}]" if task.index else task.path: task.state for task in engine.tasks(run_id)}


def value(workshop: Workshop, run_id: int, path: str, index: str = "", port: str = "out") -> Any:
    task = next(task for task in workshop.engine.tasks(run_id) if (task.path, task.index) == (path, index))
    return workshop.store.load(task.outputs[port])


def finish(workshop: Workshop, document: Mapping[str, Any], **options: Any) -> int:
    """Run a flow to its end."""
    run_id = submit(workshop.engine, workshop.flow(document), **options)
    workshop.drain()
    workshop.engine.tick()
    assert workshop.engine.inspect() == []
    return run_id


BODY = {
    "params": {"say": {"type": "string", "default": "b"}},
    "nodes": [step("b", name={"$param": "say"}), step("c")],
    "edges": joins("b.out > c.in0"),
    "inputs": {"text": ["b.in0"]},
    "outputs": {"out": "c.out"},
}


def around(kind: str, **more: Any) -> dict[str, Any]:
    """A step before and one behind a node with a body."""
    node = {"id": "each", "kind": kind, "body": BODY, **more}
    return {"nodes": [step("a"), node, step("z", "need")], "edges": joins("a.out > each.text", "each.out > z.in0")}


def test_the_body_of_a_sub_flow_runs_in_its_place(workshop: Workshop, engine: Engine) -> None:
    run_id = finish(workshop, around("flow", params={"say": "B"}))
    assert list(states(engine, run_id)) == ["a", "each/b", "each/c", "z"]
    assert value(workshop, run_id, "z") == "z(c(B(a())))"
    again = finish(workshop, around("flow", params={"say": "B"}))
    assert all(task.cached for task in engine.tasks(again))
    assert engine.run(again).state == "done"


def test_a_loop_feeds_each_round_with_the_last(workshop: Workshop, engine: Engine) -> None:
    body = {**BODY, "outputs": {"text": "c.out"}}
    document = around("loop", times=3)
    document["nodes"][1]["body"] = body
    document["edges"] = joins("a.out > each.text", "each.text > z.in0")
    run_id = finish(workshop, document)
    assert value(workshop, run_id, "z") == "z(c(b(c(b(c(b(a())))))))"
    assert [key for key in states(engine, run_id) if key.startswith("each/b")] == ["each/b[0]", "each/b[1]", "each/b[2]"]


def test_a_loop_ends_early_and_skips_the_rest(workshop: Workshop, engine: Engine) -> None:
    run_id = finish(workshop, loop({"length": {"minimum": 20}}))
    assert value(workshop, run_id, "z") == "z(grow(grow(grow(a()))))"
    found = states(engine, run_id)
    assert [found[f"each/grow[{number}]"] for number in range(5)] == ["done", "done", "done", "skipped", "skipped"]
    assert (found["each"], engine.run(run_id).state) == ("done", "done")
    skipped = next(task for task in engine.tasks(run_id) if (task.path, task.index) == ("each/grow", "4"))
    assert (skipped.error or {})["code"] == "not_needed"


def loop(when: Mapping[str, Any], times: int = 5) -> dict[str, Any]:
    body = {
        "nodes": [step("grow"), step("score", "score")],
        "edges": joins("grow.out > score.text"),
        "inputs": {"text": ["grow.in0"]},
        "outputs": {"text": "grow.out", "metrics": "score.metrics"},
    }
    node = {"id": "each", "kind": "loop", "times": times, "until": {"output": "metrics", "when": when}, "body": body}
    return {"nodes": [step("a"), node, step("z", "need")], "edges": joins("a.out > each.text", "each.text > z.in0")}


def test_a_loop_that_never_holds_ends_with_its_last_round(workshop: Workshop, engine: Engine) -> None:
    run_id = finish(workshop, loop({"length": {"minimum": 1000}}, times=2))
    assert value(workshop, run_id, "z") == "z(grow(grow(a())))"
    assert "skipped" not in states(engine, run_id).values()


def branch(minimum: int) -> dict[str, Any]:
    """a -> which: good -> g, else -> r -> s; then a join of both, and one that needs r."""
    cases = [{"port": "good", "when": {"length": {"minimum": minimum}}}, {"port": "rest"}]
    nodes = [
        step("a"), {"id": "which", "kind": "branch", "cases": cases},
        step("g", "need"), step("r", "need"), step("s", "need"), step("join"), step("strict", "need"), step("many", "join"),
    ]  # fmt: skip
    edges = [
        "a.out > which.value", "which.good > g.in0", "which.rest > r.in0",
        "r.out > s.in0", "g.out > join.in0", "s.out > join.in1", "s.out > strict.in0", "join.out > strict.in1",
        "g.out > many.texts", "s.out > many.texts",
    ]  # fmt: skip
    return {"nodes": nodes, "edges": joins(*edges)}


def test_a_branch_takes_the_first_case_that_holds(workshop: Workshop, engine: Engine) -> None:
    run_id = finish(workshop, branch(minimum=1))
    found = states(engine, run_id)
    assert {key: found[key] for key in ("g", "r", "s", "join", "strict", "many")} == {
        "g": "done", "r": "skipped", "s": "skipped", "join": "done", "strict": "skipped", "many": "done",
    }  # fmt: skip
    assert value(workshop, run_id, "many").startswith("many(g(")
    assert engine.run(run_id).state == "done"


def test_a_branch_takes_the_last_case_otherwise(workshop: Workshop, engine: Engine) -> None:
    run_id = finish(workshop, branch(minimum=1000))
    found = states(engine, run_id)
    assert (found["g"], found["s"], found["join"], found["strict"], found["many"]) == (
        "skipped", "done", "done", "done", "done",
    )  # fmt: skip
    assert value(workshop, run_id, "many").startswith("many(s(")


def test_a_map_over_a_list_runs_its_body_for_each_value(workshop: Workshop, engine: Engine) -> None:
    document = around("map", over="say", params={"say": ["x", "y", "z"]})
    document["nodes"][2] = step("z", "join")
    document["edges"] = joins("a.out > each.text", "each.out > z.texts")
    run_id = finish(workshop, document)
    assert value(workshop, run_id, "z") == "z(c(x(a())), c(y(a())), c(z(a())))"
    again = finish(workshop, document)
    assert all(task.cached for task in engine.tasks(again))


def test_tables_of_a_map_are_put_together_and_name_their_item(workshop: Workshop, engine: Engine) -> None:
    body = {
        "params": {"lot": {"type": "integer"}},
        "nodes": [step("rows", "rows", tools=["A", "B"]), step("count", "count")],
        "edges": joins("rows.table > count.table"),
        "outputs": {"table": "count.counted"},
    }
    node = {"id": "each", "kind": "map", "over": "lot", "params": {"lot": [7, 8]}, "body": body}
    run_id = finish(workshop, {"nodes": [node], "edges": []})
    table = value(workshop, run_id, "each/@table", port="table").polars()
    assert table.to_dict(as_series=False) == {"rows": [2, 2], "lot": [7, 8]}


def per_tool(tools: list[str], **more: Any) -> dict[str, Any]:
    body = {
        "nodes": [step("count", "count", **more.pop("count", {}))],
        "edges": [],
        "inputs": {"table": ["count.table"]},
        "outputs": {"table": "count.counted", "out": "count.out"},
    }
    node = {"id": "each", "kind": "map", "over": "table", "by": "tool", "body": body, **more}
    nodes = [step("rows", "rows", tools=tools), node, step("names", "join")]
    return {"nodes": nodes, "edges": joins("rows.table > each.table", "each.out > names.texts")}


def test_a_map_over_a_column_runs_for_each_value_that_the_table_turns_out_to_have(
    workshop: Workshop, engine: Engine
) -> None:
    run_id = finish(workshop, per_tool(["B", "A", "B", "C"]))
    assert engine.run(run_id).state == "done"
    assert value(workshop, run_id, "names") == "names(A, B, C)"
    assert value(workshop, run_id, "each/@table", port="table").polars()["rows"].to_list() == [1, 2, 1]
    items = value(workshop, run_id, "each/@items", port="items").polars()
    assert items.to_dict(as_series=False) == {"item": ["A", "B", "C"], "rows": [1, 2, 1]}
    again = finish(workshop, per_tool(["B", "A", "B", "C"]))
    assert all(task.cached for task in engine.tasks(again)), states(engine, again)
    told = [event.data for event in engine.events(again) if event.kind == "expanded"]
    assert told == [{"path": "each", "index": "", "items": 3, "tasks": 3}]
