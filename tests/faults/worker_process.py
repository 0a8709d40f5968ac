"""A worker process on the operators of `tests.server.worker.steps`: ``python -m tests.faults.worker_process JSON``."""

import json
import logging
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

from patchbay_server.engine import Engine, EngineSettings
from patchbay_server.store.database import Database
from patchbay_server.worker.main import serve
from patchbay_server.worker.stop import Stop
from patchbay_server.worker.supervisor import Place
from tests.server.worker.workshop import catalogue, start_runner


def main(folder: Path, name: str, database_url: str, redis_url: str | None, settings: dict[str, Any]) -> None:
    logging.basicConfig(level="INFO")
    stop = Stop()
    stop.install()
    database = Database(database_url, timeout=2)
    engine = Engine(database, EngineSettings(**settings))
    place = Place(name, str(folder / "store"), str(folder / "tmp" / name))
    with closing(start_runner(folder)) as runner:
        specs = catalogue(folder)
        serve(engine, lambda: specs, lambda *_: runner, "train", redis_url, place, stop)
    database.close()


arguments = json.loads(sys.argv[1])
main(Path(arguments.pop("folder")), **arguments)
