from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from uuid import uuid4

import pytest

from patchbay_runners.engines.engine import Size, engine_named
from patchbay_runners.engines.use import Site, Use, end_engines


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One Ray for all tests here, with two places in the pool that they run in."""
    site = Site(tmp_path_factory.mktemp("engines"), Size(2, 1 << 30, {"train": 2.0, "test": 1.0}), idle=60)
    yield site
    end_engines(site.folder)


@pytest.fixture(scope="module")
def connected(site: Site) -> Iterator[None]:
    """This process is a driver, as a task process is before its operator is called."""
    engine = engine_named("ray")
    use = Use(engine, site)
    environment = use.begin()
    before = {name: os.environ.get(name) for name in environment}
    os.environ.update(environment)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of Ray's imports
        import ray.data
        import ray.tune  # noqa: F401
    with engine.connected(uuid4().hex):
        yield
    use.close()
    for name, value in before.items():
        os.environ.pop(name, None) if value is None else os.environ.update({name: value})
