"""The process that makes what answers equal to what the database wants. It imports no engine: a driver of its own does.

While there is no deployment it looks at the database every second and does nothing else. From the first one to the
last it uses the engine `ray`, as a driver of tasks does, and has a driver of its own on it
(`patchbay_runners.serving.driver`). Whatever dies is started again: driver and engine here, replicas by Ray Serve,
this process by `up`.
"""

from __future__ import annotations

import contextlib
import json
import logging
import socket
import subprocess
import sys
import time
from dataclasses import replace

from patchbay_runners.engines.engine import engine_named
from patchbay_runners.engines.use import EngineUnavailable, Use
from patchbay_runners.serving.wanted import AppStatus, Status, Wanted
from patchbay_server.config import Settings, plugin_environment, ray_environment
from patchbay_server.process_tree.redis_server import free_port
from patchbay_server.process_tree.tied import end, start_tied
from patchbay_server.services.platform import Platform
from patchbay_server.services.serving import door, wanted
from patchbay_server.store.database import DatabaseError
from patchbay_server.worker.main import site_of
from patchbay_server.worker.stop import Stop, StopRequested

logger = logging.getLogger(__name__)

TICK = 0.5
SILENT = 60.0
"""Seconds after which a driver that says nothing is started anew."""
FIRST_DELAY, LONGEST_DELAY = 1.0, 30.0
"""Seconds between two starts of what does not stay."""
IN_VAIN = 8.0
"""With such a delay several starts were in vain, and who deployed something is told."""


class Serving:
    """Engine and driver, as far as they are needed. `stop` interrupts the start of an engine."""

    def __init__(self, platform: Platform, stop: Stop) -> None:
        self._platform = platform
        self._settings = platform.settings
        self._stop = stop
        self._site = site_of(platform.settings)
        self._use: Use | None = None
        self._engine: dict[str, str] | None = None
        """The environment with which the driver has found the engine."""
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
        """End the driver and let go of the engine; what answers goes on as long as that runs."""
        if self._driver is not None:
            process, connection = self._driver
            connection.shutdown(socket.SHUT_WR)  # it ends Ray Serve if nothing is wanted any more
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=20 if self._said is not None and not self._said.apps else 1)
            self._end_driver(2)
        if self._use is not None:
            self._use.close()
            self._use = self._engine = None

    def _is_running(self) -> bool:
        """Whether engine and driver live; what is left of them otherwise is ended."""
        if self._driver is None:
            return False
        assert self._use is not None
        engine_ended = self._use.now() != self._engine
        driver_ended = self._driver[0].poll() is not None
        if not engine_ended and not driver_ended and time.monotonic() - self._heard < SILENT:
            return True
        what = "Ray" if engine_ended else "the driver of Ray Serve"
        logger.warning("%s has ended or is silent; starting it again", what)
        self._end_driver(0)
        if engine_ended:
            self.close()
        return False

    def _end_driver(self, grace: float) -> None:
        assert self._driver is not None
        process, connection = self._driver
        connection.close()
        end([process], grace)
        self._driver, self._said, self._rest = None, None, b""

    def _start(self) -> bool:
        """Start what does not run; False: not now, or in vain."""
        if time.monotonic() < self._not_before:
            return False
        self._not_before = time.monotonic() + self._delay
        in_vain = self._delay >= IN_VAIN
        self._delay = min(2 * self._delay, LONGEST_DELAY)
        if self._engine is None and not self._begin():
            return False
        log = self._settings.data_dir / "logs" / "serving-driver.log"
        log.parent.mkdir(exist_ok=True)
        if in_vain:
            self._tell(f"The driver of Ray Serve ends again and again; {log} says why.")
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        host, port = self._settings.serving_host, self._port()
        command = (
            sys.executable, "-m", "patchbay_runners.serving.driver",
            "--fd", str(theirs.fileno()), "--host", host, "--port", str(port),
        )  # fmt: skip
        with theirs:
            process = start_tied(
                command,
                environment={**plugin_environment(), **ray_environment(), **(self._engine or {})},
                log=log,
                pass_fds=(theirs.fileno(),),
            )
        self._driver, self._heard = (process, ours), time.monotonic()
        return True

    def _begin(self) -> bool:
        """Use the engine, which may have to be started."""
        self._use = Use(engine_named("ray"), self._site)
        try:
            with self._stop.interrupts():
                self._engine = self._use.begin()
        except EngineUnavailable as error:
            logger.warning("%s", error)
            self._tell(error.message)
            self.close()
            return False
        return True

    def _tell(self, failure: str) -> None:
        """Say at every deployment why nothing answers."""
        apps = wanted.wanted(self._platform, self._serial).apps
        wanted.note(self._platform, {app.id: AppStatus(failure=failure) for app in apps})

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
        serving = Serving(platform, stop)
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
