"""Installed operators, as data."""

from __future__ import annotations

from typing import Any

from flask_smorest import Blueprint
from marshmallow import Schema, fields

from patchbay_server.api.errors import ErrorPayload
from patchbay_server.api.platform import platform

blueprint = Blueprint("operators", __name__, url_prefix="/api/v1/operators", description="Installed operators.")


class OperatorsSchema(Schema):
    """Specs as in their JSON files, and what is wrong with those that could not be read."""

    operators = fields.List(fields.Dict(keys=fields.String()), required=True)
    broken = fields.List(fields.String(), required=True)


@blueprint.get("")
@blueprint.response(200, OperatorsSchema)
def list_operators() -> dict[str, Any]:
    catalogue = platform().catalogue
    return {
        "operators": [spec.raw for spec in catalogue],
        "broken": [error.message for error in catalogue.broken],
    }


@blueprint.get("/<string:key>")
@blueprint.response(200, description="The spec as in its JSON file.")
@blueprint.alt_response(404, schema=ErrorPayload)
def get_operator(key: str) -> Any:
    """One operator by ``id@version``."""
    return platform().catalogue.get(key).raw
