"""Databases for tests of the server: everything that asks for `database_url` runs on SQLite and on PostgreSQL.

They refuse every change of a state that docs/engine.md does not draw.
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from argon2.profiles import CHEAPEST

from patchbay_server.plugin_host import PluginHost
from patchbay_server.services.people import passwords
from patchbay_server.store.migrate import upgrade
from tests.server import databases
from tests.server.engine import drawing


@pytest.fixture(scope="session", autouse=True)
def cheap_passwords() -> Iterator[None]:
    """Passwords are hashed with little work: `test_passwords.py` sees to it that the platform does not."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_hasher", lambda: PasswordHasher.from_parameters(CHEAPEST))
        yield


@pytest.fixture(scope="session")
def plugin_host() -> Iterator[PluginHost]:
    """One for all tests that ask installed operators: its process takes most of a second to start."""
    with PluginHost() as host:
        yield host


@pytest.fixture(scope="session")
def postgres() -> Iterator[databases.Postgres]:
    """A server with one database, `empty`, that has the tables."""
    if databases.binaries() is None:
        message = "PostgreSQL's initdb and postgres are not installed"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    with databases.running_postgres() as server:
        url = server.create("empty")
        upgrade(url)
        drawing.guard(url)
        yield server


@pytest.fixture(scope="session")
def spares(postgres: databases.Postgres) -> databases.Spares:
    """Databases with the tables and nothing in them."""
    return databases.Spares(postgres, "empty")


@pytest.fixture(scope="session")
def empty_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file that has the tables."""
    path = tmp_path_factory.mktemp("database") / "empty.db"
    upgrade(f"sqlite:///{path}")
    drawing.guard(f"sqlite:///{path}")
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database with the tables and nothing in them."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("empty_sqlite"), tmp_path / "patchbay.db")
        yield f"sqlite:///{tmp_path / 'patchbay.db'}"
        return
    spares: databases.Spares = request.getfixturevalue("spares")
    with spares.lent() as url:
        yield url
