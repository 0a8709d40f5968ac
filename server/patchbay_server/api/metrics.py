"""GET /metrics: what Prometheus reads, with an API token."""

from __future__ import annotations

from flask import Response

from patchbay_server.api.blueprint import Blueprint
from patchbay_server.api.platform import platform
from patchbay_server.services.metrics import exposition

blueprint = Blueprint("metrics", "What Prometheus reads.", root="")


@blueprint.get("/metrics", requires="metrics.read")
@blueprint.response(200, {"type": "string"}, content_type="text/plain")
def get_metrics() -> Response:
    """Engine, pools, trainings and deployments now, as Prometheus' text; it names all projects."""
    return Response(exposition.text(platform().database), content_type=exposition.MEDIA_TYPE)
