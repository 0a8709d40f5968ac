"""Who may use the API: until sign-in comes, whoever can read the token in the data folder."""

from __future__ import annotations

import hmac

from flask import Flask, request
from werkzeug.exceptions import Unauthorized

OPEN = ("/api/v1/openapi.json",)


def require_token(app: Flask, token: str) -> None:
    """Refuse every request below /api/ that lacks ``Authorization: Bearer <token>``."""

    @app.before_request
    def check() -> None:
        if not request.path.startswith("/api/") or request.path in OPEN:
            return
        given = request.authorization
        secret = given.token if given is not None and given.type == "bearer" else None
        if secret is None or not hmac.compare_digest(secret.encode(), token.encode()):
            raise Unauthorized("Send 'Authorization: Bearer TOKEN'; the token is in the data folder's file api-token.")
