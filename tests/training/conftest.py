"""Gangs of worker processes, started once for all tests."""

from collections.abc import Iterator

import pytest

from tests.training.gang import Gang


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
