"""Projects."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate

from patchbay_server.api import access
from patchbay_server.api.blueprint import Blueprint
from patchbay_server.api.etag import if_match, set_etag
from patchbay_server.api.paging import SearchQuerySchema, page_of
from patchbay_server.api.platform import platform
from patchbay_server.services.people import projects
from patchbay_server.services.people.projects import NAME, Project
from patchbay_server.services.people.rights import ROLES

blueprint = Blueprint("projects", "Projects: the unit of ownership and permission.", "/projects")

TITLE, DESCRIPTION = validate.Length(max=200), validate.Length(max=5000)


class NewProjectSchema(Schema):
    """`name` is part of addresses, and stays."""

    name = fields.String(required=True, validate=validate.Length(1, 63), metadata={"pattern": f"^{NAME.pattern}$"})
    title = fields.String(load_default="", validate=TITLE)
    description = fields.String(load_default="", validate=DESCRIPTION)


class ProjectChangeSchema(Schema):
    title = fields.String(required=True, validate=TITLE)
    description = fields.String(required=True, validate=DESCRIPTION)


class ProjectSchema(Schema):
    """`role`: one's own. `created_at`: seconds since 1970."""

    name = fields.String(required=True)
    title = fields.String(required=True)
    description = fields.String(required=True)
    role = fields.String(required=True, validate=validate.OneOf(ROLES))
    created_at = fields.Float(required=True)


@blueprint.get("", requires="self")
@blueprint.arguments(SearchQuerySchema, location="query")
@blueprint.response(200, page_of(ProjectSchema))
def list_projects(query: dict[str, Any]) -> Any:
    """The projects of which one is a member, by name."""
    return projects.listed(platform(), access.actor(), **query)


@blueprint.post("", requires="project.create", creates=True)
@blueprint.arguments(NewProjectSchema)
@blueprint.response(201, ProjectSchema)
def create_project(body: dict[str, Any]) -> Project:
    """A new project, of which one becomes an admin."""
    return _shown(projects.create(platform(), access.actor(), **body))


@blueprint.get("/<project_name>", requires="project.read")
@blueprint.response(200, ProjectSchema)
def get_project() -> Project:
    """One project by name."""
    return _shown(access.project())


@blueprint.put("/<project_name>", requires="project.manage", if_match="required")
@blueprint.arguments(ProjectChangeSchema)
@blueprint.response(200, ProjectSchema)
def change_project(body: dict[str, Any]) -> Project:
    """Set title and description."""
    name = access.project().name
    return _shown(projects.change(platform(), access.actor(), name, expected=if_match(), **body))


def _shown(project: Project) -> Project:
    set_etag(project.version)
    return project
