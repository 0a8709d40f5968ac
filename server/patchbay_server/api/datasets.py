"""Datasets: what there is, what it means, who uses it. Their rows: `dataset_versions`."""

from __future__ import annotations

from typing import Any

from flask import Response, request
from marshmallow import Schema, fields, validate
from werkzeug.exceptions import UnsupportedMediaType

from patchbay_server.api import access
from patchbay_server.api.blueprint import Blueprint
from patchbay_server.api.etag import if_match, set_etag
from patchbay_server.api.paging import PageQuerySchema, SearchQuerySchema, page_of
from patchbay_server.api.platform import platform
from patchbay_server.api.runs import STATE
from patchbay_server.services.datasets import datasets, feature_sheet, features, retention, uses
from patchbay_server.services.datasets.datasets import Dataset
from patchbay_server.services.datasets.features import Feature
from patchbay_server.services.datasets.folders import NAME
from patchbay_server.services.datasets.meta import DATASET_TEXTS, FEATURE_TEXTS, MAX_TAG, MAX_TAGS, MAX_TEXT

blueprint = Blueprint("datasets", "Datasets of a project.", "/projects/<project_name>/datasets")

CSV = "text/csv"
CSV_BODY = {"required": True, "content": {CSV: {"schema": {"type": "string"}}}}
TEXT = validate.Length(max=MAX_TEXT)
KEEP = validate.Range(1, datasets.MAX_KEPT)

DatasetMetaSchema = Schema.from_dict(
    {name: fields.String(validate=TEXT) for name in DATASET_TEXTS}
    | {
        "tags": fields.List(fields.String(validate=validate.Length(1, MAX_TAG)), validate=validate.Length(max=MAX_TAGS))
    },
    name="DatasetMeta",
)
FeatureMetaSchema = Schema.from_dict({name: fields.String(validate=TEXT) for name in FEATURE_TEXTS}, name="FeatureMeta")


class DatasetChangeSchema(Schema):
    """All that can be changed. `keep_versions`, `keep_days`: retention; null keeps everything."""

    meta = fields.Nested(DatasetMetaSchema, load_default=dict)
    keep_versions = fields.Integer(load_default=None, allow_none=True, validate=KEEP)
    keep_days = fields.Integer(load_default=None, allow_none=True, validate=KEEP)


class NewDatasetSchema(DatasetChangeSchema):
    name = fields.String(required=True, validate=validate.Regexp(f"^{NAME.pattern}$"))


class DatasetSchema(Schema):
    """`latest`: number of the newest version, of `latest_at`; null, as `rows` and `columns`, where there is none."""

    name = fields.String(required=True)
    meta = fields.Nested(DatasetMetaSchema, required=True)
    keep_versions = fields.Integer(required=True, allow_none=True)
    keep_days = fields.Integer(required=True, allow_none=True)
    created_at = fields.Float(required=True)
    created_by = fields.String(required=True, allow_none=True)
    latest = fields.Integer(required=True, allow_none=True)
    latest_at = fields.Float(required=True, allow_none=True)
    rows = fields.Integer(required=True, allow_none=True)
    columns = fields.Integer(required=True, allow_none=True)
    versions = fields.Integer(required=True)


class DeletionQuerySchema(Schema):
    """`force`: also while flows or schedules read it."""

    force = fields.Boolean(load_default=False)


class ReaderSchema(Schema):
    """A node that reads the dataset. `number`: the version that it asks for, null: the latest."""

    flow = fields.String(required=True)
    revision = fields.Integer(required=True)
    node = fields.String(required=True)
    param = fields.String(required=True)
    number = fields.Integer(required=True, allow_none=True)
    schedule = fields.String(required=True, allow_none=True)


class ReadersSchema(Schema):
    items = fields.List(fields.Nested(ReaderSchema), required=True)


class UsesQuerySchema(PageQuerySchema):
    """`number`: only uses of this version."""

    number = fields.Integer(load_default=None, validate=validate.Range(1, (1 << 31) - 1))


class MadeModelSchema(Schema):
    node = fields.String(required=True)
    port = fields.String(required=True)
    artifact = fields.String(required=True)


class UseSchema(Schema):
    """A run that read the dataset, and the models that it made from it."""

    run = fields.Integer(required=True)
    flow = fields.String(required=True)
    state = fields.String(required=True, validate=STATE)
    created_at = fields.Float(required=True)
    node = fields.String(required=True)
    number = fields.Integer(required=True, allow_none=True)
    models = fields.List(fields.Nested(MadeModelSchema), required=True)


class ExpiringSchema(Schema):
    number = fields.Integer(required=True)
    reason = fields.String(required=True)


class ExpiryReportSchema(Schema):
    items = fields.List(fields.Nested(ExpiringSchema), required=True)


class FeatureSchema(Schema):
    """A column of the newest version; one that it has no more has no `column_type`. Rates: shares of its rows."""

    name = fields.String(required=True)
    column_type = fields.String(required=True, allow_none=True)
    missing_rate = fields.Float(required=True, allow_none=True)
    coverage_rate = fields.Float(required=True, allow_none=True)
    meta = fields.Nested(FeatureMetaSchema, required=True)
    version = fields.Integer(required=True)
    changed_at = fields.Float(required=True, allow_none=True)
    changed_by = fields.String(required=True, allow_none=True)


class FeatureChangeSchema(Schema):
    meta = fields.Nested(FeatureMetaSchema, required=True)


class SheetResultSchema(Schema):
    """How many columns have changed."""

    changed = fields.Integer(required=True)


@blueprint.get("", requires="dataset.read")
@blueprint.arguments(SearchQuerySchema, location="query")
@blueprint.response(200, page_of(DatasetSchema))
def list_datasets(query: dict[str, Any]) -> Any:
    """Datasets by name."""
    return datasets.listed(platform(), access.project().id, **query)


@blueprint.post("", requires="dataset.write", creates=True)
@blueprint.arguments(NewDatasetSchema)
@blueprint.response(201, DatasetSchema)
def create_dataset(body: dict[str, Any]) -> Dataset:
    """A dataset without rows; an import gives it the first version, and makes it where it is new."""
    return _shown(datasets.create(platform(), access.actor(), access.project().id, **body))


@blueprint.get("/<string:name>", requires="dataset.read")
@blueprint.response(200, DatasetSchema)
def get_dataset(name: str) -> Dataset:
    """One dataset by name."""
    return _shown(datasets.find(platform(), access.project().id, name))


@blueprint.put("/<string:name>", requires="dataset.write", if_match="required")
@blueprint.arguments(DatasetChangeSchema)
@blueprint.response(200, DatasetSchema)
def change_dataset(body: dict[str, Any], name: str) -> Dataset:
    """Set meta and retention."""
    place = platform(), access.actor(), access.project().id, name
    return _shown(datasets.change(*place, expected=if_match(), **body))


@blueprint.delete("/<string:name>", requires="dataset.write")
@blueprint.arguments(DeletionQuerySchema, location="query")
@blueprint.response(204)
def delete_dataset(query: dict[str, Any], name: str) -> None:
    """Take a dataset out of the project. 409 names the flows and schedules that read it."""
    datasets.delete(platform(), access.actor(), access.project().id, name, **query)


@blueprint.get("/<string:name>/readers", requires="dataset.read")
@blueprint.response(200, ReadersSchema)
def list_readers(name: str) -> dict[str, Any]:
    """Nodes of flows, and of schedules, that read the dataset."""
    return {"items": uses.readers(platform(), access.project().id, name)}


@blueprint.get("/<string:name>/uses", requires="dataset.read")
@blueprint.arguments(UsesQuerySchema, location="query")
@blueprint.response(200, page_of(UseSchema))
def list_uses(query: dict[str, Any], name: str) -> Any:
    """Runs that read the dataset, latest first."""
    return uses.uses(platform(), access.project().id, name, **query)


@blueprint.get("/<string:name>/expiry", requires="dataset.read")
@blueprint.response(200, ExpiryReportSchema)
def list_expiring(name: str) -> dict[str, Any]:
    """The versions whose rows the retention would remove now."""
    project_id = access.project().id
    datasets.find(platform(), project_id, name)
    found = retention.expire(platform(), dry_run=True, project_id=project_id)
    return {"items": [expired for expired in found if expired.dataset == name]}


@blueprint.get("/<string:name>/features", requires="dataset.read")
@blueprint.arguments(SearchQuerySchema, location="query")
@blueprint.response(200, page_of(FeatureSchema))
def list_features(query: dict[str, Any], name: str) -> Any:
    """Columns with their meaning, in the order of the table."""
    return features.listed(platform(), access.project().id, name, **query)


@blueprint.get("/<string:name>/features/<path:column>", requires="dataset.read")
@blueprint.response(200, FeatureSchema)
def get_feature(name: str, column: str) -> Feature:
    """One column with its meaning."""
    return _feature(features.find(platform(), access.project().id, name, column))


@blueprint.put("/<string:name>/features/<path:column>", requires="dataset.write", if_match="required")
@blueprint.arguments(FeatureChangeSchema)
@blueprint.response(200, FeatureSchema)
def change_feature(body: dict[str, Any], name: str, column: str) -> Feature:
    """Say what a column means."""
    place = platform(), access.actor(), access.project().id, name, column
    return _feature(features.change(*place, expected=if_match(), **body))


@blueprint.get("/<string:name>/feature-sheet", requires="dataset.read")
@blueprint.response(200, {"type": "string"}, content_type=CSV)
def get_feature_sheet(name: str) -> Response:
    """What all columns mean, as CSV for a spreadsheet."""
    text = feature_sheet.write(platform(), access.project().id, name)
    headers = {"Content-Disposition": f'attachment; filename="{name}-features.csv"'}
    return Response(text, mimetype=CSV, headers=headers)


@blueprint.put("/<string:name>/feature-sheet", requires="dataset.write")
@blueprint.doc(requestBody=CSV_BODY)
@blueprint.response(200, SheetResultSchema)
def put_feature_sheet(name: str) -> dict[str, int]:
    """Take such a CSV file back, all or nothing. Columns that it does not name stay; If-Match is not needed."""
    if request.mimetype != CSV:
        raise UnsupportedMediaType(f"Send the sheet as {CSV}.")
    data = request.get_data()
    return {"changed": feature_sheet.read(platform(), access.actor(), access.project().id, name, data)}


def _shown(dataset: Dataset) -> Dataset:
    set_etag(dataset.version)
    return dataset


def _feature(feature: Feature) -> Feature:
    set_etag(feature.version)
    return feature
