"""Deployments: models that answer over HTTP."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Response
from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from patchbay_server.api.access import actor, project
from patchbay_server.api.blueprint import Blueprint
from patchbay_server.api.etag import if_match, set_etag
from patchbay_server.api.models import NUMBER, ModelColumnSchema
from patchbay_server.api.paging import SearchQuerySchema, page_of
from patchbay_server.api.platform import platform
from patchbay_server.services.serving import ask, deployments, door, traffic
from patchbay_server.services.serving.deployments import NAME, Deployment

blueprint = Blueprint("deployments", "Models that answer over HTTP.", "/projects/<project_name>/deployments")

STATES = ("starting", "serving", "changing", "failing", "stopping")
MOST_ROWS = 1000
"""Rows that a person tries at once; programs ask the endpoint itself."""


class DeploymentChangeSchema(Schema):
    """`number` or `alias` of the version; neither: the newest. `replicas` answer, none more and none less."""

    model = fields.String(required=True, validate=validate.Length(1, 63))
    number = fields.Integer(load_default=None, allow_none=True, validate=NUMBER)
    alias = fields.String(load_default=None, allow_none=True, validate=validate.Length(1, 63))
    replicas = fields.Integer(load_default=1, validate=validate.Range(1, deployments.MOST_REPLICAS))

    @validates_schema
    def _one_of_them(self, data: dict[str, Any], **_: Any) -> None:
        if data.get("number") is not None and data.get("alias") is not None:
            raise ValidationError("Give number or alias, not both.", "alias")


class NewDeploymentSchema(DeploymentChangeSchema):
    """`cpu` and `memory` (bytes) of each replica."""

    name = fields.String(required=True, validate=validate.Regexp(f"^{NAME.pattern}$"))
    cpu = fields.Float(load_default=deployments.CPU, validate=validate.Range(0.1, 1024))
    memory = fields.Integer(load_default=deployments.MEMORY, validate=validate.Range(64 << 20, 1 << 50))


class DeploymentSchema(Schema):
    """`model`, `number`: the version that is wanted; `live`: the one that answers. `message`: more about the state.

    `url`: of the endpoint; null: nothing has been started yet. `refused`: requests with a wrong input or key.
    `version`: of what is wanted, for If-Match; what there is changes without it.
    """

    name = fields.String(required=True)
    model = fields.String(required=True)
    number = fields.Integer(required=True)
    live = fields.Integer(required=True, allow_none=True)
    replicas = fields.Integer(required=True)
    live_replicas = fields.Integer(required=True)
    cpu = fields.Float(required=True)
    memory = fields.Integer(required=True)
    pool = fields.String(required=True)
    state = fields.String(required=True, validate=validate.OneOf(STATES))
    message = fields.String(required=True)
    url = fields.String(required=True, allow_none=True)
    requests = fields.Integer(required=True)
    refused = fields.Integer(required=True)
    errors = fields.Integer(required=True)
    version = fields.Integer(required=True)
    created_at = fields.Float(required=True)
    created_by = fields.String(required=True, allow_none=True)
    changed_at = fields.Float(required=True)


class DeploymentDetailSchema(DeploymentSchema):
    """`columns`: what a row needs."""

    columns = fields.List(fields.Nested(ModelColumnSchema), required=True)


class DeployedSchema(Schema):
    """`key`: for the endpoint's clients; it is in this answer and nowhere else."""

    deployment = fields.Nested(DeploymentSchema, required=True)
    key = fields.String(required=True)


class TrafficQuerySchema(Schema):
    minutes = fields.Integer(load_default=60, validate=validate.Range(1, traffic.KEPT))


class TrafficFieldsSchema(Schema):
    """Latencies in seconds; null: no requests."""

    requests = fields.Integer(required=True)
    refused = fields.Integer(required=True)
    errors = fields.Integer(required=True)
    p50 = fields.Float(required=True, allow_none=True)
    p95 = fields.Float(required=True, allow_none=True)
    p99 = fields.Float(required=True, allow_none=True)


class MinuteSchema(TrafficFieldsSchema):
    """`at`: the minute's begin, seconds since 1970."""

    at = fields.Float(required=True)


class TrafficSchema(TrafficFieldsSchema):
    """`minutes`: those with requests, oldest first."""

    minutes = fields.List(fields.Nested(MinuteSchema), required=True)


class AskedSchema(Schema):
    """Rows by column; null stands for an unknown value."""

    rows = fields.List(fields.Dict(keys=fields.String()), required=True, validate=validate.Length(min=1, max=MOST_ROWS))


class AnsweredSchema(Schema):
    """`predictions`: in the order of the rows. `seconds`: until the endpoint had answered."""

    predictions = fields.List(fields.Dict(keys=fields.String()), required=True)
    model = fields.String(required=True)
    number = fields.Integer(required=True)
    seconds = fields.Float(required=True)


@blueprint.get("", requires="deployment.read")
@blueprint.arguments(SearchQuerySchema, location="query")
@blueprint.response(200, page_of(DeploymentSchema))
def list_deployments(query: dict[str, Any]) -> Any:
    """Deployments by name."""
    return deployments.listed(platform(), project().id, **query).map(_json)


@blueprint.post("", requires="deployment.write")
@blueprint.arguments(NewDeploymentSchema)
@blueprint.response(201, DeployedSchema)
def create_deployment(body: dict[str, Any]) -> dict[str, Any]:
    """Serve a version. The key is in this answer and nowhere else, so Idempotency-Key is not honoured."""
    made, key = deployments.deploy(platform(), actor(), project().id, **_wanted(body))
    return {"deployment": _shown(made), "key": key}


@blueprint.get("/<string:name>", requires="deployment.read")
@blueprint.response(200, DeploymentDetailSchema)
def get_deployment(name: str) -> dict[str, Any]:
    """One deployment: what is wanted, what there is, what it takes."""
    known = deployments.find(platform(), project().id, name)
    takes = deployments.version_of(platform(), project().id, name).input_schema
    return {**_json(known), "columns": takes["columns"]}


@blueprint.put("/<string:name>", requires="deployment.write", if_match="required")
@blueprint.arguments(DeploymentChangeSchema)
@blueprint.response(200, DeploymentSchema)
def change_deployment(body: dict[str, Any], name: str) -> dict[str, Any]:
    """Replace the version or the number of replicas; requests are answered all the while."""
    wanted, expected = _wanted(body), if_match()
    return _shown(deployments.change(platform(), actor(), project().id, name, **wanted, expected=expected))


@blueprint.delete("/<string:name>", requires="deployment.write")
@blueprint.response(204)
def remove_deployment(name: str) -> Response:
    """End a deployment: its replicas go, then its slots are free."""
    deployments.remove(platform(), actor(), project().id, name)
    return Response(status=204)


@blueprint.post("/<string:name>/key", requires="deployment.write")
@blueprint.response(200, DeployedSchema)
def renew_deployment_key(name: str) -> dict[str, Any]:
    """Give its clients another key; the one before is void within seconds."""
    known, key = deployments.renew_key(platform(), actor(), project().id, name)
    return {"deployment": _shown(known), "key": key}


@blueprint.get("/<string:name>/traffic", requires="deployment.read")
@blueprint.arguments(TrafficQuerySchema, location="query")
@blueprint.response(200, TrafficSchema)
def get_deployment_traffic(query: dict[str, Any], name: str) -> Any:
    """What it has answered in the last minutes, and how fast."""
    return traffic.traffic(platform(), project().id, name, **query)


@blueprint.post("/<string:name>/predict", requires="deployment.use")
@blueprint.arguments(AskedSchema)
@blueprint.response(200, AnsweredSchema)
def ask_deployment(body: dict[str, Any], name: str) -> Any:
    """Try a model: the endpoint is asked for you. Programs ask it themselves, with its key."""
    return ask.ask(platform(), project().id, name, body["rows"])


def _wanted(body: dict[str, Any]) -> dict[str, Any]:
    number, alias = body.pop("number"), body.pop("alias")
    return {**body, "number": alias if number is None else number}


def _shown(known: Deployment) -> dict[str, Any]:
    set_etag(known.version)
    return _json(known)


def _json(known: Deployment) -> dict[str, Any]:
    base = door.base_url(platform().settings)
    return {**asdict(known), "url": base and f"{base}{known.path}"}
