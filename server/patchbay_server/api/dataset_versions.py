"""Versions of datasets: imported, looked into, taken away."""

from __future__ import annotations

from typing import Any

from flask import Response
from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from patchbay_server.api import access
from patchbay_server.api.blueprint import Blueprint
from patchbay_server.api.downloads import download
from patchbay_server.api.paging import PageQuerySchema, page_of
from patchbay_server.api.platform import platform
from patchbay_server.api.tables import (
    BINS,
    COLUMN,
    DistributionSchema,
    HistogramQuerySchema,
    RowsQuerySchema,
    RowsSchema,
    StatisticsSchema,
)
from patchbay_server.services.datasets import imports, look, outputs, versions
from patchbay_server.services.datasets.versions import Version

blueprint = Blueprint(
    "dataset versions", "Versions of datasets.", "/projects/<project_name>/datasets/<string:name>/versions"
)

ID = validate.Range(1, (1 << 63) - 1)
DOWNLOADS = {"parquet": "application/vnd.apache.parquet", "csv": "text/csv"}


class ListedVersionSchema(Schema):
    """`source`: what it was made from: `kind` is upload, catalogue, run or unknown. `expired_at`: its rows are gone."""

    number = fields.Integer(required=True)
    rows = fields.Integer(required=True)
    columns = fields.Integer(required=True)
    content_hash = fields.String(required=True)
    source = fields.Dict(keys=fields.String(), required=True)
    run_id = fields.Integer(required=True, allow_none=True)
    created_at = fields.Float(required=True)
    created_by = fields.String(required=True, allow_none=True)
    expired_at = fields.Float(required=True, allow_none=True)


class VersionSchema(ListedVersionSchema):
    """Also what its columns are."""

    schema = fields.Dict(keys=fields.String(), required=True)


class ImportRequestSchema(Schema):
    """What becomes the next version: an `upload`, or the table at output `port` of `node` of a `run`.

    `source`: the operator that reads the file (``id`` or ``id@version``), by default that for its ending.
    `options`: its params, but for the file.
    """

    upload = fields.String(validate=validate.Length(1, 100))
    run = fields.Integer(validate=ID)
    node = fields.String(validate=validate.Length(1, 1000))
    port = fields.String(load_default="table", validate=validate.Length(1, 100))
    source = fields.String(load_default=None, allow_none=True, validate=validate.Length(1, 200))
    options = fields.Dict(keys=fields.String(), load_default=dict)

    @validates_schema
    def one_of_both(self, data: dict[str, Any], **_: Any) -> None:
        """Either a file or an output."""
        if ("upload" in data) == ("run" in data) or ("run" in data) != ("node" in data):
            raise ValidationError("Give either upload, or run and node.", "upload")


class ImportSchema(Schema):
    """The version appears when the run is done; progress, log and cancel are the run's."""

    run_id = fields.Integer(required=True)
    upload = fields.String(required=True)


class TargetQuerySchema(Schema):
    bins = fields.Integer(load_default=20, validate=BINS)


class TargetSchema(DistributionSchema):
    """`rates`: the counts as shares of the known values."""

    rates = fields.List(fields.Float(), required=True)


class CoverageQuerySchema(Schema):
    """`by`: default is the time column of the dataset's meta, then its group column."""

    column = fields.String(required=True, validate=COLUMN)
    by = fields.String(load_default=None, validate=COLUMN)


class CoveragePartSchema(Schema):
    """`part`: a group, or the time or number at which the part begins; null: the rows that have none."""

    part = fields.Raw(required=True, allow_none=True)
    rows = fields.Integer(required=True)
    present = fields.Integer(required=True)
    rate = fields.Float(required=True)


class CoverageSchema(Schema):
    items = fields.List(fields.Nested(CoveragePartSchema), required=True)


class DownloadQuerySchema(Schema):
    format = fields.String(load_default="parquet", validate=validate.OneOf(list(DOWNLOADS)))


@blueprint.get("", requires="dataset.read")
@blueprint.arguments(PageQuerySchema, location="query")
@blueprint.response(200, page_of(ListedVersionSchema))
def list_versions(query: dict[str, Any], name: str) -> Any:
    """Versions, newest first; the columns of one are told by its number."""
    return versions.listed(platform(), access.project().id, name, **query)


@blueprint.post("", requires="dataset.write", creates=True)
@blueprint.arguments(ImportRequestSchema)
@blueprint.response(202, ImportSchema)
def import_version(body: dict[str, Any], name: str) -> dict[str, Any]:
    """Import a file or a run's table as the next version; the dataset is made where it is new."""
    place = platform(), access.actor(), access.project().id
    upload = body.get("upload")
    if upload is None:
        output = {key: body[key] for key in ("run", "node", "port")}
        upload = outputs.as_upload(*place, **output).id
    run_id = imports.start(*place, name=name, upload_id=upload, source=body["source"], options=body["options"])
    return {"run_id": run_id, "upload": upload}


@blueprint.get("/<id:number>", requires="dataset.read")
@blueprint.response(200, VersionSchema)
def get_version(name: str, number: int) -> Version:
    """One version by number."""
    return versions.find(platform(), access.project().id, name, number)


@blueprint.get("/<id:number>/rows", requires="dataset.read")
@blueprint.arguments(RowsQuerySchema, location="query")
@blueprint.response(200, RowsSchema)
def get_rows(query: dict[str, Any], name: str, number: int) -> dict[str, Any]:
    """A page of rows."""
    return look.rows(platform(), access.project().id, name, number, **query)


@blueprint.get("/<id:number>/statistics", requires="dataset.read")
@blueprint.response(200, StatisticsSchema)
def get_statistics(name: str, number: int) -> dict[str, Any]:
    """Figures of every column."""
    return {"columns": look.statistics(platform(), access.project().id, name, number)}


@blueprint.get("/<id:number>/histogram", requires="dataset.read")
@blueprint.arguments(HistogramQuerySchema, location="query")
@blueprint.response(200, DistributionSchema)
def get_histogram(query: dict[str, Any], name: str, number: int) -> dict[str, Any]:
    """How the values of a column are distributed, also per class of another, such as the target."""
    return look.histogram(platform(), access.project().id, name, number, **query)


@blueprint.get("/<id:number>/target", requires="dataset.read")
@blueprint.arguments(TargetQuerySchema, location="query")
@blueprint.response(200, TargetSchema)
def get_target(query: dict[str, Any], name: str, number: int) -> dict[str, Any]:
    """The distribution of the target that the dataset's meta names."""
    return look.target(platform(), access.project().id, name, number, **query)


@blueprint.get("/<id:number>/coverage", requires="dataset.read")
@blueprint.arguments(CoverageQuerySchema, location="query")
@blueprint.response(200, CoverageSchema)
def get_coverage(query: dict[str, Any], name: str, number: int) -> dict[str, Any]:
    """Share of rows with a value, over time or per group."""
    return {"items": look.coverage(platform(), access.project().id, name, number, **query)}


@blueprint.get("/<id:number>/download", requires="dataset.read")
@blueprint.arguments(DownloadQuerySchema, location="query")
@blueprint.download
def download_version(query: dict[str, Any], name: str, number: int) -> Response:
    """All rows as a file."""
    wanted = query["format"]
    with look.exported(platform(), access.project().id, name, number, wanted) as file:
        opened = file.open("rb")  # stays readable when the folder is gone
    return download(opened, f"{name}-{number}.{wanted}")
