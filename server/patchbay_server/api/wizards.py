"""Wizards: flows that somebody is led through step by step."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import request
from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from patchbay_server.api.access import actor, project
from patchbay_server.api.blueprint import Blueprint
from patchbay_server.api.etag import if_match, set_etag
from patchbay_server.api.flows import FlowDocumentSchema, FlowProblemSchema, FlowSchema, ListedFlowSchema, shown
from patchbay_server.api.paging import PageQuerySchema, page_of
from patchbay_server.api.platform import platform
from patchbay_server.services.wizards import offered, started
from patchbay_server.services.wizards.fixes import Fix
from patchbay_server.services.wizards.param_fixes import SetParams
from patchbay_server.services.wizards.started import WizardView

blueprint = Blueprint("wizards", "Flows to be led through step by step.", "/projects/<project_name>/wizards")
of_flows = Blueprint(
    "flow-wizards", "A flow as its wizard shows it.", "/projects/<project_name>/flows/<string:flow>/wizard"
)

KIND = validate.OneOf(offered.ORDER)
WHAT = validate.OneOf(["removed", "added", "renamed", "rewired", "version", "operator", "body", "params", "settings"])


class TextsSchema(Schema):
    """One text for each language."""

    en = fields.String(required=True, validate=validate.Length(1, 2000))
    zh_cn = fields.String(required=True, data_key="zh-CN", attribute="zh-CN", validate=validate.Length(1, 2000))


class OfferedWizardSchema(Schema):
    """`flow`: the project's flow that it is; null: it comes with Patchbay. Texts: one, or one per language.

    `steps`: as in the flow document, docs/wizards.md describes them.
    """

    name = fields.String(required=True)
    origin = fields.String(required=True, validate=validate.OneOf(["shipped", "project"]))
    flow = fields.String(required=True, allow_none=True)
    kind = fields.String(required=True, validate=KIND)
    title = fields.Raw(required=True, allow_none=True)
    description = fields.Raw(required=True, allow_none=True)
    icon = fields.String(required=True, allow_none=True)
    steps = fields.List(fields.Dict(keys=fields.String()), required=True)


class StartWizardSchema(Schema):
    """`name`: of the new flow; null: that of the wizard, with a number if that is taken."""

    name = fields.String(load_default=None, allow_none=True, validate=validate.Length(1, 200))


class StartedFlowSchema(ListedFlowSchema):
    """A flow that a wizard made, as it is now."""

    wizard_kind = fields.String(required=True, validate=KIND)


class WizardFormSchema(Schema):
    """`params`: a JSON Schema as those of operators are; `ui`: its sections, one for each step that asks for something;
    `i18n`: language -> key -> text."""

    params = fields.Dict(keys=fields.String(), required=True)
    ui = fields.List(fields.Dict(keys=fields.String()), required=True)
    i18n = fields.Dict(
        keys=fields.String(), values=fields.Dict(keys=fields.String(), values=fields.String()), required=True
    )


class PickedColumnSchema(Schema):
    name = fields.String(required=True)
    type = fields.String(required=True)


class AppliedFixSchema(Schema):
    """A fix that is in the flow; `id`: of its node, `code`: of the finding that suggested it.

    `operator` null: it is no node, but has set these flow params."""

    id = fields.String(required=True)
    code = fields.String(required=True)
    label = fields.Nested(TextsSchema, required=True)
    operator = fields.String(required=True, allow_none=True)
    params = fields.Dict(keys=fields.String(), required=True)


class ChangedNodeSchema(Schema):
    """What somebody changed by hand. `node` null: the flow itself. With `what` params or settings the wizard still fits
    the flow; everything else is a change of structure."""

    node = fields.String(required=True, allow_none=True)
    what = fields.String(required=True, validate=WHAT)
    text = fields.Nested(TextsSchema, required=True)


class WizardSchema(Schema):
    """A flow as its wizard shows it. `number`: of the revision; null: the document is not saved.

    `wizard`: the block of the flow document. `columns`: param -> what its picker offers; null: not known yet.
    `values`: null: not given yet. `changed`: what differs from the flow that the wizard made. `dropped`: what was
    emptied and undone by this very change, since the data that were chosen lack its columns.
    """

    name = fields.String(required=True)
    number = fields.Integer(required=True, allow_none=True)
    wizard = fields.Dict(keys=fields.String(), required=True)
    form = fields.Nested(WizardFormSchema, required=True)
    columns = fields.Dict(
        keys=fields.String(), values=fields.List(fields.Nested(PickedColumnSchema), allow_none=True), required=True
    )
    values = fields.Dict(keys=fields.String(), values=fields.Raw(allow_none=True), required=True)
    fixes = fields.List(fields.Nested(AppliedFixSchema), required=True)
    changed = fields.List(fields.Nested(ChangedNodeSchema), required=True)
    problems = fields.List(fields.Nested(FlowProblemSchema), required=True)
    dropped = fields.List(fields.Nested(TextsSchema), required=True)


class ValuesSchema(Schema):
    """Flow param -> value; null: what the wizard began with."""

    values = fields.Dict(keys=fields.String(), values=fields.Raw(allow_none=True), required=True)


class FixNodeSchema(Schema):
    operator = fields.String(required=True, validate=validate.Length(1, 200))
    params = fields.Dict(keys=fields.String(), load_default=dict)


class FixSchema(Schema):
    """What a finding suggests: a node to put before the check, or flow params to set; one of the two."""

    code = fields.String(required=True, validate=validate.Regexp(r"[a-z][a-z0-9_]{0,39}\Z"))
    label = fields.Nested(TextsSchema, required=True)
    node = fields.Nested(FixNodeSchema, load_default=None, allow_none=True)
    params = fields.Dict(keys=fields.String(), load_default=None, allow_none=True)

    @validates_schema
    def check_one(self, data: dict[str, Any], **_: Any) -> None:
        """Raises ValidationError."""
        if (data["node"] is None) == (data["params"] is None):
            raise ValidationError("Give either a node or params.", "node")


@blueprint.get("", requires="flow.read")
@blueprint.response(200, OfferedWizardSchema(many=True))
def list_wizards() -> Any:
    """Those that come with Patchbay, and the project's flows that are published as one."""
    return offered.listed(platform(), project().id)


@blueprint.post("/<string:wizard>/start", requires="wizard.use", creates=True)
@blueprint.arguments(StartWizardSchema)
@blueprint.response(201, FlowSchema)
def start_wizard(body: dict[str, Any], wizard: str) -> dict[str, Any]:
    """A new flow of the project, made from the wizard's template."""
    return shown(started.start(platform(), actor(), project().id, wizard, body["name"]))


@blueprint.get("/started", requires="flow.read")
@blueprint.arguments(PageQuerySchema, location="query")
@blueprint.response(200, page_of(StartedFlowSchema))
def list_started_wizards(query: dict[str, Any]) -> Any:
    """The flows that wizards made, newest first."""
    return started.listed(platform(), project().id, **query)


@blueprint.post("/preview", requires="flow.read")
@blueprint.arguments(FlowDocumentSchema)
@blueprint.response(200, WizardSchema)
def preview_wizard(body: dict[str, Any]) -> dict[str, Any]:
    """How a wizard would show a document, without saving it."""
    return _view(started.preview(platform(), actor(), project().id, body["document"]))


@of_flows.get("", requires="flow.read")
@of_flows.response(200, WizardSchema)
def get_wizard(flow: str) -> dict[str, Any]:
    """The steps, the form, what was filled in, and what was changed by hand."""
    return _view(started.get(platform(), actor(), project().id, flow))


@of_flows.patch("", requires="wizard.use", if_match="required")
@of_flows.arguments(ValuesSchema)
@of_flows.response(200, WizardSchema)
def fill_in_wizard(body: dict[str, Any], flow: str) -> dict[str, Any]:
    """Keep values of flow params; they are the flow's defaults from then on."""
    return _view(started.fill_in(platform(), actor(), project().id, flow, body["values"], expected=if_match()))


@of_flows.post("/fixes", requires="wizard.use", if_match="optional")
@of_flows.arguments(FixSchema)
@of_flows.response(200, WizardSchema)
def apply_fix(body: dict[str, Any], flow: str) -> dict[str, Any]:
    """Do what a finding suggests; without If-Match to the flow as it is now."""
    code, label, node = body["code"], body["label"], body["node"]
    fix = SetParams(code, label, body["params"]) if node is None else Fix(code, label, node["operator"], node["params"])
    return _view(started.apply_fix(platform(), actor(), project().id, flow, fix, expected=_expected()))


@of_flows.delete("/fixes/<string:fix>", requires="wizard.use", if_match="optional")
@of_flows.response(200, WizardSchema)
def undo_fix(flow: str, fix: str) -> dict[str, Any]:
    """Take a fix out of the flow, or give what it has set its values of before."""
    return _view(started.undo_fix(platform(), actor(), project().id, flow, fix, expected=_expected()))


def _expected() -> int | None:
    return if_match() if request.if_match else None


def _view(view: WizardView) -> dict[str, Any]:
    if view.number is not None:
        set_etag(view.number)
    form = asdict(view.form)
    told = {"columns": form.pop("columns"), "form": form, "fixes": [asdict(fix) for fix in view.fixes]}
    return {
        **{name: getattr(view, name) for name in ("name", "number", "wizard", "values", "dropped")},
        **told,
        "changed": [asdict(change) for change in view.changed],
        "problems": [problem.to_json() for problem in view.problems],
    }
