"""Notifications about the ends of runs."""

from __future__ import annotations

from typing import Any

from flask import Response
from marshmallow import Schema, fields, validate

from patchbay_server.api.access import actor, project
from patchbay_server.api.blueprint import Blueprint
from patchbay_server.api.etag import if_match, set_etag
from patchbay_server.api.paging import PageQuerySchema, page_of
from patchbay_server.api.platform import platform
from patchbay_server.services.notifications import by_hand, deliveries, notifications
from patchbay_server.services.notifications.deliveries import Delivery
from patchbay_server.services.notifications.notifications import Notification
from patchbay_server.services.notifications.target import ENDS, MOST_ADDRESSES, Target

blueprint = Blueprint("notifications", "Who is told when runs end.", "/projects/<project_name>/notifications")

NAME = validate.Length(1, 100)
KINDS = ["webhook", "email"]
STATES = ["pending", "delivered", "failed"]


class NotificationTargetSchema(Schema):
    """A webhook has a `url`, an e-mail has `addresses`. `ends`: states of runs at their end that are told.

    `flow`: only runs of this one; null: of every flow.
    """

    url = fields.String(load_default=None, allow_none=True, validate=validate.Length(1, 2000))
    addresses = fields.List(
        fields.String(validate=validate.Length(1, 254)),
        load_default=list,
        validate=validate.Length(max=MOST_ADDRESSES),
        metadata={"default": []},
    )
    ends = fields.List(
        fields.String(validate=validate.OneOf(ENDS)),
        load_default=lambda: ["failed"],
        validate=validate.Length(1, 10),
        metadata={"default": ["failed"]},
    )
    flow = fields.String(load_default=None, allow_none=True, validate=validate.Length(1, 200))
    enabled = fields.Boolean(load_default=True)


class NewNotificationSchema(NotificationTargetSchema):
    """`name` is part of addresses, and stays, as `kind` does."""

    name = fields.String(required=True, validate=NAME)
    kind = fields.String(required=True, validate=validate.OneOf(KINDS))


class DeliverySchema(Schema):
    """One message. `run`: that it is about; null: a test. `status`: what the latest of its `tries` gave: what the
    other side said, or `accepted` (by the mail server), `switched_off`, `not_public`, `no_answer`, `no_mail_server`.

    `next_at`: when it is tried next. Times: seconds since 1970.
    """

    id = fields.Integer(required=True)
    run = fields.Integer(required=True, allow_none=True)
    state = fields.String(required=True, validate=validate.OneOf(STATES))
    tries = fields.Integer(required=True)
    next_at = fields.Float(required=True, allow_none=True)
    status = fields.String(required=True, allow_none=True)
    created_at = fields.Float(required=True)
    ended_at = fields.Float(required=True, allow_none=True)


class NotificationSchema(NewNotificationSchema):
    """`last`: its latest delivery. `created_by`: null: the command line. Times: seconds since 1970."""

    last = fields.Nested(DeliverySchema, required=True, allow_none=True)
    created_at = fields.Float(required=True)
    created_by = fields.String(required=True, allow_none=True)


class CreatedNotificationSchema(NotificationSchema):
    """`secret`: what a webhook's messages are signed with, shown this once; null: it is an e-mail."""

    secret = fields.String(required=True, allow_none=True)


class SigningSecretSchema(Schema):
    """`secret`: what messages are signed with from now on, shown this once."""

    secret = fields.String(required=True)


@blueprint.get("", requires="notification.read")
@blueprint.arguments(PageQuerySchema, location="query")
@blueprint.response(200, page_of(NotificationSchema))
def list_notifications(query: dict[str, Any]) -> Any:
    """Notifications by name."""
    return notifications.listed(platform(), project().id, **query).map(_json)


@blueprint.post("", requires="notification.write")
@blueprint.arguments(NewNotificationSchema)
@blueprint.response(201, CreatedNotificationSchema)
def create_notification(body: dict[str, Any]) -> dict[str, Any]:
    """Tell somebody. The secret is in this answer and nowhere else, so Idempotency-Key is not honoured."""
    name, kind = body.pop("name"), body.pop("kind")
    made = notifications.create(platform(), actor(), project().id, name, kind, Target(**body))
    return _shown(made.notification) | {"secret": made.secret}


@blueprint.get("/<string:name>", requires="notification.read")
@blueprint.response(200, NotificationSchema)
def get_notification(name: str) -> dict[str, Any]:
    """One notification by name."""
    return _shown(notifications.find(platform(), project().id, name))


@blueprint.put("/<string:name>", requires="notification.write", if_match="required")
@blueprint.arguments(NotificationTargetSchema)
@blueprint.response(200, NotificationSchema)
def change_notification(body: dict[str, Any], name: str) -> dict[str, Any]:
    """Replace where messages go and about what; the secret stays."""
    target, expected = Target(**body), if_match()
    return _shown(notifications.change(platform(), actor(), project().id, name, target, expected=expected))


@blueprint.delete("/<string:name>", requires="notification.write", if_match="required")
@blueprint.response(204)
def delete_notification(name: str) -> Response:
    """Tell nobody any more, also not what is still to be sent."""
    notifications.delete(platform(), actor(), project().id, name, expected=if_match())
    return Response(status=204)


@blueprint.post("/<string:name>/secret", requires="notification.write")
@blueprint.response(200, SigningSecretSchema)
def change_notification_secret(name: str) -> dict[str, str]:
    """Sign with another secret from now on."""
    return {"secret": notifications.new_secret(platform(), actor(), project().id, name)}


@blueprint.post("/<string:name>/test", requires="notification.write")
@blueprint.response(201, DeliverySchema)
def test_notification(name: str) -> Delivery:
    """Send a message that tells of no run, once; its delivery says what came of it."""
    return by_hand.send_test(platform(), actor(), project().id, name)


@blueprint.get("/<string:name>/deliveries", requires="notification.read")
@blueprint.arguments(PageQuerySchema, location="query")
@blueprint.response(200, page_of(DeliverySchema))
def list_deliveries(query: dict[str, Any], name: str) -> Any:
    """What was sent and what is to be, the latest first."""
    known = notifications.find(platform(), project().id, name)
    return deliveries.listed(platform(), known.id, **query)


@blueprint.post("/<string:name>/deliveries/<id:delivery_id>/send-again", requires="notification.write")
@blueprint.response(200, DeliverySchema)
def send_again(name: str, delivery_id: int) -> Delivery:
    """Send at once what was delivered, has failed or waits for its next try."""
    return by_hand.send_again(platform(), actor(), project().id, name, delivery_id)


def _shown(known: Notification) -> dict[str, Any]:
    set_etag(known.version)
    return _json(known)


def _json(known: Notification) -> dict[str, Any]:
    target = known.target
    return {
        "name": known.name,
        "kind": known.kind,
        "url": target.url,
        "addresses": target.addresses,
        "ends": target.ends,
        "flow": target.flow,
        "enabled": target.enabled,
        "last": known.last,
        "created_at": known.created_at,
        "created_by": known.created_by,
    }
