"""Uploads: files that arrive in chunks and go on where they stopped."""

from __future__ import annotations

from typing import Any

from flask import request
from marshmallow import Schema, fields, validate
from werkzeug.exceptions import UnsupportedMediaType

from patchbay_server.api import access
from patchbay_server.api.blueprint import Blueprint
from patchbay_server.api.paging import PageQuerySchema, page_of
from patchbay_server.api.platform import platform
from patchbay_server.api.runs import STATE
from patchbay_server.services.datasets import preview, uploads
from patchbay_server.services.datasets.uploads import MAX_CHUNK, MAX_NAME, Upload

blueprint = Blueprint("uploads", "Files on their way in, for datasets.", "/projects/<project_name>/uploads")

BYTES = "application/octet-stream"
SHA256 = validate.Regexp(r"^[0-9a-fA-F]{64}$")
CHUNK_BODY = {"required": True, "content": {BYTES: {"schema": {"type": "string", "format": "binary"}}}}


class NewUploadSchema(Schema):
    """`size` in bytes. `sha256`: of the whole file; it is checked when the last byte has arrived."""

    file_name = fields.String(required=True, validate=validate.Length(1, 4 * MAX_NAME))
    size = fields.Integer(required=True, validate=validate.Range(1, (1 << 63) - 1))
    sha256 = fields.String(load_default=None, allow_none=True, validate=SHA256)


class UploadSchema(Schema):
    """`received`: bytes that are safe; the next chunk begins there. `source`: where the platform gets the file itself.

    `state`: open, complete, used (`run_id` is the latest import of it, into `dataset`), failed (`error` says why).
    """

    id = fields.String(required=True)
    file_name = fields.String(required=True)
    size = fields.Integer(required=True)
    received = fields.Integer(required=True)
    sha256 = fields.String(required=True, allow_none=True)
    state = fields.String(required=True, validate=validate.OneOf(["open", "complete", "used", "failed"]))
    source = fields.Dict(keys=fields.String(), required=True, allow_none=True)
    error = fields.String(required=True, allow_none=True)
    run_id = fields.Integer(required=True, allow_none=True)
    run_state = fields.String(required=True, allow_none=True, validate=STATE)
    dataset = fields.String(required=True, allow_none=True)
    created_at = fields.Float(required=True)
    created_by = fields.String(required=True, allow_none=True)
    expires_at = fields.Float(required=True)


class PreviewRequestSchema(Schema):
    """`source`: the operator that reads the file, by default that for its ending. `options`: its params, as chosen."""

    source = fields.String(load_default=None, allow_none=True, validate=validate.Length(1, 200))
    options = fields.Dict(keys=fields.String(), load_default=dict)


class PreviewColumnSchema(Schema):
    name = fields.String(required=True)
    type = fields.String(required=True)


class ReadingTextSchema(Schema):
    """The same sentence by language."""

    en = fields.String(required=True)
    zh = fields.String(required=True, data_key="zh-CN", attribute="zh-CN")


class ReadingChoiceSchema(Schema):
    """`options`: the params that it sets; `chosen`: it is in use."""

    label = fields.Nested(ReadingTextSchema, required=True)
    options = fields.Dict(keys=fields.String(), required=True)
    chosen = fields.Boolean(required=True)


class ReadingSchema(Schema):
    """One thing that was found out about a file: not `certain` where it is a guess; `options`: what may be chosen."""

    code = fields.String(required=True)
    columns = fields.List(fields.String(), required=True)
    values = fields.Dict(keys=fields.String(), required=True)
    certain = fields.Boolean(required=True)
    title = fields.Nested(ReadingTextSchema, required=True)
    meaning = fields.Nested(ReadingTextSchema, required=True)
    options = fields.List(fields.Nested(ReadingChoiceSchema), required=True)


class PreviewSchema(Schema):
    """`options`: what the file was read with and shall be imported with. `columns`: null where there is no preview.

    `rows`: the first ones, each value as text or null.
    """

    operator = fields.String(required=True)
    options = fields.Dict(keys=fields.String(), required=True)
    columns = fields.List(fields.Nested(PreviewColumnSchema), required=True, allow_none=True)
    rows = fields.List(fields.List(fields.String(allow_none=True)), required=True)
    reading = fields.List(fields.Nested(ReadingSchema), required=True)


class UploadsQuerySchema(PageQuerySchema):
    """`pending`: without those that have been imported."""

    pending = fields.Boolean(load_default=False)


class ChunkHeadersSchema(Schema):
    """`Upload-Offset`: where the chunk begins. `Upload-Checksum`: its SHA-256 in hexadecimal."""

    offset = fields.Integer(required=True, data_key="Upload-Offset", validate=validate.Range(0, (1 << 63) - 1))
    sha256 = fields.String(load_default=None, data_key="Upload-Checksum", validate=SHA256)


@blueprint.get("", requires="dataset.read")
@blueprint.arguments(UploadsQuerySchema, location="query")
@blueprint.response(200, page_of(UploadSchema))
def list_uploads(query: dict[str, Any]) -> Any:
    """Uploads by their id."""
    return uploads.listed(platform(), access.project().id, **query)


@blueprint.post("", requires="dataset.write", creates=True)
@blueprint.arguments(NewUploadSchema)
@blueprint.response(201, UploadSchema)
def create_upload(body: dict[str, Any]) -> Upload:
    """Announce a file; then send its chunks."""
    return uploads.create(platform(), access.actor(), access.project().id, **body)


@blueprint.get("/<string:upload_id>", requires="dataset.read")
@blueprint.response(200, UploadSchema)
def get_upload(upload_id: str) -> Any:
    """How much has arrived, also in the header Upload-Offset, which HEAD gives as well."""
    known = uploads.find(platform(), access.project().id, upload_id)
    return known, {"Upload-Offset": str(known.received), "Upload-Length": str(known.size)}


@blueprint.post("/<string:upload_id>/preview", requires="dataset.read")
@blueprint.arguments(PreviewRequestSchema)
@blueprint.response(200, PreviewSchema)
def preview_upload(body: dict[str, Any], upload_id: str) -> dict[str, Any]:
    """How a complete upload would be read, in plain words; nothing is imported. Only its beginning is looked at."""
    return preview.preview(platform(), access.project().id, upload_id, **body)


@blueprint.patch("/<string:upload_id>", requires="dataset.write")
@blueprint.doc(requestBody=CHUNK_BODY, description=f"The body is the chunk: 1 to {MAX_CHUNK} bytes.")
@blueprint.arguments(ChunkHeadersSchema, location="headers")
@blueprint.response(200, UploadSchema)
def send_chunk(headers: dict[str, Any], upload_id: str) -> Upload:
    """Add a chunk. 409 says in its details where the upload goes on, when that is not at Upload-Offset."""
    if request.mimetype != BYTES:
        raise UnsupportedMediaType(f"Send the chunk as {BYTES}.")
    project_id = access.project().id
    return uploads.append(platform(), access.actor(), project_id, upload_id, data=request.get_data(), **headers)


@blueprint.delete("/<string:upload_id>", requires="dataset.write")
@blueprint.response(204)
def discard_upload(upload_id: str) -> None:
    """Give an upload up; what has arrived is removed."""
    uploads.discard(platform(), access.actor(), access.project().id, upload_id)
