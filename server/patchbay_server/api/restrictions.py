"""Which roles may run which operators, engines and GPUs in a project."""

from __future__ import annotations

from typing import Any

from flask import Response
from marshmallow import Schema, fields, validate

from patchbay_server.api.access import actor, project
from patchbay_server.api.blueprint import Blueprint
from patchbay_server.api.paging import PageQuerySchema, page_of
from patchbay_server.api.platform import platform
from patchbay_server.services.people import restrictions
from patchbay_server.services.people.rights import ROLES

blueprint = Blueprint(
    "restrictions",
    "Which roles may run flows with certain operators, engines or GPUs.",
    "/projects/<project_name>/restrictions",
)


class RestrictionChangeSchema(Schema):
    """Only these roles may; an empty list: nobody."""

    roles = fields.List(
        fields.String(validate=validate.OneOf(ROLES)), required=True, validate=validate.Length(max=len(ROLES))
    )


class RestrictionSchema(RestrictionChangeSchema):
    """`subject`: ``operator:<id>``, ``family:<first part of the id>``, ``engine:<name>`` or ``gpu``."""

    subject = fields.String(required=True)
    created_at = fields.Float(required=True)


@blueprint.get("", requires="project.read")
@blueprint.arguments(PageQuerySchema, location="query")
@blueprint.response(200, page_of(RestrictionSchema))
def list_restrictions(query: dict[str, Any]) -> Any:
    """Restrictions by subject; what none of them names is open to everybody who may start runs."""
    return restrictions.listed(platform(), project().id, **query)


@blueprint.put("/<string:subject>", requires="project.manage")
@blueprint.arguments(RestrictionChangeSchema)
@blueprint.response(200, RestrictionSchema)
def set_restriction(body: dict[str, Any], subject: str) -> Any:
    """Say which roles may use a subject, also where nothing was said before."""
    return restrictions.put(platform(), actor(), project().id, subject, **body)


@blueprint.delete("/<string:subject>", requires="project.manage")
@blueprint.response(204)
def lift_restriction(subject: str) -> Response:
    """Open a subject again to everybody who may start runs."""
    restrictions.delete(platform(), actor(), project().id, subject)
    return Response(status=204)
