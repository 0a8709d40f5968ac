"""Runs: started, listed, followed, cancelled, resumed."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from marshmallow import Schema, fields, validate

from patchbay_server.api.access import actor, project
from patchbay_server.api.blueprint import Blueprint
from patchbay_server.api.flows import NUMBER, FlowProblemSchema
from patchbay_server.api.paging import PageQuerySchema, page_of
from patchbay_server.api.platform import platform
from patchbay_server.engine.views import RunFilter
from patchbay_server.services import runs
from patchbay_server.services.scores import scores

blueprint = Blueprint("runs", "Runs of flows.", "/projects/<project_name>/runs")

STATE = validate.OneOf(["queued", "running", "done", "failed", "cancelled"])
NAME = validate.Length(1, 200)
TIME = validate.Range(0, 1e12)
PRIORITY = validate.Range(-1000, 1000)
CURSOR = validate.Range(0, (1 << 63) - 1)


class RunRequestSchema(Schema):
    """Which flow to run, and how. Without `revision` the newest. `mode`: all, or to / from / only the `nodes`."""

    flow = fields.String(required=True, validate=NAME)
    revision = fields.Integer(strict=True, load_default=None, allow_none=True, validate=NUMBER)
    params = fields.Dict(keys=fields.String(), load_default=dict)
    mode = fields.String(load_default="all", validate=validate.OneOf(["all", "to", "from", "only"]))
    nodes = fields.List(
        fields.String(validate=validate.Length(1, 64)), load_default=list, validate=validate.Length(max=2000)
    )
    bypass_cache = fields.Boolean(load_default=False)
    priority = fields.Integer(strict=True, load_default=0, validate=PRIORITY)
    goes_on_from = fields.Integer(
        strict=True,
        load_default=None,
        allow_none=True,
        validate=NUMBER,
        metadata={"description": "A run of the flow, also one that still runs: what is unchanged is taken from it."},
    )
    results_of = fields.Integer(
        strict=True,
        load_default=None,
        allow_none=True,
        validate=NUMBER,
        metadata={"description": "A run of the same revision: what it did is taken as it is, whatever has changed."},
    )


class StartedRunSchema(Schema):
    id = fields.Integer(required=True)
    warnings = fields.List(fields.Nested(FlowProblemSchema), required=True)


class ModeSchema(Schema):
    kind = fields.String(required=True, validate=validate.OneOf(["all", "to", "from", "only"]))
    nodes = fields.List(fields.String(), required=True)


class FinishableSchema(Schema):
    """A running task that can end with the best result so far. `requested`: it was asked to."""

    task = fields.Integer(required=True)
    path = fields.String(required=True)
    index = fields.String(required=True)
    requested = fields.Boolean(required=True)


class QueueSchema(Schema):
    """Where a run stands that its flow's limit holds: `open` of `limit` runs are open; `position` counts from 1."""

    flow = fields.String(required=True)
    limit = fields.Integer(required=True, allow_none=True)
    open = fields.Integer(required=True)
    position = fields.Integer(required=True)


class PrioritySchema(Schema):
    """What is higher starts first."""

    priority = fields.Integer(strict=True, required=True, validate=PRIORITY)


class RunSchema(Schema):
    """`revision`: of the flow; `flow_title`: a text, one per language, or none.

    `created_by`: null is the command line, or the platform. Times: seconds since 1970.
    `schedule`, `backfill_id`: what made it, where that was no person; `scheduled_at`: the time that it is for.
    `queue`: null unless its flow's limit holds it.
    """

    id = fields.Integer(required=True)
    flow = fields.String(required=True)
    flow_title = fields.Raw(required=True, allow_none=True)
    revision = fields.Integer(required=True)
    state = fields.String(required=True, validate=STATE)
    mode = fields.Nested(ModeSchema, required=True)
    params = fields.Dict(keys=fields.String(), required=True)
    priority = fields.Integer(required=True)
    bypass_cache = fields.Boolean(required=True)
    cancel_requested = fields.Boolean(required=True)
    finishable = fields.List(fields.Nested(FinishableSchema), required=True)
    resumed_from = fields.Integer(required=True, allow_none=True)
    schedule = fields.String(required=True, allow_none=True)
    backfill_id = fields.Integer(required=True, allow_none=True)
    scheduled_at = fields.Float(required=True, allow_none=True)
    queue = fields.Nested(QueueSchema, required=True, allow_none=True)
    event_seq = fields.Integer(required=True)
    open_tasks = fields.Integer(required=True)
    created_at = fields.Float(required=True)
    created_by = fields.String(required=True, allow_none=True)
    started_at = fields.Float(required=True, allow_none=True)
    ended_at = fields.Float(required=True, allow_none=True)


class RunsQuerySchema(PageQuerySchema):
    """`flow`: its name. `who`: the name of who started it. `since`, `until`: when, in seconds since 1970."""

    flow = fields.String(validate=NAME)
    state = fields.String(validate=STATE)
    who = fields.String(validate=NAME)
    since = fields.Float(validate=TIME)
    until = fields.Float(validate=TIME)


class EventsQuerySchema(Schema):
    """`after`: the number of the last event that was seen."""

    after = fields.Integer(load_default=0, validate=CURSOR)
    limit = fields.Integer(load_default=500, validate=validate.Range(1, 1000))


class EventSchema(Schema):
    """Kinds and their data: docs/engine.md. `at`: seconds since 1970."""

    seq = fields.Integer(required=True)
    kind = fields.String(required=True)
    data = fields.Dict(keys=fields.String(), required=True)
    at = fields.Float(required=True)


class EventsSchema(Schema):
    """`next`: ask for what comes after it."""

    items = fields.List(fields.Nested(EventSchema), required=True)
    next = fields.Integer(required=True)


class ScoresSchema(Schema):
    """What one output port measured. `values`: null where a metric is undefined; `tables`: name -> rows."""

    path = fields.String(required=True)
    index = fields.String(required=True)
    port = fields.String(required=True)
    values = fields.Dict(keys=fields.String(), values=fields.Raw(allow_none=True), required=True)
    tables = fields.Dict(keys=fields.String(), values=fields.List(fields.Dict()), required=True)


class RunScoresSchema(Schema):
    items = fields.List(fields.Nested(ScoresSchema), required=True)


@blueprint.get("", requires="run.read")
@blueprint.arguments(RunsQuerySchema, location="query")
@blueprint.response(200, page_of(RunSchema))
def list_runs(query: dict[str, Any]) -> Any:
    """The latest runs first."""
    cursor, limit = query.pop("cursor"), query.pop("limit")
    return platform().engine.runs(project().id, RunFilter(**query), cursor=cursor, limit=limit)


@blueprint.post("", requires="run.start", creates=True)
@blueprint.arguments(RunRequestSchema)
@blueprint.response(201, StartedRunSchema)
def start_run(body: dict[str, Any]) -> dict[str, Any]:
    """Run a flow on the project's files."""
    flow, revision = body.pop("flow"), body.pop("revision")
    request = runs.RunRequest(**body)
    started = runs.start(platform(), actor(), project().id, flow=flow, revision=revision, request=request)
    return {"id": started.id, "warnings": [problem.to_json() for problem in started.warnings]}


@blueprint.get("/<id:run_id>", requires="run.read")
@blueprint.response(200, RunSchema)
def get_run(run_id: int) -> Any:
    """One run by number."""
    return platform().engine.run(run_id, project().id)


@blueprint.post("/<id:run_id>/cancel", requires="run.control")
@blueprint.response(202, RunSchema)
def cancel_run(run_id: int) -> Any:
    """Ask a run to end; one that has ended stays as it is."""
    return runs.cancel(platform(), actor(), run_id, project().id)


@blueprint.put("/<id:run_id>/priority", requires="run.control")
@blueprint.arguments(PrioritySchema)
@blueprint.response(200, RunSchema)
def set_run_priority(body: dict[str, Any], run_id: int) -> Any:
    """Change the priority of a run that has not ended; what waits of it is ranked anew."""
    return runs.set_priority(platform(), actor(), run_id, body["priority"], project().id)


@blueprint.post("/<id:run_id>/finish", requires="run.control")
@blueprint.response(202, RunSchema)
def finish_run(run_id: int) -> Any:
    """Ask the running tasks that can to end with the best result so far; the run goes on with it."""
    return runs.finish(platform(), actor(), run_id, project().id)


@blueprint.post("/<id:run_id>/resume", requires="run.start", creates=True)
@blueprint.response(201, StartedRunSchema)
def resume_run(run_id: int) -> dict[str, Any]:
    """A new run of the same tasks; what is done and unchanged is reused."""
    return {"id": runs.resume(platform(), actor(), run_id, project().id), "warnings": []}


@blueprint.get("/<id:run_id>/events", requires="run.read")
@blueprint.arguments(EventsQuerySchema, location="query")
@blueprint.response(200, EventsSchema)
def list_events(query: dict[str, Any], run_id: int) -> dict[str, Any]:
    """Events that follow number `after`, oldest first; none is ever skipped. Poll with `next`."""
    engine = platform().engine
    engine.run(run_id, project().id)
    events = engine.events(run_id, query["after"], query["limit"])
    return {"items": events, "next": events[-1].seq if events else query["after"]}


@blueprint.get("/<id:run_id>/scores", requires="run.read")
@blueprint.response(200, RunScoresSchema)
def get_scores(run_id: int) -> dict[str, Any]:
    """The numbers that a run measured, or took over unchanged from an earlier one."""
    engine = platform().engine
    engine.run(run_id, project().id)
    return {"items": [asdict(measured) for measured in scores(platform(), engine.tasks(run_id))]}
