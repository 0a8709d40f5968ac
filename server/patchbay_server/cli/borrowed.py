"""A platform for as long as a command needs one: the running one, or one started for the duration."""

from __future__ import annotations

import subprocess
import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING

from patchbay_server import data_folder
from patchbay_server.config import Settings, child_environment
from patchbay_server.data_folder import Running
from patchbay_server.errors import ServerError

if TYPE_CHECKING:
    from patchbay_server.services.platform import Platform

PATIENCE = 60.0
"""Seconds within which a platform must have started."""


class PlatformStartError(ServerError):
    """The platform did not start; the message holds the end of its log."""

    code = "platform_start"


class BorrowedPlatform:
    """The platform of a data folder. Where none runs, one begins at once; `ensure` waits until it is ready."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._own: subprocess.Popen[bytes] | None = None
        self._log = settings.data_dir / "logs" / "platform.log"
        self._log_begin = 0

    def __enter__(self) -> BorrowedPlatform:
        if data_folder.running(self._settings.data_dir) is None:
            self._begin()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._own is not None:
            self._own.terminate()
            self._own.wait()

    @property
    def ends_at_exit(self) -> bool:
        """Whether it was started here and ends with the command."""
        return self._own is not None

    def open(self) -> Platform:
        """Wait until the platform is ready, and connect to it. Raises PlatformStartError."""
        from patchbay_server.services.platform import Platform

        return Platform.open(self.ensure().reached_from(self._settings))

    def ensure(self) -> Running:
        """The running platform; started when there is none (another command may have ended the one we used).

        Raises:
            PlatformStartError: it does not start.
        """
        running = data_folder.running(self._settings.data_dir)
        if running is not None:
            return running
        if self._own is None or self._own.poll() is not None:
            self._begin()
        return self._wait()

    def _begin(self) -> None:
        from patchbay_server.process_tree.tied import start_tied

        data_folder.make(self._settings.data_dir)
        self._log.parent.mkdir(exist_ok=True)
        self._log_begin = self._log.stat().st_size if self._log.exists() else 0
        command = (sys.executable, "-m", "patchbay_server.cli", "up", "--no-web")
        self._own = start_tied(command, environment=child_environment(self._settings), log=self._log)

    def _wait(self) -> Running:
        assert self._own is not None
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            ended = self._own.poll() is not None
            running = data_folder.running(self._settings.data_dir)
            if running is not None:
                return running
            if ended:  # and nobody else has started one
                break
            time.sleep(0.02)
        raise PlatformStartError(f"The platform did not start. The end of {self._log}:\n{self._end_of_log()}")

    def _end_of_log(self) -> str:
        with self._log.open("rb") as stream:
            stream.seek(self._log_begin)
            return stream.read()[-2000:].decode(errors="replace").strip()
