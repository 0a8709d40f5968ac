from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from patchbay_runners.driver import DriverRunner
from patchbay_runners.engines.use import Site
from tests.runners.engines.workbench import Workbench


@pytest.fixture(
    scope="module",
    params=[
        pytest.param("spark", marks=pytest.mark.xdist_group("spark")),
        pytest.param("ray", marks=pytest.mark.xdist_group("ray")),
    ],
)
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
