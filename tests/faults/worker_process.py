"""A worker process on the operators of `tests.server.worker.steps`: ``python -m tests.faults.worker_process JSON``."""

import json
import logging
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

from patchbay_runners.engines.engine import Size
from patchbay_runners.engines.use import Site
from patchbay_server.engine import Engine, EngineSettings
from patchbay_server.store.database import Database
from patchbay_server.worker.main import drive, serve
from patchbay_server.worker.runners import Runners
from patchbay_server.worker.stop import Stop
from patchbay_server.worker.supervisor import Place
from tests.server.worker.workshop import catalogue, start_runner


def main(
    folder: Path,
    name: str,
    database_url: str,
    redis_url: str | None,
    settings: dict[str, Any],
    site: dict[str, Any] | None,
) -> None:
    logging.basicConfig(level="INFO")
    stop = Stop()
    stop.install()
    database = Database(database_url, timeout=2)
    engine = Engine(database, EngineSettings(**settings))
    place = Place(name, str(folder / "store"), str(folder / "tmp" / name))
    with closing(start_runner(folder)) as runner:
        specs = catalogue(folder)
        if site is None:
            serve(engine, lambda: specs, lambda *_: runner, "train", redis_url, place, stop)
        else:
            there = Site(Path(site["folder"]), Size(**site["size"]), site["idle"])
            with closing(Runners(runner, place.store, 0.3, [], there)) as runners:
                drive(engine, lambda: specs, runners, "train", place, stop)
    database.close()


arguments = json.loads(sys.argv[1])
main(Path(arguments.pop("folder")), **arguments)
