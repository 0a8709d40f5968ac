from collections.abc import Iterator

import pytest

from patchbay_server.engine import Engine, EngineSettings, PoolSettings
from patchbay_server.store.database import Database
from tests.server.engine.flows import SETTINGS

GIB = 1 << 30


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    database = Database(database_url)
    yield database
    database.close()


@pytest.fixture
def engine(database: Database) -> Engine:
    """An engine with a pool `train` of 2 CPUs, 1 GPU and 4 GiB, and a pool `test` of 1 CPU."""
    return make_engine(database, SETTINGS)


def make_engine(database: Database, settings: EngineSettings) -> Engine:
    engine = Engine(database, settings)
    engine.set_pools([PoolSettings("train", 2, 1, 4 * GIB), PoolSettings("test", 1, 0, 2 * GIB, "mixed")])
    return engine
