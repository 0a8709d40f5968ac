"""Users, for admins of the platform."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from marshmallow import Schema, fields, validate

from patchbay_server.api import access
from patchbay_server.api.blueprint import Blueprint
from patchbay_server.api.etag import if_match, set_etag
from patchbay_server.api.paging import SearchQuerySchema, page_of
from patchbay_server.api.platform import platform
from patchbay_server.services.people import users
from patchbay_server.services.people.users import NAME, User

blueprint = Blueprint("users", "The people of this platform.", "/users")

TITLE = validate.Length(max=200)


class NewUserSchema(Schema):
    """`name`: for signing in. `title`: for people."""

    name = fields.String(required=True, validate=validate.Length(1, 100), metadata={"pattern": f"^{NAME.pattern}$"})
    title = fields.String(load_default="", validate=TITLE)
    email = fields.String(load_default=None, allow_none=True, validate=validate.Length(3, 200))
    is_admin = fields.Boolean(load_default=False)


class UserChangeSchema(Schema):
    """Whatever is left out stays."""

    title = fields.String(validate=validate.Length(1, 200))
    email = fields.String(allow_none=True, validate=validate.Length(3, 200))
    is_admin = fields.Boolean()
    active = fields.Boolean()


class UserSchema(Schema):
    """Times in seconds since 1970."""

    name = fields.String(required=True)
    title = fields.String(required=True)
    email = fields.String(required=True, allow_none=True)
    is_admin = fields.Boolean(required=True)
    active = fields.Boolean(required=True)
    created_at = fields.Float(required=True)
    signed_in_at = fields.Float(required=True, allow_none=True)


class SetupTokenSchema(Schema):
    """`setup_token`: for the link /setup#TOKEN with which the user chooses a password, once, within a day."""

    setup_token = fields.String(required=True)


class CreatedUserSchema(UserSchema, SetupTokenSchema):
    pass


@blueprint.get("", requires="user.manage")
@blueprint.arguments(SearchQuerySchema, location="query")
@blueprint.response(200, page_of(UserSchema))
def list_users(query: dict[str, Any]) -> Any:
    """Users by name."""
    return users.listed(platform(), **query)


@blueprint.post("", requires="user.manage")
@blueprint.arguments(NewUserSchema)
@blueprint.response(201, CreatedUserSchema)
def create_user(body: dict[str, Any]) -> Any:
    """Make a user. The setup token is in this answer and nowhere else, so Idempotency-Key is not honoured."""
    user, token = users.create(platform(), access.actor(), **body)
    return asdict(_shown(user)) | {"setup_token": token}


@blueprint.get("/<string:name>", requires="user.manage")
@blueprint.response(200, UserSchema)
def get_user(name: str) -> User:
    """One user by name."""
    return _shown(users.find(platform(), name))


@blueprint.patch("/<string:name>", requires="user.manage", if_match="required")
@blueprint.arguments(UserChangeSchema)
@blueprint.response(200, UserSchema)
def change_user(body: dict[str, Any], name: str) -> User:
    """Change a user; one who is deactivated is signed out everywhere."""
    return _shown(users.change(platform(), access.actor(), name, expected=if_match(), **body))


@blueprint.post("/<string:name>/link", requires="user.manage")
@blueprint.response(201, SetupTokenSchema)
def create_link(name: str) -> dict[str, str]:
    """A new one-time link for a user who has forgotten the password; the one before is void."""
    return {"setup_token": users.new_link(platform(), access.actor(), name)}


def _shown(user: User) -> User:
    set_etag(user.version)
    return user
