"""A platform on each database."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from patchbay_server import config
from patchbay_server.plugin_host import PluginHost
from patchbay_server.services.people import projects
from patchbay_server.services.people.actor import COMMAND
from patchbay_server.services.platform import Platform, prepare


@pytest.fixture
def platform(tmp_path: Path, database_url: str, plugin_host: PluginHost) -> Iterator[Platform]:
    settings = config.load({"PATCHBAY_HOME": str(tmp_path / "home"), "DATABASE_URL": database_url})
    prepare(settings)
    with Platform.open(settings) as platform:
        yield replace(platform, plugin_host=plugin_host)


@pytest.fixture
def project(platform: Platform) -> int:
    return projects.find(platform, COMMAND, "default").id
