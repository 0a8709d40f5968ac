"""The API's document, beside what flask-smorest finds by itself: security, headers of refusals, meaning of schemas."""

from __future__ import annotations

import inspect
from typing import Any

from flask_smorest import Api

from patchbay_server.api import access
from patchbay_server.api.errors import ErrorPayload

HEADERS = {
    "UNAUTHORIZED": ("WWW-Authenticate", "How to say who asks.", {"type": "string"}),
    "TOO_MANY_REQUESTS": ("Retry-After", "Seconds until it is worth another try.", {"type": "integer", "minimum": 0}),
    "SERVICE_UNAVAILABLE": ("Retry-After", "Seconds until it is worth another try.", {"type": "integer", "minimum": 0}),
}
"""Response -> the header that it always has."""


class PatchbayApi(Api):  # type: ignore[misc] # flask-smorest brings no types
    """The API, whose document names our error payload for every answer that is no success."""

    ERROR_SCHEMA = ErrorPayload

    def describe(self) -> None:
        """Complete the document; call it once all blueprints are registered."""
        components = self.spec.components
        components.security_scheme("token", {"type": "http", "scheme": "bearer"})
        session = {"type": "apiKey", "in": "cookie", "name": access.COOKIE}
        note = (
            f"Whatever changes something needs the header {access.CSRF_HEADER} as well; GET /api/v1/session gives it."
        )
        components.security_scheme("session", session | {"description": note})
        for response, (name, description, schema) in HEADERS.items():
            header = {"description": description, "required": True, "schema": schema}
            components.responses[response]["headers"] = {name: header}
        for key, name in self.ma_plugin.converter.refs.items():
            if meaning := _meaning(key[0]):
                components.schemas[name]["description"] = meaning


def _meaning(schema: Any) -> str | None:
    """What a schema's own docstring says, about its fields too."""
    text = schema.__dict__.get("__doc__")
    return inspect.cleandoc(text) if text else None
