"""One error payload for everything: ``{"error": {"code", "message", "details"}}``."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from flask import Flask
from flask.typing import ResponseReturnValue
from marshmallow import Schema, fields
from werkzeug.exceptions import HTTPException

from patchbay_sdk.errors import PatchbayError

STATUS = {
    "unauthenticated": 401,
    "forbidden": 403,
    "not_found": 404,
    "operator_unknown": 404,
    "operator_withdrawn": 404,
    "already_exists": 409,
    "conflict": 409,
    "not_resumable": 409,
    "result_gone": 409,
    "not_asked": 409,
    "not_finishable": 409,
    "run_ended": 409,
    "artifact_collected": 410,
    "too_large": 413,
    "too_many_requests": 429,
    "server_error": 500,
    "database_error": 503,
    "secret_keys": 503,
    "secret_key_unknown": 503,
    "provider_unavailable": 503,
    "disk_full": 503,
    "publishing_busy": 503,
    "tables_busy": 503,
}
"""HTTP status by error code; every other deliberate error is 422: the request cannot be carried out as it is."""
HEADERS = {401: {"WWW-Authenticate": 'Bearer realm="patchbay"'}, 503: {"Retry-After": "5"}}
"""What an answer of this status has, unless more is known."""
KEPT = ("Allow", "Content-Range", "Retry-After")
"""Headers of Flask's own errors that say what the payload does not."""


class ErrorSchema(Schema):
    """What is wrong: a stable code for programs, a message for people, details by code."""

    code = fields.String(required=True)
    message = fields.String(required=True)
    details = fields.Dict(keys=fields.String(), required=True)


class ErrorPayload(Schema):
    """The body of every answer that is not a success."""

    error = fields.Nested(ErrorSchema, required=True)


def register_errors(app: Flask) -> None:
    """Answer every exception with the one payload."""
    app.register_error_handler(PatchbayError, _deliberate)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unexpected)


def _deliberate(error: PatchbayError) -> ResponseReturnValue:
    if error.code == "database_error":  # its words name hosts and users, which are nobody's business
        logging.getLogger(__name__).warning("%s", error.message)
        return _payload(503, error.code, "The database cannot be used at this moment: try again soon.", {})
    wait = error.details.get("seconds")
    headers = {} if wait is None else {"Retry-After": str(wait)}
    return _payload(STATUS.get(error.code, 422), error.code, error.message, error.details, headers)


def _http(error: HTTPException) -> ResponseReturnValue:
    if error.code is None or error.code < 400:  # a redirect is an answer
        return error.get_response()
    data: Mapping[str, Any] = getattr(error, "data", {})  # flask-smorest: what marshmallow found
    details = dict(data.get("messages", {}))
    message = "The request is not as it should be; details say where." if details else str(error.description)
    name = "invalid_request" if details else str(error.name).lower().replace(" ", "_")
    headers = {header: value for header, value in error.get_headers() if header in KEPT}
    return _payload(error.code, name, message, details, headers)


def _unexpected(error: Exception) -> ResponseReturnValue:
    logging.getLogger(__name__).exception("unexpected error")
    return _payload(500, "internal_error", "Patchbay made a mistake; its log says more.", {})


def _payload(
    status: int, code: str, message: str, details: Mapping[str, Any], headers: Mapping[str, str] = MappingProxyType({})
) -> ResponseReturnValue:
    error = {"code": code, "message": message, "details": dict(details)}
    return {"error": error}, status, {**HEADERS.get(status, {}), **headers}
