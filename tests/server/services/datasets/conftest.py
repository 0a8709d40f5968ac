"""A platform on each database, a project, and a worker in this process with the real operators."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from patchbay_runners.local import LocalRunner
from patchbay_sdk.registry import installed_catalogue
from patchbay_server import config
from patchbay_server.plugin_host import PluginHost
from patchbay_server.services.people import projects
from patchbay_server.services.people.actor import COMMAND
from patchbay_server.services.platform import Platform, prepare
from patchbay_server.worker.drain import Drain
from patchbay_server.worker.main import preload_list
from patchbay_server.worker.supervisor import Place, Supervisor

Work = Callable[[], None]


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """Of the artifacts; tests that run something share the runner's."""
    return tmp_path / "artifacts"


@pytest.fixture
def platform(tmp_path: Path, database_url: str, store: Path, plugin_host: PluginHost) -> Iterator[Platform]:
    environment = {"PATCHBAY_HOME": str(tmp_path / "home"), "DATABASE_URL": database_url}
    settings = config.load(environment | {"PATCHBAY_ARTIFACTS": str(store)})
    prepare(settings)
    with Platform.open(settings) as platform:
        yield replace(platform, plugin_host=plugin_host)


@pytest.fixture
def project(platform: Platform) -> int:
    return projects.create(platform, COMMAND, name="fab").id


@pytest.fixture(scope="session")
def runner(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalRunner]:
    folder = tmp_path_factory.mktemp("store")
    with LocalRunner(folder, preload_list(installed_catalogue()), grace=1.0) as runner:
        yield runner


@pytest.fixture
def work(platform: Platform, runner: LocalRunner, tmp_path: Path) -> Work:
    """Runs everything that waits in the pool `train`."""
    place = Place("w", platform.settings.artifacts, str(tmp_path / "attempts"))
    supervisor = Supervisor(platform.engine, lambda: platform.catalogue, lambda engine, home: runner, place)
    drain = Drain(platform.engine, supervisor, "train", "w", lambda wake: None, lambda: False)

    def work() -> None:
        drain()
        platform.engine.tick()

    return work
