"""Hostile documents: refused at once, or checked with an effort that has bounds. Nothing here may be slow."""

from typing import Any

import pytest

from patchbay_sdk.registry import installed_catalogue
from patchbay_server.errors import DocumentError
from patchbay_server.graph import limits
from patchbay_server.graph.limits import check_expansion, check_limits
from patchbay_server.graph.migrate import migrate
from patchbay_server.graph.plan import plan
from patchbay_server.graph.problem import MOST_ERRORS
from patchbay_server.graph.reader import parse
from patchbay_server.graph.validate import validate

FILL = "clean.fill_missing@1.0.0"


def document(nodes: Any, edges: Any = (), **more: Any) -> dict[str, Any]:
    return {"format": 1, "name": "x", "nodes": nodes, "edges": list(edges), **more}


def fills(count: int, **params: Any) -> list[dict[str, Any]]:
    return [{"id": f"n{i}", "operator": FILL, "params": params} for i in range(count)]


def bodies(depth: int) -> dict[str, Any]:
    node: dict[str, Any] = fills(1)[0]
    for _ in range(depth):
        node = {"id": "b", "kind": "flow", "body": {"nodes": [node]}}
    return document([node])


def lists(depth: int) -> list[Any]:
    value: list[Any] = []
    for _ in range(depth):
        value = [value]
    return value


def laughs(depth: int) -> dict[str, Any]:
    """Each body hands on two hundred times what it was given."""
    params = {"p": {"type": "array", "default": []}}
    many = [{"$param": "p"}] * 200
    body: dict[str, Any] = {"params": params, "nodes": fills(1, columns=many)}
    for _ in range(depth):
        body = {"params": params, "nodes": [{"id": "b", "kind": "flow", "params": {"p": many}, "body": body}]}
    return document([{"id": "b", "kind": "flow", "params": {"p": ["x"] * 200}, "body": body}])


EDGE = {"from": "n0.table", "to": "n1.table"}
TOO_MUCH = {
    "bytes": document(fills(1, columns=["x" * limits.SIZE])),
    "nodes": document(fills(limits.NODES + 1)),
    "edges": document(fills(2), [EDGE] * (limits.EDGES + 1)),
    "params": document([], params={f"p{i}": {"type": "string"} for i in range(limits.PARAMS + 1)}),
    "bodies": bodies(limits.BODIES + 1),
    "bodies without end": bodies(300),
    "lists": document(fills(1, columns=lists(900))),
    "infinite": document(fills(1, columns=[float("inf")])),
    "cases": document([{"id": "b", "kind": "branch", "cases": [{"port": "p"}] * (limits.CASES + 1)}]),
    "conditions": document(
        [{"id": "b", "kind": "branch", "cases": [{"port": "p", "when": {"a": {"enum": ["x" * 70_000]}}}]}]
    ),
    "nodes that are none": document({"a": "b"}, params=5) | {"edges": [[]] * 30_000},
}


@pytest.mark.parametrize("case", TOO_MUCH)
def test_what_is_too_large_is_refused(case: str) -> None:
    with pytest.raises(DocumentError) as caught:
        check_limits(TOO_MUCH[case])
    assert [problem["code"] for problem in caught.value.details["problems"]] == ["limit"]


@pytest.mark.parametrize("raw", [bodies(limits.BODIES), document(fills(limits.NODES)), document([]), {"nodes": 5}, {}])
def test_what_is_within_the_limits_passes(raw: dict[str, Any]) -> None:
    check_limits(raw)


def test_params_that_multiply_are_refused() -> None:
    flat = document(
        fills(1000, columns={"$param": "p"}), params={"p": {"type": "array", "default": ["column"] * 10_000}}
    )
    for raw in (flat, laughs(6)):
        check_limits(raw)
        with pytest.raises(DocumentError, match="With the values of its params put in"):
            check_expansion(parse(raw), {})
    small = parse(document(fills(1000, columns={"$param": "p"}), params={"p": {"type": "array"}}))
    check_expansion(small, {"p": ["column"]})
    with pytest.raises(DocumentError, match="put in"):
        check_expansion(small, {"p": ["column"] * 10_000})
    with pytest.raises(DocumentError, match="The values for the flow's params"):
        check_expansion(parse(document([])), {"p": "x" * 300_000})
    with pytest.raises(DocumentError, match="deep"):
        check_expansion(small, {"p": lists(900)})


WRONG = {
    "a circle": document(fills(2000), [{"from": f"n{i}.table", "to": f"n{(i + 1) % 2000}.table"} for i in range(2000)]),
    "edges of nowhere": document(fills(2000), [{"from": f"z{i}.table", "to": "n0.tble"} for i in range(20_000)]),
    "unknown operators": document([{"id": f"n{i}", "operator": f"clean.fil_missing{i}@1.0.0"} for i in range(2000)]),
    "unknown params": document([node | {"params": {"strateggy": 1}} for node in fills(2000)]),
    "unknown flow params": document(
        fills(2000, columns={"$param": "p"}), params={f"q{i}": {"type": "string"} for i in range(500)}
    ),
    "rubbish": document([{"id": f"n{i}", "operator": 5, "bogus": 1, "kind": "map"} for i in range(2000)]),
    "references": document(fills(1, columns=[{"$param": "p", "x": 1}] * 50_000)),
}


@pytest.mark.parametrize("case", WRONG)
def test_of_very_many_errors_the_first_are_told(case: str) -> None:
    raw = WRONG[case]
    check_limits(raw)
    try:
        found = [problem.to_json() for problem in validate(parse(raw), installed_catalogue())]
    except DocumentError as error:
        found = error.details["problems"]
    assert 1 <= len(found) <= MOST_ERRORS * 3  # one thing that is wrong with the form may have several sides
    assert max(len(problem["message"]) for problem in found) < 100_000


def test_planning_and_upgrading_a_large_flow() -> None:
    edges = [{"from": f"n{i}.table", "to": f"n{i + k}.table"} for k in range(1, 11) for i in range(2000 - k)]
    dense = parse(document(fills(2000), edges[: limits.EDGES]))
    planned = plan(dense, installed_catalogue(), "to", [f"n{i}" for i in range(2000)])
    assert len(planned.tasks) == 2000
    unknown = parse(WRONG["unknown operators"])
    assert migrate(unknown, installed_catalogue()).changes == ()


def test_a_version_that_is_no_version() -> None:
    with pytest.raises(DocumentError, match="operator"):
        parse(document([{"id": "n", "operator": f"clean.fill_missing@{'9' * 5000}.0.0"}]))
