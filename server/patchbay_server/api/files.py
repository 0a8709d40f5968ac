"""Files that flows of a project may name."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from patchbay_server.api import access
from patchbay_server.api.blueprint import Blueprint
from patchbay_server.api.paging import SearchQuerySchema, page_of
from patchbay_server.api.platform import platform
from patchbay_server.services.datasets import files
from patchbay_server.services.datasets.files import DataFile

blueprint = Blueprint("files", "Files that flows of a project may name.", "/projects/<project_name>/files")


class DataFileSchema(Schema):
    """`path`: what a param of a flow says to name it."""

    path = fields.String(required=True)
    size = fields.Integer(required=True)
    modified_at = fields.Float(required=True)


class KeptUploadSchema(Schema):
    """`upload_id`: of a complete upload."""

    upload_id = fields.String(required=True)


@blueprint.get("", requires="dataset.read")
@blueprint.arguments(SearchQuerySchema, location="query")
@blueprint.response(200, page_of(DataFileSchema))
def list_files(query: dict[str, Any]) -> Any:
    """Files in the project's folder and in the data folders of the platform, by path."""
    return files.listed(platform(), access.project().id, **query)


@blueprint.post("", requires="dataset.write", creates=True)
@blueprint.arguments(KeptUploadSchema)
@blueprint.response(201, DataFileSchema)
def keep_upload(body: dict[str, Any]) -> DataFile:
    """Make a complete upload a file of the project; of two with one name the second gets a number."""
    return files.keep(platform(), access.actor(), access.project().id, **body)
