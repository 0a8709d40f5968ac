"""The page of the one-time links; the other pages come with the frontend."""

from __future__ import annotations

from pathlib import Path

from flask import Flask, Response, send_from_directory

FILES = Path(__file__).parent / "static"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none';"
    " form-action 'none'; frame-ancestors 'none'"
)


def register_pages(app: Flask) -> None:
    """``/setup#TOKEN``: the token stays in the browser, it is in no request's address and so in no log."""

    @app.get("/setup")
    def setup() -> Response:
        response = send_from_directory(FILES, "setup.html")
        response.headers["Content-Security-Policy"] = POLICY
        return response

    @app.get("/setup/<any('setup.js', 'setup.css'):name>")
    def setup_file(name: str) -> Response:
        return send_from_directory(FILES, name)
