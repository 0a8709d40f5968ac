"""Files that people save: streamed, never shown by a browser, and in parts for whoever lost the connection."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import BinaryIO

from flask import Response, request

BYTES = "application/octet-stream"
BINARY = {"type": "string", "format": "binary"}
"""The schema of such an answer."""

_PIECE = 1 << 20


def download(file: BinaryIO, name: str) -> Response:
    """An open file, which is closed when it has been sent, to be saved under a name."""
    response = Response(_pieces(file), mimetype=BYTES)
    response.call_on_close(file.close)
    response.headers.set("Content-Disposition", "attachment", filename=name)
    response.content_length = size = os.fstat(file.fileno()).st_size
    response.make_conditional(request, accept_ranges=True, complete_length=size)
    return response


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    with file:
        while piece := file.read(_PIECE):
            yield piece
