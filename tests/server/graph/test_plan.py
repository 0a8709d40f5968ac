from __future__ import annotations

from typing import Any

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchbay_sdk.errors import PatchbayError
from patchbay_server.errors import PlanError
from patchbay_server.graph.document import FlowDocument, NodeSettings
from patchbay_server.graph.flow_params import bind
from patchbay_server.graph.plan import Mode, Plan, plan
from patchbay_server.graph.validate import validate
from tests.server.graph.flows import catalogue, dags, flow, generated, node, yield_flow

Dag = tuple[FlowDocument, set[tuple[str, str]]]


def executed(made: Plan) -> set[str]:
    return {task.path for task in made.tasks if not task.reuse_only}


def reused(made: Plan) -> set[str]:
    return {task.path for task in made.tasks if task.reuse_only}


def test_a_task_holds_all_that_starting_it_takes() -> None:
    document = bind(yield_flow(), {"file": "y.csv"})
    tasks = {task.path: task for task in plan(document, catalogue()).tasks}
    assert list(tasks) == ["read", "split", "fill", "fit", "predict", "scores"]
    assert tasks["read"].params == {"path": "y.csv"}
    assert tasks["fill"].params == {"columns": ["a", "b"], "strategy": "median", "by": []}
    fit, predict = tasks["fit"], tasks["predict"]
    assert (fit.operator, fit.index, fit.pool, fit.cpu, fit.gpu, fit.memory) == (
        "model.line@1.0.0", "", "train", 2, 1, 2 << 30,
    )  # fmt: skip
    assert predict.pool == "inference"
    assert predict.inputs == {"model": (("fit", "model"),), "table": (("split", "test"),)}
    assert predict.depends_on == {"fit", "split"}
    assert not any(task.reuse_only for task in tasks.values())


def test_a_task_of_several_workers_needs_as_much_for_each() -> None:
    nodes = [node("read", "source.fixed", path="x"), node("gang", "train.gang", workers=3), node("one", "train.gang")]
    tasks = {task.path: task for task in plan(flow(nodes, ["read > gang", "read > one"]), catalogue()).tasks}
    demands = {name: (tasks[name].cpu, tasks[name].gpu, tasks[name].memory) for name in ("gang", "one")}
    assert demands == {"gang": (6, 3, 6 << 30), "one": (2, 1, 2 << 30)}
    assert tasks["gang"].settings.engine == "deepspeed", "it has no other"


def test_outputs_are_those_that_are_read_or_all_when_none_is() -> None:
    document = flow(
        [
            node("read", "source.fixed", path="x"),
            node("split", "shape.split"),
            node("fill", "clean.fill", columns=["a"]),
        ],
        ["read > split", "split.train > fill"],
    )
    tasks = {task.path: task for task in plan(document, catalogue()).tasks}
    assert tasks["split"].outputs == ("train",)
    assert tasks["fill"].outputs == ("table", "fitted")


def test_a_port_for_many_keeps_the_order_of_the_edges() -> None:
    document = flow(
        [node("union", "shape.union"), node("b", "source.file"), node("a", "source.file")],
        ["b > union.tables", "a > union.tables"],
    )
    task = plan(document, catalogue()).tasks[-1]
    assert task.inputs == {"tables": (("b", "table"), ("a", "table"))}


def test_settings_win_over_the_spec_and_the_seed_is_never_open() -> None:
    settings = {"pool": "test", "priority": 5, "seed": 9, "retries": 2}
    document = flow([node("read", "source.file", settings), node("plain", "source.file")])
    read, plain = plan(document, catalogue()).tasks
    assert (read.pool, read.priority) == ("test", 5)
    assert read.settings == NodeSettings(pool="test", priority=5, seed=9, retries=2)
    assert (plain.pool, plain.settings.seed) == ("train", 0)


def test_modes_on_the_yield_flow() -> None:
    document = yield_flow()
    to = plan(document, catalogue(), "to", ["fill"])
    assert (executed(to), reused(to)) == ({"read", "split", "fill"}, set())
    onward = plan(document, catalogue(), "from", ["fit"])
    assert (executed(onward), reused(onward)) == ({"fit", "predict", "scores"}, {"read", "split", "fill"})
    alone = plan(document, catalogue(), "only", ["predict"])
    assert (executed(alone), reused(alone)) == ({"predict"}, {"read", "split", "fill", "fit"})


@generated
@given(dags())
def test_order_respects_edges_and_inputs_are_planned_before(made: Dag) -> None:
    document, joins = made
    tasks = plan(document, catalogue()).tasks
    assert sorted(task.path for task in tasks) == sorted(n.id for n in document.nodes)
    place = {task.path: position for position, task in enumerate(tasks)}
    assert all(place[source] < place[target] for source, target in joins)
    assert {(parent, task.path) for task in tasks for parent in task.depends_on} == joins


@generated
@given(dags(), st.data())
def test_modes_agree_with_reachability_and_with_each_other(made: Dag, data: st.DataObject) -> None:
    document, joins = made
    graph = nx.DiGraph(joins)
    graph.add_nodes_from(n.id for n in document.nodes)
    targets = data.draw(st.sets(st.sampled_from(sorted(graph)), min_size=1, max_size=3))
    above = set().union(*(nx.ancestors(graph, id) for id in targets))
    below = set().union(*(nx.descendants(graph, id) for id in targets))
    whole = {task.path: task for task in plan(document, catalogue()).tasks}
    expected: dict[Mode, set[str]] = {"to": targets | above, "from": targets | below, "only": targets}
    for mode, chosen in expected.items():
        made_plan = plan(document, catalogue(), mode, sorted(targets))
        assert executed(made_plan) == chosen
        needed = set().union(*(nx.ancestors(graph, id) for id in chosen)) - chosen
        assert reused(made_plan) == needed
        paths = [task.path for task in made_plan.tasks]
        assert paths == [path for path in whole if path in chosen | needed]
        assert all(task.depends_on <= set(paths) for task in made_plan.tasks)
        assert all(task.inputs == whole[task.path].inputs for task in made_plan.tasks)


@pytest.mark.parametrize(
    ("mode", "nodes", "says"),
    [
        ("to", ["fil"], "The flow has no node 'fil'; it has: read, split, fill, fit, predict, scores. Did you mean"),
        ("to", ["x", "y"], "no node 'y'"),
        ("from", [], "Run mode 'from' needs the id of at least one node."),
        ("back", ["fill"], "Run mode 'back' does not exist; there are: all, to, from, only."),
    ],
)
def test_modes_and_nodes_that_do_not_exist(mode: Any, nodes: list[str], says: str) -> None:
    with pytest.raises(PlanError) as caught:
        plan(yield_flow(), catalogue(), mode, nodes)
    assert says in caught.value.message


def hindered() -> FlowDocument:
    """A sound chain beside a cycle, a map, an operator that is not installed, and an open flow param."""
    body = {"nodes": [node("fill", "clean.fill", columns=["a"])], "edges": [], "inputs": {"table": ["fill.table"]}}
    return flow(
        [
            node("read", "source.fixed", path="x"),
            node("keep", "shape.keep", columns=["a"]),
            node("one", "shape.union"),
            node("two", "shape.union"),
            {"id": "each", "kind": "map", "over": "table", "body": body},
            node("alien", "not.installed"),
            node("open", "source.fixed", path={"$param": "file"}),
        ],
        ["read > keep", "one > two.tables", "two > one.tables", "read > each"],
        params={"file": {"type": "string"}},
    )


def test_everything_that_makes_a_plan_impossible_is_named() -> None:
    with pytest.raises(PlanError) as caught:
        plan(hindered(), catalogue())
    lines = caught.value.message.splitlines()
    assert "Node 'alien': No operator 'not.installed' is installed" in lines[0]
    assert lines[1] == "Node 'open': Flow param 'file' has no value; give it one."
    assert lines[2] == "Node 'one': The nodes one -> two -> one form a cycle."
    assert isinstance(caught.value, PatchbayError)


def test_what_is_wrong_elsewhere_does_not_hinder_a_plan() -> None:
    document = hindered()
    made = plan(document, catalogue(), "to", ["keep"])
    assert executed(made) == {"read", "keep"}
    assert made.node_errors(validate(document, catalogue())) == {}


def test_errors_of_planned_nodes_and_of_the_flow_hinder_it() -> None:
    document = flow(
        [node("read", "source.fixed"), node("keep", "shape.keep", columns=["zz"]), node("other", "shape.keep")],
        ["read > keep", "gone > other"],
    )
    errors = plan(document, catalogue(), "to", ["read"]).node_errors(validate(document, catalogue()))
    assert {path: [p.code for p in found] for path, found in errors.items()} == {
        "": ["unknown_node"],
        "read": ["param_missing"],
    }


def test_a_leak_is_a_warning_and_hinders_nothing() -> None:
    document = flow(
        [
            node("read", "source.fixed", path="x"),
            node("fill", "clean.fill", columns=["a"]),
            node("split", "shape.split"),
        ],
        ["read > fill", "fill > split"],
    )
    problems = validate(document, catalogue())
    assert [p.code for p in problems] == ["leak"]
    assert plan(document, catalogue()).node_errors(problems) == {}


def test_beside_what_another_run_has_done_only_what_feeds_the_rest_is_planned() -> None:
    document = bind(yield_flow(), {"file": "y.csv"})
    done = frozenset({"read", "split", "fill", "fit"})
    made = plan(document, catalogue(), "to", ["predict"], done)
    assert (executed(made), reused(made)) == ({"predict"}, {"fit", "split"})
    assert not any(task.inputs for task in made.tasks if task.reuse_only), "of what feeds those, nothing is planned"
    assert executed(plan(document, catalogue(), "to", ["fit"], done)) == {"fit"}, "what was asked for is executed"
