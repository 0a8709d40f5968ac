"""The form of a wizard comes from the fields that its flow params fill."""

from typing import Any

from patchbay_sdk.conditions import compile_schema, visible_fields
from patchbay_sdk.schema import Schema
from patchbay_server.graph.reader import parse
from patchbay_server.services.wizards.form import Form, form_of
from tests.server.services.wizards.template import TEMPLATE, catalogue, template, with_node

WAFERS = {("data", "table"): Schema.of({"lot": "string", "width": "float", "fail": "bool"})}


def field(form: Form, name: str) -> dict[str, Any]:
    found: dict[str, Any] = form.params["properties"][name]
    return found


def test_widget_choices_and_limits_are_those_of_the_first_field_that_it_fills() -> None:
    form = form_of(template(), catalogue(), WAFERS)
    assert (field(form, "dataset")["x-widget"], field(form, "dataset")["pattern"]) == (
        "dataset", "^[a-z0-9][a-z0-9_-]{0,99}$",
    )  # fmt: skip
    assert "group" in field(form, "split")["enum"]


def test_what_no_node_uses_is_not_asked_for() -> None:
    assert "note" not in form_of(template(), catalogue(), WAFERS).params["properties"]
    own = with_node("keep", params={"method": "time", "column": {"$param": "split_by"}})
    form = form_of(parse(own), catalogue(), WAFERS)
    assert "split" not in form.params["properties"], "a value was put there on the canvas"
    assert [section["fields"] for section in form.ui] == [["dataset"], ["target"], ["split_by"]]
    inside = with_node("fit", params={"target": [{"$param": "note"}]})
    note = field(form_of(parse(inside), catalogue(), WAFERS), "note")
    assert note == {"type": "string", "title": "$t.note:title", "default": ""}, "a part of a field"


def test_its_texts_are_those_of_the_operator_unless_the_flow_has_its_own() -> None:
    form = form_of(template(), catalogue(), WAFERS)
    spec = catalogue().get("check.advice@1.0.0")
    key = field(form, "target")["title"].removeprefix("$t.")
    assert form.i18n["zh-CN"][key] == spec.text(spec.params["properties"]["target"]["title"], "zh-CN")
    own = field(form, "dataset")["title"].removeprefix("$t.")
    assert (form.i18n["en"][own], form.i18n["zh-CN"][own]) == ("Wafers", "晶圆")
    choices = field(form, "split")["x-enum-titles"].values()
    assert all(form.i18n["en"][text.removeprefix("$t.")] for text in choices)


def test_a_condition_is_told_in_flow_params() -> None:
    form = form_of(template(), catalogue(), WAFERS)
    assert "split_by" not in visible_fields(form.params, {"split": "auto"})
    assert "split_by" in visible_fields(form.params, {"split": "time"})
    compile_schema(form.params)


def test_a_condition_that_the_flow_has_settled_is_none_or_leaves_the_field_out() -> None:
    def keep(method: str) -> Form:
        params = {"method": method, "column": {"$param": "split_by"}}
        return form_of(parse(with_node("keep", params=params)), catalogue(), WAFERS)

    assert "x-when" not in field(keep("time"), "split_by")
    assert "split_by" not in keep("random").params["properties"]


def test_columns_come_from_what_reaches_the_node() -> None:
    form = form_of(template(), catalogue(), WAFERS)
    assert field(form, "target")["x-source"]["input"] == "target"
    assert [column["name"] for column in form.columns["target"] or []] == ["lot", "width", "fail"]
    assert form.columns["split_by"] is None, "nothing is known of what the check hands on"
    assert "dataset" not in form.columns


def test_a_section_for_each_step_that_asks_and_only_what_is_asked_is_required() -> None:
    form = form_of(template(), catalogue(), WAFERS)
    assert [section["fields"] for section in form.ui] == [["dataset"], ["target"], ["split", "split_by"]]
    assert form.i18n["zh-CN"][form.ui[1]["section"].removeprefix("$t.")] == "什么"
    assert form.params["required"] == ["dataset", "target"], "also where only a later node needs it"


def test_steps_that_ask_for_what_is_not_there_are_left_out() -> None:
    steps = [{"id": "data", "view": "form", "params": ["gone"]}]
    form = form_of(parse(TEMPLATE | {"wizard": {"kind": "other", "steps": steps}}), catalogue(), WAFERS)
    assert form.ui == []


def test_values_are_offered_of_the_column_that_a_flow_param_names() -> None:
    def found(target: Any) -> dict[str, Any]:
        document = with_node("fit", params={"target": target, "positive": {"$param": "note"}})
        return field(form_of(parse(document), catalogue(), WAFERS), "note")

    assert found({"$param": "target"})["x-values-of"] == "target"
    assert "x-values-of" not in found("fail"), "no field of the form names the column"
