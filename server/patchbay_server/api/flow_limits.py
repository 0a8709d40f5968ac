"""How many runs of a flow are open at once."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate

from patchbay_server.api.access import actor, project
from patchbay_server.api.blueprint import Blueprint
from patchbay_server.api.platform import platform
from patchbay_server.services import flow_limits
from patchbay_server.services.flow_limits import FlowLimit

blueprint = Blueprint("flow limits", "How many runs of a flow are open at once.", "/projects/<project_name>/flows")


class NewFlowLimitSchema(Schema):
    """`max_open_runs`: null: no limit."""

    max_open_runs = fields.Integer(required=True, strict=True, allow_none=True, validate=validate.Range(1, 10_000))


class FlowLimitSchema(NewFlowLimitSchema):
    """`open`: runs that have not ended; `waiting`: those that wait because of the limit."""

    open = fields.Integer(required=True)
    waiting = fields.Integer(required=True)


@blueprint.get("/<string:flow>/limit", requires="flow.read")
@blueprint.response(200, FlowLimitSchema)
def get_flow_limit(flow: str) -> FlowLimit:
    """The limit, and what it does now."""
    return flow_limits.find(platform(), project().id, flow)


@blueprint.put("/<string:flow>/limit", requires="flow.write")
@blueprint.arguments(NewFlowLimitSchema)
@blueprint.response(200, FlowLimitSchema)
def set_flow_limit(body: dict[str, Any], flow: str) -> FlowLimit:
    """Set the limit, also below what is open: those runs go on, no other starts."""
    return flow_limits.put(platform(), actor(), project().id, flow, body["max_open_runs"])
