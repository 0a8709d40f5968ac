"""A driver of Ray that is stopped while it connects."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from patchbay_runners.engines.engine import engine_named
from patchbay_runners.engines.ray import ADDRESS
from patchbay_sdk.errors import Cancelled


def terminate(number: int, frame: Any) -> None:
    raise Cancelled("The run was cancelled.")


@pytest.fixture(autouse=True)
def handler() -> Iterator[None]:
    """Of this process, as a task process has it."""
    before = signal.signal(signal.SIGTERM, terminate)
    yield
    signal.signal(signal.SIGTERM, before)


@pytest.mark.parametrize("connects", [True, False])
def test_a_stop_while_ray_connects_is_heard_once_it_has(monkeypatch: pytest.MonkeyPatch, connects: bool) -> None:
    """`ray.init` sets a handler of SIGTERM that exits."""

    def init(*args: Any, **settings: Any) -> None:
        signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(number))
        os.kill(os.getpid(), signal.SIGTERM)
        if not connects:
            raise ConnectionError("no such head")

    monkeypatch.setenv(ADDRESS, "127.0.0.1:1")
    monkeypatch.setitem(sys.modules, "ray", SimpleNamespace(init=init))
    with pytest.raises(Cancelled), engine_named("ray").connected("token"):
        raise AssertionError("the operator is not called")
    assert signal.getsignal(signal.SIGTERM) is terminate
    assert signal.SIGTERM not in signal.pthread_sigmask(signal.SIG_BLOCK, ())
