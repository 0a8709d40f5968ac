"""A private PostgreSQL for tests: its own folder, a Unix socket, no network; never as root."""

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

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
    """A running server."""

    def __init__(self, socket_folder: Path) -> None:
        self.socket_folder = socket_folder

    def url(self, name: str) -> str:
        return f"postgresql://patchbay@/{name}?host={self.socket_folder}"

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
    programs = binaries()
    assert programs is not None
    # A socket's path may have about 100 characters, so not below tmp_path.
    folder = Path(tempfile.mkdtemp(prefix="patchbay-pg-"))
    user = None
    if os.geteuid() == 0:
        user = next(name for name in ("postgres", "nobody") if _exists(name))
        shutil.chown(folder, user)
    data = folder / "data"
    common = {
        "user": user,
        "cwd": folder,
        "stdout": subprocess.DEVNULL,
        "env": {"PATH": os.environ["PATH"], "LC_ALL": "C"},
    }
    subprocess.run(
        [programs / "initdb", "-D", data, "-U", "patchbay", "-A", "trust", "-E", "UTF8", "--no-sync"],
        check=True, timeout=120, **common,
    )  # fmt: skip
    options = {
        "listen_addresses": "", "unix_socket_directories": folder, "max_connections": "100", "autovacuum": "off",
        "shared_buffers": "32MB", **({} if durable else {"fsync": "off", "full_page_writes": "off"}),
    }  # fmt: skip
    arguments = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
    server = subprocess.Popen([programs / "postgres", "-D", data, *arguments], stderr=subprocess.DEVNULL, **common)
    try:
        _wait_until_ready(Postgres(folder), server)
        yield Postgres(folder)
    finally:
        server.terminate()
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
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
