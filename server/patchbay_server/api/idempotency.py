"""Idempotency-Key: a client that did not hear the answer may ask again, and nothing is made twice."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import Response, g, jsonify, request
from werkzeug.exceptions import UnprocessableEntity

from patchbay_server.api.platform import platform
from patchbay_server.services import idempotency

HEADER = "Idempotency-Key"


def once(view: Callable[..., Any], arguments: Sequence[Any], values: Mapping[str, Any]) -> Any:
    """Call a view that makes something, or give the answer that the same request got before."""
    key = request.headers.get(HEADER)
    if key is None or g.actor.user_id is None:
        return view(*arguments, **values)
    if not 1 <= len(key) <= 200:
        raise UnprocessableEntity(f"{HEADER} has 1 to 200 characters.")
    place = idempotency.Place(g.actor.user_id, key)
    before = idempotency.begin(platform(), place, _digest())
    if before is not None:
        g.etag = before.etag
        response = jsonify(before.body)
        response.status_code = before.status
        return response
    answer: idempotency.Answer | None = None
    try:
        response = view(*arguments, **values)
        if isinstance(response, Response) and response.status_code < 300:
            answer = idempotency.Answer(response.status_code, response.get_json(), g.get("etag"))
        return response
    finally:
        idempotency.end(platform(), place, answer)


def _digest() -> str:
    """Of the request: a key stands for one request only. Files are not read for it, only their length."""
    body = request.get_data() if request.is_json else str(request.content_length).encode()
    parts = (request.method.encode(), request.full_path.encode(), body)
    return hashlib.sha256(b"\0".join(parts)).hexdigest()
