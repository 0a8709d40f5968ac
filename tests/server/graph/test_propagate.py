from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from patchbay_sdk.schema import Schema
from patchbay_sdk.spec import OperatorSpec
from patchbay_server.graph.flow_params import bind
from patchbay_server.graph.propagate import propagate
from tests.server.graph.flows import catalogue, edges, flow, node, yield_flow

FIXED = Schema.of({"a": "int", "b": "float", "c": "string", "t": "datetime"})


def test_declared_schemas_go_from_node_to_node() -> None:
    document = flow(
        [
            node("read", "source.fixed", path="x"),
            node("rename", "shape.rename", names={"a": "id"}),
            node("drop", "shape.drop", columns=["t"]),
            node("keep", "shape.keep", columns=["c", "id"]),
        ],
        ["read > rename", "rename > drop", "drop > keep"],
    )
    schemas = propagate(document, catalogue())
    assert schemas["read", "table"] == FIXED
    assert schemas["rename", "table"] == Schema.of({"id": "int", "b": "float", "c": "string", "t": "datetime"})
    assert schemas["drop", "table"] == Schema.of({"id": "int", "b": "float", "c": "string"})
    assert schemas["keep", "table"] == Schema.of({"c": "string", "id": "int"})


def test_only_table_ports_have_schemas_and_added_columns_are_seen() -> None:
    schemas = propagate(yield_flow(), catalogue())
    assert schemas["predict", "table"] == Schema.of({**{c.name: c.type for c in FIXED}, "prediction": "float"})
    assert ("fit", "model") not in schemas
    assert ("fill", "fitted") not in schemas


def test_several_tables_into_one_port_give_the_union_of_their_columns() -> None:
    document = flow(
        [
            node("read", "source.fixed", path="x"),
            node("ab", "shape.keep", columns=["a", "b"]),
            node("ca", "shape.keep", columns=["c", "a"]),
            node("union", "shape.union"),
        ],
        ["read > ab", "read > ca", "ab > union.tables", "ca > union.tables"],
    )
    assert propagate(document, catalogue())["union", "table"] == Schema.of({"a": "int", "b": "float", "c": "string"})


def file_flow() -> Any:
    return flow(
        [node("read", "source.file"), node("same", "shape.drop", columns=[]), node("both", "shape.union")],
        ["read > same", "same > both.tables", "fixed > both.tables"],
    )


def test_what_only_the_operator_knows_is_asked_of_it_once() -> None:
    calls = []

    def infer(spec: OperatorSpec, params: Mapping[str, Any], inputs: Mapping[str, Schema | None]) -> Any:
        calls.append((spec.key, dict(params), dict(inputs)))
        return {"table": Schema.of({"x": "int"})}

    schemas = propagate(file_flow(), catalogue(), infer)
    assert schemas["read", "table"] == schemas["same", "table"] == Schema.of({"x": "int"})
    assert calls == [("source.file@1.0.0", {}, {})]


def test_without_infer_or_when_it_fails_the_schema_is_unknown() -> None:
    def broken(*_: Any) -> Any:
        raise RuntimeError("plugin host is gone")

    for infer in (None, broken):
        schemas = propagate(file_flow(), catalogue(), infer)
        assert schemas["read", "table"] is None
        assert schemas["same", "table"] is None
        assert schemas["both", "table"] is None


def test_wrong_params_cycles_and_unknown_operators_make_schemas_unknown_not_an_error() -> None:
    document = flow(
        [
            node("read", "source.fixed", path="x"),
            node("wrong", "shape.keep", columns=5),
            node("after", "shape.drop", columns=[]),
            node("one", "shape.union"),
            node("two", "shape.union"),
            node("alien", "not.installed"),
            node("last", "shape.drop", columns=[]),
        ],
        ["read > wrong", "wrong > after", "one > two.tables", "two > one.tables", "read > alien", "alien > last"],
    )
    schemas = propagate(document, catalogue())
    assert schemas["read", "table"] == FIXED
    assert schemas["wrong", "table"] is None
    assert schemas["after", "table"] is None
    assert schemas["last", "table"] is None
    assert ("one", "table") not in schemas


def test_flow_params_count_with_their_values() -> None:
    document = flow(
        [node("read", "source.fixed", path="x"), node("keep", "shape.keep", columns={"$param": "names"})],
        ["read > keep"],
        params={"names": {"type": "array", "default": ["a"]}},
    )
    assert propagate(document, catalogue())["keep", "table"] == Schema.of({"a": "int"})
    assert propagate(bind(document, {"names": "b,c"}), catalogue())["keep", "table"] == Schema.of(
        {"b": "float", "c": "string"}
    )


def test_schemas_reach_into_bodies_and_come_out_again() -> None:
    body = {
        "params": {"names": {"type": "array"}},
        "nodes": [node("keep", "shape.keep", columns={"$param": "names"}), node("fill", "clean.fill", columns=[])],
        "edges": edges("keep > fill"),
        "inputs": {"table": ["keep.table"]},
        "outputs": {"table": "fill.table"},
    }
    for kind, more in (("flow", {}), ("loop", {"times": 2}), ("map", {"over": "table"})):
        document = flow(
            [
                node("read", "source.fixed", path="x"),
                {"id": "outer", "kind": kind, "body": body, "params": {"names": ["b"]}, **more},
                {"id": "ask", "kind": "approval"},
                {"id": "which", "kind": "branch", "cases": [{"port": "rest"}]},
            ],
            ["read > outer", "outer > ask.value", "ask.value > which.value"],
        )
        schemas = propagate(document, catalogue())
        assert schemas["outer/keep", "table"] == Schema.of({"b": "float"})
        assert schemas["outer", "table"] == Schema.of({"b": "float"})
        assert schemas["which", "rest"] == Schema.of({"b": "float"})


def test_a_map_over_a_param_is_seen_with_its_first_item() -> None:
    body = {
        "params": {"names": {"type": "array"}},
        "nodes": [node("read", "source.fixed", path="x"), node("keep", "shape.keep", columns={"$param": "names"})],
        "edges": edges("read > keep"),
        "outputs": {"table": "keep.table"},
    }
    outer = {"id": "each", "kind": "map", "over": "names", "params": {"names": [["a"], ["b"]]}, "body": body}
    assert propagate(flow([outer]), catalogue())["each", "table"] == Schema.of({"a": "int"})
