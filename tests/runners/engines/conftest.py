from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from patchbay_runners.driver import DriverRunner
from patchbay_runners.engines.engine import Size
from patchbay_runners.engines.use import Site, end_engines
from tests.runners.engines.workbench import Workbench


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One for all tests of a module: an engine takes seconds to start."""
    site = Site(tmp_path_factory.mktemp("engines"), Size(2, 1 << 30, {"train": 2.0}), idle=60)
    yield site
    end_engines(site.folder)


@pytest.fixture(scope="module", params=["spark", "ray"])
def engine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def bench(tmp_path: Path, site: Site, engine: str, tests_importable: None) -> Iterator[Workbench]:
    runner = DriverRunner(engine, site, tmp_path / "store", grace=0.5)
    yield Workbench(tmp_path, runner, engine)
    runner.close()


@pytest.fixture
def tests_importable(monkeypatch: pytest.MonkeyPatch, runner_environment: dict[str, str]) -> None:
    """Drivers find the operators under test."""
    for name, value in runner_environment.items():
        monkeypatch.setenv(name, value)
