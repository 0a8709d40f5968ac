"""ETags: what a reader saw, and a writer means."""

from __future__ import annotations

import re

from flask import Flask, Response, g, request
from werkzeug.exceptions import PreconditionRequired

from patchbay_server.services.errors import Conflict


def set_etag(version: int | str) -> None:
    """Give the answer of this request an ETag."""
    g.etag = str(version)


def if_match() -> int:
    """The version that the header If-Match names.

    Raises:
        PreconditionRequired: the header is missing.
        Conflict: it names nothing that this can be.
    """
    tags = request.if_match
    if not tags or tags.star_tag:
        raise PreconditionRequired("Send the header If-Match with the ETag of what you have seen.")
    strong = tags.as_set()
    tag = (strong.pop() or "") if len(strong) == 1 else ""
    if not re.fullmatch("[0-9]{1,9}", tag):
        raise Conflict("The header If-Match names another state than the one there is.", reason="changed")
    return int(tag)


def register_etags(app: Flask) -> None:
    """Send the ETags, and 304 to whoever has that state already."""

    @app.after_request
    def send(response: Response) -> Response:
        etag = g.get("etag")
        if etag is None or not (200 <= response.status_code < 300 or response.status_code == 304):
            return response
        response.set_etag(etag)
        if request.method == "GET" and "If-Match" not in request.headers:  # which is for changes
            response.make_conditional(request)
        return response
