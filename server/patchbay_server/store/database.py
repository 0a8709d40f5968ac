"""Connections and transactions, for SQLite (WAL) and PostgreSQL (psycopg 3) alike."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

import sqlalchemy as sa

from patchbay_server.errors import ServerError
from patchbay_server.store.statement import Row, Statement

T = TypeVar("T")
P = ParamSpec("P")
RETRY_PAUSE = 0.02
"""Seconds between two tries of a transaction after a deadlock or a lost connection."""


class DatabaseError(ServerError):
    """The database cannot be used: wrong URL, not reachable, or locked for too long."""

    code = "database_error"


class Transaction:
    """One open transaction. `run`, `one` and `all` take compiled statements; `core` takes SQLAlchemy's own."""

    __slots__ = ("_dialect", "_driver", "core")

    def __init__(self, core: sa.Connection, driver: Any) -> None:
        self.core = core
        self._dialect = core.dialect
        self._driver = driver

    def run(self, statement: Statement, parameters: Mapping[str, Any]) -> int:
        """Execute; the number of rows that were changed."""
        return int(self._driver.execute(statement.sql(self._dialect), parameters).rowcount)

    def one(self, statement: Statement, parameters: Mapping[str, Any]) -> Row | None:
        """Execute; the first row, or None."""
        row: Row | None = self._driver.execute(statement.sql(self._dialect), parameters).fetchone()
        return row

    def all(self, statement: Statement, parameters: Mapping[str, Any]) -> list[Row]:
        """Execute; all rows."""
        rows: list[Row] = self._driver.execute(statement.sql(self._dialect), parameters).fetchall()
        return rows

    def many(self, statement: Statement, parameters: Iterable[Mapping[str, Any]]) -> None:
        """Execute once for each mapping."""
        self._driver.cursor().executemany(statement.sql(self._dialect), list(parameters))


class Database:
    """One database by URL.

    `timeout`: seconds to wait for a lock or a connection. A supervisor must notice that it cannot renew its
    lease, so this stays well below the lease.
    """

    def __init__(self, url: str, *, timeout: float = 5.0) -> None:
        """Raises DatabaseError when the URL is not one of SQLite or PostgreSQL."""
        self.timeout = timeout
        self.engine = _make_engine(url, timeout)
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        self._turn: AbstractContextManager[object] = threading.Lock() if self.is_sqlite else nullcontext()
        """SQLite has one writer at a time: threads that queue here are not starved by each other's busy polling."""

    def transact(self, body: Callable[Concatenate[Transaction, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `body(transaction, ...)` in one write transaction and commit it.

        `body` may be called several times and must have no effect but in the transaction.

        Raises:
            DatabaseError: the database stayed locked or unreachable. Whether a commit took place is then unknown.
        """
        deadline = time.monotonic() + self.timeout
        was_overtaken = False
        while True:
            try:
                with self._turn, self._begin("BEGIN IMMEDIATE") as transaction:
                    return body(transaction, *args, **kwargs)
            except Exception as error:
                if _cannot_write(error):
                    raise DatabaseError(f"The database's disk is full or broken: {error}") from error
                if _is_overtaken(error) and not was_overtaken:
                    was_overtaken = True  # the body looks again, and finds what another made meanwhile
                    continue
                if not _asks_for_retry(error):
                    raise
                if time.monotonic() > deadline:
                    raise DatabaseError(f"The database did not answer in time: {error}") from error
                time.sleep(RETRY_PAUSE)

    @contextmanager
    def read(self) -> Iterator[Transaction]:
        """A read-only view of one moment (on PostgreSQL: of one statement each).

        Raises:
            DatabaseError: the database is not reachable.
        """
        try:
            with self._begin("BEGIN") as transaction:
                yield transaction
        except Exception as error:
            if not _asks_for_retry(error):
                raise
            raise DatabaseError(f"The database did not answer in time: {error}") from error

    def make_durable(self) -> None:
        """Return when all that was committed would survive a loss of power, as on PostgreSQL it always does.

        Raises:
            DatabaseError: others kept the database busy for too long; try again.
        """
        if not self.is_sqlite:
            return
        with self._begin("SELECT 1") as transaction:
            row = transaction.core.exec_driver_sql("PRAGMA wal_checkpoint(FULL)").one()
        if row[0]:
            raise DatabaseError("The database is too busy to write everything to disk: try again.")

    def close(self) -> None:
        """Close all connections. Call it before a fork."""
        self.engine.dispose()

    @contextmanager
    def _begin(self, sqlite_begin: str) -> Iterator[Transaction]:
        with self.engine.connect() as core:
            driver = core.connection.dbapi_connection
            assert driver is not None
            try:
                if self.is_sqlite:
                    driver.execute(sqlite_begin)
                yield Transaction(core, driver)
                driver.commit()
            except BaseException as error:
                _abandon(core, driver, broken=_asks_for_retry(error) and not self.is_sqlite)
                raise


def _abandon(core: sa.Connection, driver: Any, *, broken: bool) -> None:
    if broken:
        core.invalidate()
    else:
        driver.rollback()


def _asks_for_retry(error: BaseException) -> bool:
    if isinstance(error, sa.exc.DBAPIError) and error.orig is not None:
        error = error.orig
    if isinstance(error, sqlite3.OperationalError):
        return error.sqlite_errorname.startswith(("SQLITE_BUSY", "SQLITE_LOCKED"))
    # psycopg is optional, so its errors are known by name: deadlock, serialization failure, lost connection.
    family = {base.__name__ for base in type(error).__mro__ if base.__module__.startswith("psycopg")}
    return "OperationalError" in family


def _cannot_write(error: BaseException) -> bool:
    """Whether SQLite's disk is at fault, which no other try mends at once."""
    if isinstance(error, sa.exc.DBAPIError) and error.orig is not None:
        error = error.orig
    return isinstance(error, sqlite3.OperationalError) and error.sqlite_errorname.startswith(
        ("SQLITE_FULL", "SQLITE_IOERR", "SQLITE_CANTOPEN")
    )


def _is_overtaken(error: BaseException) -> bool:
    """Whether a row that was not there is there now: PostgreSQL lets two look before one of them inserts."""
    return isinstance(error, sa.exc.IntegrityError) and type(error.orig).__name__ == "UniqueViolation"


def _make_engine(url: str, timeout: float) -> sa.Engine:
    try:
        parsed = sa.make_url(url)
    except (sa.exc.ArgumentError, ValueError):  # neither the URL nor a part of it is shown: it may hold a password
        raise DatabaseError("DATABASE_URL is no URL; give sqlite:///FILE or postgresql://USER@HOST/NAME.") from None
    if parsed.get_backend_name() == "sqlite":
        return _sqlite_engine(parsed, timeout)
    if parsed.get_backend_name() in ("postgresql", "postgres"):
        return _postgresql_engine(parsed, timeout)
    raise DatabaseError(
        f"Database {parsed.get_backend_name()!r} is not supported; give sqlite:///FILE or postgresql://USER@HOST/NAME."
    )


def _sqlite_engine(url: sa.URL, timeout: float) -> sa.Engine:
    if not url.database or url.database == ":memory:":
        raise DatabaseError("Several processes share the database, so SQLite needs a file: sqlite:///FILE.")
    Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(
        url,
        paramstyle="named",
        hide_parameters=True,  # errors are logged, values are nobody's business
        pool_reset_on_return=None,  # `Database` ends every transaction itself
        connect_args={"timeout": timeout, "cached_statements": 256},
    )

    @sa.event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # no implicit BEGIN: `Database` says which kind it wants
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA cache_size = -16000")  # KiB
        connection.execute("PRAGMA wal_autocheckpoint = 4000")  # pages; each checkpoint waits for the disk

    return engine


def _postgresql_engine(url: sa.URL, timeout: float) -> sa.Engine:
    milliseconds = int(timeout * 1000)
    return sa.create_engine(
        url.set(drivername="postgresql+psycopg"),
        hide_parameters=True,
        pool_pre_ping=False,
        connect_args={
            "connect_timeout": max(2, int(timeout)),
            # A worker that is frozen in a transaction must not hold its locks for ever.
            "options": f"-c lock_timeout={milliseconds} -c idle_in_transaction_session_timeout={6 * milliseconds}",
        },
    )
