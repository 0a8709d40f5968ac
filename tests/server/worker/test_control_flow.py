"""Sub-flows, loops, maps, branches and approvals, with real tasks in real processes."""

import threading
from collections.abc import Mapping
from typing import Any

import pytest

from patchbay_server.engine import Engine
from patchbay_server.engine.approval import Answer
from patchbay_server.engine.errors import NotAsked
from tests.server.engine.flows import submit
from tests.server.worker.workshop import Workshop, wait_for


def step(
    id: str, operator: str = "step", /, settings: Mapping[str, Any] | None = None, **params: Any
) -> dict[str, Any]:
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
    rounds = [key for key in states(engine, run_id) if key.startswith("each/b")]
    assert rounds == ["each/b[0]", "each/b[1]", "each/b[2]"]


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
        step("g", "need"), step("r", "need"), step("s", "need"), step("join"), step("strict", "need"),
        step("many", "join"),
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


def approval(**more: Any) -> dict[str, Any]:
    nodes = [step("a"), {"id": "ask", "kind": "approval"}, step("z", "need", **more), step("aside")]
    return {"nodes": nodes, "edges": joins("a.out > ask.value", "ask.value > z.in0")}


def asked(engine: Engine, run_id: int) -> int:
    return next(task.id for task in engine.tasks(run_id) if task.state == "waiting_approval")


def test_an_approval_waits_for_a_person_and_holds_no_worker(workshop: Workshop, engine: Engine) -> None:
    run_id = finish(workshop, approval())
    assert states(engine, run_id) == {"a": "done", "ask": "waiting_approval", "z": "waiting", "aside": "done"}
    assert engine.run(run_id).state == "running"
    assert engine.explain_wait(asked(engine, run_id)).code == "approval"
    assert engine.decide(run_id, asked(engine, run_id), Answer(True, "ann", "looks right")) == {"train": 1}
    workshop.drain()
    assert value(workshop, run_id, "z") == "z(a())"
    decision = next(task.decision for task in engine.tasks(run_id) if task.path == "ask") or {}
    assert (decision["approved"], decision["by"], decision["note"]) == (True, "ann", "looks right")
    assert engine.run(run_id).state == "done"
    assert engine.inspect() == []


def test_a_rejected_approval_fails_with_who_and_why(workshop: Workshop, engine: Engine) -> None:
    run_id = finish(workshop, approval())
    task_id = asked(engine, run_id)
    engine.decide(run_id, task_id, Answer(False, "ann", "the wafers are mixed up"))
    task = engine.task(run_id, task_id).task
    assert (task.state, (task.error or {})["message"]) == ("failed", "ask was rejected by ann: the wafers are mixed up")
    assert (states(engine, run_id)["z"], engine.run(run_id).state) == ("skipped", "failed")
    with pytest.raises(NotAsked, match=r"ask of run .* is failed: there is nothing to approve"):
        engine.decide(run_id, task_id, Answer(True, "bob"))
    resumed, _ = engine.resume(run_id)
    workshop.drain()
    assert states(engine, resumed)["ask"] == "waiting_approval"
    assert workshop.executed() == ["a", "aside"]


def test_what_was_approved_is_not_asked_again_when_the_run_is_resumed(workshop: Workshop, engine: Engine) -> None:
    run_id = finish(workshop, approval(act="recover"))
    engine.decide(run_id, asked(engine, run_id), Answer(True, "ann"))
    workshop.drain()
    assert engine.run(run_id).state == "failed"
    workshop.journal.write_text("z\nz\n")
    resumed, _ = engine.resume(run_id)
    workshop.drain()
    assert (engine.run(resumed).state, engine.inspect()) == ("done", [])
    assert workshop.executed() == ["z", "z", "z"]


def test_an_approval_can_be_cancelled(workshop: Workshop, engine: Engine) -> None:
    run_id = finish(workshop, approval())
    engine.cancel(run_id)
    assert (states(engine, run_id)["ask"], engine.run(run_id).state) == ("cancelled", "cancelled")
    assert engine.inspect() == []


def items(*values: str, **more: Any) -> dict[str, Any]:
    """A map whose item ``bad`` fails; behind it a join of what the others made."""
    body = {
        "params": {"say": {"type": "string"}},
        "nodes": [step("b", name={"$param": "say"}, act={"$param": "say"}), step("c")],
        "edges": joins("b.out > c.in0"),
        "outputs": {"out": "c.out"},
    }
    node = {"id": "each", "kind": "map", "over": "say", "params": {"say": list(values)}, "body": body, **more}
    return {"nodes": [node, step("z", "join")], "edges": joins("each.out > z.texts")}


def test_a_map_that_stops_gives_up_the_other_items(workshop: Workshop, engine: Engine) -> None:
    run_id = finish(workshop, items("nap", "refuse", "report", "nap"))
    found = states(engine, run_id)
    assert (found["each/b[0]"], found["each/b[1]"]) == ("done", "failed")
    assert {found[f"each/b[{number}]"] for number in (2, 3)} == {"skipped"}
    assert (found["z"], engine.run(run_id).state) == ("skipped", "failed")
    errors = {(task.path, task.index): task.error for task in engine.tasks(run_id)}
    assert (errors["each/b", "3"] or {})["message"] == "the map each was given up: each/b[1] failed"


def test_a_map_that_goes_on_makes_do_with_the_items_that_succeed(workshop: Workshop, engine: Engine) -> None:
    run_id = finish(workshop, items("nap", "refuse", "report", on_failure="continue"))
    found = states(engine, run_id)
    assert (found["each/b[1]"], found["each/c[1]"], found["z"]) == ("failed", "skipped", "done")
    assert value(workshop, run_id, "z") == "z(c(nap()), c(report()))"
    assert engine.run(run_id).state == "done"


def test_a_map_that_goes_on_fails_when_no_item_is_left(workshop: Workshop, engine: Engine) -> None:
    run_id = finish(workshop, items("refuse", "refuse", on_failure="continue"))
    assert (states(engine, run_id)["z"], engine.run(run_id).state) == ("skipped", "failed")


def test_a_map_over_a_column_may_go_on_and_run_few_items_at_once(workshop: Workshop, engine: Engine) -> None:
    document = per_tool(["A", "B", "C", "D"], on_failure="continue", parallel=2, count={"refuse": "B"})
    run_id = finish(workshop, document)
    assert value(workshop, run_id, "names") == "names(A, C, D)"
    assert engine.run(run_id).state == "done"
    assert workshop.executed() == ["count A", "count B", "count C", "count D"]


def test_a_map_over_a_table_without_rows_has_nothing_behind_it(workshop: Workshop, engine: Engine) -> None:
    run_id = finish(workshop, per_tool([]))
    found = states(engine, run_id)
    assert (found["each/@table"], found["names"], engine.run(run_id).state) == ("skipped", "skipped", "done")


def test_a_failed_item_of_a_map_over_a_column_can_be_resumed(workshop: Workshop, engine: Engine) -> None:
    document = per_tool(["A", "B", "C"], count={"act": "recover"})
    run_id = finish(workshop, document)
    assert (engine.run(run_id).state, states(engine, run_id)["each/@table"]) == ("failed", "skipped")
    workshop.journal.write_text("count A\n" * 3)
    resumed, _ = engine.resume(run_id)
    workshop.drain()
    assert (engine.run(resumed).state, engine.inspect()) == ("done", [])
    assert value(workshop, resumed, "names") == "names(A, B, C)"


def test_at_most_so_many_items_of_a_map_run_at_once(workshop: Workshop, engine: Engine) -> None:
    document = items(*"abcde", parallel=2)
    for node in document["nodes"][0]["body"]["nodes"]:
        node["params"].pop("act", None)
    run_id = submit(engine, workshop.flow(document))
    found = states(engine, run_id)
    assert [key for key, state in found.items() if state == "ready"] == ["each/b[0]", "each/b[1]"]
    workshop.drain()
    assert value(workshop, run_id, "z") == "z(c(a()), c(b()), c(c()), c(d()), c(e()))"


def nested() -> dict[str, Any]:
    """A loop in a map in a sub-flow, which may end after any round."""
    inner = loop({"length": {"minimum": 21}}, times=3)["nodes"][1]
    body = {
        "params": {"say": {"type": "string"}},
        "nodes": [step("b", name={"$param": "say"}), inner],
        "edges": joins("b.out > each.text"),
        "outputs": {"out": "each.text"},
    }
    every = {"id": "every", "kind": "map", "over": "say", "params": {"say": {"$param": "words"}}, "body": body}
    outer = {
        "params": {"words": {"type": "array"}},
        "nodes": [every, step("y", "join")],
        "edges": joins("every.out > y.texts"),
        "outputs": {"out": "y.out"},
    }
    node = {"id": "sub", "kind": "flow", "params": {"words": ["x", "longer word"]}, "body": outer}
    return {"nodes": [node, step("z", "need")], "edges": joins("sub.out > z.in0")}


def test_a_loop_in_a_map_in_a_sub_flow(workshop: Workshop, engine: Engine) -> None:
    run_id = finish(workshop, nested())
    assert value(workshop, run_id, "z") == "z(y(grow(grow(grow(x()))), grow(grow(longer word()))))"
    found = states(engine, run_id)
    assert (found["sub/every/each/grow[0.2]"], found["sub/every/each/grow[1.2]"]) == ("done", "skipped")


def test_a_map_over_a_column_within_one(workshop: Workshop, engine: Engine) -> None:
    inner = per_tool([])["nodes"][1]
    body = {
        "nodes": [inner],
        "edges": [],
        "inputs": {"table": ["each.table"]},
        "outputs": {"table": "each.table", "out": "each.out"},
    }
    node = {"id": "outer", "kind": "map", "over": "table", "by": "wafer", "body": body}
    nodes = [step("rows", "rows", tools=["B", "A"]), node]
    run_id = finish(workshop, {"nodes": nodes, "edges": joins("rows.table > outer.table")})
    assert value(workshop, run_id, "outer/@table", port="table").polars()["rows"].to_list() == [1, 1]
    assert value(workshop, run_id, "outer/each/count", "1.0") == "A"


def test_a_node_with_a_body_behind_a_case_that_was_not_taken_is_skipped_as_a_whole(
    workshop: Workshop, engine: Engine
) -> None:
    body = {
        "nodes": [step("own"), step("b", "need")],
        "edges": joins("own.out > b.in1"),
        "inputs": {"text": ["b.in0"]},
        "outputs": {"out": "b.out"},
    }
    cases = [{"port": "yes", "when": {"length": {"minimum": 1}}}, {"port": "no"}]
    nodes = [step("a"), {"id": "which", "kind": "branch", "cases": cases}, {"id": "sub", "kind": "flow", "body": body}]
    run_id = finish(workshop, {"nodes": nodes, "edges": joins("a.out > which.value", "which.no > sub.text")})
    assert states(engine, run_id) == {"a": "done", "which": "done", "sub/own": "skipped", "sub/b": "skipped"}


def test_a_run_is_cancelled_inside_of_a_map(workshop: Workshop, engine: Engine) -> None:
    run_id = submit(engine, workshop.flow(items("hang", "nap")))
    worker = threading.Thread(target=workshop.drain)
    worker.start()
    wait_for(lambda: workshop.executed() == ["hang"])
    engine.cancel(run_id)
    worker.join(30)
    assert set(states(engine, run_id).values()) == {"cancelled"}
    assert (engine.run(run_id).state, engine.inspect()) == ("cancelled", [])


def test_a_retry_inside_of_a_loop(workshop: Workshop, engine: Engine) -> None:
    body = {**BODY, "nodes": [step("b", "step", {"retries": 4, "retry_delay": 0.0}, act="recover"), step("c")]}
    run_id = finish(workshop, around("loop", times=2, body=body))
    assert engine.run(run_id).state == "done"


def test_only_what_a_mode_asks_for_is_executed_in_bodies(workshop: Workshop, engine: Engine) -> None:
    document = around("flow")
    submit(engine, workshop.flow(document))
    workshop.drain()
    workshop.journal.write_text("")
    document["nodes"][2]["params"] = {"name": "Z"}
    run_id = submit(engine, workshop.flow(document, "only", ["z"]))
    workshop.drain()
    assert (engine.run(run_id).state, workshop.executed()) == ("done", ["Z"])


def test_a_table_with_too_many_values_to_run_over_fails_by_name(workshop: Workshop, engine: Engine) -> None:
    document = per_tool([f"t{number}" for number in range(201)])
    body = document["nodes"][1]["body"]
    body["nodes"] += [step(f"more{number}") for number in range(10)]
    run_id = finish(workshop, document)
    error = next(task.error for task in engine.tasks(run_id) if task.path == "each/@items") or {}
    assert error["message"] == "Column 'tool' has 201 values; a map runs over 200 at most."
    assert (engine.run(run_id).state, states(engine, run_id)["names"]) == ("failed", "skipped")


def test_cases_of_a_branch_meet_in_an_input_for_one_edge(workshop: Workshop, engine: Engine) -> None:
    document = branch(minimum=1000)
    document["nodes"].append(step("meet", "need"))
    document["edges"] += joins("g.out > meet.in0", "s.out > meet.in0")
    run_id = finish(workshop, document)
    assert value(workshop, run_id, "meet").startswith("meet(s(r(")


def test_a_retried_item_does_not_stop_its_map(workshop: Workshop, engine: Engine) -> None:
    document = items("nap", "recover", "report")
    document["nodes"][0]["body"]["nodes"][0]["settings"] = {"retries": 3, "retry_delay": 0.0}
    run_id = finish(workshop, document)
    assert (engine.run(run_id).state, value(workshop, run_id, "z")) == (
        "done",
        "z(c(nap()), c(recover()), c(report()))",
    )


def test_a_failure_in_a_loop_skips_the_rounds_behind_it_and_can_be_resumed(workshop: Workshop, engine: Engine) -> None:
    document = loop({"length": {"minimum": 1000}}, times=3)
    document["nodes"][1]["body"]["nodes"][0]["params"] = {"act": "recover"}
    workshop.journal.write_text("grow\n")  # the first round succeeds with its second attempt
    run_id = finish(workshop, document)
    found = states(engine, run_id)
    assert (found["each/grow[0]"], found["each/grow[1]"], found["each"], found["z"]) == (
        "failed", "skipped", "skipped", "skipped",
    )  # fmt: skip
    resumed, _ = engine.resume(run_id)
    workshop.drain()
    assert (engine.run(resumed).state, engine.inspect()) == ("done", [])


@pytest.mark.parametrize(("on_failure", "ends"), [("stop", "failed"), ("continue", "done")])
def test_a_map_that_has_lost_all_its_items_has_failed_for_the_map_around_it(
    workshop: Workshop, engine: Engine, on_failure: str, ends: str
) -> None:
    inner = per_tool([], on_failure="continue", count={"refuse": "B"})["nodes"][1]
    body = {"nodes": [inner], "edges": [], "inputs": {"table": ["each.table"]}, "outputs": {"table": "each.table"}}
    node = {"id": "outer", "kind": "map", "over": "table", "by": "wafer", "body": body, "on_failure": on_failure}
    nodes = [step("rows", "rows", tools=["A", "B", "C"]), node]
    run_id = finish(workshop, {"nodes": nodes, "edges": joins("rows.table > outer.table")})
    assert states(engine, run_id)["outer/each/count[1.0]"] == "failed"
    together = "done" if ends == "done" else "skipped"
    assert (engine.run(run_id).state, states(engine, run_id)["outer/@table"]) == (ends, together)
