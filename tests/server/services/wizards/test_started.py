"""Flows that wizards made, as the project keeps them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from patchbay_operators.export._datasets import save
from patchbay_sdk import Table
from patchbay_server.engine.errors import NotFound
from patchbay_server.errors import FlowParamError
from patchbay_server.services import flows
from patchbay_server.services.errors import AlreadyExists, Conflict
from patchbay_server.services.people import audit
from patchbay_server.services.people.actor import COMMAND
from patchbay_server.services.platform import Platform
from patchbay_server.services.project_folder import project_folder
from patchbay_server.services.wizards import offered, started
from patchbay_server.services.wizards.param_fixes import SetParams
from patchbay_server.services.wizards.started import WizardView
from tests.server.services.wizards.template import TEMPLATE
from tests.server.services.wizards.test_fixes import leave_out


@pytest.fixture
def wafers(platform: Platform, project: int) -> Path:
    """A dataset to choose."""
    folder = project_folder(platform.settings, project) / "datasets" / "wafers"
    save(folder, Table(pl.DataFrame({"lot": ["a", "b"], "width": [1.0, 2.0], "fail": [True, False]})))
    return folder


@pytest.fixture
def flow(platform: Platform, project: int) -> str:
    """A flow that the project's own wizard made."""
    flows.create(platform, COMMAND, project, TEMPLATE)
    return started.start(platform, COMMAND, project, TEMPLATE["name"], "lots of May").flow_name


def fill_in(platform: Platform, project: int, flow: str, values: Mapping[str, Any], expected: int) -> WizardView:
    return started.fill_in(platform, COMMAND, project, flow, values, expected=expected)


def columns(view: WizardView) -> list[str] | None:
    """What can be chosen as target."""
    found = view.form.columns["target"]
    return None if found is None else [column["name"] for column in found]


def test_what_is_filled_in_is_kept_and_the_columns_of_the_data_are_offered(
    platform: Platform, project: int, flow: str, wafers: Path
) -> None:
    assert wafers.exists()
    begun = started.get(platform, COMMAND, project, flow)
    assert (begun.values["dataset"], begun.values["target"], columns(begun)) == (None, "", None)
    filled = fill_in(platform, project, flow, {"dataset": "wafers", "target": "fail"}, 1)
    assert columns(filled) == ["lot", "width", "fail"]
    assert started.get(platform, COMMAND, project, flow).values == filled.values
    assert [problem.text() for problem in filled.problems if problem.level == "error"] == []
    assert (filled.number, filled.changed) == (2, [])
    document = flows.document(flows.get(platform, project, flow))
    assert document.params["target"].default == "fail", "the ordinary flow runs with it"
    emptied = fill_in(platform, project, flow, {"dataset": None, "target": None}, 2)
    assert (emptied.values["dataset"], emptied.values["target"]) == (None, "")


def test_what_does_not_fit_is_refused(platform: Platform, project: int, flow: str) -> None:
    for values in ({"target": 5}, {"nothing": 1}, {"leave_out": [], "nothing": None}):
        with pytest.raises(FlowParamError):
            fill_in(platform, project, flow, values, 1)
    fill_in(platform, project, flow, {"target": "fail"}, 1)
    with pytest.raises(Conflict):
        fill_in(platform, project, flow, {"target": "pass"}, 1)


def test_a_fix_can_be_made_and_undone_and_may_set_params(platform: Platform, project: int, flow: str) -> None:
    fixed = started.apply_fix(platform, COMMAND, project, flow, leave_out("serial"))
    assert ([fix.id for fix in fixed.fixes], fixed.changed) == (["fix_leakage_1"], [])
    undone = started.undo_fix(platform, COMMAND, project, flow, "fix_leakage_1")
    assert (undone.fixes, undone.number) == ([], 3)
    said = [entry.action for entry in audit.entries(platform.database, audit.Filter(thing=f"flow:{flow}")).items]
    assert said == ["flow.changed"] * 2 + ["flow.created"]


def test_with_other_data_what_their_columns_lack_is_dropped_and_told_and_the_rest_stays(
    platform: Platform, project: int, flow: str, wafers: Path
) -> None:
    save(wafers.parent / "first", Table(pl.DataFrame({"lot": ["a"], "width": [1.0], "serial": [1], "fail": [True]})))
    assert wafers.exists()
    fill_in(platform, project, flow, {"dataset": "first", "target": "fail", "leave_out": ["lot", "fail"]}, 1)
    for fix in (leave_out("width"), leave_out("serial", code="constant"), setting(split="time", split_by="fail")):
        started.apply_fix(platform, COMMAND, project, flow, fix)
    again = fill_in(platform, project, flow, {"dataset": "first"}, 5)
    assert (again.dropped, len(again.fixes)) == ([], 3)
    wafers_now = fill_in(platform, project, flow, {"dataset": "wafers"}, 5)
    assert [text["zh-CN"] for text in wafers_now.dropped] == ["去掉 serial"]
    save(wafers.parent / "lots", Table(pl.DataFrame({"lot": ["a"], "grade": ["x"], "width": [1.0]})))
    now = fill_in(platform, project, flow, {"dataset": "lots"}, 6)
    assert {name: now.values[name] for name in ("target", "leave_out", "split", "split_by")} == {
        "target": "", "leave_out": ["lot"], "split": "auto", "split_by": "",
    }  # fmt: skip
    assert [fix.id for fix in now.fixes] == ["fix_leakage_1"]
    assert [text["en"] for text in now.dropped] == [
        "Set ['split', 'split_by']", "What to predict: fail", "Columns to leave out: fail",
    ]  # fmt: skip
    missing = [problem.code for problem in now.problems if problem.code == "param_column_missing"]
    assert (missing, started.get(platform, COMMAND, project, flow).dropped) == ([], [])


def setting(**params: Any) -> SetParams:
    return SetParams("order", {"en": f"Set {list(params)}", "zh-CN": f"设置 {list(params)}"}, params)


def test_what_a_fix_has_set_is_undone_by_a_click_and_what_was_set_since_stays(
    platform: Platform, project: int, flow: str
) -> None:
    before = started.get(platform, COMMAND, project, flow).values
    by_time = started.apply_fix(
        platform, COMMAND, project, flow, setting(split="time", split_by="at", leave_out=["id"])
    )
    assert [(fix.id, fix.operator, fix.params) for fix in by_time.fixes] == [
        ("set_order_1", None, {"split": "time", "split_by": "at", "leave_out": ["id"]})
    ]
    more = started.apply_fix(platform, COMMAND, project, flow, setting(split="group", leave_out=["serial", "id"]))
    assert (more.values["leave_out"], more.values["split"]) == (["id", "serial"], "group")
    again = started.apply_fix(platform, COMMAND, project, flow, setting(split="group"))
    assert [fix.id for fix in again.fixes] == ["set_order_1", "set_order_2"], "pressed twice it is there once"
    undone = started.undo_fix(platform, COMMAND, project, flow, "set_order_1")
    assert (undone.values["leave_out"], undone.values["split"], undone.values["split_by"]) == (["serial"], "group", "")
    assert undone.changed == []
    assert started.undo_fix(platform, COMMAND, project, flow, "set_order_2").values == before
    with pytest.raises(NotFound):
        started.undo_fix(platform, COMMAND, project, flow, "set_order_2")


def test_what_was_set_by_a_fix_and_then_by_hand_is_no_fix_any_more(platform: Platform, project: int, flow: str) -> None:
    started.apply_fix(platform, COMMAND, project, flow, setting(split="time"))
    by_hand = fill_in(platform, project, flow, {"split": "group"}, 2)
    assert by_hand.fixes == []


def test_a_flow_changed_on_the_canvas_shows_in_the_wizard_again(platform: Platform, project: int, flow: str) -> None:
    document = flows.get(platform, project, flow).document
    document["params"]["target"]["default"] = "width"
    document["nodes"] = [node for node in document["nodes"] if node["id"] != "keep"]
    document["edges"] = [edge for edge in document["edges"] if "keep" not in edge["from"] + edge["to"]]
    flows.change(platform, COMMAND, project, flow, document, expected=1)
    view = started.get(platform, COMMAND, project, flow)
    assert view.values["target"] == "width"
    assert [(change.node, change.what) for change in view.changed] == [("keep", "removed")]


def test_a_wizard_that_changes_leaves_the_flows_that_it_made_alone(platform: Platform, project: int, flow: str) -> None:
    changed = TEMPLATE | {"nodes": TEMPLATE["nodes"][:3], "edges": TEMPLATE["edges"][:2]}
    flows.change(platform, COMMAND, project, TEMPLATE["name"], changed, expected=1)
    assert started.get(platform, COMMAND, project, flow).changed == []


def test_names_of_started_flows(platform: Platform, project: int, flow: str) -> None:
    names = [started.start(platform, COMMAND, project, "category").flow_name for _ in range(2)]
    assert names == ["category", "category 2"]
    with pytest.raises(AlreadyExists):
        started.start(platform, COMMAND, project, "category", flow)
    assert flows.document(flows.get(platform, project, flow)).title is None, "its name is its title"
    assert [made.name for made in started.listed(platform, project).items] == [*reversed(names), flow]
    assert [made.name for made in started.listed(platform, project, limit=1).items] == ["category 2"]


def test_a_published_flow_is_offered_and_hides_a_shipped_one_of_its_name(platform: Platform, project: int) -> None:
    before = [(wizard.name, wizard.origin) for wizard in offered.listed(platform, project)]
    assert ("category", "shipped") in before
    flows.create(platform, COMMAND, project, TEMPLATE | {"name": "category"})
    now = [(wizard.name, wizard.origin, wizard.flow) for wizard in offered.listed(platform, project)]
    assert [wizard for wizard in now if wizard[0] == "category"] == [("category", "project", "category")]
    made = flows.document(started.start(platform, COMMAND, project, "category", "mine"))
    assert [node.id for node in made.nodes] == [node["id"] for node in TEMPLATE["nodes"]]
    withdrawn = TEMPLATE | {"name": "category", "wizard": TEMPLATE["wizard"] | {"published": False}}
    flows.change(platform, COMMAND, project, "category", withdrawn, expected=1)
    assert [(wizard.name, wizard.origin) for wizard in offered.listed(platform, project)] == before


def test_a_template_is_not_filled_in(platform: Platform, project: int) -> None:
    flows.create(platform, COMMAND, project, TEMPLATE)
    with pytest.raises(Conflict, match="start from it"):
        fill_in(platform, project, TEMPLATE["name"], {"target": "fail"}, 1)
    assert started.get(platform, COMMAND, project, TEMPLATE["name"]).changed == []


def test_a_preview_is_what_the_saved_one_shows(platform: Platform, project: int) -> None:
    flows.create(platform, COMMAND, project, TEMPLATE)
    saved = started.get(platform, COMMAND, project, TEMPLATE["name"])
    shown = started.preview(platform, COMMAND, project, TEMPLATE)
    assert (shown.form, shown.values, shown.wizard, shown.number) == (saved.form, saved.values, saved.wizard, None)


def test_a_flow_is_called_after_what_it_is_about_until_somebody_calls_it_otherwise(
    platform: Platform, project: int
) -> None:
    name = started.start(platform, COMMAND, project, "category").flow_name

    def title() -> object:
        return flows.document(flows.get(platform, project, name)).title

    begun = title()
    fill_in(platform, project, name, {"dataset": "wafers"}, 1)
    assert title() == begun, "it is not yet known what is predicted"
    fill_in(platform, project, name, {"target": "fail"}, 2)
    assert title() == {"en": "Predict fail — wafers", "zh-CN": "预测“fail” — wafers"}
    fill_in(platform, project, name, {"dataset": "lots"}, 3)
    assert title() == {"en": "Predict fail — lots", "zh-CN": "预测“fail” — lots"}
    document = flows.get(platform, project, name).document
    flows.change(platform, COMMAND, project, name, document | {"title": "Mine"}, expected=4)
    fill_in(platform, project, name, {"dataset": "wafers"}, 5)
    assert title() == "Mine"
