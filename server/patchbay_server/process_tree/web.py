"""The web process: waitress, on a listening socket that it was given.

waitress reads a request to its end before a thread begins with it, so that slow, broken and idle clients cost a
socket each and no thread: a hundred of them stopped gunicorn's threads altogether (tests/e2e/test_web_load.py). Nor
does a thread wait for a client to read: see `channel.py`.
"""

from __future__ import annotations

import logging
import signal
import socket
from types import FrameType
from typing import Any, NoReturn

import waitress
from flask import Flask

from patchbay_server.app import LARGEST_BODY, create_app
from patchbay_server.config import Settings
from patchbay_server.process_tree.channel import Channel
from patchbay_server.services.platform import Platform

THREADS = 8
CONNECTIONS = 1000
IDLE = 60
"""Seconds after which a connection without traffic is closed."""


def serve(settings: Settings, descriptor: int) -> None:
    """Serve until SIGTERM or SIGINT; requests that have begun are answered."""
    logging.basicConfig(level=settings.log_level.upper(), format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    for signum in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signum, _end)
    with Platform.open(settings) as platform:
        server = make_server(create_app(platform), socket.socket(fileno=descriptor), proxies=settings.proxies)
        server.run()
        server.close()


def make_server(app: Flask, listener: socket.socket, *, threads: int = THREADS, proxies: int = 0) -> Any:
    """waitress for an application; `proxies`: how many before it may say who asked."""
    server = waitress.create_server(
        app,
        sockets=[listener],
        threads=threads,
        connection_limit=CONNECTIONS,
        channel_timeout=IDLE,
        cleanup_interval=10,
        max_request_body_size=LARGEST_BODY,
        clear_untrusted_proxy_headers=not proxies,
        asyncore_use_poll=True,
        ident=None,
    )
    server.channel_class = Channel
    return server


def _end(signum: int, frame: FrameType | None) -> NoReturn:
    raise SystemExit
