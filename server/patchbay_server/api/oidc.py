"""Signing in through an OpenID Connect provider, and who is linked to it."""

from __future__ import annotations

from typing import Any

from flask import Response, redirect, request
from marshmallow import EXCLUDE, Schema, fields, validate
from werkzeug.exceptions import NotFound

from patchbay_server.api import access
from patchbay_server.api.blueprint import PREFIX, Blueprint
from patchbay_server.api.errors import ErrorPayload
from patchbay_server.api.paging import PageQuerySchema, page_of
from patchbay_server.api.platform import platform
from patchbay_server.api.session import set_session_cookie
from patchbay_server.config import Oidc
from patchbay_server.services.people import external, oidc, sign_in

blueprint = Blueprint("oidc", "Signing in through an identity provider.")

COOKIE = "patchbay_sign_in"
COOKIE_PATH = f"{PREFIX}/sign-in/oidc"


class ProviderSchema(Schema):
    """`name`: for the button. `path`: where it leads; add ?next=/PATH to come back to that page."""

    name = fields.String(required=True)
    path = fields.String(required=True)


class WaysSchema(Schema):
    """`oidc`: null where people sign in by password only."""

    oidc = fields.Nested(ProviderSchema, required=True, allow_none=True)


class BeginQuerySchema(Schema):
    """`next`: the path of this site to go to afterwards."""

    next = fields.String(load_default="/", validate=validate.Length(1, 1000))


class CallbackQuerySchema(Schema):
    """What the provider adds to the address; some add more, which does not matter."""

    state = fields.String(load_default="", validate=validate.Length(max=1000))
    code = fields.String(load_default=None, validate=validate.Length(1, 8000))
    error = fields.String(load_default=None, validate=validate.Length(1, 200))
    iss = fields.String(load_default=None, validate=validate.Length(1, 1000))


class IdentityKeySchema(Schema):
    """`issuer`: left out, the provider of this platform."""

    issuer = fields.String(load_default=None, validate=validate.Length(1, 1000))
    subject = fields.String(required=True, validate=validate.Length(1, 255))


class IdentitySchema(Schema):
    """`created_at`: since when they are linked, in seconds since 1970."""

    issuer = fields.String(required=True)
    subject = fields.String(required=True)
    created_at = fields.Float(required=True)


@blueprint.get("/sign-in", requires="open")
@blueprint.response(200, WaysSchema)
def get_ways() -> dict[str, Any]:
    """How one can sign in, beside name and password."""
    settings = platform().settings.oidc
    return {"oidc": settings and {"name": settings.name, "path": COOKIE_PATH}}


@blueprint.get("/sign-in/oidc", requires="open")
@blueprint.arguments(BeginQuerySchema, location="query")
@blueprint.response(303, description="To the provider.")
def begin_sign_in(query: dict[str, str]) -> Response:
    """Go to the identity provider."""
    settings = _settings()
    sign_in.count_try(access.address())
    begun = oidc.begin(settings, query["next"])
    response = _to(begun.url)
    response.set_cookie(
        COOKIE,
        begun.cookie,
        max_age=oidc.LIFETIME,
        path=COOKIE_PATH,
        httponly=True,
        samesite="Lax",
        secure=settings.url.startswith("https:"),
    )
    return response


@blueprint.get("/sign-in/oidc/callback", requires="open")
@blueprint.arguments(CallbackQuerySchema, location="query", unknown=EXCLUDE)
@blueprint.response(303, description="To where one wanted to go; sets the session's cookie.")
@blueprint.alt_response(401, schema=ErrorPayload)
@blueprint.alt_response(403, schema=ErrorPayload)
def finish_sign_in(query: dict[str, Any]) -> Response:
    """Come back from the identity provider."""
    settings = _settings()
    cookie = request.cookies.get(COOKIE, "")
    answer = oidc.Answer(cookie, query["state"], query["code"], query["error"], query["iss"])
    claims, next_path = oidc.finish(settings, answer)
    agent = request.headers.get("User-Agent", "")
    session = external.sign_in(platform(), claims, signup=settings.signup, address=access.address(), agent=agent)
    response = _to(next_path)
    response.delete_cookie(COOKIE, path=COOKIE_PATH)
    set_session_cookie(response, session)
    return response


@blueprint.get("/users/<string:name>/identities", requires="user.manage")
@blueprint.arguments(PageQuerySchema, location="query")
@blueprint.response(200, page_of(IdentitySchema))
def list_identities(query: dict[str, Any], name: str) -> Any:
    """As whom a user can sign in through an identity provider."""
    return external.listed(platform(), name, **query)


@blueprint.post("/users/<string:name>/identities", requires="user.manage", creates=True)
@blueprint.arguments(IdentityKeySchema)
@blueprint.response(201, IdentitySchema)
def link_identity(body: dict[str, Any], name: str) -> external.Identity:
    """Let a user sign in as somebody whom a provider knows."""
    issuer = body["issuer"] or _settings().issuer
    return external.link(platform(), access.actor(), name, issuer=issuer, subject=body["subject"])


@blueprint.delete("/users/<string:name>/identities", requires="user.manage")
@blueprint.arguments(IdentityKeySchema, location="query")
@blueprint.response(204)
def unlink_identity(query: dict[str, Any], name: str) -> Response:
    """Undo a link; sessions go on."""
    issuer = query["issuer"] or _settings().issuer
    external.unlink(platform(), access.actor(), name, issuer=issuer, subject=query["subject"])
    return Response(status=204)


def _settings() -> Oidc:
    settings = platform().settings.oidc
    if settings is None:
        raise NotFound("No identity provider is set up: PATCHBAY_OIDC_ISSUER.")
    return settings


def _to(url: str) -> Response:
    response = redirect(url, 303)
    assert isinstance(response, Response)
    return response
