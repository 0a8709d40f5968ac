"""Signing in and out, and who one is."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify, request
from marshmallow import Schema, fields, validate

from patchbay_server.api import access
from patchbay_server.api.blueprint import Blueprint
from patchbay_server.api.errors import ErrorPayload
from patchbay_server.api.platform import platform
from patchbay_server.services.people import sessions, sign_in
from patchbay_server.services.people.rights import PERMISSIONS, ROLES
from patchbay_server.services.people.sessions import LONGEST, Session

blueprint = Blueprint("session", "Signing in and out.")

PASSWORD = validate.Length(1, 1024)


class SignInSchema(Schema):
    name = fields.String(required=True, validate=validate.Length(1, 100))
    password = fields.String(required=True, validate=PASSWORD)


class LinkSchema(Schema):
    """`token`: from the link. `name`: the first admin's; nobody else needs it."""

    token = fields.String(required=True, validate=validate.Length(1, 200))
    name = fields.String(load_default=None, validate=validate.Length(1, 100))
    password = fields.String(required=True, validate=PASSWORD)


class SignedInSchema(Schema):
    """`csrf_token`: to be sent as X-CSRF-Token with every request that changes something."""

    csrf_token = fields.String(required=True)


class WhoSchema(Schema):
    """`permissions`: of the whole platform. `csrf_token`: null for an API token."""

    name = fields.String(required=True)
    is_admin = fields.Boolean(required=True)
    via = fields.String(required=True)
    permissions = fields.List(fields.String(), required=True)
    csrf_token = fields.String(required=True, allow_none=True)


class RoleSchema(Schema):
    """`permissions`: those that the role gives in its project and beyond."""

    role = fields.String(required=True, validate=validate.OneOf(ROLES))
    permissions = fields.List(fields.String(), required=True)


@blueprint.get("/session", requires="self")
@blueprint.response(200, WhoSchema)
def get_session() -> dict[str, Any]:
    """Who makes this request."""
    actor = access.actor()
    beyond = [name for name, wanted in PERMISSIONS.items() if wanted.scope != "project" and actor.may(name)]
    csrf = Session(access.session_key()).csrf if actor.via == "session" else None
    return {
        "name": actor.name,
        "is_admin": actor.is_admin,
        "via": actor.via,
        "permissions": beyond,
        "csrf_token": csrf,
    }


@blueprint.post("/session", requires="open")
@blueprint.arguments(SignInSchema)
@blueprint.response(201, SignedInSchema)
@blueprint.alt_response(401, schema=ErrorPayload)
def create_session(body: dict[str, Any]) -> Response:
    """Sign in. The answer sets the session's cookie."""
    return signed_in(sign_in.sign_in(platform(), **body, address=access.address(), agent=_agent()))


@blueprint.delete("/session", requires="account.manage")
@blueprint.response(204)
def delete_session() -> Response:
    """Sign out."""
    sessions.close(platform(), access.actor(), access.session_key())
    response = Response(status=204)
    response.delete_cookie(access.COOKIE)
    return response


@blueprint.post("/setup", requires="open")
@blueprint.arguments(LinkSchema)
@blueprint.response(201, SignedInSchema)
def use_link(body: dict[str, Any]) -> Response:
    """Choose a password by a one-time link, and be signed in."""
    return signed_in(sign_in.use_link(platform(), **body, address=access.address(), agent=_agent()))


@blueprint.get("/roles", requires="self")
@blueprint.response(200, RoleSchema(many=True))
def list_roles() -> list[dict[str, Any]]:
    """The roles that a member of a project may have."""
    given = {role: [name for name, wanted in PERMISSIONS.items() if role in wanted.roles] for role in ROLES}
    return [{"role": role, "permissions": permissions} for role, permissions in given.items()]


def signed_in(session: Session) -> Response:
    """An answer that sets a session's cookie: out of reach of scripts, and not sent by forms of other sites."""
    response = jsonify({"csrf_token": session.csrf})
    response.status_code = 201
    set_session_cookie(response, session)
    return response


def set_session_cookie(response: Response, session: Session) -> None:
    """Have the browser keep a session."""
    response.set_cookie(
        access.COOKIE, session.key, max_age=int(LONGEST), httponly=True, samesite="Lax", secure=request.is_secure
    )


def _agent() -> str:
    return request.headers.get("User-Agent", "")
