"""Operators, installed and published, as data."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate

from patchbay_server.api.blueprint import Blueprint
from patchbay_server.api.etag import set_etag
from patchbay_server.api.paging import SearchQuerySchema, page_of
from patchbay_server.api.platform import platform
from patchbay_server.services import operators
from patchbay_server.services.operators import STATES

blueprint = Blueprint("operators", "Operators, installed and published, as data.", "/operators")


class OperatorsQuerySchema(SearchQuerySchema):
    """`latest`: only the newest version of each that is not deprecated."""

    category = fields.String(load_default=None, validate=validate.Length(1, 60))
    latest = fields.Boolean(load_default=True)


class OperatorSchema(Schema):
    """`spec`: as in its JSON file. `release`: of the package that brought it; null: it is installed.

    `state`: installed and published operators are offered; deprecated ones still run; withdrawn ones do not, and
    `notice` says what to use instead.
    """

    key = fields.String(required=True)
    spec = fields.Dict(keys=fields.String(), required=True)
    state = fields.String(required=True, validate=validate.OneOf(STATES))
    release = fields.String(required=True, allow_none=True)
    notice = fields.String(required=True, allow_none=True)


class OperatorProblemSchema(Schema):
    message = fields.String(required=True)


@blueprint.get("", requires="operator.read")
@blueprint.arguments(OperatorsQuerySchema, location="query")
@blueprint.response(200, page_of(OperatorSchema))
def list_operators(query: dict[str, Any]) -> Any:
    """Operators by id, newest version first. `q` looks into ids and titles."""
    return operators.listed(platform(), **query)


@blueprint.get("/broken", requires="operator.read")
@blueprint.response(200, OperatorProblemSchema(many=True))
def list_broken_operators() -> Any:
    """What is wrong with installed packages and specs that could not be read."""
    return operators.broken(platform())


@blueprint.get("/<string:key>", requires="operator.read")
@blueprint.response(200, OperatorSchema)
def get_operator(key: str) -> Any:
    """One operator by ``id@version``, withdrawn ones too, so that flows that use them can be shown."""
    found = operators.get(platform(), key)
    set_etag(operators.etag_of(found))
    return found


@blueprint.get("/<string:operator_id>/versions", requires="operator.read")
@blueprint.response(200, OperatorSchema(many=True))
def list_operator_versions(operator_id: str) -> Any:
    """Every version of an operator, newest first, withdrawn ones too."""
    return operators.versions(platform(), operator_id)
