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
from uuid import uuid4

import psycopg

MOST_USES = 20
"""Rows that were deleted go on taking room."""
ALONE = "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = %s"
SHAPE = """
SELECT md5(string_agg(what, ',' ORDER BY what)) FROM (
    SELECT attrelid::regclass || ' ' || attname || ' ' || atttypid || ' ' || attnotnull AS what
    FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid WHERE relnamespace = 'public'::regnamespace
    UNION ALL SELECT tgrelid::regclass || ' ' || tgname FROM pg_trigger WHERE NOT tgisinternal
    UNION ALL SELECT conrelid::regclass || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace
) AS parts
"""
TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
EMPTY = """
DO $$
DECLARE item record;
BEGIN
    SET LOCAL session_replication_role = replica; -- no trigger, no foreign key
    FOR item IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
        EXECUTE format('DELETE FROM %I', item.tablename);
    END LOOP;
    FOR item IN SELECT sequencename FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL LOOP
        PERFORM setval(format('public.%I', item.sequencename), 1, false);
    END LOOP;
END $$
"""


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


class Spares:
    """Databases made after one that has the tables, and used again: to empty one takes a fraction of making it.

    One is used again under another name, and only if its tables and triggers are still those of the first.
    """

    def __init__(self, server: Postgres, first: str) -> None:
        self._server, self._first = server, first
        self._spare: list[tuple[str, int]] = []
        with psycopg.connect(server.url(first), autocommit=True) as connection:
            self._shape = connection.execute(SHAPE).fetchone()
            names = [name for (name,) in connection.execute(TABLES).fetchall()]
            rows = {name: connection.execute(f'SELECT * FROM "{name}"').fetchall() for name in names}
        self._rows = {name: found for name, found in rows.items() if found}

    @contextmanager
    def lent(self) -> Iterator[str]:
        """The URL of a database with nothing but what the first one has."""
        name, used = self._spare.pop() if self._spare else (_new_name(), 0)
        if not used:
            self._server.create(name, self._first)
        yield self._server.url(name)
        spare = _new_name()
        if used < MOST_USES and self._renamed(name, spare):
            if self._emptied(spare):
                self._spare.append((spare, used + 1))
            else:
                self._server.drop(spare)
        else:
            self._server.drop(name)

    def _renamed(self, name: str, other: str) -> bool:
        """Whether it has another name now; whoever still knows the old one finds nothing, as if it were dropped."""
        try:
            with psycopg.connect(self._server.url("postgres"), autocommit=True) as connection:
                connection.execute(ALONE, (name,))
                connection.execute(f'ALTER DATABASE "{name}" RENAME TO "{other}"')
        except psycopg.errors.ObjectInUse:  # by somebody who has come back
            return False
        return True

    def _emptied(self, name: str) -> bool:
        """Whether it is as the first one again."""
        with psycopg.connect(self._server.url(name), autocommit=True) as connection:
            if connection.execute(SHAPE).fetchone() != self._shape:
                return False
            connection.execute(EMPTY)
            for table, rows in self._rows.items():
                values = ", ".join(["%s"] * len(rows[0]))
                connection.cursor().executemany(f'INSERT INTO "{table}" VALUES ({values})', rows)
        return True


def _new_name() -> str:
    return f"test_{uuid4().hex[:12]}"


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
