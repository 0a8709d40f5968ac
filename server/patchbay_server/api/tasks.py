"""Tasks of a run: what went in, what came out, why it waits, what it logged."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate

from patchbay_server.api.access import actor, project
from patchbay_server.api.blueprint import Blueprint
from patchbay_server.api.paging import PageQuerySchema, page_of
from patchbay_server.api.platform import platform
from patchbay_server.api.runs import CURSOR
from patchbay_server.engine.views import TaskFilter
from patchbay_server.services import logs, runs

blueprint = Blueprint("tasks", "Tasks of runs.", "/projects/<project_name>/runs/<id:run_id>/tasks")

STATES = (
    "waiting", "ready", "admitted", "running", "delayed", "waiting_cache", "waiting_approval",
    "done", "failed", "skipped", "cancelled",
)  # fmt: skip
ATTEMPT_STATES = (
    "running", "done", "failed", "timed_out", "cancelled", "lost", "handed_back", "given_back", "handed_over",
    "dropped",
)  # fmt: skip


class TaskErrorSchema(Schema):
    """A stable code for programs, a message for people."""

    code = fields.String(required=True)
    message = fields.String(required=True)
    details = fields.Dict(keys=fields.String())
    traceback = fields.String(allow_none=True)


class DecisionSchema(Schema):
    """What a person said who was asked. `at`: seconds since 1970."""

    approved = fields.Boolean(required=True)
    by = fields.String(required=True)
    note = fields.String(required=True)
    at = fields.Float(required=True)


class EngineChoiceSchema(Schema):
    """Why an engine was chosen: `code` and `details` for programs and translations, `message` in English."""

    engine = fields.String(required=True)
    code = fields.String(required=True)
    message = fields.String(required=True)
    details = fields.Dict(keys=fields.String(), required=True)


class WarningSchema(Schema):
    """Something that a step found worth a word, though it went on. `texts`: by language, where it has them."""

    message = fields.String(required=True)
    texts = fields.Dict(keys=fields.String(), values=fields.String(), required=True)


class TaskSchema(Schema):
    """One step of a run. `state`: docs/engine.md draws them. `outputs`: port -> artifact id; `rows`: port -> number.

    `index`: one number per map or loop around the node, ``2.0``. `operator`: ``id@version``, or the kind of a node
    that decides: branch, loop, approval. `metrics`: port -> name -> number. `warnings`: of the attempt that made its
    outputs. `reasons`: why it was executed. `decision`: of an approval. `engine_choice`: which engine the platform has
    chosen, where there was a choice. `finished_early`: it was asked to end with the best so far, and is not reused by
    other runs. Times: seconds since 1970.
    """

    id = fields.Integer(required=True)
    path = fields.String(required=True)
    index = fields.String(required=True)
    operator = fields.String(required=True)
    state = fields.String(required=True, validate=validate.OneOf(STATES))
    cached = fields.Boolean(required=True)
    pool = fields.String(required=True)
    attempt = fields.Integer(required=True)
    worker = fields.String(required=True, allow_none=True)
    outputs = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    rows = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    metrics = fields.Dict(keys=fields.String(), required=True, allow_none=True)
    warnings = fields.List(fields.Nested(WarningSchema), required=True)
    reasons = fields.List(fields.Dict(keys=fields.String()), required=True, allow_none=True)
    error = fields.Nested(TaskErrorSchema, required=True, allow_none=True)
    decision = fields.Nested(DecisionSchema, required=True, allow_none=True)
    engine = fields.String(required=True)
    engine_choice = fields.Nested(EngineChoiceSchema, required=True, allow_none=True)
    finished_early = fields.Boolean(required=True)
    started_at = fields.Float(required=True, allow_none=True)
    ended_at = fields.Float(required=True, allow_none=True)


class AttemptSchema(Schema):
    """One try of a task. `state` dropped: an equal task was running. `external_id`: of a job elsewhere."""

    number = fields.Integer(required=True)
    state = fields.String(required=True, validate=validate.OneOf(ATTEMPT_STATES))
    worker = fields.String(required=True)
    external_id = fields.String(required=True, allow_none=True)
    error = fields.Nested(TaskErrorSchema, required=True, allow_none=True)
    started_at = fields.Float(required=True)
    ended_at = fields.Float(required=True, allow_none=True)


class InputSchema(Schema):
    """What feeds an input: the output of another task; `artifact_id` null: it has not been made yet."""

    port = fields.String(required=True)
    path = fields.String(required=True)
    index = fields.String(required=True)
    output_port = fields.String(required=True)
    artifact_id = fields.String(required=True, allow_none=True)


class WaitReasonSchema(Schema):
    """Why a task has not started; code ``none``: it does not wait. docs/engine.md lists codes and details."""

    code = fields.String(required=True)
    message = fields.String(required=True)
    details = fields.Dict(keys=fields.String(), required=True)


class TaskDetailsSchema(Schema):
    """A task and all that is known about it."""

    task = fields.Nested(TaskSchema, required=True)
    attempts = fields.List(fields.Nested(AttemptSchema), required=True)
    inputs = fields.List(fields.Nested(InputSchema), required=True)
    waits = fields.Nested(WaitReasonSchema, required=True)


class TasksQuerySchema(PageQuerySchema):
    """`path`: of a node, with all that is in its body. `index`: of an iteration, with all that is in it."""

    path = fields.String(validate=validate.Length(1, 1000))
    index = fields.String(validate=validate.Regexp(r"[0-9]+(\.[0-9]+)*\Z"))
    state = fields.String(validate=validate.Length(1, 50))


class ApprovalSchema(Schema):
    """Why; people see it beside the task."""

    note = fields.String(load_default="", validate=validate.Length(max=2000))


class RejectionSchema(Schema):
    """Why; people see it beside the task."""

    note = fields.String(required=True, validate=validate.Length(1, 2000))


class LogQuerySchema(Schema):
    """`offset`: the byte to begin with."""

    offset = fields.Integer(load_default=0, validate=CURSOR)


class LogSchema(Schema):
    """At most 256 KiB. `next`: the offset of what follows, also of what is not written yet."""

    text = fields.String(required=True)
    next = fields.Integer(required=True)


@blueprint.get("", requires="run.read")
@blueprint.arguments(TasksQuerySchema, location="query")
@blueprint.response(200, page_of(TaskSchema))
def list_tasks(query: dict[str, Any], run_id: int) -> Any:
    """Each task after those that it depends on; the items of a map over data last."""
    platform().engine.run(run_id, project().id)
    cursor, limit = query.pop("cursor"), query.pop("limit")
    return platform().engine.task_page(run_id, TaskFilter(**query), cursor=cursor, limit=limit)


@blueprint.get("/<id:task_id>", requires="run.read")
@blueprint.response(200, TaskDetailsSchema)
def get_task(run_id: int, task_id: int) -> Any:
    """One task with its attempts, its inputs, and why it waits."""
    platform().engine.run(run_id, project().id)
    return platform().engine.task(run_id, task_id)


@blueprint.post("/<id:task_id>/approve", requires="run.control")
@blueprint.arguments(ApprovalSchema)
@blueprint.response(200, TaskDetailsSchema)
def approve_task(body: dict[str, Any], run_id: int, task_id: int) -> Any:
    """Let the run go on behind a task that waits for a person."""
    return _answer(run_id, task_id, approved=True, note=body["note"])


@blueprint.post("/<id:task_id>/reject", requires="run.control")
@blueprint.arguments(RejectionSchema)
@blueprint.response(200, TaskDetailsSchema)
def reject_task(body: dict[str, Any], run_id: int, task_id: int) -> Any:
    """Fail a task that waits for a person, with who rejected it and why."""
    return _answer(run_id, task_id, approved=False, note=body["note"])


def _answer(run_id: int, task_id: int, *, approved: bool, note: str) -> Any:
    platform().engine.run(run_id, project().id)
    runs.answer(platform(), actor(), run_id, task_id, approved=approved, note=note)
    return platform().engine.task(run_id, task_id)


@blueprint.get("/<id:task_id>/attempts/<id:number>/log", requires="run.read")
@blueprint.arguments(LogQuerySchema, location="query")
@blueprint.response(200, LogSchema)
def get_log(query: dict[str, Any], run_id: int, task_id: int, number: int) -> Any:
    """What an attempt logged, from a byte on; empty where it has logged nothing, or on another host."""
    return logs.read(platform(), project().id, run_id, task_id, number, query["offset"])
