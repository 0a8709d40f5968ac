"""A platform on each database."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from patchbay_server import config
from patchbay_server.services.people.projects import ensure_default
from patchbay_server.services.platform import Platform


@pytest.fixture
def platform(database_url: str, tmp_path: Path) -> Iterator[Platform]:
    settings = replace(config.load({"PATCHBAY_HOME": str(tmp_path / "home")}), database_url=database_url)
    with Platform.open(settings) as platform:
        ensure_default(platform)
        yield platform
