"""The web application."""

from __future__ import annotations

import importlib.metadata

from flask import Flask, Response, request
from werkzeug.middleware.proxy_fix import ProxyFix

from patchbay_server.api import (
    access,
    account,
    artifacts,
    audit,
    backfills,
    dataset_catalogue,
    dataset_versions,
    datasets,
    deployments,
    errors,
    etag,
    file_readers,
    files,
    flow_checks,
    flow_limits,
    flow_samples,
    flows,
    health,
    members,
    metrics,
    models,
    notifications,
    oidc,
    operator_faults,
    operators,
    pages,
    pools,
    projects,
    quotas,
    releases,
    restrictions,
    runs,
    schedules,
    secrets,
    session,
    tasks,
    texts,
    trainings,
    uploads,
    users,
    wizards,
    workers,
)
from patchbay_server.api.blueprint import Id
from patchbay_server.api.document import PatchbayApi
from patchbay_server.api.platform import EXTENSION
from patchbay_server.services.platform import Platform

RESOURCES = (
    health,
    metrics,
    session,
    oidc,
    account,
    users,
    projects,
    members,
    secrets,
    restrictions,
    quotas,
    flows,
    flow_checks,
    flow_limits,
    flow_samples,
    wizards,
    runs,
    tasks,
    trainings,
    artifacts,
    schedules,
    backfills,
    notifications,
    pools,
    workers,
    operators,
    operator_faults,
    releases,
    audit,
    datasets,
    dataset_versions,
    models,
    deployments,
    uploads,
    file_readers,
    files,
    dataset_catalogue,
)
LARGEST_BODY = 16 << 20
"""Bytes; uploads come in chunks."""


def create_app(platform: Platform) -> Flask:
    """The WSGI application of a platform."""
    app = Flask("patchbay_server", static_folder=None)
    app.config.update(
        API_TITLE="Patchbay",
        API_VERSION=importlib.metadata.version("patchbay"),
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX="/api/v1",
        OPENAPI_JSON_PATH="openapi.json",
        MAX_CONTENT_LENGTH=LARGEST_BODY,
        PROPAGATE_EXCEPTIONS=False,
    )
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.json.sort_keys = False  # type: ignore[attr-defined] # forms show fields in the order of their spec
    app.extensions[EXTENSION] = platform
    app.url_map.converters["id"] = Id
    access.take_project_name(app)
    texts.refuse_unusable_texts(app)
    api = PatchbayApi(app)
    for module in RESOURCES:
        api.register_blueprint(module.blueprint)
    api.register_blueprint(wizards.of_flows)
    api.describe()
    pages.register_pages(app)
    errors.register_errors(app)
    etag.register_etags(app)
    app.after_request(_protect)
    if platform.settings.proxies:
        hops = platform.settings.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    return app


def _protect(response: Response) -> Response:
    """What a browser may do with an answer: nothing but show it to this site."""
    headers = response.headers
    headers.setdefault("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "no-referrer")
    headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    headers.setdefault("Cache-Control", "private, no-cache" if "ETag" in headers else "no-store")
    if request.is_secure:
        headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    return response
