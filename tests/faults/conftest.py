from collections.abc import Iterator
from pathlib import Path

import pytest

from patchbay_server.engine import Engine
from patchbay_server.store.database import Database
from tests.faults.rig import Rig
from tests.server.conftest import database_url, empty_sqlite, postgres, spares  # noqa: F401 fixtures
from tests.server.engine.conftest import make_engine
from tests.server.engine.flows import SETTINGS


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:  # noqa: F811
    database = Database(database_url)
    yield make_engine(database, SETTINGS)
    database.close()


@pytest.fixture
def rig(engine: Engine, tmp_path: Path, database_url: str) -> Iterator[Rig]:  # noqa: F811
    with Rig(engine, tmp_path, database_url) as rig:
        yield rig
