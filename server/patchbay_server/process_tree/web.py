"""The web process: gunicorn with threads, on a listening socket that it was given."""

from __future__ import annotations

from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication

from patchbay_server.config import Settings

THREADS = 8


class WebServer(BaseApplication):  # type: ignore[misc] # gunicorn brings no types
    """gunicorn, set from here and not from a file."""

    def __init__(self, settings: Settings, options: dict[str, Any]) -> None:
        self._settings = settings
        self._options = options
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        from patchbay_server.app import create_app
        from patchbay_server.services.platform import Platform

        return create_app(Platform.open(self._settings))


def serve(settings: Settings, descriptor: int) -> None:
    """Serve until SIGTERM."""
    options = {
        "bind": f"fd://{descriptor}",
        "worker_class": "gthread",
        "workers": 1,
        "threads": THREADS,
        "graceful_timeout": 5,
        "loglevel": settings.log_level,
        "control_socket_disable": True,
    }
    WebServer(settings, options).run()
