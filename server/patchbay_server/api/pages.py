"""The web pages: one HTML file for every address that is no file and no part of the API, and what it loads."""

from __future__ import annotations

import mimetypes
from pathlib import Path

from flask import Flask, Response, abort, request, send_from_directory

WEB = Path(__file__).parents[1] / "web"
"""Made by building frontend/."""
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self'; connect-src 'self';"
    " img-src 'self' data: blob:; worker-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
"""Styles may stand in the page: Ant Design and the canvas compute them."""
FOREVER = "public, max-age=31536000, immutable"
NOT_BUILT = (
    "The web pages are not built: they need Node 20 or newer, then `make run` builds them. The API is at /api/v1.\n"
)


def register_pages(app: Flask) -> None:
    """``/setup#TOKEN``: the token stays in the browser, it is in no request's address and so in no log."""

    @app.get("/assets/<path:name>")
    def asset(name: str) -> Response:
        folder = WEB / "assets"
        packed = f"{name}.gz"
        is_packed = request.accept_encodings.quality("gzip") > 0 and (folder / Path(packed).name).is_file()
        response = send_from_directory(folder, packed if is_packed else name, mimetype=mimetypes.guess_type(name)[0])
        if is_packed:
            response.headers["Content-Encoding"] = "gzip"
        response.vary.add("Accept-Encoding")
        response.headers["Cache-Control"] = FOREVER  # a name holds its content's hash
        return response

    @app.get("/")
    @app.get("/<path:path>")
    def page(path: str = "") -> Response:
        if path.startswith("api/") or not request.accept_mimetypes.accept_html:
            abort(404)
        if not (WEB / "index.html").is_file():
            return Response(NOT_BUILT, 503, mimetype="text/plain")
        response = send_from_directory(WEB, "index.html")
        response.headers["Content-Security-Policy"] = POLICY
        response.headers["Cache-Control"] = "no-cache"
        return response
