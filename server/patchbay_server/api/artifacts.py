"""What runs have made: looked at and downloaded. Artifacts never change, so their id is the ETag of every answer."""

from __future__ import annotations

from typing import Any, Literal

from flask import Response, request
from marshmallow import Schema, fields

from patchbay_server.api.access import project
from patchbay_server.api.blueprint import Blueprint
from patchbay_server.api.downloads import download
from patchbay_server.api.etag import set_etag
from patchbay_server.api.platform import platform
from patchbay_server.api.tables import (
    DistributionSchema,
    HistogramQuerySchema,
    RowsQuerySchema,
    RowsSchema,
    StatisticsSchema,
)
from patchbay_server.services import artifacts
from patchbay_server.services.artifacts import Artifact

blueprint = Blueprint("artifacts", "What runs have made.", "/projects/<project_name>/artifacts/<string:artifact_id>")


class StoredFileSchema(Schema):
    """`size` in bytes, `hash`: BLAKE3."""

    name = fields.String(required=True)
    hash = fields.String(required=True)
    size = fields.Integer(required=True)


class MakerSchema(Schema):
    """A task that has the artifact as its output `port`."""

    run_id = fields.Integer(required=True)
    task_id = fields.Integer(required=True)
    path = fields.String(required=True)
    index = fields.String(required=True)
    operator = fields.String(required=True)
    port = fields.String(required=True)
    rows = fields.Integer(required=True, allow_none=True)


class ArtifactSchema(Schema):
    """`meta`: what is known without opening it. `made_by`: the latest tasks with this very result."""

    id = fields.String(required=True)
    type = fields.String(required=True)
    size = fields.Integer(required=True)
    files = fields.List(fields.Nested(StoredFileSchema), required=True)
    meta = fields.Dict(keys=fields.String(), required=True)
    made_by = fields.List(fields.Nested(MakerSchema), required=True)


WORDS = {"oneOf": [{"type": "string"}, {"type": "object", "additionalProperties": {"type": "string"}}]}
"""One text, or one per language."""


class ChartSchema(Schema):
    """`kind`: line, bar, scatter, matrix or histogram; series ``{"name", "x": [...], "y": [...]}``."""

    kind = fields.String(required=True)
    title = fields.Raw(required=True, metadata=WORDS)
    x_label = fields.Raw(required=True, metadata=WORDS)
    y_label = fields.Raw(required=True, metadata=WORDS)
    series = fields.List(fields.Dict(keys=fields.String()), required=True)
    notes = fields.List(fields.Raw(metadata=WORDS), required=True)


class MetricsSchema(Schema):
    """`values`: name -> number; `tables`: name -> rows; `about`: what was measured."""

    values = fields.Dict(keys=fields.String(), required=True)
    tables = fields.Dict(keys=fields.String(), required=True)
    about = fields.Dict(keys=fields.String(), required=True)


class TextSchema(Schema):
    """`truncated`: the text goes on; download it."""

    text = fields.String(required=True)
    truncated = fields.Boolean(required=True)


@blueprint.get("", requires="artifact.read")
@blueprint.response(200, ArtifactSchema)
def get_artifact(artifact_id: str) -> Artifact:
    """What an artifact is, and which tasks made it."""
    return artifacts.find(platform(), project().id, artifact_id)  # who has made it may change: no ETag


@blueprint.get("/rows", requires="artifact.read")
@blueprint.arguments(RowsQuerySchema, location="query")
@blueprint.response(200, RowsSchema)
def get_artifact_rows(query: dict[str, Any], artifact_id: str) -> Any:
    """A page of a table's rows."""
    artifact = _artifact(artifact_id)
    return _unchanged(artifact) or artifacts.page(platform(), artifact, **query)


@blueprint.get("/columns", requires="artifact.read")
@blueprint.response(200, StatisticsSchema)
def get_artifact_columns(artifact_id: str) -> Any:
    """Figures of every column of a table."""
    artifact = _artifact(artifact_id)
    return _unchanged(artifact) or {"columns": artifacts.statistics(platform(), artifact)}


@blueprint.get("/histogram", requires="artifact.read")
@blueprint.arguments(HistogramQuerySchema, location="query")
@blueprint.response(200, DistributionSchema)
def get_artifact_histogram(query: dict[str, Any], artifact_id: str) -> Any:
    """How the values of a column are distributed, also per class of another."""
    artifact = _artifact(artifact_id)
    return _unchanged(artifact) or artifacts.histogram(platform(), artifact, **query)


@blueprint.get("/chart", requires="artifact.read")
@blueprint.response(200, ChartSchema)
def get_artifact_chart(artifact_id: str) -> Any:
    """A chart as data."""
    artifact = _artifact(artifact_id)
    return _unchanged(artifact) or artifacts.chart(platform(), artifact)


@blueprint.get("/metrics", requires="artifact.read")
@blueprint.response(200, MetricsSchema)
def get_artifact_metrics(artifact_id: str) -> Any:
    """Metrics as data."""
    artifact = _artifact(artifact_id)
    return _unchanged(artifact) or artifacts.metrics(platform(), artifact)


@blueprint.get("/text", requires="artifact.read")
@blueprint.response(200, TextSchema)
def get_artifact_text(artifact_id: str) -> Any:
    """The beginning of a text."""
    artifact = _artifact(artifact_id)
    if (unchanged := _unchanged(artifact)) is not None:
        return unchanged
    text, truncated = artifacts.text(platform(), artifact)
    return {"text": text, "truncated": truncated}


@blueprint.get("/files/<path:name>", requires="artifact.read")
@blueprint.download
def download_artifact_file(artifact_id: str, name: str) -> Response:
    """One of the artifact's files, by its name in the manifest."""
    artifact = _artifact(artifact_id)
    if (unchanged := _unchanged(artifact)) is not None:
        return unchanged
    found = artifacts.download(platform(), artifact, name)
    return download(found.file, found.name)


@blueprint.get("/csv", requires="artifact.read")
@blueprint.download
def download_artifact_csv(artifact_id: str) -> Response:
    """A whole table as CSV."""
    return _export(artifact_id, "csv")


@blueprint.get("/parquet", requires="artifact.read")
@blueprint.download
def download_artifact_parquet(artifact_id: str) -> Response:
    """A whole table as Parquet."""
    return _export(artifact_id, "parquet")


def _artifact(id: str) -> Artifact:
    artifact = artifacts.find(platform(), project().id, id)
    set_etag(artifact.id)
    return artifact


def _unchanged(artifact: Artifact) -> Response | None:
    """The answer to whoever has this one already, before anything is computed."""
    return Response(status=304) if request.if_none_match.contains(artifact.id) else None


def _export(id: str, to: Literal["csv", "parquet"]) -> Response:
    artifact = _artifact(id)
    if (unchanged := _unchanged(artifact)) is not None:
        return unchanged
    with artifacts.exported(platform(), artifact, to) as path:
        opened = path.open("rb")  # stays readable when the folder is gone
    return download(opened, f"table-{id[:12]}.{to}")
