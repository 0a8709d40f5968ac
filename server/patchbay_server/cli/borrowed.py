"""A platform for as long as a command needs one: the running one, or one started for the duration."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType

from patchbay_server import data_folder
from patchbay_server.config import Settings, child_environment
from patchbay_server.data_folder import Running
from patchbay_server.errors import ServerError

PATIENCE = 60.0
"""Seconds within which a platform must have started."""


class PlatformStartError(ServerError):
    """The platform did not start; the message holds the end of its log."""

    code = "platform_start"


class BorrowedPlatform:
    """The platform of a data folder; `ended_at_exit` tells whether it was started here and ends with the command."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._own: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> BorrowedPlatform:
        self.ensure()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._own is not None:
            self._own.terminate()
            self._own.wait()

    @property
    def ended_at_exit(self) -> bool:
        return self._own is not None

    def ensure(self) -> Running:
        """The running platform; started when there is none (another command may have ended the one we used).

        Raises:
            PlatformStartError: it does not start.
        """
        running = data_folder.running(self._settings.data_dir)
        if running is None:
            running = self._start()
        return running

    def _start(self) -> Running:
        from patchbay_server.process_tree.tied import start_tied

        log = self._settings.data_dir / "logs" / "platform.log"
        data_folder.make(self._settings.data_dir)
        log.parent.mkdir(exist_ok=True)
        begin = log.stat().st_size if log.exists() else 0
        command = (sys.executable, "-m", "patchbay_server.cli", "up", "--no-web")
        self._own = start_tied(command, environment=child_environment(self._settings), log=log)
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            ended = self._own.poll() is not None
            running = data_folder.running(self._settings.data_dir)
            if running is not None:
                return running
            if ended:  # and nobody else has started one
                break
            time.sleep(0.02)
        raise PlatformStartError(f"The platform did not start. The end of {log}:\n{_end_of(log, begin)}")


def _end_of(log: Path, begin: int) -> str:
    with log.open("rb") as stream:
        stream.seek(begin)
        return stream.read()[-2000:].decode(errors="replace").strip()
