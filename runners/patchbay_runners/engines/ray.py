"""Ray: one long-lived head per machine, a job of it per attempt.

https://docs.ray.io/en/latest/cluster/cli.html
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import secrets
import signal
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

from patchbay_runners.engines.engine import Launch, Room, Size

ADDRESS = "RAY_ADDRESS"
FEWEST_CPUS = 8
"""Logical CPUs of a head: with two, Ray Data waits for itself."""
READY = b"Ray runtime started"
LOOPBACK = {"RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0"}
"""Has Ray take 127.0.0.1 as it is; otherwise it listens on every address of the machine."""
QUIET = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_DATA_DISABLE_PROGRESS_BARS": "1",
    "TUNE_DISABLE_AUTO_CALLBACK_LOGGERS": "1",
    "RAY_ENABLE_UV_RUN_RUNTIME_ENV": "0",  # below `uv run` each job would send the working folder to the cluster
}
SERVE = {
    "RAY_SERVE_THROUGHPUT_OPTIMIZED": "1",
    "RAY_SERVE_ENABLE_DIRECT_INGRESS": "0",  # its ports would be open to other machines
    "RAY_SERVE_REQUEST_PATH_LOG_BUFFER_SIZE": "1",  # a log is there when somebody looks
}
"""For Ray Serve, whose processes have the head's environment."""


class RayEngine:
    """See `HeavyEngine`. The engine `deepspeed` is this one too."""

    name = "ray"

    def launch(self, room: Room, size: Size) -> Launch:
        """How to start a head that only processes of this user on this machine reach, by a token in a file."""
        token = room.work / "token"
        token.touch(mode=0o600)
        token.write_text(_token_of(room.log.with_name("token")), encoding="utf-8")
        port, client_port = _free_ports(2)
        (room.work / "port").write_text(str(port), encoding="utf-8")
        resources = {f"pool_{name}": cpu for name, cpu in size.pools.items() if cpu}
        command = (
            sys.executable, "-m", "ray.scripts.scripts", "start", "--head", "--block",
            "--node-ip-address=127.0.0.1", f"--port={port}", f"--ray-client-server-port={client_port}",
            "--min-worker-port=0", "--max-worker-port=0", "--dashboard-agent-listen-port=0",
            "--no-monitor", "--include-dashboard=false", "--disable-usage-stats",
            f"--num-cpus={max(FEWEST_CPUS, size.cpus)}", f"--temp-dir={room.work / 't'}",
            f"--object-spilling-directory={room.scratch}", f"--resources={json.dumps(resources)}",
        )  # fmt: skip
        ending = {"RAY_GRACEFUL_SHUTDOWN_DRAIN_TIMEOUT_S": "0"}
        return Launch(command, self.driver_environment("", room.work) | SERVE | ending)

    def address(self, room: Room) -> str | None:
        """The head's address, once it says that it has started."""
        if READY not in room.log.read_bytes():
            return None
        return "127.0.0.1:" + (room.work / "port").read_text(encoding="utf-8")

    def driver_environment(self, address: str, work: Path | None) -> dict[str, str]:
        """The address, and the token's file."""
        found = {ADDRESS: address} if address else {}
        if work is None:
            return found | QUIET
        return found | QUIET | LOOPBACK | {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN_PATH": str(work / "token")}

    def external_id(self, token: str) -> str:
        """The attempt's namespace."""
        return f"patchbay-{token}"

    @contextlib.contextmanager
    def connected(self, token: str) -> Iterator[None]:
        """Connected for the attempt: operators just use Ray. What workers print goes to the attempt's log."""
        import ray

        from patchbay_sdk.errors import Cancelled

        on_terminate = signal.getsignal(signal.SIGTERM)
        try:
            try:
                ray.init(
                    os.environ[ADDRESS],
                    namespace=self.external_id(token),
                    configure_logging=False,
                    logging_level=logging.ERROR,
                )
            finally:  # Ray's own handler ends the process: the operator would not know
                signal.signal(signal.SIGTERM, on_terminate)
        except SystemExit:  # of Ray's handler
            ray.shutdown()
            signal.raise_signal(signal.SIGTERM)
            raise
        try:
            yield
        except SystemError as error:  # what a signal raises inside of Ray comes out of it so
            if isinstance(error.__cause__, Cancelled):
                raise error.__cause__ from None
            raise
        finally:
            ray.shutdown()

    def end(self, external_id: str) -> None:
        """Nothing: Ray ends the work of a driver that is gone."""


def _token_of(file: Path) -> str:
    """The token of this machine's Ray, made once: a process reads it once, and may meet a second head."""
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(secrets.token_hex(32), encoding="utf-8")
    return file.read_text(encoding="utf-8")


def _free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as stack:
        servers = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [server.getsockname()[1] for server in servers]
