"""Bodies put in place: which tasks there are, and what each waits for."""

from __future__ import annotations

from typing import Any

import pytest

from patchbay_sdk.schema import Schema
from patchbay_server.errors import PlanError
from patchbay_server.graph.document import FlowDocument
from patchbay_server.graph.plan import PlannedTask, plan
from patchbay_server.graph.propagate import propagate
from patchbay_server.graph.validate import validate
from tests.server.graph.flows import catalogue, edges, flow, node

READ = node("read", "source.fixed", path="x")


def body(**more: Any) -> dict[str, Any]:
    return {
        "params": {"a": {"type": "string", "default": "a"}},
        "nodes": [node("keep", "shape.keep", columns=["a", "b"]), node("fit", "model.line", target={"$param": "a"})],
        "edges": edges("keep > fit"),
        "inputs": {"table": ["keep.table"]},
        "outputs": {"table": "keep.table", "model": "fit.model"},
        **more,
    }


def around(kind: str, *joins: str, **more: Any) -> FlowDocument:
    outer = {"id": "outer", "kind": kind, "body": more.pop("body", body()), **more}
    return flow([READ, outer, node("last", "shape.keep", columns=["a"])], ["read > outer", "outer > last", *joins])


def tasks(document: FlowDocument) -> dict[str, PlannedTask]:
    assert [problem.text() for problem in validate(document, catalogue())] == []
    return {task.key: task for task in plan(document, catalogue()).tasks}


def test_a_sub_flow_is_the_tasks_of_its_body() -> None:
    made = tasks(around("flow", params={"a": "b"}))
    assert list(made) == ["read", "outer/keep", "outer/fit", "last"]
    assert made["outer/keep"].inputs == {"table": (("read", "table"),)}
    assert made["outer/fit"].params["target"] == "b"
    assert made["last"].inputs == {"table": (("outer/keep", "table"),)}


def test_a_plain_flow_needs_every_edge_and_waits_for_nothing_else() -> None:
    for task in tasks(around("flow")).values():
        assert (dict(task.needs), task.after, task.tolerated, task.stops) == ({}, (), False, None)


def test_a_loop_that_may_end_decides_after_each_round_but_the_last() -> None:
    until = {"output": "model", "when": {"task": {"const": "regression"}}}
    made = tasks(around("loop", times=2, until=until))
    assert list(made) == [
        "read", "outer/keep[0]", "outer/fit[0]", "outer[0]", "outer/keep[1]", "outer/fit[1]", "outer", "last",
    ]  # fmt: skip
    assert made["outer/keep[1]"].inputs == {"table": (("outer/keep[0]", "table"),)}
    assert [(after.source, after.port) for after in made["outer/fit[1]"].after] == [("outer[0]", "next")]
    assert made["outer"].inputs["table"] == (("outer/keep[0]", "table"), ("outer/keep[1]", "table"))
    assert made["outer"].needs == {"table": "optional", "model": "optional"}


def test_a_map_over_values_makes_each_item_and_puts_tables_together() -> None:
    made = tasks(around("map", over="a", params={"a": ["a", "b"]}, parallel=1))
    assert made["outer/fit[1]"].params["target"] == "b"
    assert [after.source for after in made["outer/keep[1]"].after] == ["outer/fit[0]"]
    assert (made["outer/fit[1]"].after, made["outer/fit[1]"].stops) == ((), "outer")
    together = made["outer/@table"]
    assert together.inputs == {"tables": (("outer/keep[0]", "table"), ("outer/keep[1]", "table"))}
    assert together.params == {"column": "a", "type": "string", "items": ["a", "b"]}


def test_a_map_over_a_column_waits_with_its_body() -> None:
    made = tasks(around("map", over="table", by="a", on_failure="continue"))
    assert list(made) == ["read", "outer/@items", "outer/@table", "last"]
    expansion = made["outer/@items"].expansion
    assert expansion is not None
    assert [task.key for task in expansion.tasks] == ["outer/keep[#]", "outer/fit[#]"]
    assert [(leaving.source, leaving.child, leaving.tolerant) for leaving in expansion.exits] == [
        ("outer/keep[#]", "outer/@table", True)
    ]
    assert (expansion.first, expansion.last) == (("outer/keep[#]",), ("outer/fit[#]",))


def test_the_schema_of_a_map_names_its_item() -> None:
    inner = body(params={"lot": {"type": "integer"}, "a": {"type": "string", "default": "a"}})
    document = around("map", over="lot", params={"lot": [1]}, body=inner)
    assert propagate(document, catalogue())["outer", "table"] == Schema.of({"a": "int", "b": "float", "lot": "int"})
    named_alike = around("map", over="a", params={"a": ["a"]})
    assert propagate(named_alike, catalogue())["outer", "table"] == Schema.of({"a": "int", "b": "float"})


@pytest.mark.parametrize(
    ("more", "field", "says"),
    [
        ({"over": "table", "by": "zz"}, "by", "column 'zz' is not in input 'table'; it has: a, b, c, t."),
        ({"over": "a", "by": "a"}, "by", "so over must be an input of the body that takes a table"),
        ({"over": "a", "params": {"a": []}}, "params.a", "give it at least one value"),
    ],
)
def test_what_a_map_cannot_run_over_is_named(more: dict[str, Any], field: str, says: str) -> None:
    found = validate(around("map", **more), catalogue())
    assert [problem.field for problem in found if says in problem.message] == [field], found


def test_what_a_map_makes_one_by_one_needs_an_input_for_many() -> None:
    document = flow(
        [READ, {"id": "outer", "kind": "map", "over": "table", "body": body()}, node("predict", "apply.predict")],
        ["read > outer", "outer.model > predict.model", "read > predict"],
    )
    (problem,) = validate(document, catalogue())
    assert (problem.code, problem.node) == ("map_output", "predict")
    with pytest.raises(PlanError, match="Input 'model' takes one model, but gets one from each item of a map"):
        plan(document, catalogue())


@pytest.mark.parametrize("kind", ["loop", "map"])
def test_more_tasks_than_a_run_may_have_are_refused_soon(kind: str) -> None:
    inner: Any = {"nodes": [], "params": {"n": {"type": "integer", "default": 0}}}
    more: dict[str, Any] = {"times": 100_000} if kind == "loop" else {"over": "n", "params": {"n": [0] * 30_000}}
    document = flow([{"id": "outer", "kind": kind, "body": inner, **more}])
    with pytest.raises(PlanError, match="more than 20,000 tasks"):
        plan(document, catalogue())


def fork(*more: dict[str, Any], joins: tuple[str, ...] = ()) -> FlowDocument:
    """Two cases that meet in one input."""
    cases = [{"port": "large", "when": {"rows": {"minimum": 9}}}, {"port": "rest"}]
    nodes = [READ, {"id": "size", "kind": "branch", "cases": cases}]
    nodes += [node(name, "shape.keep", columns=["a"]) for name in ("left", "right", "far", "meet")]
    named = ["read > size.value", "size.large > left", "size.rest > right", "right > far", "left > meet"]
    return flow([*nodes, *more], [*named, *joins])


def test_edges_of_different_cases_share_an_input() -> None:
    made = tasks(fork(joins=("far > meet",)))
    assert made["meet"].inputs == {"table": (("left", "table"), ("far", "table"))}
    assert made["meet"].needs == {"table": "port"}


@pytest.mark.parametrize("join", ["read > meet", "size.large > meet"])
def test_edges_that_may_both_deliver_do_not_share_an_input(join: str) -> None:
    (problem,) = validate(fork(joins=(join,)), catalogue())
    assert (problem.code, problem.node) == ("too_many_edges", "meet")


def test_what_lies_behind_a_meeting_is_behind_neither_case() -> None:
    after = node("after", "shape.keep", columns=["a"])
    document = fork(after, joins=("far > meet", "meet > after", "right > after"))
    (problem,) = validate(document, catalogue())
    assert (problem.code, problem.node) == ("too_many_edges", "after")
