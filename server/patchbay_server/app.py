"""The web application."""

from __future__ import annotations

import importlib.metadata

from flask import Flask
from flask_smorest import Api

from patchbay_server.api import access, errors, flows, health, operators, runs
from patchbay_server.api.platform import EXTENSION
from patchbay_server.services.platform import Platform


class PatchbayApi(Api):  # type: ignore[misc] # flask-smorest brings no types
    """The API, whose document names our error payload for every answer that is no success."""

    ERROR_SCHEMA = errors.ErrorPayload


def create_app(platform: Platform, token: str) -> Flask:
    """The WSGI application of a platform; `token` opens its API."""
    app = Flask("patchbay_server", static_folder=None)
    app.config.update(
        API_TITLE="Patchbay",
        API_VERSION=importlib.metadata.version("patchbay"),
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX="/api/v1",
        OPENAPI_JSON_PATH="openapi.json",
        MAX_CONTENT_LENGTH=16 << 20,
        PROPAGATE_EXCEPTIONS=False,
    )
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.extensions[EXTENSION] = platform
    api = PatchbayApi(app)
    for module in (health, operators, flows, runs):
        api.register_blueprint(module.blueprint)
    access.require_token(app, token)
    errors.register_errors(app)
    return app
