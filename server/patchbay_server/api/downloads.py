"""Files that people save: streamed, never shown by a browser, and in parts for whoever lost the connection."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from flask import Response, g, request
from werkzeug.exceptions import RequestedRangeNotSatisfiable

BYTES = "application/octet-stream"
BINARY = {"type": "string", "format": "binary"}
"""The schema of such an answer."""

_PIECE = 1 << 20


def download(file: BinaryIO, name: str, mimetype: str = BYTES) -> Response:
    """An open file, which is closed when it has been sent, to be saved under a name."""
    response = Response(mimetype=mimetype, direct_passthrough=True)
    response.call_on_close(file.close)
    response.headers.set("Content-Disposition", "attachment", filename=name)
    response.content_length = size = os.fstat(file.fileno()).st_size
    if (etag := g.get("etag")) is not None and "If-Match" not in request.headers:  # for If-Range
        response.set_etag(etag)
    try:
        response.make_conditional(request, accept_ranges=True, complete_length=size)
    except RequestedRangeNotSatisfiable:
        file.close()
        raise
    file.seek(response.content_range.start or 0)
    response.response = _body(file, response.content_length or 0)
    return response


def _body(file: BinaryIO, length: int) -> Iterable[bytes]:
    """The next bytes of a file. The server sends them itself: a thread would wait as long as the client does."""
    wrap = request.environ.get("wsgi.file_wrapper")
    return wrap(file, _PIECE) if wrap else _pieces(file, length)


def _pieces(file: BinaryIO, length: int) -> Iterator[bytes]:
    with file:
        while piece := file.read(min(_PIECE, length)):
            yield piece
            length -= len(piece)
