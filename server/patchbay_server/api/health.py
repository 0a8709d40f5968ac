"""GET /health: whether this process serves; open to everyone."""

from __future__ import annotations

import importlib.metadata

from flask_smorest import Blueprint
from marshmallow import Schema, fields, validate

blueprint = Blueprint("health", __name__, description="Whether the web process serves.")


class HealthSchema(Schema):
    """`status` is always ``ok``: a process that cannot serve does not answer."""

    status = fields.String(required=True, validate=validate.Equal("ok"))
    version = fields.String(required=True)


@blueprint.get("/health")
@blueprint.doc(operationId="get_health")
@blueprint.response(200, HealthSchema)
def get_health() -> dict[str, str]:
    """Whether the web process serves."""
    return {"status": "ok", "version": importlib.metadata.version("patchbay")}
