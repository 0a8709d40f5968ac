"""Flows that come with Patchbay, to start from."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from patchbay_server.api.blueprint import Blueprint
from patchbay_server.services import flows

blueprint = Blueprint("flow-samples", "Flows that come with Patchbay, to start from.", "/flow-samples")


class FlowSampleSchema(Schema):
    """`title`: a text, or one per language."""

    name = fields.String(required=True)
    title = fields.Raw(required=True, allow_none=True)
    document = fields.Dict(keys=fields.String(), required=True)


@blueprint.get("", requires="operator.read")
@blueprint.response(200, FlowSampleSchema(many=True))
def list_flow_samples() -> list[dict[str, Any]]:
    """By name; save the document of one under a name of your own."""
    return [{"name": sample.name, "title": sample.title, "document": sample.to_json()} for sample in flows.samples()]
