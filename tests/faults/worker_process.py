"""The processes of a platform: workers on the operators of `tests.server.worker.steps`, reconcilers."""

import logging
import os
from contextlib import closing
from pathlib import Path

from patchbay_runners.engines.use import Site
from patchbay_runners.kill_points import VARIABLE
from patchbay_server.engine import Engine, EngineSettings
from patchbay_server.engine.tickets import Tickets
from patchbay_server.store.database import Database
from patchbay_server.worker.main import drive, serve
from patchbay_server.worker.reconciler import reconcile
from patchbay_server.worker.runners import Runners
from patchbay_server.worker.stop import Stop
from patchbay_server.worker.supervisor import Place
from tests.faults.clocks import follow
from tests.server.worker.workshop import catalogue, start_runner, task_environment

MEMORY = 4 << 30
"""Bytes that a task process may have, as many as there are in the pool."""


def main(
    folder: Path,
    name: str,
    database_url: str,
    redis_url: str | None,
    settings: EngineSettings,
    site: Site | None,
) -> None:
    """Work until SIGTERM; what is printed goes to ``<name>.log``."""
    stop = begin(folder, name)
    os.environ |= task_environment()
    database = Database(database_url, timeout=2)
    follow(database, folder)
    engine = Engine(database, settings)
    place = Place(name, str(folder / "store"), str(folder / "tmp" / name))
    kill = {VARIABLE: f"{os.getpid()} {settings.kill_at}"} if settings.kill_at else {}
    with closing(start_runner(folder, memory=MEMORY, **kill)) as runner:
        specs = catalogue(folder)
        if site is None:
            serve(engine, lambda: specs, lambda *_: runner, "train", redis_url, place, stop)
        else:
            with closing(Runners(runner, place.store, 0.3, [], site)) as runners:
                drive(engine, lambda: specs, runners, "train", place, stop)
    database.close()


def reconciler(folder: Path, name: str, database_url: str, redis_url: str, settings: EngineSettings) -> None:
    """Reconcile until SIGTERM."""
    stop = begin(folder, name)
    database = Database(database_url, timeout=2)
    follow(database, folder)
    with closing(Tickets(redis_url)) as tickets:
        reconcile(Engine(database, settings), tickets, 0.1, stop)
    database.close()


def begin(folder: Path, name: str) -> Stop:
    with (folder / f"{name}.log").open("ab") as log:
        for descriptor in (1, 2):
            os.dup2(log.fileno(), descriptor)
    logging.basicConfig(level="INFO")
    stop = Stop()
    stop.install()
    return stop
