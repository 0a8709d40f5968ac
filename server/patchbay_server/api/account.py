"""One's own account: password and API tokens."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Response
from marshmallow import Schema, fields, validate

from patchbay_server.api import access
from patchbay_server.api.blueprint import Blueprint
from patchbay_server.api.paging import PageQuerySchema, page_of
from patchbay_server.api.platform import platform
from patchbay_server.api.session import PASSWORD
from patchbay_server.services.people import projects, sign_in, tokens

blueprint = Blueprint("account", "One's own password and API tokens; not by a token.", "/account")


class PasswordSchema(Schema):
    old = fields.String(required=True, validate=PASSWORD)
    new = fields.String(required=True, validate=PASSWORD)


class NewTokenSchema(Schema):
    """`scopes`: permissions, or `*` for all of one's own. `project`: name of the only project that it opens."""

    name = fields.String(required=True, validate=validate.Length(1, 100))
    scopes = fields.List(
        fields.String(validate=validate.Length(1, 100)),
        load_default=lambda: ["*"],
        validate=validate.Length(1, 50),
        metadata={"default": ["*"]},
    )
    project = fields.String(load_default=None, validate=validate.Length(1, 100))
    days = fields.Integer(load_default=90, validate=validate.Range(1, tokens.LONGEST))


class TokenSchema(Schema):
    """Times in seconds since 1970."""

    id = fields.Integer(required=True)
    name = fields.String(required=True)
    scopes = fields.List(fields.String(), required=True)
    project = fields.String(required=True, allow_none=True)
    created_at = fields.Float(required=True)
    expires_at = fields.Float(required=True)
    used_at = fields.Float(required=True, allow_none=True)
    revoked_at = fields.Float(required=True, allow_none=True)


class CreatedTokenSchema(TokenSchema):
    """`key`: the token itself, shown this once."""

    key = fields.String(required=True)


@blueprint.put("/password", requires="account.manage")
@blueprint.arguments(PasswordSchema)
@blueprint.response(204)
def change_password(body: dict[str, Any]) -> Response:
    """Choose another password; one's other sessions end."""
    sign_in.change_password(platform(), access.actor(), **body, key=access.session_key())
    return Response(status=204)


@blueprint.get("/tokens", requires="account.manage")
@blueprint.arguments(PageQuerySchema, location="query")
@blueprint.response(200, page_of(TokenSchema))
def list_tokens(query: dict[str, Any]) -> Any:
    """One's own tokens, newest first, also those that are void."""
    return tokens.listed(platform(), _user_id(), **query)


@blueprint.post("/tokens", requires="account.manage")
@blueprint.arguments(NewTokenSchema)
@blueprint.response(201, CreatedTokenSchema)
def create_token(body: dict[str, Any]) -> Any:
    """Make a token. Its key is in this answer and nowhere else, so Idempotency-Key is not honoured."""
    name = body.pop("project")
    project_id = projects.find(platform(), access.actor(), name).id if name else None
    token, key = tokens.create(platform(), access.actor(), _user_id(), project_id=project_id, **body)
    return asdict(token) | {"key": key}


@blueprint.delete("/tokens/<id:token_id>", requires="account.manage")
@blueprint.response(204)
def revoke_token(token_id: int) -> Response:
    """Make a token void."""
    tokens.revoke(platform(), access.actor(), _user_id(), token_id)
    return Response(status=204)


def _user_id() -> int:
    id = access.actor().user_id
    assert id is not None, "only users reach the API"
    return id
