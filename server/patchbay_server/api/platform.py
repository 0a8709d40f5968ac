"""The platform of the app that serves this request."""

from __future__ import annotations

from typing import cast

from flask import current_app

from patchbay_server.services.platform import Platform

EXTENSION = "patchbay"


def platform() -> Platform:
    """The platform that `create_app` was given."""
    return cast(Platform, current_app.extensions[EXTENSION])
