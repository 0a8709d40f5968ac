"""Pools and workers, which belong to all projects."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from patchbay_server.api.access import actor
from patchbay_server.api.blueprint import Blueprint
from patchbay_server.api.etag import if_match, set_etag
from patchbay_server.api.paging import PageQuerySchema, page_of
from patchbay_server.api.platform import platform
from patchbay_server.api.tasks import WaitReasonSchema
from patchbay_server.services import pools
from patchbay_server.services.pools import Capacity, Pool

blueprint = Blueprint("pools", "Pools: isolated capacity with workers of its own.", "/pools")

UNITS = validate.Range(0, 1_000_000)
MEMORY = validate.Range(0, 1 << 60)


class CapacitySchema(Schema):
    """CPUs, GPUs, bytes of memory."""

    cpu = fields.Float(required=True)
    gpu = fields.Float(required=True)
    memory = fields.Integer(required=True)


class PartSchema(Schema):
    """The part of a mixed pool that is for load tests alone, a part of its capacity."""

    cpu = fields.Float(required=True, validate=UNITS)
    gpu = fields.Float(required=True, validate=UNITS)
    memory = fields.Integer(required=True, strict=True, validate=MEMORY)

    @post_load
    def made(self, raw: dict[str, Any], **_: Any) -> Capacity:
        """As the services take it."""
        return Capacity(**raw)


class CapacityChangeSchema(Schema):
    """What is left out stays as it is."""

    cpu = fields.Float(validate=UNITS)
    gpu = fields.Float(validate=UNITS)
    memory = fields.Integer(strict=True, validate=MEMORY)
    isolated = fields.Nested(PartSchema)


class PoolSchema(Schema):
    """`isolated`: the part of a mixed pool that is for load tests alone; nothing in others.

    `edited`: a person set the capacity, the platform's settings do not count. `note`: what is unusual.

    `waiting`, `running`: tasks; `workers`: processes that are alive.
    """

    name = fields.String(required=True)
    policy = fields.String(required=True, validate=validate.OneOf(["elastic", "fixed", "mixed"]))
    capacity = fields.Nested(CapacitySchema, required=True)
    isolated = fields.Nested(CapacitySchema, required=True)
    used = fields.Nested(CapacitySchema, required=True)
    edited = fields.Boolean(required=True)
    waiting = fields.Integer(required=True)
    running = fields.Integer(required=True)
    workers = fields.Integer(required=True)
    note = fields.String(required=True, allow_none=True)


class PoolsSchema(Schema):
    items = fields.List(fields.Nested(PoolSchema), required=True)


class WaitingTaskSchema(Schema):
    """A task that waits. Names are null in a project of which one is no member. `created_at`: seconds since 1970."""

    project = fields.String(required=True, allow_none=True)
    run_id = fields.Integer(required=True, allow_none=True)
    path = fields.String(required=True, allow_none=True)
    operator = fields.String(required=True, allow_none=True)
    priority = fields.Integer(required=True)
    demand = fields.Nested(CapacitySchema, required=True)
    created_at = fields.Float(required=True)
    reason = fields.Nested(WaitReasonSchema, required=True)


@blueprint.get("", requires="pool.read")
@blueprint.response(200, PoolsSchema)
def list_pools() -> Any:
    """Every pool by name."""
    return {"items": pools.listed(platform())}


@blueprint.get("/<string:name>", requires="pool.read")
@blueprint.response(200, PoolSchema)
def get_pool(name: str) -> Pool:
    """One pool by name."""
    return _shown(pools.find(platform(), name))


@blueprint.patch("/<string:name>", requires="pool.manage", if_match="required")
@blueprint.arguments(CapacityChangeSchema)
@blueprint.response(200, PoolSchema)
def change_pool(body: dict[str, Any], name: str) -> Pool:
    """Set the capacity, also below what is used: running tasks go on, nothing new starts. Holds over restarts."""
    return _shown(pools.change(platform(), actor(), name, expected=if_match(), **body))


@blueprint.post("/<string:name>/reset", requires="pool.manage", if_match="required")
@blueprint.response(200, PoolSchema)
def reset_pool(name: str) -> Pool:
    """Give the pool the capacity of the platform's settings again."""
    return _shown(pools.reset(platform(), actor(), name, expected=if_match()))


@blueprint.get("/<string:name>/waiting", requires="pool.read")
@blueprint.arguments(PageQuerySchema, location="query")
@blueprint.response(200, page_of(WaitingTaskSchema))
def list_waiting(query: dict[str, Any], name: str) -> Any:
    """The tasks that wait for this pool, oldest first, and why."""
    return pools.waiting_tasks(platform(), actor(), name, **query)


def _shown(pool: Pool) -> Pool:
    set_etag(pool.version)
    return pool
