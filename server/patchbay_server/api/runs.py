"""Runs: start, look, follow, cancel."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask_smorest import Blueprint
from marshmallow import Schema, fields, validate

from patchbay_server.api.errors import ErrorPayload
from patchbay_server.api.platform import platform
from patchbay_server.services import flows, runs

blueprint = Blueprint("runs", __name__, url_prefix="/api/v1/runs", description="Runs of flows.")


class RunRequestSchema(Schema):
    """Which flow to run, and how. `mode`: all, or to / from / only the `nodes`."""

    flow = fields.String(required=True)
    params = fields.Dict(keys=fields.String(), load_default=dict)
    mode = fields.String(load_default="all", validate=validate.OneOf(["all", "to", "from", "only"]))
    nodes = fields.List(fields.String(), load_default=list)
    bypass_cache = fields.Boolean(load_default=False)
    priority = fields.Integer(load_default=0)


class StartedRunSchema(Schema):
    id = fields.Integer(required=True)
    warnings = fields.List(fields.Dict(keys=fields.String()), required=True)


class RunSchema(Schema):
    """Times in seconds since 1970."""

    id = fields.Integer(required=True)
    flow = fields.String(required=True)
    revision_id = fields.Integer(required=True)
    state = fields.String(required=True, validate=validate.OneOf(["queued", "running", "done", "failed", "cancelled"]))
    mode = fields.Dict(keys=fields.String(), required=True)
    params = fields.Dict(keys=fields.String(), required=True)
    priority = fields.Integer(required=True)
    bypass_cache = fields.Boolean(required=True)
    cancel_requested = fields.Boolean(required=True)
    resumed_from = fields.Integer(required=True, allow_none=True)
    event_seq = fields.Integer(required=True)
    created_at = fields.Float(required=True)
    started_at = fields.Float(required=True, allow_none=True)
    ended_at = fields.Float(required=True, allow_none=True)


class TaskSchema(Schema):
    """One step of a run. `outputs`: port -> artifact id; `metrics`: port -> name -> number."""

    id = fields.Integer(required=True)
    path = fields.String(required=True)
    index = fields.String(required=True)
    operator = fields.String(required=True)
    state = fields.String(required=True)
    cached = fields.Boolean(required=True)
    pool = fields.String(required=True)
    attempt = fields.Integer(required=True)
    outputs = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    rows = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    metrics = fields.Dict(keys=fields.String(), required=True, allow_none=True)
    reasons = fields.List(fields.Dict(keys=fields.String()), required=True, allow_none=True)
    error = fields.Dict(keys=fields.String(), required=True, allow_none=True)
    started_at = fields.Float(required=True, allow_none=True)
    ended_at = fields.Float(required=True, allow_none=True)


class RunWithTasksSchema(RunSchema):
    tasks = fields.List(fields.Nested(TaskSchema), required=True)


class RunsQuerySchema(Schema):
    flow = fields.String()
    limit = fields.Integer(load_default=50, validate=validate.Range(1, 1000))


class EventsQuerySchema(Schema):
    after = fields.Integer(load_default=0, validate=validate.Range(0))
    limit = fields.Integer(load_default=1000, validate=validate.Range(1, 10000))


class EventSchema(Schema):
    """`seq` is the cursor: ask for what comes after it. Kinds and their data: docs/engine.md."""

    seq = fields.Integer(required=True)
    kind = fields.String(required=True)
    data = fields.Dict(keys=fields.String(), required=True)
    at = fields.Float(required=True)


@blueprint.get("")
@blueprint.arguments(RunsQuerySchema, location="query")
@blueprint.response(200, RunSchema(many=True))
def list_runs(query: dict[str, Any]) -> Any:
    """The latest runs first."""
    return platform().engine.runs(flow_name=query.get("flow"), limit=query["limit"])


@blueprint.post("")
@blueprint.arguments(RunRequestSchema)
@blueprint.response(201, StartedRunSchema)
@blueprint.alt_response(404, schema=ErrorPayload)
@blueprint.alt_response(422, schema=ErrorPayload)
def start_run(body: dict[str, Any]) -> dict[str, Any]:
    """Run the newest revision of a flow."""
    document = flows.document(flows.get(platform(), body.pop("flow")))
    request = runs.RunRequest(**body, data_roots=[str(root) for root in platform().settings.data_roots])
    prepared = runs.prepare(document, request, platform().catalogue, platform().plugin_host.infer)
    run_id = runs.submit(platform(), prepared, request)
    return {"id": run_id, "warnings": [problem.to_json() for problem in prepared.warnings]}


@blueprint.get("/<int:run_id>")
@blueprint.response(200, RunWithTasksSchema)
@blueprint.alt_response(404, schema=ErrorPayload)
def get_run(run_id: int) -> dict[str, Any]:
    engine = platform().engine
    return asdict(engine.run(run_id)) | {"tasks": engine.tasks(run_id)}


@blueprint.get("/<int:run_id>/events")
@blueprint.arguments(EventsQuerySchema, location="query")
@blueprint.response(200, EventSchema(many=True))
@blueprint.alt_response(404, schema=ErrorPayload)
def list_events(query: dict[str, Any], run_id: int) -> Any:
    """Events that follow number `after`, oldest first; poll with the last one's number."""
    engine = platform().engine
    engine.run(run_id)
    return engine.events(run_id, query["after"], query["limit"])


@blueprint.post("/<int:run_id>/cancel")
@blueprint.response(202, RunSchema)
@blueprint.alt_response(404, schema=ErrorPayload)
def cancel_run(run_id: int) -> Any:
    """Ask a run to end; one that has ended stays as it is."""
    platform().engine.cancel(run_id)
    return platform().engine.run(run_id)


@blueprint.post("/<int:run_id>/resume")
@blueprint.response(201, StartedRunSchema)
@blueprint.alt_response(404, schema=ErrorPayload)
@blueprint.alt_response(409, schema=ErrorPayload)
def resume_run(run_id: int) -> dict[str, Any]:
    """A new run of the same tasks; what is done and unchanged is reused."""
    return {"id": runs.resume(platform(), run_id), "warnings": []}
