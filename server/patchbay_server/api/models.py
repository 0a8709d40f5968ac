"""Registered models and their versions."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Response
from marshmallow import Schema, fields, validate

from patchbay_server.api.access import actor, project
from patchbay_server.api.blueprint import Blueprint
from patchbay_server.api.downloads import download
from patchbay_server.api.etag import if_match, set_etag
from patchbay_server.api.paging import PageQuerySchema, SearchQuerySchema, page_of
from patchbay_server.api.platform import platform
from patchbay_server.services.models import compare, export, registry, versions
from patchbay_server.services.models.registry import NAME, Model

blueprint = Blueprint("models", "Registered models and their versions.", "/projects/<project_name>/models")

NUMBER = validate.Range(1, (1 << 31) - 1)
TEXT = validate.Length(max=10_000)


class ModelsQuerySchema(SearchQuerySchema):
    """`archived`: those that are archived instead of the others."""

    archived = fields.Boolean(load_default=False)


class ModelChangeSchema(Schema):
    """`archived`: it is not listed any more; its versions stay."""

    description = fields.String(required=True, validate=TEXT)
    archived = fields.Boolean(load_default=False)


class NewModelSchema(Schema):
    name = fields.String(required=True, validate=validate.Regexp(f"^{NAME.pattern}$"))
    description = fields.String(load_default="", validate=TEXT)


class ModelSchema(Schema):
    """`latest`: number of the newest version, made at `latest_at`; `task`: what it predicts. `aliases`: to a number."""

    name = fields.String(required=True)
    description = fields.String(required=True)
    created_at = fields.Float(required=True)
    created_by = fields.String(required=True, allow_none=True)
    archived_at = fields.Float(required=True, allow_none=True)
    versions = fields.Integer(required=True)
    latest = fields.Integer(required=True, allow_none=True)
    latest_at = fields.Float(required=True, allow_none=True)
    task = fields.String(required=True, allow_none=True)
    aliases = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)


class ModelColumnSchema(Schema):
    name = fields.String(required=True)
    type = fields.String(required=True)


class ModelStepSchema(Schema):
    """A step that the model was made with. `operator`: with its version."""

    node = fields.String(required=True)
    index = fields.String(required=True)
    operator = fields.String(required=True)
    params = fields.Dict(keys=fields.String(), required=True)


class ModelDatasetSchema(Schema):
    name = fields.String(required=True)
    number = fields.Integer(required=True, allow_none=True)
    node = fields.String(required=True)


class ModelSourceSchema(Schema):
    """What a step read from outside, as an artifact: its very content."""

    node = fields.String(required=True)
    port = fields.String(required=True)
    artifact = fields.String(required=True)


class NewModelVersionSchema(Schema):
    """The output of a run that becomes a version. `port`: null, the only one that is a model."""

    run = fields.Integer(required=True, validate=validate.Range(1, (1 << 63) - 1))
    node = fields.String(required=True, validate=validate.Length(1, 1000))
    index = fields.String(load_default="", validate=validate.Length(max=200))
    port = fields.String(load_default=None, allow_none=True, validate=validate.Length(1, 200))
    note = fields.String(load_default="", validate=TEXT)


class ModelVersionChangeSchema(Schema):
    """`archived`: it cannot be deployed any more; its files stay."""

    note = fields.String(required=True, validate=TEXT)
    archived = fields.Boolean(load_default=False)


class ModelVersionSchema(Schema):
    """`about`: what the model says of itself. `metrics`: of training, and of steps behind it as `node.metric`."""

    model = fields.String(required=True)
    number = fields.Integer(required=True)
    artifact = fields.String(required=True, attribute="artifact_id")
    about = fields.Dict(keys=fields.String(), required=True)
    metrics = fields.Dict(keys=fields.String(), values=fields.Float(), required=True)
    columns = fields.List(fields.Nested(ModelColumnSchema), required=True)
    run = fields.Integer(required=True, attribute="run_id")
    node = fields.String(required=True)
    index = fields.String(required=True)
    port = fields.String(required=True)
    flow = fields.String(required=True)
    revision = fields.Integer(required=True)
    steps = fields.List(fields.Nested(ModelStepSchema), required=True)
    datasets = fields.List(fields.Nested(ModelDatasetSchema), required=True)
    sources = fields.List(fields.Nested(ModelSourceSchema), required=True)
    note = fields.String(required=True)
    created_at = fields.Float(required=True)
    created_by = fields.String(required=True, allow_none=True)
    archived_at = fields.Float(required=True, allow_none=True)
    aliases = fields.List(fields.String(), required=True)


class ComparisonQuerySchema(Schema):
    left = fields.Integer(required=True, validate=NUMBER)
    right = fields.Integer(required=True, validate=NUMBER)


class DifferenceSchema(Schema):
    """`left`, `right`: null where it is not there. `node`: of a param."""

    name = fields.String(required=True)
    left = fields.Raw(required=True, allow_none=True)
    right = fields.Raw(required=True, allow_none=True)
    node = fields.String(required=True, allow_none=True)


class ComparisonSchema(Schema):
    """`metrics`: all of either version; the others: only what differs."""

    metrics = fields.List(fields.Nested(DifferenceSchema), required=True)
    about = fields.List(fields.Nested(DifferenceSchema), required=True)
    columns = fields.List(fields.Nested(DifferenceSchema), required=True)
    steps = fields.List(fields.Nested(DifferenceSchema), required=True)
    params = fields.List(fields.Nested(DifferenceSchema), required=True)
    datasets = fields.List(fields.Nested(DifferenceSchema), required=True)


class AliasSchema(Schema):
    number = fields.Integer(required=True, validate=NUMBER)


@blueprint.get("", requires="model.read")
@blueprint.arguments(ModelsQuerySchema, location="query")
@blueprint.response(200, page_of(ModelSchema))
def list_models(query: dict[str, Any]) -> Any:
    """Models by name."""
    return registry.listed(platform(), project().id, **query)


@blueprint.post("", requires="model.write", creates=True)
@blueprint.arguments(NewModelSchema)
@blueprint.response(201, ModelSchema)
def create_model(body: dict[str, Any]) -> Model:
    """A new model without versions; registering a version makes it as well."""
    return _shown(registry.create(platform(), actor(), project().id, **body))


@blueprint.get("/<string:name>", requires="model.read")
@blueprint.response(200, ModelSchema)
def get_model(name: str) -> Model:
    """One model."""
    return _shown(registry.find(platform(), project().id, name))


@blueprint.put("/<string:name>", requires="model.write", if_match="required")
@blueprint.arguments(ModelChangeSchema)
@blueprint.response(200, ModelSchema)
def change_model(body: dict[str, Any], name: str) -> Model:
    """Describe a model anew, archive it or bring it back."""
    return _shown(registry.change(platform(), actor(), project().id, name, **body, expected=if_match()))


@blueprint.get("/<string:name>/versions", requires="model.read")
@blueprint.arguments(PageQuerySchema, location="query")
@blueprint.response(200, page_of(ModelVersionSchema))
def list_model_versions(query: dict[str, Any], name: str) -> Any:
    """Its versions, newest first."""
    return versions.listed(platform(), project().id, name, **query).map(_json)


@blueprint.post("/<string:name>/versions", requires="model.write", creates=True)
@blueprint.arguments(NewModelVersionSchema)
@blueprint.response(201, ModelVersionSchema)
def register_model_version(body: dict[str, Any], name: str) -> dict[str, Any]:
    """Make a run's output the next version; the model is made when it is new."""
    run_id = body.pop("run")
    return _json(versions.register(platform(), actor(), project().id, name, run_id=run_id, **body))


@blueprint.get("/<string:name>/versions/<id:number>", requires="model.read")
@blueprint.response(200, ModelVersionSchema)
def get_model_version(name: str, number: int) -> dict[str, Any]:
    """One version: what it is and where it comes from."""
    return _json(versions.find(platform(), project().id, name, number))


@blueprint.patch("/<string:name>/versions/<id:number>", requires="model.write")
@blueprint.arguments(ModelVersionChangeSchema)
@blueprint.response(200, ModelVersionSchema)
def change_model_version(body: dict[str, Any], name: str, number: int) -> dict[str, Any]:
    """Set the note of a version, archive it or bring it back."""
    return _json(versions.archive(platform(), actor(), project().id, name, number, **body))


@blueprint.get("/<string:name>/versions/<id:number>/download", requires="model.read")
@blueprint.download
def download_model_version(name: str, number: int) -> Response:
    """A version as a zip file with an MLflow model directory."""
    version = versions.find(platform(), project().id, name, number)
    set_etag(version.artifact_id)
    return download(export.exported(platform(), version), f"{name}-{number}.zip")


@blueprint.get("/<string:name>/comparison", requires="model.read")
@blueprint.arguments(ComparisonQuerySchema, location="query")
@blueprint.response(200, ComparisonSchema)
def compare_model_versions(query: dict[str, Any], name: str) -> Any:
    """What differs between two versions."""
    return compare.compare(platform(), project().id, name, **query)


@blueprint.put("/<string:name>/aliases/<string:alias>", requires="model.write")
@blueprint.arguments(AliasSchema)
@blueprint.response(200, ModelVersionSchema)
def set_model_alias(body: dict[str, Any], name: str, alias: str) -> dict[str, Any]:
    """Let a name such as `champion` point to a version, from wherever it pointed."""
    return _json(versions.set_alias(platform(), actor(), project().id, name, alias, body["number"]))


@blueprint.delete("/<string:name>/aliases/<string:alias>", requires="model.write")
@blueprint.response(204)
def remove_model_alias(name: str, alias: str) -> Response:
    """Take an alias away."""
    versions.remove_alias(platform(), actor(), project().id, name, alias)
    return Response(status=204)


def _shown(known: Model) -> Model:
    set_etag(known.version)
    return known


def _json(version: versions.Version) -> dict[str, Any]:
    values = asdict(version)
    return {**values, **values.pop("lineage"), "columns": values.pop("input_schema")["columns"]}
