"""Schedules."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Response
from marshmallow import Schema, fields, validate

from patchbay_server.api.access import actor, project
from patchbay_server.api.blueprint import Blueprint
from patchbay_server.api.etag import if_match, set_etag
from patchbay_server.api.paging import PageQuerySchema, page_of
from patchbay_server.api.platform import platform
from patchbay_server.api.runs import PRIORITY, StartedRunSchema
from patchbay_server.services.schedules import schedules
from patchbay_server.services.schedules.schedules import Schedule, Timetable

blueprint = Blueprint("schedules", "Flows that are started again and again.", "/projects/<project_name>/schedules")


class TimetableSchema(Schema):
    """`cron`: five fields, in the time zone. `params`: values for the flow's params; docs/operations.md tells what of
    the scheduled time they may name.

    `catch_up`: whether due times that were missed give no run, one for all, or one each. `overlap`: whether a due time
    is left out while a run of the schedule is open, waits for its end, or starts beside it. `priority`: of its runs.
    """

    flow = fields.String(required=True, validate=validate.Length(1, 200))
    cron = fields.String(required=True, validate=validate.Length(1, 200))
    timezone = fields.String(load_default="UTC", validate=validate.Length(1, 100))
    params = fields.Dict(keys=fields.String(), load_default=dict)
    enabled = fields.Boolean(load_default=True)
    catch_up = fields.String(load_default="latest", validate=validate.OneOf(["none", "latest", "all"]))
    overlap = fields.String(load_default="skip", validate=validate.OneOf(["skip", "queue", "allow"]))
    priority = fields.Integer(strict=True, load_default=0, validate=PRIORITY)


class NewScheduleSchema(TimetableSchema):
    """`name` is part of addresses, and stays."""

    name = fields.String(required=True, validate=validate.Length(1, 100))


class SkipSchema(Schema):
    """Due times from `at` on that gave no run. `reason`: run `run` was still open, or nobody looked in time."""

    at = fields.Float(required=True)
    reason = fields.String(required=True, validate=validate.OneOf(["overlap", "missed"]))
    run = fields.Integer(required=True, allow_none=True)


class ScheduleSchema(NewScheduleSchema):
    """`next_at`, `next_times`: when it is due; null and empty while it is not enabled. Times: seconds since 1970.

    `owner`: who saved it last; it starts with their rights. `last_error`: why the latest start failed. `last_skip`: the
    latest due times that gave no run. `waits_for`: the run whose end the due time waits for.
    """

    next_at = fields.Float(required=True, allow_none=True)
    next_times = fields.List(fields.Float(), required=True)
    last_run_id = fields.Integer(required=True, allow_none=True)
    last_error = fields.String(required=True, allow_none=True)
    last_skip = fields.Nested(SkipSchema, required=True, allow_none=True)
    waits_for = fields.Integer(required=True, allow_none=True)
    owner = fields.String(required=True, allow_none=True)
    created_at = fields.Float(required=True)


@blueprint.get("", requires="schedule.read")
@blueprint.arguments(PageQuerySchema, location="query")
@blueprint.response(200, page_of(ScheduleSchema))
def list_schedules(query: dict[str, Any]) -> Any:
    """Schedules by name."""
    return schedules.listed(platform(), project().id, **query).map(_json)


@blueprint.post("", requires="schedule.write", creates=True)
@blueprint.arguments(NewScheduleSchema)
@blueprint.response(201, ScheduleSchema)
def create_schedule(body: dict[str, Any]) -> dict[str, Any]:
    """A new schedule, which starts runs with one's own rights."""
    name = body.pop("name")
    return _shown(schedules.create(platform(), actor(), project().id, name, Timetable(**body)))


@blueprint.get("/<string:name>", requires="schedule.read")
@blueprint.response(200, ScheduleSchema)
def get_schedule(name: str) -> dict[str, Any]:
    """One schedule by name."""
    return _shown(schedules.find(platform(), project().id, name))


@blueprint.put("/<string:name>", requires="schedule.write", if_match="required")
@blueprint.arguments(TimetableSchema)
@blueprint.response(200, ScheduleSchema)
def change_schedule(body: dict[str, Any], name: str) -> dict[str, Any]:
    """Replace what a schedule does; from now on it starts with one's own rights."""
    table, expected = Timetable(**body), if_match()
    return _shown(schedules.change(platform(), actor(), project().id, name, table, expected=expected))


@blueprint.delete("/<string:name>", requires="schedule.write", if_match="required")
@blueprint.response(204)
def delete_schedule(name: str) -> Response:
    """Take a schedule away; runs that it started go on."""
    schedules.delete(platform(), actor(), project().id, name, expected=if_match())
    return Response(status=204)


@blueprint.post("/<string:name>/run-now", requires="run.start", creates=True)
@blueprint.response(201, StartedRunSchema)
def run_schedule_now(name: str) -> dict[str, Any]:
    """Start its run at once, with one's own rights; when it is due does not change."""
    started = schedules.run_now(platform(), actor(), project().id, name)
    return {"id": started.id, "warnings": [problem.to_json() for problem in started.warnings]}


def _shown(known: Schedule) -> dict[str, Any]:
    set_etag(known.version)
    return _json(known)


def _json(known: Schedule) -> dict[str, Any]:
    return {
        "name": known.name,
        **asdict(known.timetable),
        "next_at": known.next_at,
        "next_times": known.next_times(),
        "last_run_id": known.last_run_id,
        "last_error": known.last_error,
        "last_skip": known.last_skip and asdict(known.last_skip),
        "waits_for": known.waits_for,
        "owner": known.owner,
        "created_at": known.created_at,
    }
