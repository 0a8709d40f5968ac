"""The process that makes what answers equal to what the database wants. It imports no engine: a driver of its own does.

While there is no deployment it looks at the database every second and does nothing else. With the first one it starts
a Ray head, unless RAY_ADDRESS names a cluster, and the driver (`patchbay_runners.serving.driver`); with the last one
gone both end. Whatever dies is started again: driver and head here, replicas by Ray Serve, this process by `up`.
"""

from __future__ import annotations

import contextlib
import json
import logging
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from patchbay_runners.serving.head import LocalHead
from patchbay_runners.serving.wanted import Status, Wanted
from patchbay_server.config import Settings, plugin_environment, ray_environment
from patchbay_server.process_tree.redis_server import free_port
from patchbay_server.process_tree.tied import end, start_tied
from patchbay_server.services.platform import Platform
from patchbay_server.services.serving import door, wanted
from patchbay_server.store.database import DatabaseError
from patchbay_server.worker.stop import Stop, StopRequested

logger = logging.getLogger(__name__)

TICK = 0.5
SILENT = 60.0
"""Seconds after which a driver that says nothing is started anew."""
HEAD_READY = 60.0
FIRST_DELAY, LONGEST_DELAY = 1.0, 30.0
"""Seconds between two starts of what does not stay."""


class Serving:
    """Head and driver, as far as they are needed."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._settings = platform.settings
        self._head: tuple[LocalHead, subprocess.Popen[bytes], Path] | None = None
        self._driver: tuple[subprocess.Popen[bytes], socket.socket] | None = None
        self._rest = b""
        self._said: Wanted | None = None
        self._serial = 0
        self._heard = 0.0
        self._delay, self._not_before = FIRST_DELAY, 0.0

    def step(self) -> None:
        """Look at what is wanted, say it, note what there is."""
        if not wanted.is_any(self._platform):
            self.close()
            return
        if not self._is_running() and not self._start():
            return
        self._say()
        status = self._hear()
        if status is not None:
            self._delay = FIRST_DELAY
            door.note_url(self._settings, status.url)
            wanted.note(self._platform, status.apps)

    def close(self) -> None:
        """End the driver and a head of our own. A cluster at RAY_ADDRESS goes on, and with it what answers there."""
        if self._driver is not None:
            process, connection = self._driver
            connection.close()  # it ends Ray Serve if nothing is wanted any more
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=20 if self._said is not None and not self._said.apps else 1)
            end([process], 2)
            self._driver, self._said, self._rest = None, None, b""
        if self._head is not None:
            end([self._head[1]], 15)
            shutil.rmtree(self._head[2], ignore_errors=True)
            self._head = None

    def _is_running(self) -> bool:
        """Whether head and driver live; what is left of them otherwise is ended."""
        if self._driver is None:
            return False
        head_died = self._head is not None and self._head[1].poll() is not None
        driver_died = self._driver[0].poll() is not None
        if not head_died and not driver_died and time.monotonic() - self._heard < SILENT:
            return True
        what = "the Ray head" if head_died else "the driver of Ray Serve"
        logger.warning("%s has ended or is silent; starting it again", what)
        end([self._driver[0]], 0)
        self._driver[1].close()
        self._driver, self._said, self._rest = None, None, b""
        if head_died:
            self.close()
        return False

    def _start(self) -> bool:
        """Start what does not run; False: not now, or in vain."""
        if time.monotonic() < self._not_before:
            return False
        self._not_before = time.monotonic() + self._delay
        self._delay = min(2 * self._delay, LONGEST_DELAY)
        environment = {**plugin_environment(), **ray_environment()}
        logs = self._settings.data_dir / "logs"
        if "RAY_ADDRESS" not in environment:
            if self._head is None and not self._start_head(environment, logs):
                return False
            assert self._head is not None
            environment |= self._head[0].environment()
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        host, port = self._settings.serving_host, self._port()
        command = (
            sys.executable, "-m", "patchbay_runners.serving.driver",
            "--fd", str(theirs.fileno()), "--host", host, "--port", str(port),
        )  # fmt: skip
        with theirs:
            process = start_tied(
                command, environment=environment, log=logs / "serving-driver.log", pass_fds=(theirs.fileno(),)
            )
        self._driver, self._heard = (process, ours), time.monotonic()
        return True

    def _start_head(self, environment: dict[str, str], logs: Path) -> bool:
        folder = Path(tempfile.mkdtemp(prefix="pb-ray-"))  # short: a socket's path has at most 107 characters
        head = LocalHead(folder, self._settings.pools)
        process = start_tied(
            head.command, environment={**environment, **head.environment()}, log=logs / "serving-ray.log"
        )
        self._head = (head, process, folder)
        if head.wait_until_ready(HEAD_READY):
            return True
        logger.warning("the Ray head is not ready after %g s; see %s", HEAD_READY, logs / "serving-ray.log")
        self.close()
        return False

    def _port(self) -> int:
        """The port that was asked for, else the one from last time, 8421 or a free one."""
        asked, known = self._settings.serving_port, door.base_url(self._settings)
        if asked:
            return asked
        wanted_ports = [int(known.rpartition(":")[2])] if known else []
        for port in [*wanted_ports, *([DEFAULT_PORT] if asked is None else [])]:
            with contextlib.suppress(OSError):
                socket.create_server((self._settings.serving_host, port)).close()
                return port
        return free_port()

    def _say(self) -> None:
        """Tell the driver what is wanted, when that has changed."""
        now = wanted.wanted(self._platform, self._serial)
        if now == self._said or self._driver is None:
            return
        self._serial += 1
        now = replace(now, serial=self._serial)
        connection = self._driver[1]
        connection.setblocking(True)
        with contextlib.suppress(OSError):  # it has just died: that is seen at the next step
            connection.sendall(json.dumps(now.to_json()).encode() + b"\n")
        connection.setblocking(False)
        self._said = now

    def _hear(self) -> Status | None:
        """The newest status; None: none has come yet that knows what was said last."""
        assert self._driver is not None
        try:
            data = self._driver[1].recv(1 << 24)
        except OSError:
            return None
        *whole, self._rest = (self._rest + data).split(b"\n")
        if not whole:
            return None
        self._heard = time.monotonic()
        status = Status.from_json(json.loads(whole[-1]))
        return status if status.serial == self._serial else None


DEFAULT_PORT = 8421


def run_serving(settings: Settings) -> None:
    """Serve what is deployed until SIGTERM or SIGINT."""
    logging.basicConfig(level=settings.log_level.upper(), format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    stop = Stop()
    stop.install()
    with Platform.open(settings) as platform:
        serving = Serving(platform)
        try:
            while not stop():
                try:
                    serving.step()
                except DatabaseError as error:
                    logger.warning("%s", error)
                with stop.interrupts():
                    time.sleep(TICK)
        except StopRequested:
            pass
        finally:
            serving.close()
