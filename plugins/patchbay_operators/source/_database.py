"""Connections to databases: by a URL without password, or by one that is kept as a secret."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from patchbay_operators.advice import Text
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
            Text(
                f"No driver for {parsed.drivername!r} databases is installed ({error}).",
                f"没有安装“{parsed.drivername}”数据库的驱动。请联系管理员，或检查 URL 的开头。",
            ).as_json(),
            field="url",
        ) from error


def parsed_url(context: Context, url: str, secret: str) -> URL:
    """The URL that the node's params name. Raises ParamError as `database` does."""
    from sqlalchemy import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        parsed = make_url(context.secret(secret) if secret else url)
    except ArgumentError as error:
        shown = Text(f"in secret {secret!r}", f"密钥“{secret}”中的 URL") if secret else Text(repr(url), f"URL“{url}”")
        raise ParamError(
            Text(
                f"The URL {shown.en} cannot be read; "
                "write it like sqlite:///file.db or postgresql+psycopg://user@host/name.",
                f"{shown.zh}无法识别；请写成“sqlite:///file.db”或“postgresql+psycopg://user@host/name”的形式。",
            ).as_json(),
            field="secret" if secret else "url",
        ) from error
    if not secret and parsed.password is not None:
        raise holds_password()
    return parsed


def holds_password() -> ParamError:
    """The error for a password in a URL that everybody can read."""
    return ParamError(
        Text(
            "The URL holds a password: keep the whole URL as a secret and name that here.",
            "URL 中含有密码：请把整个 URL 保存为密钥，再在此选择该密钥。",
        ).as_json(),
        field="url",
    )


def _sqlite(context: Context, url: URL, write: bool) -> Engine:
    from sqlalchemy import create_engine, event
    from sqlalchemy.pool import NullPool

    if not url.database or url.database.startswith((":", "file:")) or url.query:
        plain = Text(
            f"A SQLite URL names a plain file, like sqlite:///lots.db; this one is {url}.",
            f"SQLite 的 URL 应指向一个文件，例如“sqlite:///lots.db”；现在是“{url}”。",
        )
        raise ParamError(plain.as_json(), field="url")
    file = context.data_path(url.database, must_exist=not write)
    if not file.parent.is_dir():
        no_folder = Text(
            f"The folder of {url.database!r} does not exist.", f"“{url.database}”所在的文件夹不存在。请检查 URL。"
        )
        raise DataError(no_folder.as_json())

    def connect() -> sqlite3.Connection:
        return _open(file, write)

    engine = create_engine("sqlite://", creator=connect, poolclass=NullPool)
    # The driver would otherwise begin no transaction before CREATE TABLE, which could then not be undone.
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
    return engine


def _open(file: Path, write: bool) -> sqlite3.Connection:
    mode = "rwc" if write else "ro"
    return sqlite3.connect(f"file:{quote(str(file))}?mode={mode}", uri=True, isolation_level=None, timeout=30)
