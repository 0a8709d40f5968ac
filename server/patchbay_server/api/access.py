"""Who asks, and whether they may: a session's cookie with its CSRF header, or an API token."""

from __future__ import annotations

import hmac
from typing import cast

from flask import Flask, g, request
from werkzeug.exceptions import Unauthorized

from patchbay_server.api.platform import platform
from patchbay_server.services.errors import Forbidden
from patchbay_server.services.people import projects, sessions, tokens
from patchbay_server.services.people.actor import Actor
from patchbay_server.services.people.projects import Project
from patchbay_server.services.people.rights import PERMISSIONS
from patchbay_server.services.people.sessions import Session

COOKIE = "patchbay_session"
CSRF_HEADER = "X-CSRF-Token"
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")


def actor() -> Actor:
    """Who makes this request; only in routes that are not open."""
    return cast(Actor, g.actor)


def project() -> Project:
    """The project that the path names, which exists for the actor."""
    return cast(Project, g.project)


def session_key() -> str:
    """The key of this request's session, or an empty text."""
    return request.cookies.get(COOKIE, "")


def address() -> str:
    """Where the request comes from."""
    return request.remote_addr or ""


def take_project_name(app: Flask) -> None:
    """Take `project_name` out of every path: views ask `project` instead."""

    @app.url_value_preprocessor
    def take(endpoint: str | None, values: dict[str, object] | None) -> None:
        g.project_name = values.pop("project_name", None) if values else None


def check(permission: str) -> None:
    """Let the request pass, or refuse it.

    Raises:
        Unauthorized: nobody is signed in.
        NotFound: the project does not exist for this actor.
        Forbidden: the actor lacks the permission, or the CSRF header is missing.
    """
    wanted = PERMISSIONS[permission]
    if wanted.scope == "open":
        return
    g.actor = _authenticated()
    g.project = projects.find(platform(), g.actor, g.project_name) if g.project_name is not None else None
    if not g.actor.may(permission, g.project.id if g.project else None):
        where = f" in project {g.project.name!r}" if g.project else ""
        raise Forbidden(
            f"This needs the permission {permission!r}, which {g.actor.name!r} does not have{where}.",
            reason="permission",
            permission=permission,
        )


def _authenticated() -> Actor:
    given = request.authorization
    if given is not None:
        found = tokens.find(platform(), given.token, address()) if given.type == "bearer" and given.token else None
        if found is None:
            raise Unauthorized("The API token is wrong, expired or revoked: send 'Authorization: Bearer TOKEN'.")
        return found
    key = session_key()
    found = sessions.find(platform(), key, address()) if key else None
    if found is None:
        raise Unauthorized("Sign in, or send 'Authorization: Bearer TOKEN' with an API token.")
    sent = request.headers.get(CSRF_HEADER, "")
    if request.method not in SAFE_METHODS and not hmac.compare_digest(sent.encode(), Session(key).csrf.encode()):
        raise Forbidden(
            f"Send the header {CSRF_HEADER} with the token that GET /api/v1/session gives.", reason="stale_page"
        )
    return found
