from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchbay_server.errors import DocumentError
from patchbay_server.graph.document import FlowDocument, NodeSettings, walk
from patchbay_server.graph.reader import parse
from tests.server.graph.flows import generated, json_values, node, yield_flow

BODY = {
    "notes": [{"id": "inner", "text": "", "position": [0, 0], "size": [120, 50]}],
    "params": {"target": {"type": "string"}},
    "nodes": [{"id": "fit", "operator": "model.line@1.0.0", "params": {"target": {"$param": "target"}}}],
    "edges": [],
    "inputs": {"table": ["fit.table"]},
    "outputs": {"model": "fit.model"},
}
GOOD = {"auc": {"minimum": 0.8}}
EVERYTHING = {
    "format": 1,
    "name": "all",
    "title": {"en": "All", "zh-CN": "全部"},
    "params": {
        "file": {"type": "string", "description": "a file", "title": {"en": "File", "zh-CN": "文件"}},
        "none": {"type": "number", "default": None},
    },
    "wizard": {
        "kind": "category",
        "steps": [
            {"id": "data", "view": "data", "title": "Data", "help": "Choose", "params": ["file"]},
            {"id": "see", "view": "result", "node": "read"},
        ],
        "icon": "split",
        "description": {"en": "Led", "zh-CN": "引导"},
        "published": True,
        "template": "category",
    },
    "nodes": [
        node("read", "source.fixed", {"retries": 2, "seed": 7, "engine": "local"}, path={"$param": "file"})
        | {"title": "Read", "position": [1.5, 2]},
        {"id": "each", "kind": "map", "over": "target", "params": {"target": ["a", "b"]}, "body": BODY},
        {
            "id": "again",
            "kind": "loop",
            "times": 3,
            "until": {"output": "model", "when": {"x": {"const": 1}}},
            "body": BODY,
        },
        {"id": "sub", "kind": "flow", "body": BODY, "params": {"target": "a"}},
        {
            "id": "which",
            "kind": "branch",
            "cases": [{"port": "good", "when": {"auc": {"minimum": 0.8}}}, {"port": "rest"}],
        },
        {"id": "ask", "kind": "approval"},
    ],
    "edges": [{"from": "read.table", "to": "each.table"}],
    "notes": [
        {"id": "why", "text": "Ask the line", "position": [0, -80], "size": [220, 90]},
        {"id": "prep", "kind": "group", "text": "Preparation", "position": [-30, 0.5], "size": [600, 200]},
    ],
}


def changed(path: str, value: Any) -> dict[str, Any]:
    """`EVERYTHING` with one place set to another value, or removed when the value is `...`."""
    raw: dict[str, Any] = json.loads(json.dumps(EVERYTHING))
    *parents, last = [int(part) if part.isdigit() else part for part in path.split("/")]
    inner: Any = raw
    for part in parents:
        inner = inner[part]
    if value is ...:
        del inner[last]
    else:
        inner[last] = value
    return raw


def test_every_kind_is_read_and_written_back() -> None:
    document = parse(EVERYTHING)
    assert document.to_json() == EVERYTHING
    assert parse(document.to_json()) == document
    assert [path for path, _ in walk(document)] == [
        "read", "each", "each/fit", "again", "again/fit", "sub", "sub/fit", "which", "ask",
    ]  # fmt: skip


def test_defaults_are_left_out_and_do_not_change_the_digest() -> None:
    short = parse({"format": 1, "name": "x", "nodes": [{"id": "a", "operator": "b.c@1.0.0"}]})
    full = {"id": "a", "kind": "operator", "operator": "b.c@1.0.0", "params": {}, "title": None, "position": None}
    settings = {"engine": "auto", "pool": None, "retries": 0, "retry_delay": 1.0, "timeout": None, "cache": True}
    settings |= {"seed": None, "priority": 0}
    long = parse({"format": 1, "name": "x", "params": {}, "nodes": [full | {"settings": settings}], "edges": []})
    assert short == long
    assert short.digest() == long.digest()
    assert short.nodes[0].settings == NodeSettings()


@pytest.mark.parametrize("path", ["nodes/0/position/0", "nodes/0/params/path", "nodes/0/title", "name", "edges/0/to"])
def test_the_digest_sees_every_part(path: str) -> None:
    value = {"nodes/0/position/0": 9, "edges/0/to": "sub.table"}.get(path, "other")
    assert parse(changed(path, value)).digest() != parse(EVERYTHING).digest()


def test_whole_numbers_written_as_floats_are_integers() -> None:
    document = parse(changed("nodes/0/settings/retries", 2.0))
    assert document == parse(EVERYTHING)
    assert isinstance(document.nodes[0].settings.retries, int)


@pytest.mark.parametrize(
    ("path", "value", "node", "field", "says"),
    [
        ("format", 2, None, "format", "format is 2; it must be 1."),
        ("name", ..., None, "name", "name is missing."),
        ("nodes", {}, None, "nodes", "nodes is {}; it must be array."),
        ("colour", "red", None, "colour", "colour is not a known field; there are: edges, format, name"),
        ("nodes/0/id", "a.b", "a.b", "id", "id is 'a.b'; it must be a letter, then up to 63 letters"),
        ("nodes/0/id", ..., "#1", "id", "id is missing"),
        ("nodes/0/operator", "source.fixed", "read", "operator", "it must be an operator and its version, such as"),
        ("nodes/0/operator", ..., "read", "operator", "operator is missing"),
        ("nodes/0/kind", "oprator", "read", "kind", "kind is 'oprator'; allowed: 'operator', 'branch'"),
        ("nodes/0/setings", {}, "read", "setings", "Did you mean 'settings'?"),
        ("nodes/0/settings/retries", -1, "read", "settings.retries", "settings.retries is -1; it must be at least 0."),
        ("nodes/0/settings/retries", "2", "read", "settings.retries", "it must be integer"),
        ("nodes/0/settings/timeout", 0, "read", "settings.timeout", "greater than 0"),
        ("nodes/0/settings/timeout", float("nan"), "read", "settings", "settings cannot be written as JSON"),
        ("nodes/0/settings/pool", "gpu", "read", "settings.pool", "allowed: 'train', 'test', 'inference', None"),
        ("nodes/0/params/path", float("inf"), "read", "params", "params cannot be written as JSON"),
        ("nodes/0/params/path", {1, 2}, "read", "params", "params cannot be written as JSON"),
        ("nodes/0/params/path", {"$param": 3}, "read", "params", "is not a reference; write"),
        ("nodes/0/params/path", {"$param": "file", "or": 1}, "read", "params", "is not a reference; write"),
        ("nodes/0/body", BODY, "read", "body", "body is not used by a node of this kind"),
        ("nodes/1/over", ..., "each", "over", "over is missing"),
        ("nodes/1/body/nodes/0/operator", ..., "each/fit", "operator", "operator is missing"),
        ("nodes/1/body/inputs/table", [], "each", "body.inputs.table", "at least 1 item"),
        ("nodes/2/times", 0, "again", "times", "times is 0; it must be at least 1."),
        ("nodes/3/id", "read", "read", "id", "2 nodes have the id 'read'"),
        ("nodes/4/cases", [], "which", "cases", "at least 1 item"),
        ("edges/0/from", "read", None, "edges.0.from", "it must be a port as 'node.port'"),
        ("edges/0/via", "x", None, "edges.0.via", "there are: from, to."),
        ("params/file/type", "text", None, "params.file.type", "allowed: 'string', 'integer'"),
        ("params/none/default", "3", None, "params.none.default", "'3' is not of type number"),
    ],
)
def test_what_is_malformed_is_named(path: str, value: Any, node: str | None, field: str, says: str) -> None:
    with pytest.raises(DocumentError) as caught:
        parse(changed(path, value))
    (problem,) = caught.value.details["problems"]
    assert (problem["node"], problem["field"]) == (node, field)
    assert says in problem["message"]
    assert node is None or repr(node) in str(caught.value)


def test_everything_wrong_is_reported_at_once_in_order() -> None:
    raw = changed("nodes/0/settings/retries", -1)
    raw["nodes"][5]["kind"] = "vote"
    raw["edges"][0]["to"] = "nowhere"
    with pytest.raises(DocumentError) as caught:
        parse(raw)
    assert [problem["field"] for problem in caught.value.details["problems"]] == [
        "edges.0.to",
        "settings.retries",
        "kind",
    ]


@pytest.mark.parametrize("raw", [None, [], 3, "flow", {}])
def test_what_is_no_document_at_all(raw: Any) -> None:
    with pytest.raises(DocumentError):
        parse(raw)


@generated
@given(value=json_values, data=st.data())
def test_a_random_value_anywhere_is_read_or_refused(value: Any, data: st.DataObject) -> None:
    places = list(_places(EVERYTHING, ""))
    raw = changed(data.draw(st.sampled_from(places)), value)
    try:
        document = parse(raw)
    except DocumentError as error:
        assert error.details["problems"]
    else:
        assert isinstance(document, FlowDocument)
        assert parse(document.to_json()) == document


def _places(value: Any, path: str) -> Any:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield f"{path}{key}"
        yield from _places(item, f"{path}{key}/")


def test_the_yield_flow_survives() -> None:
    assert parse(yield_flow().to_json()) == yield_flow()


def test_the_example_in_the_documentation_can_be_read() -> None:
    text = (Path(__file__).parents[3] / "docs" / "flow-document.md").read_text(encoding="utf-8")
    example = text.split("```json\n", 1)[1].split("```", 1)[0]
    assert [n.id for n in parse(json.loads(example)).nodes] == ["read", "fill"]


@pytest.mark.parametrize(
    "wrong",
    [{"text": 5}, {"size": [0, 10]}, {"position": [1]}, {"kind": "node"}, {"colour": "red"}],
)
def test_a_note_that_is_none_is_refused(wrong: dict[str, Any]) -> None:
    note = {"id": "why", "text": "x", "position": [0, 0], "size": [100, 50]} | wrong
    with pytest.raises(DocumentError) as error:
        parse({"format": 1, "name": "x", "nodes": [], "notes": [note]})
    (name,) = wrong
    assert error.value.details["problems"][0]["field"].startswith("notes.0." + name)
