"""Worker processes."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from patchbay_server.api.access import actor
from patchbay_server.api.blueprint import Blueprint
from patchbay_server.api.paging import PageQuerySchema, page_of
from patchbay_server.api.platform import platform
from patchbay_server.services import pools

blueprint = Blueprint("workers", "Worker processes of the pools.", "/workers")


class WorkerSchema(Schema):
    """`project`, `run_id`, `path`: what it runs; null where one is no member of the project. Times: seconds since 1970.

    `alive`: it has said so within the last minute.
    """

    id = fields.String(required=True)
    pool = fields.String(required=True)
    host = fields.String(required=True)
    pid = fields.Integer(required=True)
    started_at = fields.Float(required=True)
    seen_at = fields.Float(required=True)
    alive = fields.Boolean(required=True)
    busy = fields.Boolean(required=True)
    project = fields.String(required=True, allow_none=True)
    run_id = fields.Integer(required=True, allow_none=True)
    path = fields.String(required=True, allow_none=True)


@blueprint.get("", requires="pool.read")
@blueprint.arguments(PageQuerySchema, location="query")
@blueprint.response(200, page_of(WorkerSchema))
def list_workers(query: dict[str, Any]) -> Any:
    """Workers by their id."""
    return pools.workers(platform(), actor(), **query)
