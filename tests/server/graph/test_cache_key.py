from __future__ import annotations

import json
from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import given

from patchbay_server.graph.cache_key import CacheParts, Reason, cache_key, explain
from tests.server.graph.flows import generated, json_values

PARTS = CacheParts(
    operator="clean.fill@1.0.0",
    code="c0de",
    params={"strategy": "mean", "columns": ["a", "b"]},
    inputs={"table": ["1d"]},
    sources={"path": "f00d"},
    seed=0,
    engine="local",
    environment="e0",
    project="p",
)
CHANGES: list[tuple[dict[str, Any], str, str]] = [
    ({"operator": "clean.fill@1.1.0", "code": "other"}, "version", "version: 1.0.0 -> 1.1.0"),
    ({"operator": "clean.drop@1.0.0"}, "operator", "operator: clean.fill@1.0.0 -> clean.drop@1.0.0"),
    ({"code": "other"}, "code", "the operator's code changed"),
    ({"params": {"strategy": "median", "columns": ["a", "b"]}}, "param", "strategy: mean -> median"),
    ({"params": {"strategy": "mean", "columns": ["a"]}}, "param", 'columns: ["a", "b"] -> ["a"]'),
    ({"params": {"strategy": "mean"}}, "param", 'columns: ["a", "b"] -> none'),
    ({"inputs": {"table": ["2d"]}}, "input", "input table: other data than before"),
    ({"sources": {"path": "beef"}}, "source", "path: the content of the source changed"),
    ({"seed": 1}, "seed", "seed: 0 -> 1"),
    ({"engine": "spark"}, "engine", "engine: local -> spark"),
    ({"environment": "e1"}, "environment", "the operator's environment changed"),
    ({"project": "q"}, "project", "first run in this project"),
]


@pytest.mark.parametrize(("change", "kind", "text"), CHANGES)
def test_each_part_changes_the_key_and_is_the_reason(change: dict[str, Any], kind: str, text: str) -> None:
    current = replace(PARTS, **change)
    assert cache_key(current) != cache_key(PARTS)
    (reason,) = explain(PARTS, current)
    assert (reason.kind, reason.text()) == (kind, text)


def test_the_changes_above_touch_every_part() -> None:
    assert {name for change, _, _ in CHANGES for name in change} == {f.name for f in fields(CacheParts)}


def test_the_order_of_names_does_not_count_the_order_of_inputs_does() -> None:
    assert cache_key(replace(PARTS, params=dict(reversed(PARTS.params.items())))) == cache_key(PARTS)
    two, turned = replace(PARTS, inputs={"t": ["a", "b"]}), replace(PARTS, inputs={"t": ["b", "a"]})
    assert cache_key(two) != cache_key(turned)
    assert cache_key(replace(PARTS, inputs={"t": ("a", "b")})) == cache_key(two)
    assert explain(two, replace(PARTS, inputs={"t": ("a", "b")})) == []


def test_all_reasons_are_told() -> None:
    current = replace(PARTS, params={"strategy": "median", "columns": ["a", "b"], "by": []}, seed=4)
    assert [reason.text() for reason in explain(PARTS, current)] == [
        "strategy: mean -> median",
        "by: none -> []",
        "seed: 0 -> 4",
    ]


def test_first_runs_and_a_cache_switched_off() -> None:
    assert [reason.text() for reason in explain(None, PARTS)] == ["first run"]
    assert explain(PARTS, PARTS) == []
    assert [r.text() for r in explain(PARTS, PARTS, bypass="node")] == ["cache switched off for this node"]
    assert [r.kind for r in explain(None, PARTS, bypass="run")] == ["bypass", "first_run"]


def test_long_values_are_cut() -> None:
    text = Reason("param", "columns", ["x" * 100], None).text()
    assert text.endswith("... -> none")
    assert len(text) < 90


@generated
@given(json_values, json_values)
def test_keys_are_equal_exactly_when_nothing_is_to_explain(one: Any, two: Any) -> None:
    a, b = replace(PARTS, params={"p": one}), replace(PARTS, params={"p": two})
    assert (cache_key(a) == cache_key(b)) == (explain(a, b) == [])


def test_parts_and_reasons_travel_as_json() -> None:
    assert CacheParts.from_json(json.loads(json.dumps(PARTS.to_json()))) == PARTS
    (reason,) = explain(PARTS, replace(PARTS, seed=3))
    assert Reason.from_json(json.loads(json.dumps(reason.to_json()))) == reason
    assert reason.to_json()["text"] == "seed: 0 -> 3"
