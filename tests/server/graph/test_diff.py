from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from patchbay_server.graph.diff import Change, diff
from patchbay_server.graph.document import FlowDocument
from patchbay_server.graph.reader import parse
from tests.server.graph.flows import dags, flow, generated, node, yield_flow

READ = node("read", "source.fixed", path="x")
KEEP = node("keep", "shape.keep", columns=["a"])


def test_nodes_added_and_removed_with_their_edges() -> None:
    old = flow([READ, KEEP], ["read > keep"])
    new = flow([READ, node("fit", "model.line", target="a")], ["read > fit"])
    found = diff(old, new)
    assert (found.added, found.removed, found.renamed) == (("fit",), ("keep",), {})
    assert [str(edge) for edge in found.edges_added] == ["read.table -> fit.table"]
    assert [str(edge) for edge in found.edges_removed] == ["read.table -> keep.table"]


def test_a_renamed_node_keeps_its_edges() -> None:
    old = flow([READ, KEEP], ["read > keep"])
    new = flow([READ, KEEP | {"id": "pick", "position": [1, 2]}], ["read > pick"])
    found = diff(old, new)
    assert found.renamed == {"keep": "pick"}
    assert not (found.added or found.removed or found.edges_added or found.edges_removed)


def test_notes_are_no_change() -> None:
    old = flow([READ, KEEP], ["read > keep"])
    note = {"id": "why", "text": "x", "position": [0, 0], "size": [100, 50]}
    new = parse(old.to_json() | {"notes": [note]})
    assert not diff(old, new)
    assert new.digest() != old.digest()


@pytest.mark.parametrize(
    ("change", "field", "old", "new"),
    [
        ({"params": {"columns": ["a", "b"]}}, "params.columns", ["a"], ["a", "b"]),
        ({"params": {}}, "params.columns", ["a"], None),
        ({"operator": "shape.keep@1.1.0"}, "operator", "shape.keep@1.0.0", "shape.keep@1.1.0"),
        ({"settings": {"seed": 3}}, "settings.seed", None, 3),
        ({"title": "Pick"}, "title", None, "Pick"),
    ],
)
def test_fields_of_nodes(change: dict[str, Any], field: str, old: Any, new: Any) -> None:
    found = diff(flow([KEEP]), flow([KEEP | change]))
    assert found.changes == (Change("keep", field, old, new),)


def test_fields_of_the_flow() -> None:
    new = parse(yield_flow(rows={"type": "integer"}).to_json() | {"name": "other"})
    assert diff(yield_flow(), new).changes == (
        Change(None, "name", "test", "other"),
        Change(None, "params.rows", None, {"type": "integer"}),
    )


@generated
@given(dags())
def test_nothing_differs_from_itself_whatever_its_position(made: tuple[FlowDocument, Any]) -> None:
    raw = made[0].to_json()
    moved = parse(raw | {"nodes": [n | {"position": [place, 0]} for place, n in enumerate(reversed(raw["nodes"]))]})
    assert not diff(made[0], moved)


@generated
@given(dags(), dags())
def test_going_back_is_the_mirror_image(one: tuple[FlowDocument, Any], two: tuple[FlowDocument, Any]) -> None:
    there, back = diff(one[0], two[0]), diff(two[0], one[0])
    assert len(there.added) == len(back.removed)
    assert len(there.removed) == len(back.added)
    assert bool(there) == bool(back)
