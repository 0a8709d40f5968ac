"""A private PostgreSQL for tests: its own folder, a Unix socket, no network; never as root."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import psycopg


@cache
def binaries() -> Path | None:
    """The folder of PostgreSQL's server programs, or None."""
    candidates = [Path(folder) for folder in os.environ["PATH"].split(os.pathsep)]
    candidates += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    for folder in candidates:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return (folder / "initdb").resolve().parent
    return None


class Postgres:
    """A server in a folder of its own, which holds its socket, too."""

    def __init__(self, folder: Path, *, durable: bool) -> None:
        self.folder = folder
        self._durable = durable
        user = next((name for name in ("postgres", "nobody") if _exists(name)), None) if os.geteuid() == 0 else None
        if user:
            shutil.chown(folder, user)
        self._common: dict[str, Any] = {
            "user": user,
            "cwd": folder,
            "stdout": subprocess.DEVNULL,
            "env": {"PATH": os.environ["PATH"], "LC_ALL": "C"},
        }
        programs = binaries()
        assert programs is not None
        self._programs = programs
        self._server: subprocess.Popen[bytes] | None = None
        subprocess.run(
            [programs / "initdb", "-D", folder / "data", "-U", "patchbay", "-A", "trust", "-E", "UTF8", "--no-sync"],
            check=True, timeout=120, **self._common,
        )  # fmt: skip

    def start(self) -> None:
        """Start it and wait until it answers."""
        options = {
            "listen_addresses": "", "unix_socket_directories": self.folder, "max_connections": "100",
            "autovacuum": "off", "shared_buffers": "32MB",
            **({} if self._durable else {"fsync": "off", "full_page_writes": "off"}),
        }  # fmt: skip
        arguments = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        command = [self._programs / "postgres", "-D", self.folder / "data", *arguments]
        self._server = subprocess.Popen(command, stderr=subprocess.DEVNULL, **self._common)
        _wait_until_ready(self, self._server)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> None:
        """End it; by SIGQUIT at once, as a crash would: it then recovers when it is started again."""
        assert self._server is not None
        self._server.send_signal(number)
        try:
            self._server.wait(20)
        except subprocess.TimeoutExpired:
            self._server.kill()
            self._server.wait()

    def url(self, name: str) -> str:
        return f"postgresql://patchbay@/{name}?host={self.folder}"

    def create(self, name: str, template: str = "template1") -> str:
        """A new database; returns its URL."""
        self.admin(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY')
        return self.url(name)

    def drop(self, name: str) -> None:
        self.admin(f'DROP DATABASE "{name}" WITH (FORCE)')

    def admin(self, statement: str) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement)


@contextmanager
def running_postgres(*, durable: bool = False) -> Iterator[Postgres]:
    """Start a server in a folder of its own, and end it. `durable`: what is committed survives a loss of power."""
    # A socket's path may have about 100 characters, so not below tmp_path.
    folder = Path(tempfile.mkdtemp(prefix="patchbay-pg-"))
    server = Postgres(folder, durable=durable)
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _exists(user: str) -> bool:
    try:
        pwd.getpwnam(user)
    except KeyError:
        return False
    return True


def _wait_until_ready(postgres: Postgres, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            postgres.admin("SELECT 1")
            return
        except psycopg.OperationalError:
            if server.poll() is not None or time.monotonic() > deadline:
                raise
            time.sleep(0.05)
