from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from patchbay_runners.local import LocalRunner
from tests.runners.desk import Desk

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def runner_environment() -> dict[str, str]:
    """Task processes find the operators under test and, uninstalled or not, Patchbay itself."""
    return {"PYTHONPATH": os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))}


@pytest.fixture(scope="module")
def store_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("store")


@pytest.fixture(scope="module")
def runner(store_folder: Path, runner_environment: dict[str, str]) -> Iterator[LocalRunner]:
    """One runner for all tests of a module: it has to survive each of them anyway."""
    with LocalRunner(store_folder, grace=0.2, env=runner_environment) as runner:
        yield runner


@pytest.fixture
def desk(tmp_path: Path, runner: LocalRunner, store_folder: Path) -> Iterator[Desk]:
    yield Desk(tmp_path, runner, store_folder)
    runner.cancel()
