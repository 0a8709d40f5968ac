"""Flows, their revisions, and what changed between them."""

from __future__ import annotations

from typing import Any

from flask import Response, request
from marshmallow import Schema, fields, validate

from patchbay_server.api.access import actor, project
from patchbay_server.api.blueprint import Blueprint
from patchbay_server.api.etag import if_match, set_etag
from patchbay_server.api.paging import PageQuerySchema, SearchQuerySchema, page_of
from patchbay_server.api.platform import platform
from patchbay_server.engine.flows import Revision
from patchbay_server.graph.diff import to_json
from patchbay_server.services import flows
from patchbay_server.services.flows import SavedFlow

blueprint = Blueprint("flows", "Flows and their revisions.", "/projects/<project_name>/flows")

NUMBER = validate.Range(1, (1 << 31) - 1)


class FlowDocumentSchema(Schema):
    """A flow document; docs/flow-document.md describes it."""

    document = fields.Dict(keys=fields.String(), required=True)


class UpgradeSchema(Schema):
    """`nodes`: paths of the nodes to upgrade; null: all."""

    nodes = fields.List(
        fields.String(validate=validate.Length(1, 1000)),
        load_default=None,
        allow_none=True,
        validate=validate.Length(max=2000),
    )


class DiffQuerySchema(Schema):
    """Numbers of revisions; without `to` the newest."""

    from_ = fields.Integer(required=True, data_key="from", validate=NUMBER)
    to = fields.Integer(load_default=None, validate=NUMBER)


class FlowProblemSchema(Schema):
    """`node`: path; null: the flow itself. `field`: such as ``params.columns``. `allowed`: what would be, if known.

    `texts`: what is wrong, by language, where the other fields do not say it.
    """

    code = fields.String(required=True)
    message = fields.String(required=True)
    node = fields.String(required=True, allow_none=True)
    field = fields.String(required=True, allow_none=True)
    value = fields.Raw(required=True, allow_none=True)
    allowed = fields.Raw(required=True, allow_none=True)
    level = fields.String(required=True, validate=validate.OneOf(["error", "warning"]))
    texts = fields.Dict(keys=fields.String(), values=fields.String(), allow_none=True)


class FlowSummarySchema(Schema):
    """A revision without its document. `title`: a text, or one per language. `created_at`: seconds since 1970."""

    name = fields.String(required=True)
    number = fields.Integer(required=True)
    title = fields.Raw(required=True, allow_none=True)
    nodes = fields.Integer(required=True)
    created_at = fields.Float(required=True)
    created_by = fields.String(required=True, allow_none=True)


class LastRunSchema(Schema):
    """The newest run of a flow."""

    id = fields.Integer(required=True)
    state = fields.String(required=True)
    created_at = fields.Float(required=True)


class ListedFlowSchema(FlowSummarySchema):
    """A flow as it is now. `last_run`: null: it was never run."""

    last_run = fields.Nested(LastRunSchema, required=True, allow_none=True)


class FlowSchema(Schema):
    """A revision of a flow. `created_at`: seconds since 1970."""

    name = fields.String(required=True)
    number = fields.Integer(required=True)
    document = fields.Dict(keys=fields.String(), required=True)
    created_at = fields.Float(required=True)


class SavedFlowSchema(FlowSchema):
    """`problems`: what keeps the flow from running, and warnings."""

    problems = fields.List(fields.Nested(FlowProblemSchema), required=True)


class EdgeSchema(Schema):
    """From an output port to an input port, each as ``node.port``."""

    from_ = fields.String(required=True, data_key="from", attribute="from")
    to = fields.String(required=True)


class ChangeSchema(Schema):
    """A field that differs, such as ``params.strategy``; `node` null: of the flow itself; null values: not there."""

    node = fields.String(required=True, allow_none=True)
    field = fields.String(required=True)
    old = fields.Raw(required=True, allow_none=True)
    new = fields.Raw(required=True, allow_none=True)


class FlowDiffSchema(Schema):
    """What changed, in the words of the flow's author. `renamed`: old -> new id of nodes that are otherwise equal."""

    added = fields.List(fields.String(), required=True)
    removed = fields.List(fields.String(), required=True)
    renamed = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    changes = fields.List(fields.Nested(ChangeSchema), required=True)
    edges_added = fields.List(fields.Nested(EdgeSchema), required=True)
    edges_removed = fields.List(fields.Nested(EdgeSchema), required=True)


class UpgradedFlowSchema(Schema):
    """`changes`: a line each. `number`: of the revision as which it was saved; null: not saved."""

    document = fields.Dict(keys=fields.String(), required=True)
    changes = fields.List(fields.String(), required=True)
    number = fields.Integer(required=True, allow_none=True)


@blueprint.get("", requires="flow.read")
@blueprint.arguments(SearchQuerySchema, location="query")
@blueprint.response(200, page_of(ListedFlowSchema))
def list_flows(query: dict[str, Any]) -> Any:
    """Flows by name, as they are now; `q`: a part of the name or title."""
    return flows.listed(platform(), project().id, **query)


@blueprint.post("", requires="flow.write", creates=True)
@blueprint.arguments(FlowDocumentSchema)
@blueprint.response(201, SavedFlowSchema)
def create_flow(body: dict[str, Any]) -> dict[str, Any]:
    """Save a document as a new flow; one with problems, too."""
    return _saved(flows.create(platform(), actor(), project().id, body["document"]))


@blueprint.get("/<string:flow>", requires="flow.read")
@blueprint.response(200, FlowSchema)
def get_flow(flow: str) -> dict[str, Any]:
    """The newest revision."""
    return shown(flows.get(platform(), project().id, flow))


@blueprint.put("/<string:flow>", requires="flow.write", if_match="required")
@blueprint.arguments(FlowDocumentSchema)
@blueprint.response(200, SavedFlowSchema)
def change_flow(body: dict[str, Any], flow: str) -> dict[str, Any]:
    """Save a document as the next revision; the same document again gives the same revision."""
    return _saved(flows.change(platform(), actor(), project().id, flow, body["document"], expected=if_match()))


@blueprint.delete("/<string:flow>", requires="flow.write", if_match="required")
@blueprint.response(204)
def delete_flow(flow: str) -> Response:
    """Take a flow away; its runs stay, its name is free."""
    flows.delete(platform(), actor(), project().id, flow, expected=if_match())
    return Response(status=204)


@blueprint.get("/<string:flow>/revisions", requires="flow.read")
@blueprint.arguments(PageQuerySchema, location="query")
@blueprint.response(200, page_of(FlowSummarySchema))
def list_revisions(query: dict[str, Any], flow: str) -> Any:
    """Newest first."""
    return flows.revisions(platform(), project().id, flow, **query)


@blueprint.get("/<string:flow>/revisions/<id:number>", requires="flow.read")
@blueprint.response(200, FlowSchema)
def get_revision(flow: str, number: int) -> dict[str, Any]:
    """One revision by number."""
    return shown(flows.get(platform(), project().id, flow, number))


@blueprint.get("/<string:flow>/diff", requires="flow.read")
@blueprint.arguments(DiffQuerySchema, location="query")
@blueprint.response(200, FlowDiffSchema)
def diff_revisions(query: dict[str, Any], flow: str) -> dict[str, Any]:
    """What changed from one revision to another. Positions on the canvas do not count."""
    return to_json(flows.compare(platform(), project().id, flow, query["from_"], query["to"]))


@blueprint.post("/<string:flow>/upgrade", requires="flow.write", if_match="optional")
@blueprint.arguments(UpgradeSchema)
@blueprint.response(200, UpgradedFlowSchema)
def upgrade_flow(body: dict[str, Any], flow: str) -> dict[str, Any]:
    """The flow on the newest versions of its operators, and what that changes; saved only with If-Match."""
    expected = if_match() if request.if_match else None
    found = flows.upgrade(platform(), actor(), project().id, flow, nodes=body["nodes"], expected=expected)
    if found.saved:
        set_etag(found.saved.number)
    number = found.saved.number if found.saved else None
    return {"document": found.document.to_json(), "changes": found.changes, "number": number}


def _saved(saved: SavedFlow) -> dict[str, Any]:
    return shown(saved.revision) | {"problems": [problem.to_json() for problem in saved.problems]}


def shown(revision: Revision) -> dict[str, Any]:
    """A revision as `FlowSchema` has it, with its ETag."""
    set_etag(revision.number)
    return {
        "name": revision.flow_name,
        "number": revision.number,
        "document": revision.document,
        "created_at": revision.created_at,
    }
