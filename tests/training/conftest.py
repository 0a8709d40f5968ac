"""Gangs of worker processes, started once for all tests."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.training.gang import Gang

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def pair() -> Iterator[Gang]:
    """Two workers."""
    gang = Gang(2)
    yield gang
    gang.end()


@pytest.fixture(scope="session")
def lone() -> Iterator[Gang]:
    """One worker with a process group, as ZeRO needs it."""
    gang = Gang(1)
    yield gang
    gang.end()


@pytest.fixture(scope="module")
def tests_importable() -> Iterator[None]:
    """Processes of engines and tasks find Patchbay, uninstalled or not, and what tests bring."""
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", path)
        yield
