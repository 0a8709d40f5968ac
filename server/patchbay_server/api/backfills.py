"""Backfills."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate

from patchbay_server.api.access import actor, project
from patchbay_server.api.blueprint import Blueprint
from patchbay_server.api.paging import PageQuerySchema, page_of
from patchbay_server.api.platform import platform
from patchbay_server.api.runs import PRIORITY
from patchbay_server.services.backfills import backfills
from patchbay_server.services.backfills.backfills import ITEM_STATES, Backfill, Item
from patchbay_server.services.backfills.start import Wanted, start

blueprint = Blueprint("backfills", "A flow run for each due time of a range.", "/projects/<project_name>/backfills")

NAME = validate.Length(1, 200)
TIME = validate.Range(0, 4e9)
STATES = ["running", "paused", "cancelled", "done", "failed"]


class NewBackfillSchema(Schema):
    """Due times from `from` (included) to `until` (not), in seconds since 1970: those of `schedule`, or of `cron`.

    What is not given of time zone, params and priority is that of the schedule. `parallel`: most open runs at once.
    `cascade`: for each time also the flows that read what the flow writes.
    """

    flow = fields.String(required=True, validate=NAME)
    from_at = fields.Float(required=True, data_key="from", validate=TIME)
    until_at = fields.Float(required=True, data_key="until", validate=TIME)
    schedule = fields.String(load_default=None, allow_none=True, validate=validate.Length(1, 100))
    cron = fields.String(load_default=None, allow_none=True, validate=NAME)
    timezone = fields.String(load_default=None, allow_none=True, validate=validate.Length(1, 100))
    params = fields.Dict(keys=fields.String(), load_default=dict)
    priority = fields.Integer(strict=True, load_default=None, allow_none=True, validate=PRIORITY)
    parallel = fields.Integer(strict=True, load_default=1, validate=validate.Range(1, 100))
    cascade = fields.Boolean(load_default=False)


class BackfillSchema(Schema):
    """`flows`: what it runs for each time, the first is `flow`. `counts`: how many of these are in which state.

    `error`: why the platform paused it. `owner`: whose rights it has; null: the command line's. Times: since 1970.
    """

    id = fields.Integer(required=True)
    flow = fields.String(required=True)
    flows = fields.List(fields.String(), required=True)
    schedule = fields.String(required=True, allow_none=True)
    cron = fields.String(required=True)
    timezone = fields.String(required=True)
    params = fields.Dict(keys=fields.String(), required=True)
    from_at = fields.Float(required=True, data_key="from")
    until_at = fields.Float(required=True, data_key="until")
    parallel = fields.Integer(required=True)
    priority = fields.Integer(required=True)
    state = fields.String(required=True, validate=validate.OneOf(STATES))
    error = fields.String(required=True, allow_none=True)
    counts = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    created_at = fields.Float(required=True)
    ended_at = fields.Float(required=True, allow_none=True)
    owner = fields.String(required=True, allow_none=True)


class BackfillItemSchema(Schema):
    """One flow at one time. `run`: the latest for it; `error`: why none could be made."""

    due_at = fields.Float(required=True)
    flow = fields.String(required=True)
    state = fields.String(required=True, validate=validate.OneOf(ITEM_STATES))
    run = fields.Integer(required=True, allow_none=True)
    error = fields.String(required=True, allow_none=True)


class BackfillItemsSchema(Schema):
    items = fields.List(fields.Nested(BackfillItemSchema), required=True)


@blueprint.get("", requires="schedule.read")
@blueprint.arguments(PageQuerySchema, location="query")
@blueprint.response(200, page_of(BackfillSchema))
def list_backfills(query: dict[str, Any]) -> Any:
    """The latest first."""
    return backfills.listed(platform(), project().id, **query)


@blueprint.post("", requires="schedule.write", creates=True)
@blueprint.arguments(NewBackfillSchema)
@blueprint.response(201, BackfillSchema)
def start_backfill(body: dict[str, Any]) -> Backfill:
    """Begin a backfill, with one's own rights and the revisions that the flows have now."""
    return start(platform(), actor(), project().id, Wanted(**body))


@blueprint.get("/<id:backfill_id>", requires="schedule.read")
@blueprint.response(200, BackfillSchema)
def get_backfill(backfill_id: int) -> Backfill:
    """One backfill by number."""
    return backfills.find(platform(), project().id, backfill_id)


@blueprint.get("/<id:backfill_id>/items", requires="schedule.read")
@blueprint.response(200, BackfillItemsSchema)
def list_backfill_items(backfill_id: int) -> dict[str, list[Item]]:
    """Each flow at each time, in order of time; at most 1,000."""
    return {"items": backfills.items(platform(), project().id, backfill_id)}


@blueprint.post("/<id:backfill_id>/pause", requires="schedule.write")
@blueprint.response(200, BackfillSchema)
def pause_backfill(backfill_id: int) -> Backfill:
    """Make no more runs until it is resumed; open ones go on."""
    return backfills.pause(platform(), actor(), project().id, backfill_id)


@blueprint.post("/<id:backfill_id>/resume", requires="schedule.write")
@blueprint.response(200, BackfillSchema)
def resume_backfill(backfill_id: int) -> Backfill:
    """Run what is missing, failed, was cancelled or skipped; what is done stays."""
    return backfills.resume(platform(), actor(), project().id, backfill_id)


@blueprint.post("/<id:backfill_id>/cancel", requires="schedule.write")
@blueprint.response(200, BackfillSchema)
def cancel_backfill(backfill_id: int) -> Backfill:
    """Make no more runs, and end the open ones."""
    return backfills.cancel(platform(), actor(), project().id, backfill_id)
