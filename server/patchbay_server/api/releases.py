"""Releases of operator packages: uploaded, looked at, reviewed, published."""

from __future__ import annotations

import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

from flask import request
from marshmallow import Schema, fields, validate
from werkzeug.exceptions import UnsupportedMediaType

from patchbay_server.api.access import actor
from patchbay_server.api.blueprint import Blueprint
from patchbay_server.api.etag import if_match, set_etag
from patchbay_server.api.paging import PageQuerySchema, page_of
from patchbay_server.api.platform import platform
from patchbay_server.services.publishing import rehearsal, releases, sources, states, upload
from patchbay_server.services.publishing.releases import STATES, Release

blueprint = Blueprint("releases", "Releases of operator packages.", "/operator-releases")

BYTES = "application/octet-stream"
ARCHIVE = {"required": True, "content": {BYTES: {"schema": {"type": "string", "format": "binary"}}}}
CHUNK = 1 << 20


class ReleasesQuerySchema(PageQuerySchema):
    state = fields.String(load_default=None, validate=validate.OneOf(STATES))
    name = fields.String(load_default=None, validate=validate.Length(1, 200))


class UploadQuerySchema(Schema):
    """`submit`: ask for a review at once."""

    submit = fields.Boolean(load_default=False)


class NoteSchema(Schema):
    """`note`: why; shown to the author, or to whoever uses the operators."""

    note = fields.String(required=True, validate=validate.Length(1, 2000))


class ReleaseSummarySchema(Schema):
    """`author`, `reviewer`: null: the command line, or nobody yet. Times in seconds since 1970."""

    name = fields.String(required=True)
    version = fields.String(required=True)
    state = fields.String(required=True, validate=validate.OneOf(STATES))
    note = fields.String(required=True)
    author = fields.String(required=True, allow_none=True)
    created_at = fields.Float(required=True)
    reviewer = fields.String(required=True, allow_none=True)
    reviewed_at = fields.Float(required=True, allow_none=True)


class ReleaseSchema(ReleaseSummarySchema):
    """`operators`: their specs. `report`: what their tests said. `lock`: null: the platform's environment runs it."""

    digest = fields.String(required=True)
    operators = fields.List(fields.Dict(keys=fields.String()), required=True)
    report = fields.Dict(keys=fields.String(), required=True)
    lock = fields.String(required=True, allow_none=True)


class ProblemSchema(Schema):
    """What would be wrong with a flow, and where."""

    code = fields.String(required=True)
    message = fields.String(required=True)
    node = fields.String(required=True, allow_none=True)
    field = fields.String(required=True, allow_none=True)
    level = fields.String(required=True, validate=validate.OneOf(["error", "warning"]))


class RehearsedFlowSchema(Schema):
    """`changes`: a line each; `problems`: those that the flow does not have today."""

    project = fields.String(required=True)
    flow = fields.String(required=True)
    revision = fields.Integer(required=True)
    outcome = fields.String(required=True, validate=validate.OneOf(["breaks", "changes", "stays"]))
    changes = fields.List(fields.String(), required=True)
    problems = fields.List(fields.Nested(ProblemSchema), required=True)


class CountsSchema(Schema):
    breaks = fields.Integer(required=True)
    changes = fields.Integer(required=True)
    stays = fields.Integer(required=True)


class RehearsalSchema(Schema):
    """`unaffected`: flows that would stay as they are. `hidden`: flows of projects that one does not see."""

    flows = fields.List(fields.Nested(RehearsedFlowSchema), required=True)
    counts = fields.Nested(CountsSchema, required=True)
    unaffected = fields.Integer(required=True)
    hidden = fields.Nested(CountsSchema, required=True)


class SourceFileSchema(Schema):
    path = fields.String(required=True)
    size = fields.Integer(required=True)


class SourceSchema(SourceFileSchema):
    """`text`: null where it is no text. `cut`: there is more of it."""

    text = fields.String(required=True, allow_none=True)
    cut = fields.Boolean(required=True)


class PathQuerySchema(Schema):
    path = fields.String(required=True, validate=validate.Length(1, 1000))


RELEASE = "/<string:name>/<string:version>"


@blueprint.get("", requires="operator.read")
@blueprint.arguments(ReleasesQuerySchema, location="query")
@blueprint.response(200, page_of(ReleaseSummarySchema))
def list_releases(query: dict[str, Any]) -> Any:
    """The latest releases first."""
    return releases.listed(platform(), **query)


@blueprint.post("", requires="operator.publish", creates=True)
@blueprint.doc(
    requestBody=ARCHIVE,
    description="The body is the archive: a wheel, a .tar.gz, or a .zip of the source folder. Dependencies are "
    "installed and all tests run before the answer comes, which may take minutes; one package at a time.",
)
@blueprint.arguments(UploadQuerySchema, location="query")
@blueprint.response(201, ReleaseSchema)
def upload_release(query: dict[str, Any]) -> Any:
    """Take in an operator package; 422 lists everything that is wrong with it in `details.reasons`."""
    if request.mimetype != BYTES:
        raise UnsupportedMediaType(f"Send the archive as {BYTES}.")
    with tempfile.TemporaryDirectory(prefix="patchbay-upload-") as folder:
        archive = Path(folder) / "archive"
        with archive.open("wb") as file:
            while chunk := request.stream.read(CHUNK):
                file.write(chunk)
        return _shown(upload.upload(platform(), actor(), archive, submit=query["submit"]))


@blueprint.get(RELEASE, requires="operator.read")
@blueprint.response(200, ReleaseSchema)
def get_release(name: str, version: str) -> Any:
    """One release, with its specs and the report of its checks."""
    return _shown(releases.get(platform(), name, version))


@blueprint.post(f"{RELEASE}/submit", requires="operator.publish", if_match="required")
@blueprint.response(200, ReleaseSchema)
def submit_release(name: str, version: str) -> Any:
    """Ask for a review of a draft."""
    return _shown(states.submit(platform(), actor(), name, version, expected=if_match()))


@blueprint.post(f"{RELEASE}/approve", requires="operator.review", if_match="required")
@blueprint.response(200, ReleaseSchema)
def approve_release(name: str, version: str) -> Any:
    """Publish it: in seconds everybody can use its operators. Its author cannot."""
    return _shown(states.approve(platform(), actor(), name, version, expected=if_match()))


@blueprint.post(f"{RELEASE}/reject", requires="operator.review", if_match="required")
@blueprint.arguments(NoteSchema)
@blueprint.response(200, ReleaseSchema)
def reject_release(body: dict[str, Any], name: str, version: str) -> Any:
    """Give it back to its author."""
    return _shown(states.reject(platform(), actor(), name, version, expected=if_match(), **body))


@blueprint.post(f"{RELEASE}/deprecate", requires="operator.review", if_match="required")
@blueprint.arguments(NoteSchema)
@blueprint.response(200, ReleaseSchema)
def deprecate_release(body: dict[str, Any], name: str, version: str) -> Any:
    """Offer it no more; flows that use it go on."""
    return _shown(states.deprecate(platform(), actor(), name, version, expected=if_match(), **body))


@blueprint.post(f"{RELEASE}/withdraw", requires="operator.review", if_match="required")
@blueprint.arguments(NoteSchema)
@blueprint.response(200, ReleaseSchema)
def withdraw_release(body: dict[str, Any], name: str, version: str) -> Any:
    """Let nobody run it any more; flows that use it say so, and what to use instead."""
    return _shown(states.withdraw(platform(), actor(), name, version, expected=if_match(), **body))


@blueprint.get(f"{RELEASE}/rehearsal", requires="operator.read")
@blueprint.response(200, RehearsalSchema)
def rehearse_release(name: str, version: str) -> Any:
    """What an upgrade to it would do to every saved flow."""
    return rehearsal.rehearse(platform(), actor(), name, version)


@blueprint.get(f"{RELEASE}/files", requires="operator.review")
@blueprint.response(200, SourceFileSchema(many=True))
def list_release_files(name: str, version: str) -> Any:
    """The files of the source."""
    return sources.files(platform(), name, version)


@blueprint.get(f"{RELEASE}/source", requires="operator.review")
@blueprint.arguments(PathQuerySchema, location="query")
@blueprint.response(200, SourceSchema)
def get_release_source(query: dict[str, Any], name: str, version: str) -> Any:
    """The text of one file."""
    return sources.source(platform(), name, version, query["path"])


def _shown(release: Release) -> dict[str, Any]:
    set_etag(release.summary.etag)
    return {
        **asdict(release.summary),
        "digest": release.digest,
        "operators": [operator.spec for operator in release.operators],
        "report": release.report,
        "lock": release.lock,
    }
