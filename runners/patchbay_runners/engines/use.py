"""Using an engine: it is started if it is not running, and stays while somebody uses it."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from patchbay_runners.engines.engine import HeavyEngine, Size
from patchbay_runners.engines.keeper import FAILURE, KEEPER, LOG, LOOK, START_TIMEOUT, USERS, address_of, state_of
from patchbay_sdk.errors import PatchbayError

_keepers: list[tuple[Path, subprocess.Popen[bytes]]] = []
"""Those that this process has started, with their folders, to be buried: they end when they like."""


class EngineUnavailable(PatchbayError):
    """An engine cannot be started or reached here; the message names it, why, and its log."""

    code = "engine_unavailable"


@dataclass(frozen=True, slots=True)
class Site:
    """Where this machine keeps its engines, and what they may use."""

    folder: Path
    size: Size
    idle: float = 600.0
    """Seconds without a user after which an engine is ended."""
    addresses: tuple[tuple[str, str], ...] = ()
    """(engine, address) of those that run elsewhere."""

    def given(self, engine: HeavyEngine) -> str | None:
        """The address of an engine that runs elsewhere, if one was given."""
        return dict(self.addresses).get(engine.name)


class Use:
    """One use of an engine, from `begin` to `close`; it ends with this process at the latest."""

    def __init__(self, engine: HeavyEngine, site: Site) -> None:
        self._engine = engine
        self._site = site
        self._folder = site.folder / engine.name
        self._lock = -1
        self._closed = threading.Event()

    def begin(self) -> dict[str, str]:
        """Start the engine if nobody has, wait for it; the environment with which a driver finds it.

        Raises:
            EngineUnavailable: it does not start, or `close` was called meanwhile.
        """
        given = self._given()
        if given is not None:
            return given
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._lock = os.open(self._folder / USERS, os.O_RDWR | os.O_CREAT, 0o600)
        until = time.monotonic() + START_TIMEOUT
        self._await(lambda: self._shared(), until)
        address, work = self._running(until)
        return dict(self._engine.driver_environment(address, work))

    def now(self) -> dict[str, str] | None:
        """As `begin`, of an engine that runs already; None: none does."""
        given = self._given()
        if given is not None:
            return given
        address, work = state_of(self._folder)
        if not address_of(self._folder) or not _is_held(self._folder / KEEPER):
            return None
        return dict(self._engine.driver_environment(address, work))

    def close(self) -> None:
        """The engine is not needed any more."""
        self._closed.set()
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1

    def _given(self) -> dict[str, str] | None:
        given = self._site.given(self._engine)
        return dict(self._engine.driver_environment(given, None)) if given else None

    def _running(self, until: float) -> tuple[str, Path]:
        """Address and work folder of the engine, once it is ready."""
        keeper: subprocess.Popen[bytes] | None = None

        def ready() -> bool:
            nonlocal keeper
            if _is_held(self._folder / KEEPER):
                return bool(address_of(self._folder))
            if keeper is None:
                keeper = self._start_keeper()
            elif keeper.poll() is not None:
                reason = _read(self._folder / FAILURE) or f"its keeper ended with status {keeper.returncode}"
                raise self._unavailable(reason)
            return False

        self._await(ready, until)
        return state_of(self._folder)

    def _start_keeper(self) -> subprocess.Popen[bytes]:
        """In a session of its own: it outlives this process, and ends by itself when nobody uses its engine."""
        size = json.dumps(self._site.size.to_json())
        module = "patchbay_runners.engines.keeper"
        command = [sys.executable, "-m", module, self._engine.name, str(self._folder), f"{self._site.idle:g}", size]
        with open(self._folder / "keeper.log", "ab") as log:
            keeper = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, start_new_session=True, cwd="/"
            )
        _keepers[:] = [known for known in _keepers if known[1].poll() is None] + [(self._folder, keeper)]
        return keeper

    def _shared(self) -> bool:
        try:
            fcntl.flock(self._lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
            return True
        except BlockingIOError:  # the keeper is ending the engine, or looks whether it is used
            return False

    def _await(self, done: Callable[[], bool], until: float) -> None:
        while not done():
            if time.monotonic() > until:
                raise self._unavailable("it is not ready yet after minutes")
            if self._closed.wait(LOOK):
                raise self._unavailable("it is not needed any more")

    def _unavailable(self, reason: str) -> EngineUnavailable:
        name = self._engine.name
        return EngineUnavailable(
            f"The engine {name} cannot be used: {reason}. Its log: {self._folder / LOG}.", engine=name, reason=reason
        )


def end_engines(folder: Path) -> None:
    """End every engine that is kept in a site's folder; returns when all are gone."""
    held = [file for file in folder.glob(f"*/{KEEPER}") if _is_held(file)]
    for file in held:
        pid = int(_read(file) or 0)
        if pid:
            os.kill(pid, signal.SIGTERM)
    while any(_is_held(file) for file in held):
        time.sleep(LOOK)
    for where, keeper in _keepers:
        if where.parent == folder:
            keeper.wait()


def _is_held(file: Path) -> bool:
    if not file.exists():
        return False
    with file.open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
            return False
        except BlockingIOError:
            return True


def _read(file: Path) -> str:
    try:
        return str(json.loads(file.read_text(encoding="utf-8")))
    except (FileNotFoundError, ValueError):
        return ""
