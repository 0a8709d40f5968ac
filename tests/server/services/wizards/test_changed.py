"""What was changed by hand is named; what the wizard does itself is not."""

from dataclasses import replace
from typing import Any

from patchbay_server.graph.flow_params import bind
from patchbay_server.graph.reader import parse
from patchbay_server.services.wizards import fixes
from patchbay_server.services.wizards.changed import changed
from tests.server.services.wizards.template import TEMPLATE, catalogue, template, with_node
from tests.server.services.wizards.test_fixes import leave_out

PARAMS: dict[str, dict[str, Any]] = TEMPLATE["params"]
EXTRA = {"id": "sort", "operator": "shape.sort@1.0.0", "params": {"by": ["lot"]}}


def told(raw: dict[str, Any]) -> list[tuple[str | None, str]]:
    return [(change.node, change.what) for change in changed(template(), parse(raw), catalogue())]


def test_values_fixes_names_titles_and_positions_are_no_change() -> None:
    filled = replace(template(), params=bind(template(), {"dataset": "wafers", "target": "fail"}).params, name="mine")
    fixed = fixes.insert(filled, catalogue(), leave_out("serial"))
    assert changed(template(), fixed, catalogue()) == []
    assert told(with_node("keep", position=[0, 500], title="Keep")) == []


def test_a_node_that_was_removed_is_named_in_both_languages() -> None:
    nodes = [node for node in TEMPLATE["nodes"] if node["id"] != "check"]
    edges = [{"from": "data.table", "to": "keep.table"}, TEMPLATE["edges"][2]]
    first, *others = changed(template(), parse(TEMPLATE | {"nodes": nodes, "edges": edges}), catalogue())
    assert (first.node, first.what) == ("check", "removed")
    assert first.text == {"en": "The step “Check” was taken out.", "zh-CN": "步骤“检查”已被移除。"}
    assert [(change.node, change.what) for change in others] == [("keep", "rewired")]


def test_a_node_that_was_added_or_renamed_is_named() -> None:
    added = TEMPLATE | {"nodes": [*TEMPLATE["nodes"], EXTRA]}
    assert told(added) == [("sort", "added")]
    nodes = [
        node | {"id": "data" if node["id"] != "fit" else "model"} for node in TEMPLATE["nodes"] if node["id"] == "fit"
    ]
    renamed = TEMPLATE | {
        "nodes": [*TEMPLATE["nodes"][:3], *nodes],
        "edges": [*TEMPLATE["edges"][:2], {"from": "keep.train", "to": "model.table"}],
    }
    assert told(renamed) == [("model", "renamed")]


def test_another_wire_version_or_operator_is_a_change_of_structure() -> None:
    rewired = TEMPLATE | {"edges": [*TEMPLATE["edges"][:2], {"from": "keep.test", "to": "fit.table"}]}
    assert told(rewired) == [("fit", "rewired")]
    assert told(with_node("fit", operator="model.logistic@2.0.0")) == [("fit", "version")]
    assert told(with_node("fit", operator="model.svm@1.0.0")) == [("fit", "operator")]


def test_params_and_settings_of_nodes_and_params_of_the_flow_are_told_as_such() -> None:
    keep = {"method": {"$param": "split"}, "column": {"$param": "split_by"}, "share": 0.5}
    assert told(with_node("keep", params=keep)) == [("keep", "params")]
    assert told(with_node("fit", params={"target": "fail"})) == [("fit", "params")], "not asked for any more"
    assert told(with_node("fit", settings={"seed": 7})) == [("fit", "settings")]
    without = {name: param for name, param in TEMPLATE["params"].items() if name != "note"}
    assert told(TEMPLATE | {"params": without}) == [(None, "params")]


def texts(raw: dict[str, Any]) -> tuple[str, str]:
    (change,) = changed(template(), parse(raw), catalogue())
    return change.text["en"], change.text["zh-CN"]


def test_what_was_changed_is_called_as_the_form_calls_it_with_what_it_was_and_is() -> None:
    assert texts(with_node("data", params={"name": "lots"}) | {"params": filled(dataset="wafers")}) == (
        "“Wafers” was changed in the step “data”: it was wafers, now it is lots.",
        "步骤“data”的“晶圆”已被修改：原为 wafers，现为 lots。",
    )
    keep = {"method": "time", "column": {"$param": "split_by"}, "share": 0.3}
    spec = catalogue().get("shape.hold_out@1.0.0")
    title, *choices = (spec.text(f"$t.{key}", "zh-CN") for key in ("method", "auto", "time"))
    assert texts(with_node("keep", params=keep))[1] == (
        f"步骤“keep”的“{title}”已被修改：原为 {choices[0]}，现为 {choices[1]}。"
    )
    fewer = {"target": {"$param": "target"}, "exclude": ["lot", "at"]}
    assert texts(with_node("check", params=fewer))[0].endswith("it was nothing, now it is lot, at.")
    assert texts(with_node("fit", settings={"retries": 2})) == (
        "The step “fit” runs with another setting of “Tries after a failure”: it was 0, now it is 2.",
        "步骤“fit”的运行设置“失败后重试次数”已改变：原为 0，现为 2。",
    )
    assert texts(with_node("fit", operator="model.svm@1.0.0"))[0].endswith(
        f"({catalogue().get('model.svm@1.0.0').title})."
    )


def filled(**values: Any) -> dict[str, Any]:
    return {name: {**param, "default": values.get(name, param.get("default"))} for name, param in PARAMS.items()}
