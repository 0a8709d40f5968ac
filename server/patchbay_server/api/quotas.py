"""What a project may have of all pools together, and what it uses of it."""

from __future__ import annotations

from typing import Any

from flask import Response
from marshmallow import Schema, fields, validate

from patchbay_server.api.access import actor, project
from patchbay_server.api.blueprint import Blueprint
from patchbay_server.api.platform import platform
from patchbay_server.api.pools import UNITS
from patchbay_server.services import quotas
from patchbay_server.services.quotas import Limits, ProjectQuota

blueprint = Blueprint("quotas", "What a project may have of all pools together.", "/projects/<project_name>/quota")


class QuotaLimitsSchema(Schema):
    """CPUs, GPUs and trainings at once, over all pools, and bytes that it may keep; null: no limit but the pools'.

    `borrows`: it may have more CPUs and GPUs in elastic pools while others leave them idle. `weight`: its part where
    several projects want the same.
    """

    weight = fields.Float(required=True, validate=validate.Range(0.001, 1000))
    cpu = fields.Float(required=True, allow_none=True, validate=UNITS)
    gpu = fields.Float(required=True, allow_none=True, validate=UNITS)
    trainings = fields.Integer(required=True, allow_none=True, strict=True, validate=UNITS)
    storage = fields.Integer(
        allow_none=True, load_default=None, strict=True, validate=validate.Range(0, 1 << 60),
        metadata={"description": "a project that keeps as much starts no run"},
    )  # fmt: skip
    borrows = fields.Boolean(required=True)


class QuotaUseSchema(Schema):
    """CPUs and GPUs of the tasks that run, how many of them are trainings, and bytes that the project keeps.

    Those are what its runs have made, each artifact once, and the rows of its datasets.
    """

    cpu = fields.Float(required=True)
    gpu = fields.Float(required=True)
    trainings = fields.Integer(required=True)
    storage = fields.Integer(required=True)


class QuotaSchema(Schema):
    """`edited`: somebody set it; else it has no limits and the weight 1."""

    limits = fields.Nested(QuotaLimitsSchema, required=True)
    used = fields.Nested(QuotaUseSchema, required=True)
    edited = fields.Boolean(required=True)


@blueprint.get("", requires="project.read")
@blueprint.response(200, QuotaSchema)
def get_quota() -> ProjectQuota:
    """What the project may have, and what it uses."""
    return quotas.find(platform(), project())


@blueprint.put("", requires="pool.manage")
@blueprint.arguments(QuotaLimitsSchema)
@blueprint.response(200, QuotaSchema)
def set_quota(body: dict[str, Any]) -> ProjectQuota:
    """Set what the project may have, also below what it uses: running tasks go on, nothing new starts."""
    return quotas.put(platform(), actor(), project(), Limits(**body))


@blueprint.delete("", requires="pool.manage")
@blueprint.response(204)
def reset_quota() -> Response:
    """Take the limits away again."""
    quotas.reset(platform(), actor(), project())
    return Response(status=204)
