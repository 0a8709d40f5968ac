"""Flows and their revisions."""

from __future__ import annotations

from typing import Any

from flask_smorest import Blueprint
from marshmallow import Schema, fields

from patchbay_server.api.errors import ErrorPayload
from patchbay_server.api.platform import platform
from patchbay_server.engine.flows import Revision
from patchbay_server.services import flows

blueprint = Blueprint("flows", __name__, url_prefix="/api/v1/flows", description="Flows and their revisions.")


class FlowDocumentSchema(Schema):
    """A flow document; docs/flow-document.md describes it."""

    document = fields.Dict(keys=fields.String(), required=True)


class FlowSchema(Schema):
    """The newest revision of a flow. `created_at`: seconds since 1970."""

    revision = fields.Integer(required=True)
    name = fields.String(required=True)
    number = fields.Integer(required=True)
    document = fields.Dict(keys=fields.String(), required=True)
    created_at = fields.Float(required=True)


class SavedFlowSchema(FlowSchema):
    """`problems`: what keeps the flow from running, and warnings."""

    problems = fields.List(fields.Dict(keys=fields.String()), required=True)


@blueprint.get("")
@blueprint.response(200, FlowSchema(many=True))
def list_flows() -> list[dict[str, Any]]:
    return [_flow(revision) for revision in flows.newest(platform())]


@blueprint.post("")
@blueprint.arguments(FlowDocumentSchema)
@blueprint.response(201, SavedFlowSchema)
@blueprint.alt_response(422, schema=ErrorPayload)
def save_flow(body: dict[str, Any]) -> dict[str, Any]:
    """Save a document as its flow's newest revision."""
    revision, problems = flows.save(platform(), body["document"])
    return _flow(revision) | {"problems": [problem.to_json() for problem in problems]}


@blueprint.get("/<string:name>")
@blueprint.response(200, FlowSchema)
@blueprint.alt_response(404, schema=ErrorPayload)
def get_flow(name: str) -> dict[str, Any]:
    return _flow(flows.get(platform(), name))


def _flow(revision: Revision) -> dict[str, Any]:
    return {
        "revision": revision.id,
        "name": revision.flow_name,
        "number": revision.number,
        "document": revision.document,
        "created_at": revision.created_at,
    }
