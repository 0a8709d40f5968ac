from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchbay_sdk.schema import Schema
from patchbay_server.errors import GraphError
from patchbay_server.graph.document import FlowDocument
from patchbay_server.graph.flow_params import bind
from patchbay_server.graph.plan import plan
from patchbay_server.graph.problem import Problem
from patchbay_server.graph.propagate import propagate
from patchbay_server.graph.reader import parse
from patchbay_server.graph.validate import validate
from tests.server.graph.flows import catalogue, dags, edges, flow, generated, json_values, node, yield_flow

READ = node("read", "source.fixed", path="x")


def problems(nodes: Sequence[Any], joins: Sequence[str] = (), **more: Any) -> list[Problem]:
    return validate(flow(nodes, joins, **more), catalogue())


def only(found: list[Problem]) -> Problem:
    (problem,) = found
    return problem


def test_a_sound_flow_has_no_problem_and_lonely_nodes_are_fine() -> None:
    assert validate(yield_flow(), catalogue()) == []
    assert problems([READ, node("alone", "source.file")]) == []
    assert problems([]) == []


@pytest.mark.parametrize(
    ("operator", "says", "allowed"),
    [
        ("clean.fill@3.0.0", "'clean.fill' is installed in version 1.0.0, 1.1.0, not 3.0.0.", ["1.0.0", "1.1.0"]),
        ("shape.splitt@1.0.0", "No operator 'shape.splitt' is installed; did you mean shape.split", ["shape.split"]),
    ],
)
def test_an_unknown_operator_or_version_is_named(operator: str, says: str, allowed: list[str]) -> None:
    problem = only(problems([READ, node("fill", operator)], ["read > fill"]))
    assert (problem.code, problem.node, problem.field) == ("unknown_operator", "fill", "operator")
    assert says in problem.message
    assert problem.allowed[: len(allowed)] == allowed


@pytest.mark.parametrize(
    ("join", "code", "node_id", "says"),
    [
        ("rad > keep", "unknown_node", None, "names node 'rad', which does not exist. Did you mean 'read'?"),
        ("read > kep", "unknown_node", None, "names node 'kep', which does not exist. Did you mean 'keep'?"),
        ("read.tabel > keep", "unknown_port", "read", "output 'tabel'; the outputs of 'read' are: table. Did you mean"),
        ("read > keep.tabel", "unknown_port", "keep", "input 'tabel'; the inputs of 'keep' are: table."),
        ("keep > read.x", "unknown_port", "read", "input 'x'; it has no inputs."),
        ("fit.model > keep", "port_type", "keep", "fit.model is of type model, but input 'table' takes table."),
    ],
)
def test_edges_that_join_nothing_are_named(join: str, code: str, node_id: str | None, says: str) -> None:
    nodes = [READ, node("keep", "shape.keep", columns=["a"]), node("fit", "model.line", target="a")]
    found = problems(nodes, ["read > fit", join])
    problem = next(problem for problem in found if problem.code == code)
    assert problem.node == node_id
    assert says in problem.message


def test_inputs_that_lack_an_edge_or_have_too_many() -> None:
    nodes = [READ, node("again", "source.file"), node("fit", "model.line", target="a"), node("union", "shape.union")]
    missing = problems(nodes)
    assert [(p.code, p.node, p.field, p.allowed) for p in missing] == [
        ("input_missing", "fit", "inputs.table", "table"),
        ("input_missing", "union", "inputs.tables", "table"),
    ]
    found = problems(nodes, ["read > fit", "again > fit", "read > union.tables", "again > union.tables"])
    assert only(found).message == "Input 'table' takes one edge, but gets 2: from read.table, again.table."


def test_an_edge_drawn_twice() -> None:
    problem = only(problems([READ, node("union", "shape.union")], ["read > union.tables", "read > union.tables"]))
    assert (problem.code, problem.node) == ("duplicate_edge", "union")
    assert problem.message == "The edge read.table -> union.tables is there 2 times; keep one."


def test_the_nodes_of_each_cycle_are_named_and_the_rest_is_still_checked() -> None:
    nodes = [node(id, "shape.union") for id in "abcde"] + [READ, node("bad", "shape.keep", columns=["zz"])]
    joins = ["a > b.tables", "b > c.tables", "c > a.tables", "d > d.tables", "c > e.tables", "read > bad"]
    found = problems(nodes, joins)
    assert [(p.code, p.node, p.value) for p in found] == [
        ("cycle", "a", ["a", "b", "c"]),
        ("cycle", "d", ["d"]),
        ("param_column_missing", "bad", "zz"),
    ]
    assert found[0].text() == "Node 'a': The nodes a -> b -> c -> a form a cycle; remove one of these edges."


@generated
@given(dags(), st.data())
def test_a_cycle_closed_anywhere_is_found_and_it_is_one(
    made: tuple[FlowDocument, set[tuple[str, str]]], data: st.DataObject
) -> None:
    document, joins = made
    assert not [p for p in validate(document, catalogue()) if p.code == "cycle"]
    if not joins:
        return
    source, target = data.draw(st.sampled_from(sorted(joins)))
    closed = flow(
        document.to_json()["nodes"], [*(f"{a} > {b}.tables" for a, b in sorted(joins)), f"{target} > {source}.tables"]
    )
    cycles = [p.value for p in validate(closed, catalogue()) if p.code == "cycle"]
    assert len(cycles) == 1
    (cycle,) = cycles
    assert set(zip(cycle, [*cycle[1:], cycle[0]], strict=True)) <= joins | {(target, source)}


@pytest.mark.parametrize(
    ("params", "field", "code"),
    [
        ({}, "params.columns", "param_missing"),
        ({"columns": "a"}, "params.columns", "param_invalid"),
        ({"columns": ["a"], "strategy": "mode"}, "params.strategy", "param_invalid"),
        ({"columns": ["a"], "value": 3}, "params.value", "param_hidden"),
        ({"columns": ["a"], "strategy": "constant"}, "params.value", "param_missing"),
        ({"columns": ["a"], "colums": 1}, "params.colums", "param_unknown"),
        ({"columns": ["A"]}, "params.columns", "param_column_missing"),
        ({"columns": ["c"]}, "params.columns", "param_column_kind"),
    ],
)
def test_params_are_checked_against_spec_and_incoming_columns(params: Any, field: str, code: str) -> None:
    problem = only(problems([READ, node("fill", "clean.fill", **params)], ["read > fill"]))
    assert (problem.node, problem.field, problem.code, problem.level) == ("fill", field, code, "error")


def test_a_column_that_vanished_upstream_is_named_with_those_that_look_alike() -> None:
    nodes = [READ, node("rename", "shape.rename", names={"b": "beta"}), node("fill", "clean.fill", columns=["bet"])]
    problem = only(problems(nodes, ["read > rename", "rename > fill"]))
    assert "'bet'" in problem.message
    assert "'beta'" in problem.message
    assert "b" not in problem.allowed


def test_schemas_given_are_used_and_unknown_ones_forbid_nothing() -> None:
    document = flow([node("read", "source.file"), node("fill", "clean.fill", columns=["x"])], ["read > fill"])
    assert validate(document, catalogue()) == []
    known = {("read", "table"): Schema.of({"y": "int"})}
    assert only(validate(document, catalogue(), known)).code == "param_column_missing"


def test_flow_params_without_value_or_unknown() -> None:
    nodes = [
        node("read", "source.fixed", path={"$param": "file"}),
        node("more", "source.fixed", path={"$param": "fiel"}),
    ]
    document = flow(nodes, params={"file": {"type": "string"}})
    missing, unknown = validate(document, catalogue())
    assert (missing.code, missing.node, missing.field) == ("flow_param_missing", "read", "params.path")
    assert "--param file=..." in missing.message
    assert unknown.message == "path refers to flow param 'fiel'; the flow has: file. Did you mean 'file'?"
    assert [p.node for p in validate(bind(document, {"file": "x.csv"}), catalogue())] == ["more"]


def test_a_flow_param_of_the_wrong_type_for_the_node_is_that_nodes_problem() -> None:
    document = flow(
        [READ, node("split", "shape.split", share={"$param": "share"})],
        ["read > split"],
        params={"share": {"type": "number", "default": 0.5}},
    )
    assert validate(document, catalogue()) == []
    problem = only(validate(bind(document, {"share": "2"}), catalogue()))
    assert (problem.node, problem.field, problem.value) == ("split", "params.share", 2)


def test_an_engine_that_the_operator_does_not_run_on() -> None:
    nodes = [READ, node("fit", "model.line", {"engine": "ray"}, target="a")]
    problem = only(problems(nodes, ["read > fit"]))
    assert problem.message == "engine 'ray': model.line@1.0.0 runs on: auto, local, spark."


def test_learning_before_the_split_is_a_leak() -> None:
    nodes = [
        READ,
        node("fill", "clean.fill", columns=["a"]),
        node("drop", "shape.drop", columns=["t"]),
        node("split", "shape.split"),
        node("after", "clean.fill", columns=["a"]),
    ]
    problem = only(problems(nodes, ["read > fill", "fill > drop", "drop > split", "split.train > after"]))
    assert (problem.level, problem.code, problem.node, problem.value) == ("warning", "leak", "fill", ["split"])


def test_a_model_trained_before_a_split_does_not_leak_through_its_model_port() -> None:
    nodes = [
        READ,
        node("fill", "clean.fill", columns=["a"]),
        node("fit", "model.line", target="a"),
        node("predict", "apply.predict"),
        node("split", "shape.split"),
    ]
    joins = ["read > fill", "fill > fit", "fit.model > predict.model", "read > predict", "predict > split"]
    assert problems(nodes, joins) == []


def body(**more: Any) -> dict[str, Any]:
    return {
        "params": {"target": {"type": "string"}},
        "nodes": [node("fit", "model.line", target={"$param": "target"})],
        "edges": [],
        "inputs": {"table": ["fit.table"]},
        "outputs": {"model": "fit.model"},
        **more,
    }


def outer(kind: str, inner: Any = None, **more: Any) -> dict[str, Any]:
    return {"id": "outer", "kind": kind, "body": inner or body(), **more}


def test_bodies_are_sound_when_their_ports_and_params_are_given() -> None:
    for node_json in (
        outer("flow", params={"target": "a"}),
        outer("loop", params={"target": "a"}, times=2, until={"output": "model", "when": {"x": {"minimum": 1}}}),
        outer("map", params={"target": ["a", "b"]}, over="target"),
        outer("map", params={"target": "a"}, over="table"),
    ):
        assert problems([READ, node_json], ["read > outer"]) == []


@pytest.mark.parametrize(
    ("outer_node", "where", "field", "says"),
    [
        (outer("flow"), "outer", "params.target", "target is required by the body."),
        (outer("flow", params={"target": 3}), "outer", "params.target", "target: 3 is not of type string"),
        (outer("flow", params={"target": "a", "tagret": 1}), "outer", "params.tagret", "is not a param of the body"),
        (outer("flow", params={"target": "zz"}), "outer/fit", "params.target", "column 'zz' is not in input 'table'"),
        (outer("map", params={"target": "a"}, over="x"), "outer", "over", "over is 'x'; allowed, inputs and params"),
        (outer("map", params={"target": "a"}, over="target"), "outer", "params.target", "give a list of values"),
        (outer("map", params={"target": ["a", 3]}, over="target"), "outer", "params.target", "3 is not of type string"),
        (
            outer("loop", params={"target": "a"}, times=2, until={"output": "x", "when": {"y": True}}),
            "outer",
            "until.output",
            "until looks at output 'x'; the body has: model.",
        ),
        (
            outer("loop", params={"target": "a"}, times=2, until={"output": "model", "when": {"y": {"type": "nr"}}}),
            "outer",
            "until.when.y",
            "is no JSON Schema",
        ),
        (
            outer("flow", body(outputs={"model": "fit.modle"}), params={"target": "a"}),
            "outer/fit",
            "outputs.modle",
            "The body's output 'model' names output 'modle'",
        ),
        (
            outer("flow", body(inputs={"table": ["fit.table"], "x": ["gone.table"]}), params={"target": "a"}),
            "outer",
            "edges",
            "The body's input 'x' names node 'gone'",
        ),
    ],
)
def test_what_is_wrong_with_a_body_is_named_by_path(outer_node: Any, where: str, field: str, says: str) -> None:
    found = problems([READ, outer_node], ["read > outer"])
    assert any(p.node == where and p.field == field and says in p.message for p in found), found


def test_inputs_of_bodies_are_required_from_outside() -> None:
    problem = only(problems([outer("flow", params={"target": "a"})]))
    assert (problem.code, problem.node, problem.field) == ("input_missing", "outer", "inputs.table")


def test_cycles_inside_of_bodies_are_named_by_path() -> None:
    inner = {
        "nodes": [node("a", "shape.union"), node("b", "shape.union")],
        "edges": edges("a > b.tables", "b > a.tables"),
    }
    problem = only(problems([outer("flow", inner)]))
    assert problem.value == ["outer/a", "outer/b"]


def test_branches_with_cases_that_cannot_work() -> None:
    cases = [{"port": "all"}, {"port": "some", "when": {"x": {"minimum": "low"}}}, {"port": "all"}]
    found = problems([READ, {"id": "which", "kind": "branch", "cases": cases}], ["read > which.value"])
    assert sorted((p.code, p.field) for p in found) == [
        ("condition", "cases.0"),
        ("condition", "cases.1.when.x"),
        ("duplicate_port", "cases.2.port"),
    ]


def test_problems_are_plain_json() -> None:
    found = problems([node("fill", "clean.fill", columns=["A"], strategy="no"), node("x", "y.z")], ["q > fill"])
    assert json.loads(json.dumps([p.to_json() for p in found]))[0].keys() == {
        "code", "message", "node", "field", "value", "allowed", "level", "texts",
    }  # fmt: skip


@generated
@given(st.sampled_from(range(6)), st.sampled_from(["path", "columns", "share", "target", "score"]), json_values)
def test_no_param_value_breaks_validation_or_planning(number: int, name: str, value: Any) -> None:
    raw = yield_flow().to_json()
    raw["nodes"][number].setdefault("params", {})[name] = value
    try:
        document = parse(raw)
    except GraphError:
        return
    found = validate(document, catalogue(), propagate(document, catalogue()))
    if not found:
        assert len(plan(document, catalogue()).tasks) == 6
