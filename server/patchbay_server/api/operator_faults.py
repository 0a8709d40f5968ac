"""What operators have done to the processes that ask them, and those that are not asked any more."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from patchbay_server.api.access import actor
from patchbay_server.api.blueprint import Blueprint
from patchbay_server.api.paging import PageQuerySchema, page_of
from patchbay_server.api.platform import platform
from patchbay_server.services.publishing import faults

blueprint = Blueprint("operator-faults", "Operators that crash, hang or eat up memory.", "/operator-faults")


class OperatorFaultSchema(Schema):
    """`operator`: ``id@version``, or ``plugin:<name>``. `disabled_at`: null while it may be asked. Times in seconds."""

    operator = fields.String(required=True)
    faults = fields.Integer(required=True)
    last_error = fields.String(required=True)
    last_at = fields.Float(required=True)
    disabled_at = fields.Float(required=True, allow_none=True)


@blueprint.get("", requires="operator.read")
@blueprint.arguments(PageQuerySchema, location="query")
@blueprint.response(200, page_of(OperatorFaultSchema))
def list_operator_faults(query: dict[str, Any]) -> Any:
    """All that ever had a fault, by name."""
    return faults.listed(platform(), **query)


@blueprint.post("/<string:operator>/enable", requires="operator.review")
@blueprint.response(200, OperatorFaultSchema)
def enable_operator(operator: str) -> Any:
    """Ask it again from now on, and count its faults anew."""
    return faults.enable(platform(), actor(), operator)
