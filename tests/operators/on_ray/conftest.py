from __future__ import annotations

import warnings
from collections.abc import Iterator

import pytest

from patchbay_runners.engines.use import Site
from tests import engines


@pytest.fixture(scope="module")
def connected(site: Site) -> Iterator[None]:
    """This process is a driver, as a task process is before its operator is called."""
    with engines.connected("ray", site):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of Ray's imports
            import ray.data
            import ray.tune  # noqa: F401
        yield
