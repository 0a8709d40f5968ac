from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from patchbay_runners.local import LocalRunner
from tests.runners.desk import Desk

ROOT = Path(__file__).parents[2]


@pytest.fixture
def runner_environment() -> dict[str, str]:
    """Task processes find the operators under test and, uninstalled or not, Patchbay itself."""
    return {"PYTHONPATH": os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))}


@pytest.fixture
def runner(tmp_path: Path, runner_environment: dict[str, str]) -> Iterator[LocalRunner]:
    with LocalRunner(tmp_path / "store", grace=0.2, env=runner_environment) as runner:
        yield runner


@pytest.fixture
def desk(tmp_path: Path, runner: LocalRunner) -> Desk:
    return Desk(tmp_path, runner)
