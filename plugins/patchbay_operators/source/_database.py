"""Connections to databases: by a URL without password, or by one that is kept as a secret."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from patchbay_sdk import Context, DataError, ParamError

if TYPE_CHECKING:
    from sqlalchemy import Engine
    from sqlalchemy.engine import URL


def database(context: Context, url: str, secret: str, *, write: bool = False) -> Engine:
    """An engine for the database that the node's params name.

    A SQLite file must lie within the data folders; it is opened read-only unless `write`, and created only then.

    Raises:
        ParamError: the URL cannot be read, holds a password although it is no secret, or needs a driver that is
            not installed.
        DataError: the SQLite file does not exist.
    """
    from sqlalchemy import create_engine
    from sqlalchemy.exc import NoSuchModuleError
    from sqlalchemy.pool import NullPool

    parsed = parsed_url(context, url, secret)
    if parsed.get_backend_name() == "sqlite":
        return _sqlite(context, parsed, write)
    try:
        return create_engine(parsed, poolclass=NullPool)
    except (NoSuchModuleError, ImportError) as error:
        raise ParamError(
            f"No driver for {parsed.drivername!r} databases is installed ({error}).", field="url"
        ) from error


def parsed_url(context: Context, url: str, secret: str) -> URL:
    """The URL that the node's params name. Raises ParamError as `database` does."""
    from sqlalchemy import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        parsed = make_url(context.secret(secret) if secret else url)
    except ArgumentError as error:
        shown = f"in secret {secret!r}" if secret else repr(url)
        raise ParamError(
            f"The URL {shown} cannot be read; write it like sqlite:///file.db or postgresql+psycopg://user@host/name.",
            field="secret" if secret else "url",
        ) from error
    if not secret and parsed.password is not None:
        raise ParamError("The URL holds a password: keep the whole URL as a secret and name that here.", field="url")
    return parsed


def _sqlite(context: Context, url: URL, write: bool) -> Engine:
    from sqlalchemy import create_engine, event
    from sqlalchemy.pool import NullPool

    if not url.database or url.database.startswith((":", "file:")) or url.query:
        raise ParamError(f"A SQLite URL names a plain file, like sqlite:///lots.db; this one is {url}.", field="url")
    file = context.data_path(url.database, must_exist=not write)
    if not file.parent.is_dir():
        raise DataError(f"The folder of {url.database!r} does not exist.")

    def connect() -> sqlite3.Connection:
        return _open(file, write)

    engine = create_engine("sqlite://", creator=connect, poolclass=NullPool)
    # The driver would otherwise begin no transaction before CREATE TABLE, which could then not be undone.
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
    return engine


def _open(file: Path, write: bool) -> sqlite3.Connection:
    mode = "rwc" if write else "ro"
    return sqlite3.connect(f"file:{quote(str(file))}?mode={mode}", uri=True, isolation_level=None, timeout=30)
