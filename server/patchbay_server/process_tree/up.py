"""`patchbay up`: the whole platform on one machine."""

from __future__ import annotations

import os
import signal
import socket
import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from patchbay_runners.engines.use import end_engines
from patchbay_server import data_folder
from patchbay_server.config import DEFAULT_PORT, ConfigError, Settings, child_environment, patchbay_version
from patchbay_server.process_tree import redis_server
from patchbay_server.process_tree.supervisor import Program, Supervisor

LARGEST_LOG = 10 << 20
"""Bytes of a log file beyond which `up` begins a new one and keeps the old one beside it."""


def run_platform(
    settings: Settings,
    *,
    web: bool,
    migrate: Callable[[Settings], None],
    report: Callable[[str], None],
    on_ready: Callable[[str | None], None],
) -> None:
    """Run the platform until SIGINT or SIGTERM; no process is left behind.

    `web`: whether to serve the API. `migrate` brings the database to the newest schema. `report` gets one line per
    event, `on_ready` the URL (None without web) once runs can be submitted.

    Raises:
        DataFolderInUse: another platform holds the data folder.
        ConfigError: the port is taken.
        RedisError: the embedded Redis does not start.
    """
    with data_folder.held(settings.data_dir), ExitStack() as stack:
        listener = stack.enter_context(_listen(settings)) if web else None
        url = "http://{}:{}".format(*listener.getsockname()[:2]) if listener else None
        redis = None if settings.redis_url else redis_server.prepare(settings.data_dir / "redis")
        settings = settings.with_redis(redis.url) if redis else settings
        supervisor = Supervisor(_programs(settings, redis, listener), grace=settings.grace + 5, report=report)
        try:
            if redis:
                supervisor.start("redis")
            migrate(settings)
            if redis:
                redis.wait_until_ready(20)
        except BaseException:  # also Ctrl-C: Redis must not stay
            supervisor.end_all()
            raise
        state = data_folder.Running(
            os.getpid(),
            url,
            settings.redis_url or "",
            settings.database_url,
            settings.artifacts,
            str(settings.operators),
            str(settings.secret_keys),
            str(settings.projects),
            str(settings.attempt_logs),
            patchbay_version(),
        )

        def started() -> None:
            data_folder.write_state(settings.data_dir, state)
            on_ready(url)

        try:
            supervisor.run(started)
        finally:
            end_engines(settings.data_dir / "engines")


def _programs(
    settings: Settings, redis: redis_server.RedisServer | None, listener: socket.socket | None
) -> list[Program]:
    logs = settings.data_dir / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    environment = child_environment(settings)

    def patchbay(name: str, *arguments: str, pass_fds: tuple[int, ...] = ()) -> Program:
        command = (sys.executable, "-m", "patchbay_server.cli", *arguments)
        return Program(name, command, environment, _log(logs, name), pass_fds)

    programs = []
    if redis:
        log = _log(logs, "redis")
        programs.append(
            Program("redis", redis.command, environment, log, on_parent_death=signal.SIGKILL, ends_last=True)
        )
    if listener:
        descriptor = listener.fileno()
        programs.append(patchbay("web", "web", "--fd", str(descriptor), pass_fds=(descriptor,)))
    programs.append(patchbay("reconciler", "reconciler"))
    programs.append(patchbay("serving", "serving"))
    for pool in settings.pools:
        for number in range(1, settings.pool(pool).workers + 1):
            programs.append(patchbay(f"worker-{pool}-{number}", "worker", "--pool", pool))
        for number in range(1, settings.pool(pool).drivers + 1):
            programs.append(patchbay(f"driver-{pool}-{number}", "worker", "--pool", pool, "--driver"))
    return programs


def _listen(settings: Settings) -> socket.socket:
    """The web's listening socket. Held here, so that requests wait while the web process is started again."""
    preferred = settings.port if settings.port is not None else DEFAULT_PORT
    try:
        return socket.create_server((settings.host, preferred), backlog=128)
    except OSError as error:
        if settings.port is not None:
            address = f"{settings.host}:{settings.port}"
            raise ConfigError(f"Cannot listen on {address} (PATCHBAY_PORT): {error.strerror}.") from error
    return socket.create_server((settings.host, 0), backlog=128)


def _log(folder: Path, name: str) -> Path:
    file = folder / f"{name}.log"
    if file.exists() and file.stat().st_size > LARGEST_LOG:
        file.replace(file.with_suffix(".log.1"))
    return file
