"""Databases as Spark reaches them: by JDBC, with the drivers that its server has."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from patchbay_operators.advice import Text
from patchbay_operators.source._database import holds_password, parsed_url
from patchbay_sdk import Context, DataError, ParamError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.engine import URL

DRIVERS = {
    "postgresql": "org.postgresql.Driver",
    "mysql": "com.mysql.cj.jdbc.Driver",
    "mariadb": "org.mariadb.jdbc.Driver",
    "sqlserver": "com.microsoft.sqlserver.jdbc.SQLServerDriver",
    "derby": "org.apache.derby.iapi.jdbc.AutoloadedDriver",
}
"""JDBC's name of a database -> the class of its driver, which has to be among the jars of the Spark server."""

SECRETS = re.compile(r"password\s*=", re.IGNORECASE)


def jdbc_options(context: Context, url: str, secret: str) -> dict[str, str]:
    """Spark's options for the database that the node's params name: a URL as for the local engine, or of JDBC itself.

    Raises:
        ParamError: the URL cannot be read, holds a password although it is no secret, or Spark knows no driver for it.
    """
    text = context.secret(secret) if secret else url
    if not text.startswith("jdbc:"):
        return _of_url(parsed_url(context, url, secret))
    if not secret and SECRETS.search(text):
        raise holds_password()
    name = text.split(":")[1]
    if name == "derby":
        folder = text.removeprefix("jdbc:derby:").partition(";")[0]
        text = text.replace(folder, str(context.data_path(folder, must_exist=False)), 1)
    return {"url": text, "driver": _driver(name)}


def _of_url(url: URL) -> dict[str, str]:
    name = {"mssql": "sqlserver"}.get(url.get_backend_name(), url.get_backend_name())
    driver = _driver(name)
    address = f"{url.host or 'localhost'}" + (f":{url.port}" if url.port else "")
    place = f";databaseName={url.database}" if name == "sqlserver" else f"/{url.database or ''}"
    options = {"url": f"jdbc:{name}://{address}{place}", "driver": driver}
    if url.username:
        options["user"] = url.username
    if url.password is not None:
        options["password"] = str(url.password)
    return options


def _driver(name: str) -> str:
    if name not in DRIVERS:
        raise ParamError(
            Text(
                f"Spark has no driver for {name!r} databases; it knows {', '.join(DRIVERS)}. Run this step locally.",
                f"Spark 没有“{name}”数据库的驱动；可用的有：{'、'.join(DRIVERS)}。请在本机运行此步骤。",
            ).as_json(),
            field="url",
        )
    return DRIVERS[name]


@contextmanager
def database_errors(what: Text) -> Iterator[None]:
    """What the database or its driver refuses, as a DataError."""
    from pyspark.errors import PySparkException

    try:
        yield
    except PySparkException as error:
        first = str(error).strip().splitlines()[0]
        raise DataError(
            Text(f"The database refused {what.en}: {first}", f"数据库拒绝{what.zh}：{first}").as_json()
        ) from error


def with_values(query: str, dialect: str, parameters: Mapping[str, Any]) -> str:
    """The query with its parameters as literals, written by a parser: JDBC tables take none."""
    import sqlglot
    from sqlglot import exp

    tree = sqlglot.parse_one(query, dialect=dialect)
    for node in list(tree.find_all(exp.Placeholder)):
        node.replace(exp.convert(parameters[node.name]))
    return tree.sql(dialect=dialect)
