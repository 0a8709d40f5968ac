from __future__ import annotations

from typing import Any

import pytest

from patchbay_sdk.registry import Catalogue
from patchbay_server.errors import MigrationError
from patchbay_server.graph.migrate import migrate
from tests.server.graph.flows import flow, node, spec

MIGRATIONS = [
    {"from": "1.1.0", "steps": [{"default": {"mode": "fast"}}, {"drop": ["legacy"]}]},
    {"from": "1.0.0", "steps": [{"rename": {"cols": "columns"}}]},
]
CATALOGUE = Catalogue(
    [spec("x.y@1.0.0"), spec("x.y@1.10.0", migrations=MIGRATIONS), spec("x.y@1.9.0"), spec("other.op@1.0.0")]
)


def upgraded(version: str, **params: Any) -> tuple[dict[str, Any], tuple[str, ...]]:
    result = migrate(flow([node("n", f"x.y@{version}", **params)]), CATALOGUE)
    (migrated,) = result.document.nodes
    assert migrated.operator == "x.y@1.10.0"
    return dict(migrated.params), result.changes


def test_every_step_since_the_nodes_version_is_applied_in_order_and_told() -> None:
    params, changes = upgraded("1.0.0", cols=["a"], legacy=True, kept=1)
    assert params == {"columns": ["a"], "kept": 1, "mode": "fast"}
    assert changes == (
        "n: x.y 1.0.0 -> 1.10.0",
        "n: param cols is now called columns",
        "n: param mode is set to 'fast'",
        "n: param legacy is dropped (was True)",
    )


@pytest.mark.parametrize("version", ["1.1.0", "1.1.7"])
def test_steps_from_before_the_nodes_version_are_not_applied(version: str) -> None:
    params, _ = upgraded(version, cols=["a"], mode="slow")
    assert params == {"cols": ["a"], "mode": "slow"}


def test_a_patch_release_counts_as_its_minor_version_and_newer_ones_need_no_step() -> None:
    assert upgraded("1.0.4", cols=1)[0] == {"columns": 1, "mode": "fast"}
    assert upgraded("1.9.0", cols=1) == ({"cols": 1}, ("n: x.y 1.9.0 -> 1.10.0",))


def test_a_rename_onto_a_param_that_is_there_is_refused() -> None:
    with pytest.raises(MigrationError, match=r"Node 'n': .* renames param 'cols' to 'columns', but the node has"):
        upgraded("1.0.0", cols=1, columns=2)


def test_what_is_up_to_date_or_not_installed_stays() -> None:
    document = flow([node("new", "x.y@1.10.0"), node("future", "x.y@2.0.0"), node("alien", "not.there")])
    result = migrate(document, CATALOGUE)
    assert (result.document, result.changes) == (document, ())


def test_only_the_nodes_asked_for_bodies_included() -> None:
    inner = {"nodes": [node("deep", "x.y@1.0.0", cols=1)], "edges": []}
    document = flow([node("n", "x.y@1.0.0", cols=1), {"id": "sub", "kind": "flow", "body": inner}])
    result = migrate(document, CATALOGUE, ["sub/deep"])
    assert result.changes[0] == "sub/deep: x.y 1.0.0 -> 1.10.0"
    assert result.document.nodes[0] == document.nodes[0]
    everything = migrate(document, CATALOGUE)
    assert [line for line in everything.changes if "->" in line] == [
        "n: x.y 1.0.0 -> 1.10.0",
        "sub/deep: x.y 1.0.0 -> 1.10.0",
    ]
    assert migrate(everything.document, CATALOGUE).changes == ()
