"""Members of a project and their roles."""

from __future__ import annotations

from typing import Any

from flask import Response
from marshmallow import Schema, fields, validate

from patchbay_server.api import access
from patchbay_server.api.blueprint import Blueprint
from patchbay_server.api.etag import if_match, set_etag
from patchbay_server.api.paging import PageQuerySchema, page_of
from patchbay_server.api.platform import platform
from patchbay_server.services.people import members
from patchbay_server.services.people.members import Member
from patchbay_server.services.people.rights import ROLES

blueprint = Blueprint("members", "Members of a project.", "/projects/<project_name>/members")

ROLE = validate.OneOf(ROLES)


class MemberChangeSchema(Schema):
    role = fields.String(required=True, validate=ROLE)


class NewMemberSchema(MemberChangeSchema):
    """`name`: of the user."""

    name = fields.String(required=True, validate=validate.Length(1, 100))


class MemberSchema(Schema):
    """`created_at`: since when, in seconds since 1970."""

    name = fields.String(required=True)
    title = fields.String(required=True)
    role = fields.String(required=True, validate=ROLE)
    created_at = fields.Float(required=True)


@blueprint.get("", requires="project.read")
@blueprint.arguments(PageQuerySchema, location="query")
@blueprint.response(200, page_of(MemberSchema))
def list_members(query: dict[str, Any]) -> Any:
    """Members by name."""
    return members.listed(platform(), access.project().id, **query)


@blueprint.post("", requires="project.manage", creates=True)
@blueprint.arguments(NewMemberSchema)
@blueprint.response(201, MemberSchema)
def add_member(body: dict[str, Any]) -> Member:
    """Make a user a member. Only an admin of the platform gives roles that reach beyond the project."""
    return _shown(members.add(platform(), access.actor(), access.project().id, **body))


@blueprint.get("/<string:name>", requires="project.read")
@blueprint.response(200, MemberSchema)
def get_member(name: str) -> Member:
    """One member by name."""
    return _shown(members.find(platform(), access.project().id, name))


@blueprint.put("/<string:name>", requires="project.manage", if_match="required")
@blueprint.arguments(MemberChangeSchema)
@blueprint.response(200, MemberSchema)
def change_member(body: dict[str, Any], name: str) -> Member:
    """Give a member another role."""
    project_id = access.project().id
    return _shown(members.change(platform(), access.actor(), project_id, name, expected=if_match(), **body))


@blueprint.delete("/<string:name>", requires="project.manage", if_match="required")
@blueprint.response(204)
def remove_member(name: str) -> Response:
    """Take a member out of the project."""
    members.remove(platform(), access.actor(), access.project().id, name, expected=if_match())
    return Response(status=204)


def _shown(member: Member) -> Member:
    set_etag(member.version)
    return member
