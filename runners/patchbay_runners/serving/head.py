"""A Ray head of this machine, for serving: how it is started, and how a driver finds it."""

from __future__ import annotations

import json
import secrets
import socket
import sys
import time
from collections.abc import Iterable
from pathlib import Path

SERVE_SETTINGS = {
    "RAY_SERVE_THROUGHPUT_OPTIMIZED": "1",
    "RAY_SERVE_ENABLE_DIRECT_INGRESS": "0",  # its ports would be open to other machines
    "RAY_SERVE_REQUEST_PATH_LOG_BUFFER_SIZE": "1",  # a log is there when somebody looks
}


PLENTY = 10_000


class LocalHead:
    """`folder`: for its files; short, since sockets lie in it. `pools`: names, each is offered as ``pool_<name>``.

    There is plenty of them: how much of a pool is used is the database's business.
    """

    def __init__(self, folder: Path, pools: Iterable[str]) -> None:
        self._folder = folder
        self._pools = list(pools)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port = probe.getsockname()[1]
        self._token = folder / "token"
        self._token.touch(mode=0o600)
        self._token.write_text(secrets.token_hex(32))

    @property
    def command(self) -> list[str]:
        """Runs until SIGTERM."""
        resources = {f"pool_{name}": PLENTY for name in self._pools}
        return [
            sys.executable, "-m", "ray.scripts.scripts", "start", "--head", "--block",
            f"--port={self._port}", "--node-ip-address=127.0.0.1", "--num-cpus=8", "--include-dashboard=false",
            f"--resources={json.dumps(resources)}", f"--temp-dir={self._folder}", "--disable-usage-stats",
        ]  # fmt: skip

    def environment(self) -> dict[str, str]:
        """For the head and for who connects to it."""
        return {
            **SERVE_SETTINGS,
            "RAY_ADDRESS": f"127.0.0.1:{self._port}",
            "RAY_AUTH_MODE": "token",
            "RAY_AUTH_TOKEN_PATH": str(self._token),
            "RAY_ENABLE_UV_RUN_RUNTIME_ENV": "0",
        }

    def is_ready(self) -> bool:
        """Whether it listens."""
        with socket.socket() as probe:
            probe.settimeout(0.2)
            return probe.connect_ex(("127.0.0.1", self._port)) == 0

    def wait_until_ready(self, seconds: float) -> bool:
        """Whether it listened within this time."""
        deadline = time.monotonic() + seconds
        while not self.is_ready():
            if time.monotonic() > deadline:
                return False
            time.sleep(0.1)
        return True
