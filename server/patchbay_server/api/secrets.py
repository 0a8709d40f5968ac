"""Secrets of a project. No route gives a value: only the tasks that name a secret get it."""

from __future__ import annotations

from typing import Any

from flask import Response
from marshmallow import Schema, fields, validate

from patchbay_runners.mask import SHORTEST
from patchbay_server.api import access
from patchbay_server.api.blueprint import Blueprint
from patchbay_server.api.etag import if_match, set_etag
from patchbay_server.api.paging import PageQuerySchema, page_of
from patchbay_server.api.platform import platform
from patchbay_server.services.people import secret_use, secrets
from patchbay_server.services.people.secrets import Secret

blueprint = Blueprint("secrets", "Secrets of a project.", "/projects/<project_name>/secrets")

VALUE = validate.Length(SHORTEST, secrets.LARGEST)
DESCRIPTION = validate.Length(max=1000)


class SecretChangeSchema(Schema):
    """Whatever is left out stays."""

    value = fields.String(load_only=True, validate=VALUE)
    description = fields.String(validate=DESCRIPTION)


class NewSecretSchema(Schema):
    name = fields.String(required=True, validate=validate.Regexp(f"^{secrets.NAME.pattern}$"))
    value = fields.String(required=True, load_only=True, validate=VALUE)
    description = fields.String(load_default="", validate=DESCRIPTION)


class SecretSchema(Schema):
    """`created_by`: null: the command line. `changed_at`: when the value was set last, in seconds since 1970."""

    name = fields.String(required=True)
    description = fields.String(required=True)
    created_at = fields.Float(required=True)
    created_by = fields.String(required=True, allow_none=True)
    changed_at = fields.Float(required=True)


class FlowUseSchema(Schema):
    """`nodes`: paths of the nodes that name the secret."""

    flow = fields.String(required=True)
    nodes = fields.List(fields.String(), required=True)


@blueprint.get("", requires="secret.read")
@blueprint.arguments(PageQuerySchema, location="query")
@blueprint.response(200, page_of(SecretSchema))
def list_secrets(query: dict[str, Any]) -> Any:
    """Secrets by name."""
    return secrets.listed(platform(), access.project().id, **query)


@blueprint.post("", requires="secret.write")
@blueprint.arguments(NewSecretSchema)
@blueprint.response(201, SecretSchema)
def create_secret(body: dict[str, Any]) -> Secret:
    """Keep a new secret. Idempotency-Key is not honoured: a digest of the value would be left behind."""
    return _shown(secrets.create(platform(), access.actor(), access.project().id, **body))


@blueprint.get("/<string:name>", requires="secret.read")
@blueprint.response(200, SecretSchema)
def get_secret(name: str) -> Secret:
    """One secret by name, without its value."""
    return _shown(secrets.find(platform(), access.project().id, name))


@blueprint.put("/<string:name>", requires="secret.write", if_match="required")
@blueprint.arguments(SecretChangeSchema)
@blueprint.response(200, SecretSchema)
def change_secret(body: dict[str, Any], name: str) -> Secret:
    """Set value or description."""
    project_id = access.project().id
    return _shown(secrets.change(platform(), access.actor(), project_id, name, expected=if_match(), **body))


@blueprint.delete("/<string:name>", requires="secret.write", if_match="required")
@blueprint.response(204)
def delete_secret(name: str) -> Response:
    """Forget a secret; flows that name it cannot run from now on."""
    secrets.delete(platform(), access.actor(), access.project().id, name, expected=if_match())
    return Response(status=204)


@blueprint.get("/<string:name>/flows", requires="secret.read")
@blueprint.arguments(PageQuerySchema, location="query")
@blueprint.response(200, page_of(FlowUseSchema))
def list_secret_flows(query: dict[str, Any], name: str) -> Any:
    """The flows whose newest revision names the secret, whether or not there is one."""
    return secret_use.where_used(platform(), access.project().id, name, **query)


def _shown(secret: Secret) -> Secret:
    set_etag(secret.version)
    return secret
