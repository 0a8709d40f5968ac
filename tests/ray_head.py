"""A Ray head for tests: its command, its environment, and its end, in one place."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

PLACES = 2
"""Of the pool that tests run in; the other pools have none to spare."""


@dataclass(frozen=True)
class RayHead:
    """`environment`: what a process needs to connect, set before it imports ray."""

    address: str
    environment: dict[str, str]
    process: subprocess.Popen[bytes]


@contextmanager
def ray_head() -> Iterator[RayHead]:
    """Starts a head, and ends it with all of its processes and files."""
    folder = Path(tempfile.mkdtemp(prefix="pbr", dir="/tmp"))  # short: Ray's sockets have long names
    token = folder / "token"
    token.touch(0o600)
    token.write_text(secrets.token_hex(32))
    environment = {
        "RAY_AUTH_MODE": "token",
        "RAY_AUTH_TOKEN_PATH": str(token),
        "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0",  # 127.0.0.1 stays 127.0.0.1, and nothing listens elsewhere
        "RAY_USAGE_STATS_ENABLED": "0",
        "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",
    }
    port = _free_port()
    command = [
        *(sys.executable, "-m", "ray.scripts.scripts", "start", "--head", "--block", "--node-ip-address=127.0.0.1"),
        *(f"--port={port}", f"--ray-client-server-port={_free_port()}", "--min-worker-port=0", "--max-worker-port=0"),
        *("--dashboard-agent-listen-port=0", "--no-monitor", "--include-dashboard=false", "--disable-usage-stats"),
        *("--num-cpus=8", "--num-gpus=0", f"--object-store-memory={200 << 20}", f"--temp-dir={folder}/t"),
        f"--resources={json.dumps({'pool_train': PLACES, 'pool_test': 1, 'pool_inference': 1})}",
    ]
    output = folder / "output"
    with output.open("wb") as stream:
        process = subprocess.Popen(
            command,
            env={**os.environ, **environment, "RAY_GRACEFUL_SHUTDOWN_DRAIN_TIMEOUT_S": "0"},
            stdout=stream,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        while b"Ray runtime started" not in output.read_bytes():
            assert process.poll() is None, output.read_text()
            time.sleep(0.05)
        yield RayHead(f"127.0.0.1:{port}", environment, process)
    finally:
        process.send_signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            process.wait(20)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        shutil.rmtree(folder, ignore_errors=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
