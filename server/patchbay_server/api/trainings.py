"""Trainings of a project: which there are, how far each is, and what it warns of."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate

from patchbay_server.api.access import project
from patchbay_server.api.blueprint import Blueprint
from patchbay_server.api.paging import PageQuerySchema, page_of
from patchbay_server.api.platform import platform
from patchbay_server.api.runs import STATE as RUN_STATE
from patchbay_server.api.tasks import STATES

blueprint = Blueprint("trainings", "Trainings of networks.", "/projects/<project_name>/trainings")


class AlarmSchema(Schema):
    """`code`: ``warning``, or of the error that ended the training: ``training_diverged``, ``training_stalled``, ...

    `at`: seconds since 1970.
    """

    code = fields.String(required=True)
    message = fields.String(required=True)
    at = fields.Float(required=True, allow_none=True)


class TrainingSchema(Schema):
    """A task that trains a network; `id`: of the task, in the run `run_id`. `title`: of its node, a text or one per
    language; null: it has the operator's. `settings`: strategy, workers, precision and other params. `metrics`: the
    latest value of each, by the names that its events have: ``loss``, ``validation_loss``, ``learning_rate``,
    ``rows_per_second``, ``memory`` (bytes), ``mfu`` (0 to 1). `progress`: from 0 to 1, `message`: what is being done.
    Times: seconds since 1970.
    """

    id = fields.Integer(required=True)
    run_id = fields.Integer(required=True)
    run_state = fields.String(required=True, validate=RUN_STATE)
    cancel_requested = fields.Boolean(required=True)
    flow = fields.String(required=True)
    revision = fields.Integer(required=True)
    path = fields.String(required=True)
    index = fields.String(required=True)
    operator = fields.String(required=True)
    title = fields.Raw(required=True, allow_none=True)
    state = fields.String(required=True, validate=validate.OneOf(STATES))
    cached = fields.Boolean(required=True)
    attempt = fields.Integer(required=True)
    engine = fields.String(required=True)
    pool = fields.String(required=True)
    settings = fields.Dict(keys=fields.String(), required=True)
    step = fields.Integer(required=True, allow_none=True)
    steps = fields.Integer(required=True, allow_none=True)
    progress = fields.Float(required=True, allow_none=True)
    message = fields.String(required=True)
    metrics = fields.Dict(keys=fields.String(), values=fields.Float(), required=True)
    alarms = fields.List(fields.Nested(AlarmSchema), required=True)
    reported_at = fields.Float(required=True, allow_none=True)
    created_at = fields.Float(required=True)
    started_at = fields.Float(required=True, allow_none=True)
    ended_at = fields.Float(required=True, allow_none=True)


class TrainingsQuerySchema(PageQuerySchema):
    """`state`: of the task."""

    state = fields.String(validate=validate.OneOf(STATES))


@blueprint.get("", requires="run.read")
@blueprint.arguments(TrainingsQuerySchema, location="query")
@blueprint.response(200, page_of(TrainingSchema))
def list_trainings(query: dict[str, Any]) -> Any:
    """The latest trainings first: tasks whose operator can run on the engine deepspeed."""
    return platform().engine.trainings(project().id, **query)
