from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from patchbay_server.errors import FlowParamError
from patchbay_server.graph.document import FlowDocument
from patchbay_server.graph.flow_params import bind
from tests.server.graph.flows import flow, generated, json_values, node


def asking(type: str, **param: Any) -> FlowDocument:
    """A flow with one param `p`, used deep inside a node's params."""
    nodes = [node("n", "x.y", plain={"$param": "p"}, deep={"list": [1, {"$param": "p"}]}, other="kept")]
    return flow(nodes, params={"p": {"type": type, **param}})


@pytest.mark.parametrize(
    ("type", "text", "value"),
    [
        ("string", "007", "007"),
        ("integer", "42", 42),
        ("number", "0.5", 0.5),
        ("number", "3", 3),
        ("boolean", "True", True),
        ("boolean", "no", False),
        ("array", "a, b", ["a", "b"]),
        ("array", '["a,b", 1]', ["a,b", 1]),
        ("array", "", []),
        ("object", '{"a": "b"}', {"a": "b"}),
    ],
)
def test_texts_are_converted_by_the_declared_type(type: str, text: str, value: Any) -> None:
    bound = bind(asking(type), {"p": text})
    assert bound.nodes[0].params == {"plain": value, "deep": {"list": [1, value]}, "other": "kept"}
    assert bound.params["p"].default == value


@pytest.mark.parametrize(
    ("type", "value"),
    [
        ("integer", "4.5"),
        ("integer", True),
        ("integer", 4.0),
        ("number", "nan"),
        ("number", float("inf")),
        ("number", "many"),
        ("boolean", "maybe"),
        ("boolean", 1),
        ("array", "[1"),
        ("array", {"a": 1}),
        ("object", "[1]"),
        ("object", "a=1"),
        ("string", 3),
    ],
)
def test_a_value_of_another_type_is_refused(type: str, value: Any) -> None:
    with pytest.raises(FlowParamError, match=f"Flow param 'p': .* is not of type {type}; write"):
        bind(asking(type), {"p": value})


def test_unknown_names_are_refused_with_those_that_exist() -> None:
    document = flow([], params={"file": {"type": "string"}, "rows": {"type": "integer", "default": 1}})
    with pytest.raises(FlowParamError) as caught:
        bind(document, {"fil": "x", "rows": "no"})
    assert "'fil' is not a param of this flow; it has: file, rows. Did you mean 'file'?" in str(caught.value)
    assert [problem["field"] for problem in caught.value.details["problems"]] == ["params.fil", "params.rows"]


def test_defaults_are_used_and_null_is_a_default() -> None:
    assert bind(asking("number", default=None), {}).nodes[0].params["plain"] is None
    assert bind(asking("number", default=2), {}).nodes[0].params["plain"] == 2


def test_a_param_without_value_leaves_its_references() -> None:
    document = asking("string")
    assert bind(document, {}) == document


@generated
@given(json_values)
def test_binding_twice_changes_nothing_and_params_without_reference_are_shared(value: Any) -> None:
    document = flow([node("n", "x.y", value={"inner": [value]})], params={"p": {"type": "string", "default": "d"}})
    bound = bind(document, {})
    assert bound.nodes[0] is document.nodes[0]
    assert bind(bound, {}) == bound
