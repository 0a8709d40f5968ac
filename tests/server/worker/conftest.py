from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from patchbay_runners.local import LocalRunner
from patchbay_server.engine import Engine
from patchbay_server.store.database import Database
from tests.server.engine.conftest import make_engine
from tests.server.engine.flows import SETTINGS
from tests.server.worker.workshop import Workshop, start_runner


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    database = Database(database_url)
    yield database
    database.close()


@pytest.fixture
def engine(database: Database, tmp_path: Path) -> Engine:
    return make_engine(database, replace(SETTINGS, log_dir=str(tmp_path / "logs")))


@pytest.fixture
def workshop(engine: Engine, tmp_path: Path, runner_in: Callable[[Path], LocalRunner]) -> Workshop:
    return Workshop(engine, tmp_path, runner_in(tmp_path))


@pytest.fixture
def runner_in() -> Iterator[Callable[[Path], LocalRunner]]:
    """Starts runners on a folder, and ends them."""
    runners: list[LocalRunner] = []

    def start(folder: Path) -> LocalRunner:
        runner = start_runner(folder)
        runner.start()
        runners.append(runner)
        return runner

    yield start
    for runner in runners:
        runner.close()
