"""The audit record: who did what to which thing, when and from where."""

from __future__ import annotations

import tempfile
from typing import Any

from flask import Response
from marshmallow import Schema, fields, validate

from patchbay_server.api import access
from patchbay_server.api.blueprint import Blueprint
from patchbay_server.api.downloads import download
from patchbay_server.api.paging import PageQuerySchema, page_of
from patchbay_server.api.platform import platform
from patchbay_server.services.people import audit
from patchbay_server.services.people.audit import Filter

blueprint = Blueprint("audit", "Who did what, when and from where; append-only, chained by hashes.")

LINES = "application/jsonl"
PART = validate.Length(1, 200)
MOMENT = validate.Range(0, 1e11)


class FilterSchema(Schema):
    """`actor`, `thing`: a part; `action`: a beginning; `since`, `until`: seconds since 1970."""

    actor = fields.String(load_default=None, validate=PART)
    action = fields.String(load_default=None, validate=PART)
    thing = fields.String(load_default=None, validate=PART)
    since = fields.Float(load_default=None, validate=MOMENT)
    until = fields.Float(load_default=None, validate=MOMENT)


class AuditQuerySchema(FilterSchema, PageQuerySchema):
    pass


class EntrySchema(Schema):
    """`previous`, `hash`: the chain; docs/security.md says how they are computed."""

    seq = fields.Integer(required=True)
    at = fields.Float(required=True)
    actor = fields.String(required=True)
    via = fields.String(required=True)
    address = fields.String(required=True)
    action = fields.String(required=True)
    thing = fields.String(required=True)
    before = fields.Dict(keys=fields.String(), required=True, allow_none=True)
    after = fields.Dict(keys=fields.String(), required=True, allow_none=True)
    previous = fields.String(required=True)
    hash = fields.String(required=True)


class ChainSchema(Schema):
    """`first_break`: number of the first entry that does not fit; null: the record is whole."""

    first_break = fields.Integer(required=True, allow_none=True)


@blueprint.get("/projects/<project_name>/audit", requires="audit.read")
@blueprint.arguments(AuditQuerySchema, location="query")
@blueprint.response(200, page_of(EntrySchema))
def list_project_entries(query: dict[str, Any]) -> Any:
    """What was done in a project, latest first."""
    return _page(query, access.project().id)


@blueprint.get("/audit", requires="audit.read_all")
@blueprint.arguments(AuditQuerySchema, location="query")
@blueprint.response(200, page_of(EntrySchema))
def list_entries(query: dict[str, Any]) -> Any:
    """What was done on the whole platform, latest first."""
    return _page(query, None)


@blueprint.get("/audit/export", requires="audit.read_all")
@blueprint.arguments(FilterSchema, location="query")
@blueprint.response(200, {"type": "string"}, content_type=LINES, description="An entry per line, oldest first.")
def export_entries(query: dict[str, Any]) -> Response:
    """Every entry as a line of JSON."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 # closed when sent; a slow client keeps no thread busy
    file.writelines(line.encode() for line in audit.export(platform().database, Filter(**query)))
    return download(file, "audit.jsonl", LINES)


@blueprint.get("/audit/chain", requires="audit.read_all")
@blueprint.response(200, ChainSchema)
def check_chain() -> dict[str, Any]:
    """Compute the whole chain of hashes anew."""
    return {"first_break": audit.first_break(platform().database)}


def _page(query: dict[str, Any], project_id: int | None) -> Any:
    place = {name: query.pop(name) for name in ("cursor", "limit")}
    return audit.entries(platform().database, Filter(project_id, **query), **place)
