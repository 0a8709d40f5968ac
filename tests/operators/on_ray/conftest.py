from __future__ import annotations

import os
import signal
import warnings
from collections.abc import Iterator

import pytest

from tests.ray_head import RayHead, ray_head


@pytest.fixture(scope="session")
def head() -> Iterator[RayHead]:
    with ray_head() as head:
        yield head


@pytest.fixture(scope="session")
def connected(head: RayHead) -> Iterator[RayHead]:
    """This process is a driver, as a task process is before its operator is called."""
    before = {name: os.environ.get(name) for name in head.environment}
    os.environ.update(head.environment)
    handler = signal.getsignal(signal.SIGTERM)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of Ray's imports
        import ray
        import ray.data
        import ray.tune

    ray.init(head.address, namespace="patchbay-test", log_to_driver=False, configure_logging=False)
    signal.signal(signal.SIGTERM, handler)  # Ray has taken it
    yield head
    ray.shutdown()
    for name, value in before.items():
        os.environ.pop(name, None) if value is None else os.environ.update({name: value})
